//! What a stream asks for and how it reads the answer: what no catalog shows.
//!
//! Each aspect is a handful of fields of the stream's components, resolved, with the parameters that its templates
//! read. Only digests are kept: two versions are compared, not shown.

use serde_json::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::component::{Component, Field};
use super::fields;
use super::node::Node;
use crate::model::Aspect;

/// Components nest less deep than this; what goes deeper is in a circle of parents.
const DEEPEST: usize = 64;

/// Fields of a cursor that decide the catalog or what saved state is read, and are compared there.
const CURSOR_STATE: [&str; 3] =
    ["cursor_field", "cursor_datetime_formats", "allow_catalog_defined_cursor_field"];

/// A field that resolves to more components and lists than this is a bomb.
const MOST_NODES: usize = 50_000;

struct Digest {
    hasher: Xxh3,
    nodes: usize,
}

impl Digest {
    fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }
}

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
            if let Some(component) = stream.component(half) {
                plain(&component, &format!("{half}."), &mut found);
            }
        }
    }
    plain(stream, "", &mut found);
    found
}

fn plain<'m>(stream: &Component<'m>, prefix: &str, found: &mut Vec<FieldBehaviour<'m>>) {
    let mut add = |aspect: Aspect, component: &Component<'m>, field: &str| {
        let mut hasher = Digest { hasher: Xxh3::new(), nodes: 0 };
        if component.node(field).is_none_or(|node| says_nothing(&node)) || is_default(component, field) {
            return;
        }
        feed_field(component, field, &mut hasher, 0);
        let digest = if hasher.nodes > MOST_NODES {
            // Too much to be looked through: any edit of the manifest counts.
            xxh3_64(component.resolver.document().to_string().as_bytes())
        } else {
            hasher.hasher.digest()
        };
        let (field, raw) = (format!("{prefix}{field}"), component.map.raw(field));
        found.push(FieldBehaviour { aspect, field, digest, raw });
    };
    add(Aspect::Transformations, stream, "transformations");
    add(Aspect::Retrieval, stream, "state_migrations");
    add(Aspect::Retrieval, stream, "file_uploader");
    add(Aspect::Retrieval, stream, "api_retention_period");
    // The catalog shows the other half.
    let is_hidden = prefix == "incremental_stream.";
    if is_hidden {
        add(Aspect::Retrieval, stream, "primary_key");
    }
    if let Some(cursor) = stream.component("incremental_sync") {
        let counts = |field: &String| is_hidden || !CURSOR_STATE.contains(&field.as_str());
        for field in fields_of(&cursor).into_iter().filter(counts) {
            add(Aspect::IncrementalWindow, &cursor, &field);
        }
    }
    let Some(retriever) = stream.component("retriever") else { return };
    for field in fields_of(&retriever) {
        match field.as_str() {
            "requester" => {}
            "paginator" => add(Aspect::Pagination, &retriever, &field),
            "record_selector" => add(Aspect::RecordSelection, &retriever, &field),
            "partition_router" => add(Aspect::Partitions, &retriever, &field),
            _ => add(Aspect::Retrieval, &retriever, &field),
        }
    }
    let Some(requester) = retriever.component("requester") else { return };
    for field in fields_of(&requester) {
        let aspect = match field.as_str() {
            "authenticator" => Aspect::Authentication,
            "error_handler" => Aspect::ErrorHandling,
            _ => Aspect::Request,
        };
        add(aspect, &requester, &field);
    }
}

/// An empty list or nothing is as good as a field that is not there.
fn says_nothing(node: &Node<'_>) -> bool {
    match node {
        Node::List(items) => items.is_empty(),
        node => node.scalar().is_some_and(Value::is_null),
    }
}

/// What the CDK takes where nothing is written.
fn is_default(component: &Component<'_>, field: &str) -> bool {
    match field {
        "http_method" => component.text(field).as_deref() == Some("GET"),
        "paginator" => component.component(field).is_some_and(|paginator| paginator.is("NoPagination")),
        _ => false,
    }
}

/// The fields a component has, of its own or from `$parameters`.
fn fields_of(component: &Component<'_>) -> Vec<String> {
    let mut names: Vec<String> = component.map.keys().into_iter().map(str::to_owned).collect();
    // Custom components take all of them, and only their code says which it reads.
    for name in fields::of(component.kind.as_deref().unwrap_or_default()).unwrap_or_default() {
        if component.parameters.contains_key(*name) && !names.iter().any(|own| own == name) {
            names.push((*name).to_owned());
        }
    }
    // A type that is spelled out is the one that is meant without it.
    names.retain(|name| name != "$parameters" && name != "type");
    names.sort_unstable();
    names
}

fn feed_field(component: &Component<'_>, field: &str, hasher: &mut Digest, depth: usize) {
    let Some(node) = component.node(field) else { return };
    match component.field(field) {
        Some(found @ (Field::Component(_) | Field::List(_))) => feed(component, &node, &found, hasher, depth),
        _ => feed_value(component, &node, hasher),
    }
}

fn feed(component: &Component<'_>, node: &Node<'_>, field: &Field<'_>, hasher: &mut Digest, depth: usize) {
    hasher.nodes += 1;
    if depth > DEEPEST || hasher.nodes > MOST_NODES {
        return;
    }
    match field {
        Field::Component(inner) => {
            hasher.update(b"{");
            hasher.update(inner.kind.as_deref().unwrap_or_default().as_bytes());
            for name in fields_of(inner) {
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

fn feed_value(component: &Component<'_>, node: &Node<'_>, hasher: &mut Digest) {
    let Some(value) = node.scalar() else { return };
    let Value::String(text) = value else { return hasher.update(value.to_string().as_bytes()) };
    if !text.contains("{{") && !text.contains("{%") {
        return hasher.update(value.to_string().as_bytes());
    }
    // Spaces around an expression say nothing.
    let tight = text.replace("{{ ", "{{").replace(" }}", "}}");
    hasher.update(tight.as_bytes());
    // A template says the same only if what it reads is the same.
    let all = [".values", ".items", ".keys", "parameters }}", "parameters |"]
        .iter()
        .any(|read| text.contains(read));
    let reads = |name: &str| all || text.contains(name);
    for (name, parameter) in component.parameters.iter().filter(|(name, _)| reads(name)) {
        hasher.update(b"|");
        hasher.update(name.as_bytes());
        if let Some(written) = component.resolver.write_out(parameter) {
            hasher.update(written.to_string().as_bytes());
        }
    }
}
