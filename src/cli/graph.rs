//! `connector-diff graph SIDE`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::choices::KindChoice;
use super::image;
use super::sides::{self, Named};
use super::{Failure, INCONCLUSIVE, LimitArgs, OK, output};
use crate::limits::Limits;
use crate::load::{self, Request};
use crate::model::harmless_json;
use crate::report::GraphView;

#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    /// A connector directory, or one file of it
    side: PathBuf,
    /// How to print the graph
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
    /// Show this stream and what it is built from
    #[arg(long, value_name = "NAME")]
    stream: Option<String>,
    /// What the file is, where its content does not tell
    #[arg(long, value_enum)]
    kind: Option<KindChoice>,
    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For Graphviz
    Dot,
    /// For Markdown pages that draw it
    Mermaid,
    /// A picture
    Svg,
    /// For programs
    Json,
}

/// Mermaid refuses to draw more links than this unless it is configured otherwise (`maxEdges`).
const MERMAID_EDGES: usize = 500;
/// Nor a longer text (`maxTextSize`).
const MERMAID_TEXT: usize = 50_000;

pub(super) fn run(arguments: &GraphArgs) -> Result<u8, Failure> {
    if image::is_one(&arguments.side) {
        let message = format!("SIDE {}: an image shows no streams", arguments.side.display());
        return Err(Failure::usage(format!("{message}: expected a connector directory, or a manifest")));
    }
    sides::check(&[Named::side("SIDE", &arguments.side)])?;
    arguments.limits.run(|limits| graph(arguments, limits))
}

fn graph(arguments: &GraphArgs, limits: Limits) -> Result<u8, Failure> {
    let kind = arguments.kind.map(Into::into);
    let connector = load::connector_in(&Request { kind, ..sides::request(&arguments.side, &limits) });
    sides::holds_connector("SIDE", &connector)?;
    let errors: Vec<String> = connector
        .errors
        .iter()
        .map(ToString::to_string)
        .chain(connector.faults.iter().map(|fault| fault.error.to_string()))
        .collect();
    let view = GraphView::of(&connector, arguments.stream.as_deref())
        .map_err(|error| Failure::usage(format!("{}: {error}", connector.source)))?;
    if view.is_empty() {
        let why = match (errors.as_slice(), connector.catalog_reason.as_str()) {
            ([], "") if connector.has_manifest => {
                "every stream of the manifest exists for some configs only, or comes from the network"
                    .to_owned()
            }
            ([], "") => "there is no manifest, schema folder or catalog".to_owned(),
            ([], reason) => reason.to_owned(),
            (errors, _) => errors.join("; "),
        };
        return Err(Failure::input(format!("{}: no streams: {why}", connector.source)));
    }
    let instead = match arguments.stream {
        None => "show one stream with --stream, or use --format dot",
        Some(_) => "use --format dot",
    };
    let text = match arguments.format {
        Format::Dot => view.dot(),
        Format::Mermaid => view.mermaid(),
        Format::Svg => {
            view.svg().map_err(|error| Failure::input(format!("{}: {error}; {instead}", connector.source)))?
        }
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&view.json()).unwrap_or_default();
            text.push('\n');
            text
        }
    };
    let text = if arguments.format == Format::Json { harmless_json(text) } else { text };
    output::stdout(&text)?;
    if arguments.format == Format::Mermaid && (view.links() > MERMAID_EDGES || text.len() > MERMAID_TEXT) {
        output::stderr(&format!(
            "warning: {} links in {} characters, and Mermaid draws up to {MERMAID_EDGES} in {MERMAID_TEXT} by default: \
             {instead}\n",
            view.links(),
            text.len()
        ));
    }
    for error in &errors {
        output::stderr(&format!("warning: {error}\n"));
    }
    Ok(if errors.is_empty() { OK } else { INCONCLUSIVE })
}
