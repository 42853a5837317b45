//! Reports: one file per format over the same findings.

mod artifact;
mod graph;
mod group;
mod json;
mod markdown;
mod patch;
mod phrase;
mod rule_docs;
mod state;
mod text;

pub use artifact::{catalog_value, snapshot};
pub use graph::GraphView;
pub use json::{json, schema};
pub use markdown::markdown;
pub use patch::patch;
pub use rule_docs::rules_table;
pub use text::{Detail, text};
