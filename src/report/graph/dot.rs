//! The graph in Graphviz's language.

use std::fmt::Write as _;

use super::Drawn;
use crate::model::{Link, PartKind};

pub(super) fn dot(drawn: &Drawn) -> String {
    let mut out = String::from("digraph {\n  rankdir=LR;\n");
    for (number, part) in drawn.parts.iter().enumerate() {
        let shape = match part.kind {
            PartKind::Stream => "shape=box",
            PartKind::Definition => "shape=box, style=rounded",
            PartKind::Parameters => "shape=diamond",
            PartKind::SchemaFile => "shape=parallelogram",
            PartKind::SpecProperty => "shape=circle",
        };
        let _ = writeln!(out, "  n{number} [label=\"{}\", {shape}];", quoted(&part.label));
    }
    for (from, to, link) in &drawn.links {
        let style = if *link == Link::Parent { " [style=dashed]" } else { "" };
        let _ = writeln!(out, "  n{from} -> n{to}{style};");
    }
    out.push_str("}\n");
    out
}

/// A name for between quotation marks. Graphviz reads backslashes there, and HTML's names of characters.
fn quoted(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
