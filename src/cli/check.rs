//! `connector-diff check OLD NEW`.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::{NaiveDate, Utc};
use clap::{Args, ValueEnum};

use super::branch::{self, BranchArgs};
use super::choices::{Destinations, EditionChoice, FailOnChoice};
use super::output::Place;
use super::registry::{self, Both};
use super::sides::{self, Named, SideFiles};
use super::{FINDINGS, Failure, INCONCLUSIVE, LimitArgs, OK, environment, output, policy, warnings};
use crate::limits::Limits;
use crate::model::{Branch, Connector, ConnectorReport, Report};
use crate::nesting;
use crate::policy::{FailOn, Policy};
use crate::release::Gate;
use crate::report::{
    self, Asked, Concise, Github, Gitlab, Grain, Html, Junit, Markdown, Render, Run, Sarif, Text,
};
use crate::{Options, compare, load};

/// Groups of options in the help.
const OUTPUT: &str = "Output";
const GATE: &str = "Gate";
const RUN: &str = "Limits";

#[derive(Debug, Args)]
#[command(
    override_usage = "connector-diff check [OPTIONS] OLD NEW\n       connector-diff check [OPTIONS] --base REV [PATH]..."
)]
pub(super) struct CheckArgs {
    /// The old version: a connector directory, an archive of one, one file of it, REV:PATH in this git repository,
    /// image:NAME, or a whole registry; - for standard input, /dev/null for none. With --base, a PATH
    #[arg(required_unless_present = "base")]
    old: Option<PathBuf>,
    /// The new version, likewise. With --base, another PATH
    #[arg(required_unless_present = "base")]
    new: Option<PathBuf>,
    /// With --base: connector directories, or folders of them [default: the connectors that the branch changes]
    #[arg(value_name = "PATH", requires = "base")]
    paths: Vec<PathBuf>,
    #[command(flatten, next_help_heading = "Branch")]
    pub(super) branch: BranchArgs,
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
    pub(super) config: Option<PathBuf>,
    /// Ask whether nothing above cosmetic differs, as after a rewrite; 1 where something does, 3 where a side does not
    /// show everything
    #[arg(long, conflicts_with = "fail_on", help_heading = GATE)]
    equivalent: bool,
    #[command(flatten, next_help_heading = "Input")]
    files: SideFiles,
    /// A connection's configured catalog: adds what the platform would do with that connection
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    configured_catalog: Option<PathBuf>,
    /// Say what each finding comes to in these destinations, by a grid of what they do: names with commas between, or all
    #[arg(long, value_name = "NAMES", value_parser = super::choices::destinations, help_heading = OUTPUT)]
    destinations: Option<Destinations>,
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
    fn asked(self, arguments: &CheckArgs, limits: &Limits) -> Asked {
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
            brief: self == Self::Text && !arguments.all && !arguments.verbose,
            most_entries,
            gate: None,
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
        let side = |argument, path| Option::as_deref(path).map(|path| Named::side(argument, path));
        let sides = side("OLD", &self.old).into_iter().chain(side("NEW", &self.new));
        sides
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
    let work: &(dyn Fn() -> Result<u8, Failure> + Sync) = &|| match (&arguments.old, &arguments.new) {
        (Some(old), Some(new)) if arguments.branch.base.is_none() => {
            two_sides(arguments, (old, new), &limits)
        }
        _ => branch::check(arguments, &limits),
    };
    if arguments.branch.base.is_none() {
        sides::check(&arguments.named())?;
        if let (Some(old), Some(new)) = (&arguments.old, &arguments.new) {
            arguments.files.check_absent(old, new)?;
            arguments.files.check_kind(old, new)?;
        }
    }
    nesting::run_on(&limits, arguments.threads.min(MOST_THREADS), work)
        .map_err(|error| Failure::usage(format!("--threads {}: {error}", arguments.threads)))?
}

/// Compares the two sides that are named.
fn two_sides(
    arguments: &CheckArgs,
    (before, after): (&PathBuf, &PathBuf),
    limits: &Limits,
) -> Result<u8, Failure> {
    let configured_catalog = arguments
        .configured_catalog
        .as_deref()
        .map(|path| load::configured_catalog_in(&*sides::tree(path, limits), limits))
        .transpose()
        .map_err(|error| Failure::input(error.to_string()))?;
    let policies = policy::load(arguments.config.as_deref())?;
    let old_side = arguments.files.old_side(before, limits);
    let new_side = arguments.files.new_side(after, limits);
    let (old, new) = sides::read_both((before, &old_side), (after, &new_side));
    let (old, new) = match registry::both(old, new)? {
        Both::Connectors(sides) => *sides,
        Both::Registries(registries) => {
            let catalog = configured_catalog.is_some().then_some("--configured-catalog");
            registry::check_flags(arguments.files.of_one_connector().or(catalog))?;
            return registry::check(&registries, arguments, &policies, limits);
        }
    };
    sides::hold_connectors(&old, &new)?;
    if arguments.files.named().is_empty() {
        warnings::of_paths(before, after);
    }
    warnings::of_sides(&old, &new);
    warnings::of_files(&arguments.files, &old, &new);
    let name = new.name.as_deref().or(old.name.as_deref());
    let mut policy = policies.policy(name);
    if policy::lies_in(arguments.config.as_deref(), [before, after]) {
        policy.waivers.iter_mut().for_each(|waiver| waiver.is_meant = true);
    }
    if let Some(name) = name {
        let sides = [(&**before, &old), (&**after, &new)];
        warnings::of_policy(&policies, (name, &policy), sides, arguments.verbose);
    }
    let options = Options { configured_catalog, ..arguments.options(policy) };
    let compared = arguments.compare(&old, &new, &options);
    if arguments.verbose && compared.report.errors.is_empty() {
        warnings::of_waivers(&options.policy, &compared.report);
    }
    let code = arguments.deliver(vec![compared], None, limits);
    // The process ends here and gives back its memory at once: to free a million streams one by one is work for nobody.
    std::mem::forget((old, new));
    code
}

/// One connector's report, and whether it passes.
pub(super) struct Compared {
    pub(super) report: ConnectorReport,
    pub(super) gate: Option<Gate>,
}

impl CheckArgs {
    /// The files that reports go to.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &PathBuf> {
        self.output.iter().filter_map(|output| match &output.place {
            Place::Path(path) => Some(path),
            Place::Stdout => None,
        })
    }

    /// The paths beside `--base`.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.old.iter().chain(&self.new).chain(&self.paths)
    }

    /// Checks that nothing is asked that is of two named sides only.
    pub(super) fn check_beside_base(&self) -> Result<(), Failure> {
        let catalog = self.configured_catalog.as_ref().map(|_| "--configured-catalog");
        match self.files.of_one_connector().or(catalog) {
            None => Ok(()),
            Some(flag) => Err(Failure::usage(format!(
                "{flag} is about one connector: expected OLD and NEW, found --base"
            ))),
        }
    }

    /// What a comparison takes beside its sides.
    pub(super) fn options(&self, policy: Policy) -> Options {
        Options {
            configured_catalog: None,
            policy,
            patch: self.patch,
            picture: self.has(Format::Html),
            show_values: self.show_values,
            edition: self.edition.map(Into::into),
            destinations: self.destinations.clone().unwrap_or_default().0,
            today: Some(self.today.unwrap_or_else(|| Utc::now().date_naive())),
        }
    }

    /// Compares two versions of a connector and holds the report against the gate.
    pub(super) fn compare(&self, old: &Connector, new: &Connector, options: &Options) -> Compared {
        let by_policy = options.policy.fail_on.as_ref().map(|setting| setting.value);
        let both_metadata = old.metadata.is_some() && new.metadata.is_some();
        let own = if both_metadata { FailOn::Undeclared } else { FailOn::Breaking };
        let fail_on = self.fail_on.map(FailOn::from).or(by_policy).unwrap_or(own);
        let report = compare(old, new, options);
        let by_policy = self.fail_on.is_none() && by_policy.is_some();
        let gate = (!self.equivalent).then(|| Gate { by_policy, ..Gate::of(&report, fail_on) });
        Compared { report, gate }
    }

    fn exit_code(&self, Compared { report, gate }: &Compared) -> u8 {
        match (self.equivalent, report.verdict.equivalent) {
            (false, _) => match gate.and_then(|gate| gate.because.passes()) {
                None => INCONCLUSIVE,
                Some(true) => OK,
                Some(false) => FINDINGS,
            },
            _ if !report.errors.is_empty() => INCONCLUSIVE,
            (true, Some(true)) => OK,
            (true, Some(false)) => FINDINGS,
            (true, None) => INCONCLUSIVE,
        }
    }

    /// Prints and writes the reports, and says what the run comes to: the worst of all connectors.
    pub(super) fn deliver(
        &self,
        compared: Vec<Compared>,
        branch: Option<Branch>,
        limits: &Limits,
    ) -> Result<u8, Failure> {
        let code = compared.iter().map(|one| self.exit_code(one)).max().unwrap_or(OK);
        let (connectors, gates): (Vec<ConnectorReport>, Vec<Option<Gate>>) =
            compared.into_iter().map(|one| (one.report, one.gate)).unzip();
        let report = Report { branch, ..crate::report(connectors) };
        let render = |format| self.render(&report, &gates, format, limits);
        let print = |format| match format {
            Format::Json => output::stdout_by(&|out| report::write_json(&report, out)),
            // Only the report for the terminal has styles.
            Format::Text => output::styled(&render(format)),
            format => output::stdout(&render(format)),
        };
        if let Some(format) = self.printed() {
            print(format)?;
        }
        let mut failure = None;
        for Output { format, place } in &self.output {
            let written = match (place, format) {
                (Place::Stdout, _) => print(*format),
                (Place::Path(path), Format::Json) => {
                    output::file_by(path, &|out| report::write_json(&report, out))
                }
                (Place::Path(path), Format::Text) => output::file(path, &output::plain(&render(*format))),
                (Place::Path(path), _) => output::file(path, &render(*format)),
            };
            // One that cannot be written keeps no other from its place.
            failure = failure.or(written.err());
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        if self.printed().is_none() && !self.quiet {
            // Reports that went to files leave nobody to read the answer in.
            let asked = Asked { equivalent: self.equivalent, ..Asked::default() };
            let run = Run::of(&report, asked, &gates);
            output::stderr(&output::plain(&Text { quiet: true }.render(&run)));
        }
        Ok(code)
    }

    fn render(&self, report: &Report, gates: &[Option<Gate>], format: Format, limits: &Limits) -> String {
        let asked = format.asked(self, limits);
        let run = || Run::of(report, asked, gates);
        let revision = report.branch.as_ref().and_then(|branch| branch.head.as_deref());
        let checkout = || environment::checkout(revision);
        match format {
            Format::Text => Text { quiet: self.quiet }.render(&run()),
            Format::Concise => Concise.render(&run()),
            Format::Markdown => {
                let most_characters = self.max_chars.unwrap_or(MOST_CHARACTERS);
                Markdown { most_characters, files_at: checkout() }.render(&run())
            }
            Format::Html => Html { files_at: checkout() }.render(&run()),
            Format::Sarif => Sarif { files_at: checkout() }.render(&run()),
            Format::Github => Github { files_at: checkout() }.render(&run()),
            Format::Junit => Junit { files_at: checkout() }.render(&run()),
            Format::Gitlab => Gitlab { files_at: checkout() }.render(&run()),
            Format::Json => report::json(report),
        }
    }
}
