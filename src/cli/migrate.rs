//! `connector-diff migrate OLD NEW`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use super::replace::{self, Replacement};
use super::revision::Revision;
use super::sides::{self, Named, SideFiles};
use super::{FINDINGS, Failure, LimitArgs, OK, output, unmerged, warnings};
use crate::declare::{self, DeclareError, FileEdit};
use crate::limits::Limits;
use crate::load;
use crate::migration::{Migrations, Ran, Start};
use crate::model::{Connector, visible};
use crate::propose::{
    self, Answer, Proposal, Proposals, StateAnswer, StateEdit, StateProposal, StateProposals,
};
use crate::{Options, compare};

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// The old version: a connector directory, or one file of it
    old: PathBuf,
    /// The new version
    new: PathBuf,
    /// Write the migrations into the manifest of NEW, instead of printing a diff
    #[arg(long, conflicts_with = "config")]
    write: bool,
    /// Migrate this saved config of OLD and print what becomes of it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print secrets of the config as they are
    #[arg(long, requires = "config")]
    show_values: bool,
    #[command(flatten, next_help_heading = "Input")]
    files: SideFiles,
    #[command(flatten, next_help_heading = "Limits")]
    limits: LimitArgs,
}

pub(super) fn run(arguments: &MigrateArgs) -> Result<u8, Failure> {
    for (name, side) in [("OLD", &arguments.old), ("NEW", &arguments.new)] {
        if sides::is_absent(side) {
            return Err(Failure::usage(format!("{name} is /dev/null: expected a version of a connector")));
        }
    }
    if arguments.write && Revision::of(&arguments.new).is_some() {
        let message =
            "NEW is a revision, which nobody can edit: expected a connector directory in the work tree";
        return Err(Failure::usage(message));
    }
    let sides = [Named::side("OLD", &arguments.old), Named::side("NEW", &arguments.new)];
    let config = arguments.config.as_deref().map(|path| Named::file("--config", path));
    let named: Vec<Named<'_>> = sides.into_iter().chain(config).chain(arguments.files.named()).collect();
    sides::check(&named)?;
    arguments.files.check_absent(&arguments.old, &arguments.new)?;
    arguments.files.check_kind(&arguments.old, &arguments.new)?;
    arguments.limits.run(|limits| migrate(arguments, limits))
}

fn migrate(arguments: &MigrateArgs, limits: Limits) -> Result<u8, Failure> {
    let request = arguments.files.new_side(&arguments.new, &limits);
    let old = sides::connector(&arguments.old, &arguments.files.old_side(&arguments.old, &limits));
    let new = sides::connector(&arguments.new, &request);
    sides::hold_connectors(&old, &new)?;
    warnings::of_sides(&old, &new);
    let report = compare(&old, &new, &Options::default());
    let states = propose::propose_state(&old, &new, propose::state_breaks(&report));
    let without_spec = [("OLD", &old), ("NEW", &new)].into_iter().find(|(_, side)| side.spec.is_none());
    if let (Some((name, side)), true) = (without_spec, states.breaks.is_empty() || arguments.config.is_some())
    {
        let why = side.errors.first().map_or_else(|| side.spec_reason.clone(), ToString::to_string);
        return Err(Failure::input(format!(
            "{name} ({}) has no spec that could be read: {why}",
            side.source
        )));
    }
    let found = propose::propose(&old, &new, propose::breaks(&report), propose::TRIED);
    if let Some(config) = &arguments.config {
        return apply(config, arguments.show_values, &old, &new, &found, &limits);
    }
    let chosen = found.chosen();
    let read: Vec<&StateProposal> = states.proposals.iter().collect();
    let is_manifest = new.config_normalization.is_some();
    let mut said = answers(&found, &states, new.has_manifest);
    let mut is_unwritten = false;
    // Without a manifest, migrations of configs are code.
    let written: &[&Proposal] = if is_manifest { &chosen } else { &[] };
    if !(written.is_empty() && read.is_empty()) {
        let (edits, failures) = edits(&new, &request, written, &read);
        if arguments.write && edits.is_empty() {
            return match failures.into_iter().next() {
                Some((_, failure)) => Err(failure),
                None => finish(&said, &found, &states),
            };
        }
        if arguments.write {
            let paths: Vec<PathBuf> = edits
                .iter()
                .map(|edit| edit.path.split('/').fold(arguments.new.clone(), |path, part| path.join(part)))
                .collect();
            let all = paths.iter().zip(edits).map(|(path, edit)| (path.as_path(), edit.old, edit.new));
            write(all.collect(), &arguments.new)?;
            paths.iter().for_each(|path| {
                let _ = writeln!(said, "\nedited {}", path.display());
            });
        } else {
            edits.iter().for_each(|edit| {
                let _ = write!(said, "\n{}", edit.diff(&edit.path));
            });
        }
        // A single file, an archive, or a spec beside the manifest: the steps are said all the same.
        is_unwritten = arguments.write && !failures.is_empty();
        for (part, failure) in failures {
            failure.messages.iter().for_each(|message| output::message("note", message));
            if part.is_of_config() && !written.is_empty() {
                let _ = write!(said, "\n{}", steps(written));
            }
            if part.is_of_state() {
                said.push_str(&state_steps(&read));
            }
        }
    } else if arguments.write {
        return match chosen.is_empty() {
            true => finish(&said, &found, &states),
            false => Err(Failure::usage(format!(
                "NEW ({}) has no manifest: its migrations are code, which is not written: see the patch and the recipe \
                 without --write",
                new.source
            ))),
        };
    }
    said.push_str(&others(&found, is_manifest));
    let code = finish(&said, &found, &states)?;
    Ok(if is_unwritten { FINDINGS } else { code })
}

/// What of the proposals is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Both,
    Config,
    State,
}

impl Which {
    fn is_of_config(self) -> bool {
        self != Self::State
    }

    fn is_of_state(self) -> bool {
        self != Self::Config
    }
}

/// The edits of all proposals, and what cannot be written. Where they cannot be written together, the spec standing in another
/// file than the streams, each kind is written for itself.
fn edits(
    new: &Connector,
    request: &load::Request,
    written: &[&Proposal],
    read: &[&StateProposal],
) -> (Vec<FileEdit>, Vec<(Which, Failure)>) {
    let edit = |which: Which| {
        let written = if which.is_of_config() { written } else { &[] };
        let read = if which.is_of_state() { read } else { &[] };
        declare::migration(new, request, written, read).map_err(|error| {
            let failure = match error {
                DeclareError::Usage(message) => Failure::usage(message),
                DeclareError::Input(messages) => Failure::inputs(messages),
            };
            (which, failure)
        })
    };
    let together = edit(Which::Both);
    let is_mixed = !written.is_empty() && !read.is_empty();
    let all = match together {
        Err(_) if is_mixed => vec![edit(Which::Config), edit(Which::State)],
        together => vec![together],
    };
    let (mut edits, mut failures): (Vec<FileEdit>, Vec<_>) = (Vec::new(), Vec::new());
    for one in all {
        match one {
            // Two edits of one file that cannot be made together are not made after each other either.
            Ok(edit) if edits.iter().any(|other| other.path == edit.path) => {
                let why =
                    format!("{}: the formats of cursors cannot be added beside the migrations", edit.path);
                failures.push((Which::State, Failure::input(why)));
            }
            Ok(edit) => edits.push(edit),
            Err(failure) => failures.push(failure),
        }
    }
    (edits, failures)
}

/// Prints; a break without a migration is a finding.
fn finish(said: &str, found: &Proposals, states: &StateProposals) -> Result<u8, Failure> {
    output::stdout(&harmless(said))?;
    let is_left = found.answers.iter().any(|answer| !matches!(answer, Answer::Absorbed(_)))
        || states.answers.iter().any(|answer| matches!(answer, StateAnswer::None { .. }));
    Ok(if is_left { FINDINGS } else { OK })
}

/// Lines without what a terminal acts on.
fn harmless(said: &str) -> String {
    said.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { output::harmless(line) }).collect()
}

/// Writes files, all of them or none.
fn write(edits: Vec<(&Path, Option<String>, String)>, within: &Path) -> Result<(), Failure> {
    if let Some((path, ..)) = edits.iter().find(|(path, ..)| unmerged::is_unmerged(path)) {
        return Err(Failure::input(format!(
            "{}: expected a merged file, and git has both sides of a merge for it: resolve it and git add it first: no file \
             is changed",
            path.display()
        )));
    }
    let replacements: Vec<Replacement> = edits
        .into_iter()
        .map(|(path, old, new)| Replacement {
            path: path.to_path_buf(),
            within: within.to_path_buf(),
            old,
            new,
        })
        .collect();
    replace::all(&replacements).map_err(Failure::inputs)
}

/// What there is for each break.
fn answers(found: &Proposals, states: &StateProposals, has_manifest: bool) -> String {
    let mut said = String::new();
    if let Some(reason) = &found.reason
        && !found.breaks.is_empty()
    {
        let _ = writeln!(said, "nothing could be tried: {reason}");
    }
    if found.breaks.is_empty() && states.breaks.is_empty() {
        said.push_str(
            "Nothing to do: no change of the spec is known to break a saved config, or the migrations that are there absorb it, and no \
             saved state is known to fail. `connector-diff check` says what is to be reviewed.\n",
        );
    }
    for (broken, answer) in found.breaks.iter().zip(&found.answers) {
        let _ = writeln!(said, "{}: {}", broken.rule, broken.field.join("."));
        match answer {
            Answer::Absorbed(by) => {
                if let Some(proposal) = found.proposals.get(*by) {
                    let _ = writeln!(
                        said,
                        "  {} Tried on {} configs of the old spec: each is accepted at two starts.",
                        proposal.what, proposal.tried
                    );
                }
            }
            Answer::Several(all) => {
                match all.len() {
                    1 => said.push_str("  one migration would do, and only you know whether it is meant:\n"),
                    count => {
                        let _ = writeln!(
                            said,
                            "  {count} migrations would do, and which one is meant only you know:"
                        );
                    }
                }
                for proposal in all.iter().filter_map(|index| found.proposals.get(*index)) {
                    let _ = writeln!(said, "  - {} (tried on {} configs)", proposal.what, proposal.tried);
                    let rivals: Vec<String> =
                        proposal.rivals.iter().map(|path| format!("`{}`", path.join("."))).collect();
                    if !rivals.is_empty() {
                        let _ = writeln!(said, "    The same value may be meant for {}.", rivals.join(", "));
                    }
                }
            }
            Answer::None { why } => {
                let _ = writeln!(said, "  no migration: {why}");
            }
        }
    }
    if let Some((all, passed)) = found.together {
        let _ = writeln!(said, "together: the new spec accepts {passed} of {all} configs of the old one");
    }
    for (broken, answer) in states.breaks.iter().zip(&states.answers) {
        let _ = writeln!(said, "{}: {}", broken.rule, visible(&broken.stream.name));
        match answer {
            StateAnswer::Read(all) => {
                for proposal in all.iter().filter_map(|index| states.proposals.get(*index)) {
                    let _ = writeln!(said, "  {} {}", visible(&proposal.what), proposal.tried);
                }
            }
            StateAnswer::None { why, recipe } => {
                let _ = writeln!(said, "  no edit of a manifest: {why}.");
                if !recipe.is_empty() {
                    said.push_str(match has_manifest {
                        true => "  a CustomStateMigration, which is Python, could:\n",
                        false => "  code of the connector could, before it reads its state:\n",
                    });
                }
                recipe.iter().for_each(|line| {
                    let _ = writeln!(said, "    {line}");
                });
            }
        }
    }
    said
}

/// What is added for saved state, as it is written in a manifest.
fn state_steps(proposals: &[&StateProposal]) -> String {
    let mut said = String::new();
    for proposal in proposals {
        let (place, written) = match &proposal.edit {
            StateEdit::Formats { cursor, formats, .. } => {
                let formats: Vec<String> = formats
                    .iter()
                    .map(|format| serde_json::Value::from(format.as_str()).to_string())
                    .collect();
                (cursor, format!("cursor_datetime_formats: [{}]", formats.join(", ")))
            }
            StateEdit::Migration { stream, .. } => {
                (stream, format!("state_migrations:\n  - type: {}", propose::LEGACY_MIGRATION))
            }
        };
        let _ = writeln!(said, "\n# {place}, behind what is there\n{written}");
    }
    said
}

/// Steps as they are written in a manifest.
fn steps(proposals: &[&Proposal]) -> String {
    let written = propose::manifest_lines(proposals);
    format!("# spec.config_normalization_rules.config_migrations\n{written}")
}

/// The forms that are no manifest: patches, recipes, and alternatives.
fn others(found: &Proposals, is_manifest: bool) -> String {
    let chosen = found.chosen();
    let mut said = String::new();
    let alternatives: Vec<&Proposal> =
        found.proposals.iter().filter(|one| !chosen.iter().any(|other| std::ptr::eq(*other, *one))).collect();
    for proposal in alternatives {
        let _ = write!(said, "\n# If meant: {}\n{}", proposal.what, propose::manifest_lines(&[proposal]));
    }
    for proposal in &found.proposals {
        let _ = writeln!(
            said,
            "\n# {} As RFC 6902, for configs that do not hold the new value yet:",
            proposal.what
        );
        match propose::patch(proposal) {
            Some(patches) => {
                for patch in patches {
                    let _ = writeln!(said, "{patch}");
                }
            }
            None => said.push_str("no patch can work a value out\n"),
        }
        if !is_manifest {
            said.push_str("# In code:\n");
            for line in propose::recipe(proposal) {
                let _ = writeln!(said, "{line}");
            }
        }
    }
    said
}

/// Migrates one config.
fn apply(
    file: &Path,
    show_values: bool,
    old: &Connector,
    new: &Connector,
    found: &Proposals,
    limits: &Limits,
) -> Result<u8, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::input(format!("--config {shown}: {error}")))?;
    if text.len() as u64 > limits.input_bytes {
        return Err(Failure::input(format!("--config {shown}: larger than the limit input-bytes")));
    }
    // Saved configs are JSON, and a number or a text of JSON may be another one in YAML.
    let config: Value = serde_json::from_str(&text)
        .or_else(|_| load::parse_yaml(&text))
        .map_err(|error| Failure::input(format!("--config {shown}: {}", error.message)))?;
    if !config.is_object() {
        return Err(Failure::input(format!(
            "--config {shown}: expected an object of JSON, as a config is saved"
        )));
    }
    let mut rules = new.config_rules.clone();
    let chosen = found.chosen();
    rules.migrations.extend(chosen.iter().flat_map(|one| one.steps.iter().cloned()));
    let migrations = Migrations::new(&rules);
    let mut said = String::new();
    for proposal in &chosen {
        let _ = writeln!(said, "# with the migration that NEW lacks: {}", proposal.what);
    }
    let asked = propose::Judges::new(old, new).map_err(|why| Failure::input(format!("the specs: {why}")))?;
    let word = |refusal: Option<String>, which: &str| match refusal {
        None => format!("the {which} spec accepts it"),
        Some(why) => format!("the {which} spec refuses it: {why}"),
    };
    let _ = writeln!(said, "# {shown}: {}", word(asked.old_refusal(&config), "old"));
    let ran = match migrations.start(&config) {
        Start::Ran(ran) => ran,
        Start::Stops(halt) => {
            let _ = writeln!(said, "# the connector stops at its start: {}", halt.why);
            output::stdout(&harmless(&said))?;
            return Ok(FINDINGS);
        }
        Start::Opaque(halt) => {
            let _ = writeln!(said, "# a step cannot be followed: {}", halt.why);
            output::stdout(&harmless(&said))?;
            return Ok(FINDINGS);
        }
    };
    let refusal = asked.new_refusal(&ran.used);
    let is_accepted = refusal.is_none();
    let value = if show_values { ran.used.clone() } else { asked.masked(&ran.used, &config) };
    let _ = writeln!(said, "{}", serde_json::to_string_pretty(&value).unwrap_or_default());
    let _ = writeln!(said, "# {}", word(refusal, "new"));
    let second = match migrations.start(&ran.saved) {
        Start::Ran(Ran { used, .. }) if used == ran.used => "the second start changes nothing".to_owned(),
        Start::Ran(_) => "the second start changes it again".to_owned(),
        Start::Stops(halt) => format!("the second start stops: {}", halt.why),
        Start::Opaque(halt) => format!("the second start cannot be followed: {}", halt.why),
    };
    let is_stable = second.ends_with("nothing");
    let _ = writeln!(said, "# {second}");
    if ran.saved != ran.used {
        said.push_str("# what is saved differs from it: transformations, and changes inside of objects, are not saved\n");
    }
    output::stdout(&harmless(&said))?;
    Ok(if is_accepted && is_stable { OK } else { FINDINGS })
}
