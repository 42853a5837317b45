//! `connector-diff includes A.json B.json`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::choices::DraftChoice;
use super::sides::{self, Named};
use super::{FINDINGS, Failure, INCONCLUSIVE, LimitArgs, OK, output};
use crate::limits::Limits;
use crate::load;
use crate::model::Which;
use crate::model::harmless_json;
use crate::schema::{Inclusion, Options, includes};

#[derive(Debug, Args)]
pub(super) struct IncludesArgs {
    /// The schema whose values are asked about
    a: PathBuf,
    /// The schema that has to accept them
    b: PathBuf,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The draft of both schemas [default: what $schema says, else draft-07]
    #[arg(long, value_enum)]
    draft: Option<DraftChoice>,
    /// Let `format` refuse values, which Airbyte's runtime does not
    #[arg(long)]
    assert_formats: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// For programs
    Json,
}

fn schema(path: &Path, limits: &Limits) -> Result<Value, Failure> {
    load::value(&*sides::tree(path, limits), limits).map_err(|error| Failure::input(error.to_string()))
}

/// Whether both are the same text, read in the same way.
fn is_same_text(arguments: &IncludesArgs, limits: &Limits) -> bool {
    // A pipe can be read once.
    let is_file = arguments.a.is_file() && arguments.b.is_file();
    let text = |path: &Path| load::text(&*sides::tree(path, limits), limits);
    is_file
        && arguments.a.extension() == arguments.b.extension()
        && matches!((text(&arguments.a), text(&arguments.b)), (Ok(a), Ok(b)) if a == b)
}

pub(super) fn run(arguments: &IncludesArgs) -> Result<u8, Failure> {
    sides::check(&[Named::file("A", &arguments.a), Named::file("B", &arguments.b)])?;
    arguments.limits.run(|limits| answer(arguments, limits))
}

fn answer(arguments: &IncludesArgs, limits: Limits) -> Result<u8, Failure> {
    let (a, b) = (schema(&arguments.a, &limits)?, schema(&arguments.b, &limits)?);
    let options = Options {
        draft: arguments.draft.map(Into::into),
        assert_formats: arguments.assert_formats,
        steps: limits.steps,
    };
    let answer = includes(&a, &b, &options).map_err(|error| {
        let file = match error.side {
            Which::Old => &arguments.a,
            Which::New => &arguments.b,
        };
        let place = error.pointer.to_string();
        let place = if place.is_empty() { "the root".to_owned() } else { place };
        Failure::input(format!("{}: at {place}: {}", file.display(), error.message))
    })?;
    // Numbers that cannot be read exactly are the same in the same text.
    let answer = match answer {
        Inclusion::Unknown { .. } if is_same_text(arguments, &limits) => Inclusion::Included,
        answer => answer,
    };
    let text = match arguments.format {
        Format::Text => text(&answer, arguments),
        Format::Json => {
            let value = match &answer {
                Inclusion::Included => {
                    json!({"result": "included", "witness": null, "message": null, "reason": null})
                }
                Inclusion::NotIncluded { witness, message } => {
                    json!({"result": "not-included", "witness": witness, "message": message, "reason": null})
                }
                Inclusion::Unknown { reason } => {
                    json!({"result": "unknown", "witness": null, "message": null, "reason": reason})
                }
            };
            let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
            text.push('\n');
            text
        }
    };
    let text = match arguments.format {
        Format::Text => output::harmless(&text),
        Format::Json => harmless_json(text),
    };
    output::stdout(&text)?;
    Ok(match answer {
        Inclusion::Included => OK,
        Inclusion::NotIncluded { .. } => FINDINGS,
        Inclusion::Unknown { .. } => INCONCLUSIVE,
    })
}

fn text(answer: &Inclusion, arguments: &IncludesArgs) -> String {
    let (a, b) = (arguments.a.display(), arguments.b.display());
    match answer {
        Inclusion::Included => format!("included: every value that {a} accepts is accepted by {b}\n"),
        Inclusion::NotIncluded { witness, message } => {
            let shown = harmless_json(serde_json::to_string_pretty(witness).unwrap_or_default());
            format!("not-included: {a} accepts this value and {b} refuses it\n{shown}\nrefused: {message}\n")
        }
        Inclusion::Unknown { reason } => format!("unknown: {reason}\n"),
    }
}
