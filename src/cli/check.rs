//! `connector-diff check OLD NEW`.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::{NaiveDate, Utc};
use clap::{Args, ValueEnum};

use super::choices::{EditionChoice, FailOnChoice};
use super::output::Place;
use super::sides::{self, Named, SideFiles};
use super::{FINDINGS, Failure, INCONCLUSIVE, LimitArgs, OK, environment, output, policy, warnings};
use crate::limits::Limits;
use crate::model::Report;
use crate::nesting;
use crate::policy::FailOn;
use crate::release::Gate;
use crate::report::{
    self, Asked, Concise, Github, Gitlab, Grain, Html, Junit, Markdown, Render, Sarif, Text, View,
};
use crate::{Options, compare, load};

/// Groups of options in the help.
const OUTPUT: &str = "Output";
const GATE: &str = "Gate";
const RUN: &str = "Limits";

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The old version: a connector directory, or one file of it; - for standard input, /dev/null for none
    old: PathBuf,
    /// The new version, likewise
    new: PathBuf,
    /// How to print the report [default: text, where no --output is given]
    #[arg(long, value_enum, help_heading = OUTPUT)]
    format: Option<Format>,
    /// Write a report to a file, - for standard output (repeatable); with --format that one is printed too
    #[arg(long, value_name = "FORMAT=PATH", help_heading = OUTPUT)]
    output: Vec<Output>,
    /// List safe and cosmetic findings too, and every name of a list; Markdown and JSON always have them
    #[arg(long, help_heading = OUTPUT)]
    all: bool,
    /// Print the answer only
    #[arg(short, long, conflicts_with = "verbose", help_heading = OUTPUT)]
    quiet: bool,
    /// Say what could be seen, and why not more, and which lines of the policy match nothing
    #[arg(short, long, help_heading = OUTPUT)]
    verbose: bool,
    /// Cut the Markdown report at this many characters [default: 60000]
    #[arg(long, value_name = "N", help_heading = OUTPUT)]
    max_chars: Option<usize>,
    /// Add JSON patches from the old to the new artifacts to the JSON report
    #[arg(long, help_heading = OUTPUT)]
    patch: bool,
    /// Print values of saved state where they show a finding; they may be secrets
    #[arg(long, help_heading = OUTPUT)]
    show_values: bool,
    /// What makes the exit code 1 [default: undeclared where both sides carry metadata, else breaking]
    #[arg(long, value_enum, help_heading = GATE)]
    fail_on: Option<FailOnChoice>,
    /// The policy file [default: .connector-diff.toml, here or in a folder above]
    #[arg(long, value_name = "FILE", help_heading = GATE)]
    config: Option<PathBuf>,
    /// Ask whether nothing above cosmetic differs, as after a rewrite; 1 where something does, 3 where a side does not
    /// show everything
    #[arg(long, conflicts_with = "fail_on", help_heading = GATE)]
    equivalent: bool,
    #[command(flatten, next_help_heading = "Input")]
    files: SideFiles,
    /// A connection's configured catalog: adds what the platform would do with that connection
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    configured_catalog: Option<PathBuf>,
    /// Look at one edition of Airbyte only [default: both, where the worse counts]
    #[arg(long, value_enum, help_heading = "Input")]
    edition: Option<EditionChoice>,
    /// The day that deadlines are counted from and waivers end by, YYYY-MM-DD [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = super::choices::day, help_heading = GATE)]
    today: Option<NaiveDate>,
    #[command(flatten, next_help_heading = RUN)]
    limits: LimitArgs,
    /// How many threads to use, 0 for one per core
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = RUN)]
    threads: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// A line for each finding, for editors and grep
    Concise,
    /// For a comment on a pull request
    Markdown,
    /// A page in one file, for browsers
    Html,
    /// For programs
    Json,
    /// For code scanning
    Sarif,
    /// For annotations in GitHub Actions
    Github,
    /// For build services that list tests
    Junit,
    /// For merge requests of GitLab, as a code quality report
    Gitlab,
}

impl Format {
    /// The names of all, in a sentence.
    fn names() -> String {
        let names: Vec<String> = Self::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        match names.split_last() {
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }

    /// How much of a report is told one by one, and what together.
    fn asked(self, arguments: &CheckArgs, limits: &Limits, gate: Option<Gate>) -> Asked {
        // A comment folds away what a terminal lists only when asked.
        let is_listed = matches!(self, Self::Text | Self::Concise);
        // What programs read has its own bounds.
        let (grain, most_entries) = match self {
            Self::Concise => (Grain::Finding, u64::MAX),
            Self::Sarif | Self::Github | Self::Gitlab => (Grain::Place, u64::MAX),
            Self::Text | Self::Markdown | Self::Html | Self::Json | Self::Junit => {
                (Grain::Edit, limits.entries)
            }
        };
        Asked {
            all: is_listed && arguments.all,
            // A page has room for what could be seen.
            verbose: is_listed && arguments.verbose || self == Self::Html,
            equivalent: arguments.equivalent,
            grain,
            most_entries,
            gate,
        }
    }
}

/// A report and where it goes.
#[derive(Debug, Clone)]
struct Output {
    format: Format,
    place: Place,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or("expected FORMAT=PATH, such as json=report.json")?;
        let format = Format::from_str(format, true)
            .map_err(|_| format!("there is no format {format}: expected {}", Format::names()))?;
        if path.is_empty() {
            return Err("expected a path after FORMAT=, or - for standard output".to_owned());
        }
        Ok(Self { format, place: path.into() })
    }
}

/// As much as a comment on a pull request may have, with room to spare.
const MOST_CHARACTERS: usize = 60_000;

impl CheckArgs {
    /// The report that is printed beside those that `--output` names.
    fn printed(&self) -> Option<Format> {
        self.format.or(self.output.is_empty().then_some(Format::Text))
    }

    /// Whether a report of a format is asked for.
    fn has(&self, format: Format) -> bool {
        self.printed() == Some(format) || self.output.iter().any(|output| output.format == format)
    }

    /// Checks that every option reaches a report, and every report its place.
    fn check_outputs(&self) -> Result<(), Failure> {
        let named = self.output.iter().map(|output| &output.place);
        output::check(self.printed().map(|_| &Place::Stdout).into_iter().chain(named))?;
        let has = |format| self.has(format);
        let needs = |option: &str, what: &str, format: &str| {
            let message = format!("{option} {what}, and none is asked for");
            Err(Failure::usage(format!("{message}: add --format {format} or --output {format}=PATH")))
        };
        if self.patch && !has(Format::Json) {
            return needs("--patch", "adds to a JSON report", "json");
        }
        if self.max_chars.is_some() && !has(Format::Markdown) {
            return needs("--max-chars", "cuts a Markdown report", "markdown");
        }
        Ok(())
    }

    /// Every path that is read.
    fn named(&self) -> Vec<Named<'_>> {
        let file = |argument, path| Option::as_deref(path).map(|path| Named::file(argument, path));
        [Named::side("OLD", &self.old), Named::side("NEW", &self.new)]
            .into_iter()
            .chain(self.files.named())
            .chain(file("--configured-catalog", &self.configured_catalog))
            .chain(file("--config", &self.config))
            .collect()
    }
}

/// More threads than this cost more than they give.
const MOST_THREADS: usize = 256;

pub(super) fn run(arguments: &CheckArgs) -> Result<u8, Failure> {
    let limits = arguments.limits.limits()?;
    arguments.check_outputs()?;
    sides::check(&arguments.named())?;
    arguments.files.check_absent(&arguments.old, &arguments.new)?;
    nesting::run_on(&limits, arguments.threads.min(MOST_THREADS), || check(arguments, limits))
        .map_err(|error| Failure::usage(format!("--threads {}: {error}", arguments.threads)))?
}

fn check(arguments: &CheckArgs, limits: Limits) -> Result<u8, Failure> {
    let configured_catalog = arguments
        .configured_catalog
        .as_deref()
        .map(|path| load::configured_catalog_in(&*sides::tree(path, &limits), &limits))
        .transpose()
        .map_err(|error| Failure::input(error.to_string()))?;
    let policies = policy::load(arguments.config.as_deref())?;
    let old_side = arguments.files.old_side(&arguments.old, &limits);
    let new_side = arguments.files.new_side(&arguments.new, &limits);
    let (old, new) = rayon::join(
        || sides::connector(&arguments.old, &old_side),
        || sides::connector(&arguments.new, &new_side),
    );
    sides::holds_connector("OLD", &old)?;
    sides::holds_connector("NEW", &new)?;
    if arguments.files.named().is_empty() {
        warnings::of_paths(&arguments.old, &arguments.new);
    }
    warnings::of_sides(&old, &new);
    let both_metadata = old.metadata.is_some() && new.metadata.is_some();
    let name = new.name.as_deref().or(old.name.as_deref());
    let mut policy = policies.policy(name);
    if policy::lies_in(arguments.config.as_deref(), [&arguments.old, &arguments.new]) {
        policy.waivers.iter_mut().for_each(|waiver| waiver.is_meant = true);
    }
    if let Some(name) = name {
        let sides = [(&*arguments.old, &old), (&*arguments.new, &new)];
        warnings::of_policy(&policies, (name, &policy), sides, arguments.verbose);
    }
    let by_policy = policy.fail_on.as_ref().map(|setting| setting.value);
    let fail_on = arguments.fail_on.map(FailOn::from).or(by_policy).unwrap_or(if both_metadata {
        FailOn::Undeclared
    } else {
        FailOn::Breaking
    });
    let options = Options {
        configured_catalog,
        policy,
        patch: arguments.patch,
        picture: arguments.has(Format::Html),
        show_values: arguments.show_values,
        edition: arguments.edition.map(Into::into),
        today: Some(arguments.today.unwrap_or_else(|| Utc::now().date_naive())),
    };
    let connector = compare(&old, &new, &options);
    if arguments.verbose && connector.errors.is_empty() {
        warnings::of_waivers(&options.policy, &connector);
    }
    let by_policy = arguments.fail_on.is_none() && by_policy.is_some();
    let gate = (!arguments.equivalent).then(|| Gate { by_policy, ..Gate::of(&connector, fail_on) });
    let code = match (arguments.equivalent, connector.verdict.equivalent) {
        (false, _) => exit_code(gate),
        _ if !connector.errors.is_empty() => INCONCLUSIVE,
        (true, Some(true)) => OK,
        (true, Some(false)) => FINDINGS,
        (true, None) => INCONCLUSIVE,
    };
    let report = crate::report(vec![connector]);
    if let Some(format) = arguments.printed() {
        print(format, &render(&report, format, arguments, &limits, gate))?;
    }
    let mut failure = None;
    for Output { format, place } in &arguments.output {
        let text = render(&report, *format, arguments, &limits, gate);
        let written = match (place, format) {
            (Place::Stdout, _) => print(*format, &text),
            (Place::Path(path), Format::Text) => output::file(path, &output::plain(&text)),
            (Place::Path(path), _) => output::file(path, &text),
        };
        // One that cannot be written keeps no other from its place.
        failure = failure.or(written.err());
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    if arguments.printed().is_none() && !arguments.quiet {
        // Reports that went to files leave nobody to read the answer in.
        let asked = Asked { equivalent: arguments.equivalent, gate, ..Asked::default() };
        let views: Vec<View<'_>> = report.connectors.iter().map(|one| View::of(one, asked)).collect();
        output::stderr(&output::plain(&Text { quiet: true }.render(&views)));
    }
    Ok(code)
}

/// Only the report for the terminal has styles.
fn print(format: Format, text: &str) -> Result<(), Failure> {
    match format {
        Format::Text => output::styled(text),
        _ => output::stdout(text),
    }
}

fn render(
    report: &Report,
    format: Format,
    arguments: &CheckArgs,
    limits: &Limits,
    gate: Option<Gate>,
) -> String {
    let asked = format.asked(arguments, limits, gate);
    let views = || report.connectors.iter().map(|connector| View::of(connector, asked)).collect::<Vec<_>>();
    match format {
        Format::Text => Text { quiet: arguments.quiet }.render(&views()),
        Format::Concise => Concise.render(&views()),
        Format::Markdown => {
            let most_characters = arguments.max_chars.unwrap_or(MOST_CHARACTERS);
            Markdown { most_characters, files_at: environment::checkout() }.render(&views())
        }
        Format::Html => Html { files_at: environment::checkout() }.render(&views()),
        Format::Sarif => Sarif { files_at: environment::checkout() }.render(&views()),
        Format::Github => Github { files_at: environment::checkout() }.render(&views()),
        Format::Junit => Junit { files_at: environment::checkout() }.render(&views()),
        Format::Gitlab => Gitlab { files_at: environment::checkout() }.render(&views()),
        Format::Json => report::json(report),
    }
}

fn exit_code(gate: Option<Gate>) -> u8 {
    match gate.and_then(|gate| gate.because.passes()) {
        None => INCONCLUSIVE,
        Some(true) => OK,
        Some(false) => FINDINGS,
    }
}
