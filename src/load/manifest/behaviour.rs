//! What a stream asks for and how it reads the answer: what no catalog shows.
//!
//! Each aspect is a handful of fields of the stream's components, resolved, with the parameters that its templates
//! read. Only digests are kept: two versions are compared, not shown.

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

use super::component::{Component, Field};
use super::node::Node;
use crate::model::Aspect;

/// Components nest less deep than this; what goes deeper is in a circle of parents.
const DEEPEST: usize = 64;

/// Fields that a component of a type takes from `$parameters` where its own entry has none.
fn from_parameters(kind: &str) -> &'static [&'static str] {
    match kind {
        "HttpRequester" | "CustomRequester" => &[
            "path",
            "url",
            "url_base",
            "http_method",
            "request_parameters",
            "request_headers",
            "request_body",
            "request_body_json",
            "request_body_data",
        ],
        "DpathExtractor" | "CustomRecordExtractor" => &["field_path"],
        "RecordFilter" | "CustomRecordFilter" => &["condition"],
        "PageIncrement" | "OffsetIncrement" | "CursorPagination" => &["page_size"],
        "ListPartitionRouter" => &["values", "cursor_field"],
        "ParentStreamConfig" => &["parent_key", "partition_field"],
        "DatetimeBasedCursor" => &["step", "lookback_window", "cursor_granularity"],
        _ => &[],
    }
}

/// Fields of a cursor that decide the catalog or the saved state, and are compared there.
const CURSOR_STATE: [&str; 4] =
    ["cursor_field", "datetime_format", "cursor_datetime_formats", "allow_catalog_defined_cursor_field"];

/// One field of what a stream does.
pub(super) struct FieldBehaviour<'m> {
    pub(super) aspect: Aspect,
    pub(super) field: String,
    pub(super) digest: u64,
    /// The value as it is written, where it is written in the component itself.
    pub(super) raw: Option<&'m Value>,
}

/// The behaviour of a stream, field by field.
pub(super) fn of<'m>(stream: &Component<'m>) -> Vec<FieldBehaviour<'m>> {
    let mut found = Vec::new();
    if stream.is("StateDelegatingStream") {
        for half in ["full_refresh_stream", "incremental_stream"] {
            if let Some(half) = stream.component(half) {
                plain(&half, &mut found);
            }
        }
    } else {
        plain(stream, &mut found);
    }
    found
}

fn plain<'m>(stream: &Component<'m>, found: &mut Vec<FieldBehaviour<'m>>) {
    let mut add = |aspect: Aspect, component: &Component<'m>, field: &str| {
        let mut hasher = Xxh3::new();
        if component.node(field).is_none() {
            return;
        }
        feed_field(component, field, &mut hasher, 0);
        let (field, digest, raw) = (field.to_owned(), hasher.digest(), component.map.raw(field));
        found.push(FieldBehaviour { aspect, field, digest, raw });
    };
    add(Aspect::Transformations, stream, "transformations");
    add(Aspect::Retrieval, stream, "file_uploader");
    if let Some(cursor) = stream.component("incremental_sync") {
        for field in fields(&cursor).into_iter().filter(|field| !CURSOR_STATE.contains(&field.as_str())) {
            add(Aspect::IncrementalWindow, &cursor, &field);
        }
    }
    let Some(retriever) = stream.component("retriever") else { return };
    for field in fields(&retriever) {
        match field.as_str() {
            "requester" => {}
            "paginator" => add(Aspect::Pagination, &retriever, &field),
            "record_selector" => add(Aspect::RecordSelection, &retriever, &field),
            "partition_router" => add(Aspect::Partitions, &retriever, &field),
            _ => add(Aspect::Retrieval, &retriever, &field),
        }
    }
    let Some(requester) = retriever.component("requester") else { return };
    for field in fields(&requester) {
        let aspect = match field.as_str() {
            "authenticator" => Aspect::Authentication,
            "error_handler" => Aspect::ErrorHandling,
            _ => Aspect::Request,
        };
        add(aspect, &requester, &field);
    }
}

/// The fields a component has, of its own or from `$parameters`.
fn fields(component: &Component<'_>) -> Vec<String> {
    let mut names: Vec<String> = component.map.keys().into_iter().map(str::to_owned).collect();
    for name in from_parameters(component.kind.as_deref().unwrap_or_default()) {
        if component.parameters.contains_key(*name) && !names.iter().any(|own| own == name) {
            names.push((*name).to_owned());
        }
    }
    // A type that is spelled out is the one that is meant without it.
    names.retain(|name| name != "$parameters" && name != "type");
    names.sort_unstable();
    names
}

fn feed_field(component: &Component<'_>, field: &str, hasher: &mut Xxh3, depth: usize) {
    let Some(node) = component.node(field) else { return };
    match component.field(field) {
        Some(found @ (Field::Component(_) | Field::List(_))) => feed(component, &node, &found, hasher, depth),
        _ => feed_value(component, &node, hasher),
    }
}

fn feed(component: &Component<'_>, node: &Node<'_>, field: &Field<'_>, hasher: &mut Xxh3, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    match field {
        Field::Component(inner) => {
            hasher.update(b"{");
            hasher.update(inner.kind.as_deref().unwrap_or_default().as_bytes());
            for name in fields(inner) {
                // A parent's schema and key are its own; what is read of it is its records.
                if matches!(name.as_str(), "schema_loader" | "primary_key") {
                    continue;
                }
                hasher.update(b",");
                hasher.update(name.as_bytes());
                hasher.update(b":");
                feed_field(inner, &name, hasher, depth + 1);
            }
            hasher.update(b"}");
        }
        Field::List(items) => {
            hasher.update(b"[");
            let elements = node.elements(&component.resolver).unwrap_or_default();
            for (item, element) in items.iter().zip(&elements) {
                feed(component, element, item, hasher, depth + 1);
                hasher.update(b",");
            }
            hasher.update(b"]");
        }
        Field::Value => feed_value(component, node, hasher),
    }
}

fn feed_value(component: &Component<'_>, node: &Node<'_>, hasher: &mut Xxh3) {
    let Some(value) = node.scalar() else { return };
    hasher.update(value.to_string().as_bytes());
    let Value::String(text) = value else { return };
    if !text.contains("{{") && !text.contains("{%") {
        return;
    }
    // A template says the same only if what it reads is the same.
    for (name, parameter) in component.parameters.iter().filter(|(name, _)| text.contains(name.as_str())) {
        hasher.update(b"|");
        hasher.update(name.as_bytes());
        if let Some(written) = component.resolver.write_out(parameter) {
            hasher.update(written.to_string().as_bytes());
        }
    }
}
