//! Reports: what is said, once ([`View`]), and one file per format over it. The JSON report and `patch` take the report
//! itself.

mod annotation;
mod artifact;
mod checkout;
mod concise;
mod destination_docs;
mod github;
mod gitlab;
mod graph;
mod html;
mod json;
mod junit;
mod markdown;
mod patch;
mod rule_docs;
mod sarif;
mod text;
mod view;
mod xml;

pub use artifact::{catalog_value, snapshot};
pub use checkout::{Checkout, Published};
pub use concise::Concise;
pub use destination_docs::destinations_page;
pub use github::Github;
pub use gitlab::Gitlab;
pub use graph::{GraphView, NoSuchStream, PictureError, picture};
pub use html::Html;
pub use json::{json, schema, write_json};
pub use junit::Junit;
pub use markdown::{
    Markdown, cell, line, message, plain_name, requirement, section, subject, summary, users,
};
pub use patch::patch;
pub use rule_docs::rules_table;
pub use sarif::Sarif;
pub use text::Text;
pub use view::{
    Answer, Asked, Change, DestinationDetail, DestinationRow, DestinationTable, Edit, FieldChange, GateLine,
    Grain, Group, Heading, Mark, Paperwork, Reach, Reason, Render, Requirement, Rest, Run, StateRow,
    StateTable, View, additions, checklist,
};
