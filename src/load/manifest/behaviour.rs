//! What a stream asks for and how it reads the answer: what no catalog shows.
//!
//! Each aspect is a handful of fields of the stream's components, resolved, with the parameters that its templates
//! read. Only digests are kept: two versions are compared, not shown.

use serde_json::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::component::{Component, Field};
use super::components::{self, Fields};
use super::interpolation::{Evaluated, evaluate, path_of};
use super::node::Node;
use super::raw::At;
use crate::model::Aspect;

/// Components nest less deep than this; what goes deeper is in a circle of parents.
const DEEPEST: usize = 64;

/// Fields of a cursor that decide the catalog or what saved state is read, and are compared there.
const CURSOR_STATE: [&str; 3] =
    ["cursor_field", "cursor_datetime_formats", "allow_catalog_defined_cursor_field"];

/// A field that resolves to more components and lists than this is a bomb.
const MOST_NODES: usize = 50_000;

/// Fields that the CDK renders as templates (airbyte-cdk 7.39.1): in them a template that the manifest alone decides is
/// its value. In any other field braces are text.
const RENDERED: [&str; 33] = [
    "api_token",
    "client_id",
    "client_secret",
    "condition",
    "cursor_value",
    "datetime",
    "end_datetime",
    "error_message",
    "field_name",
    "field_path",
    "grant_type",
    "header",
    "lookback_window",
    "page_size",
    "parent_key",
    "partition_field_end",
    "partition_field_start",
    "password",
    "path",
    "predicate",
    "refresh_request_body",
    "refresh_token",
    "request_body_data",
    "request_body_json",
    "request_headers",
    "request_parameters",
    "start_datetime",
    "stop_condition",
    "token_refresh_endpoint",
    "url",
    "url_base",
    "username",
    "value",
];

struct Digest {
    hasher: Xxh3,
    nodes: usize,
    /// Some of it was not looked through.
    is_beyond: bool,
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
    pub(super) raw: Option<At<'m>>,
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
        let mut hasher = Digest { hasher: Xxh3::new(), nodes: 0, is_beyond: false };
        if component.node(field).is_none_or(|node| says_nothing(&node)) || is_default(component, field) {
            return;
        }
        feed_field(component, field, &mut hasher, 0, false);
        let digest = if hasher.is_beyond {
            // Too much to be looked through: any edit of the manifest counts.
            xxh3_64(component.resolver.document().json().as_bytes())
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
        Node::List(items) => items.len() == 0,
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
    let known = components::fields(component.kind.as_deref().unwrap_or_default());
    for name in known.into_iter().flat_map(Fields::iter).map(|field| &field.name) {
        if component.parameters.contains_key(name) && !names.contains(name) {
            names.push(name.clone());
        }
    }
    // A type that is spelled out is the one that is meant without it.
    names.retain(|name| name != "$parameters" && name != "type");
    names.sort_unstable();
    names
}

/// `rendered` is whether the component is a plain mapping in a field that is rendered as a template.
fn feed_field(component: &Component<'_>, field: &str, hasher: &mut Digest, depth: usize, rendered: bool) {
    let Some(node) = component.node(field) else { return };
    // The path of an added field is a list of keys, and keys are text.
    let is_keys = field == "path" && matches!(node, Node::List(_) | Node::MadeList(_));
    let rendered = rendered || RENDERED.contains(&field) && !is_keys;
    match component.field(field) {
        Some(found @ (Field::Component(_) | Field::List(_))) => {
            feed(component, &node, &found, hasher, depth, rendered);
        }
        _ => feed_value(component, &node, hasher, rendered),
    }
}

fn feed(
    component: &Component<'_>,
    node: &Node<'_>,
    field: &Field<'_>,
    hasher: &mut Digest,
    depth: usize,
    rendered: bool,
) {
    hasher.nodes += 1;
    if depth > DEEPEST || hasher.nodes > MOST_NODES {
        hasher.is_beyond = true;
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
                feed_field(inner, &name, hasher, depth + 1, rendered && inner.kind.is_none());
            }
            hasher.update(b"}");
        }
        Field::List(items) => {
            hasher.update(b"[");
            let elements = node.elements(&component.resolver).unwrap_or_default();
            for (item, element) in items.iter().zip(&elements) {
                feed(component, element, item, hasher, depth + 1, rendered);
                hasher.update(b",");
            }
            hasher.update(b"]");
        }
        Field::Value(_) => feed_value(component, node, hasher, rendered),
    }
}

fn feed_value(component: &Component<'_>, node: &Node<'_>, hasher: &mut Digest, rendered: bool) {
    let Some(value) = node.scalar() else { return };
    let Value::String(text) = value else { return hasher.update(value.to_string().as_bytes()) };
    if !text.contains("{{") && !text.contains("{%") {
        return hasher.update(value.to_string().as_bytes());
    }
    if rendered && let Some(known) = known_text(component, text) {
        return hasher.update(Value::from(known).to_string().as_bytes());
    }
    hasher.update(spelled(text).as_bytes());
    // A template says the same only if what it reads is the same.
    let all = [".values", ".items", ".keys", "parameters }}", "parameters |"]
        .iter()
        .any(|read| text.contains(read));
    let reads = |name: &str| all || text.contains(name);
    for (name, parameter) in component.parameters.iter().filter(|(name, _)| reads(name)) {
        hasher.update(b"|");
        hasher.update(name.as_bytes());
        match component.resolver.write_out(parameter) {
            Ok(written) => hasher.update(written.to_string().as_bytes()),
            Err(_) => hasher.is_beyond = true,
        }
    }
}

/// The text that a template becomes, where the manifest alone decides it.
fn known_text(component: &Component<'_>, template: &str) -> Option<String> {
    let names = [("parameters", component.parameters.as_ref())];
    match evaluate(&component.resolver, template, &names) {
        Evaluated::Text(text) if !text.is_empty() => Some(text),
        Evaluated::Node(node) => node.as_text().map(str::to_owned),
        _ => None,
    }
}

/// A template in one spelling: spaces around an expression say nothing, and a key of the config may be written in
/// three ways.
fn spelled(template: &str) -> String {
    let mut spelled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        spelled.push_str(&rest[..start]);
        let expression = rest[start + 2..start + length].trim();
        spelled.push_str("{{");
        // A call answers otherwise where the key is absent.
        let path = expression.strip_prefix("config").filter(|path| !path.contains('('));
        match path.and_then(path_of) {
            Some((keys, None)) if !keys.is_empty() && !keys.iter().any(|key| DICT_METHODS.contains(key)) => {
                spelled.push_str("config");
                for key in keys {
                    spelled.push_str(&format!("[{}]", Value::from(key)));
                }
            }
            _ => spelled.push_str(expression),
        }
        spelled.push_str("}}");
        rest = &rest[start + length + 2..];
    }
    spelled.push_str(rest);
    spelled
}

/// After a dot these are what a Python dictionary does, not its keys.
const DICT_METHODS: [&str; 11] =
    ["clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"];
