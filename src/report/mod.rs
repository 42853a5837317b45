//! Reports: what is said, once ([`View`]), and one file per format over it. The JSON report and `patch` take the report
//! itself.

mod artifact;
mod concise;
mod graph;
mod json;
mod markdown;
mod patch;
mod rule_docs;
mod text;
mod view;

pub use artifact::{catalog_value, snapshot};
pub use concise::Concise;
pub use graph::{GraphView, NoSuchStream, PictureError};
pub use json::{json, schema};
pub use markdown::{
    Markdown, cell, line, message, plain_name, requirement, section, subject, summary, users,
};
pub use patch::patch;
pub use rule_docs::rules_table;
pub use text::Text;
pub use view::{
    Answer, Asked, Change, Edit, FieldChange, GateLine, Group, Mark, Paperwork, Reach, Reason, Render,
    Requirement, Rest, StateRow, StateTable, View, additions, checklist,
};
