//! `connector-diff snapshot SIDE`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::choices::KindChoice;
use super::image::ImageArgs;
use super::sides::{self, Named};
use super::{Failure, INCONCLUSIVE, LimitArgs, OK, output};
use crate::limits::Limits;
use crate::load::{self, Request};
use crate::model::harmless_json;
use crate::report;

#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    /// A connector directory, an archive of one, one file of it, or image:NAME
    side: PathBuf,
    /// Print one artifact: spec and catalog as the protocol does, state as the shapes that samples have
    #[arg(long, value_enum)]
    artifact: Option<Only>,
    /// Print values of saved state; they may be secrets
    #[arg(long)]
    show_values: bool,
    /// What the file is, where its content does not tell
    #[arg(long, value_enum)]
    kind: Option<KindChoice>,
    #[command(flatten)]
    image: ImageArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// A ConnectorSpecification
    Spec,
    /// An AirbyteCatalog
    Catalog,
    /// The shapes of state samples
    State,
    /// The metadata's keys
    Metadata,
}

pub(super) fn run(arguments: &SnapshotArgs) -> Result<u8, Failure> {
    sides::check(&[Named::side("SIDE", &arguments.side)])?;
    arguments.image.check(&[("SIDE", &arguments.side)])?;
    arguments.limits.run(|limits| snapshot(arguments, limits))
}

fn snapshot(arguments: &SnapshotArgs, limits: Limits) -> Result<u8, Failure> {
    let kind = arguments.kind.map(Into::into);
    let request = Request { kind, ..sides::request(&arguments.side, &limits) };
    let connector = load::connector_in(&arguments.image.side(&arguments.side, request));
    sides::holds_connector("SIDE", &connector)?;
    let whole = report::snapshot(&connector, arguments.show_values);
    let value = match arguments.artifact {
        None => whole,
        Some(only) => {
            let key = match only {
                Only::Spec => "spec",
                Only::Catalog => "catalog",
                Only::State => "state",
                Only::Metadata => "metadata",
            };
            match whole.get(key) {
                None | Some(Value::Null) => {
                    let errors: Vec<String> = connector.errors.iter().map(ToString::to_string).collect();
                    let why = if errors.is_empty() { "there is none".to_owned() } else { errors.join("; ") };
                    return Err(Failure::input(format!("{}: no {key}: {why}", connector.source)));
                }
                Some(value) => value.clone(),
            }
        }
    };
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    output::stdout(&harmless_json(text))?;
    for error in &connector.errors {
        output::stderr(&format!("error: {error}\n"));
    }
    Ok(if connector.errors.is_empty() { OK } else { INCONCLUSIVE })
}
