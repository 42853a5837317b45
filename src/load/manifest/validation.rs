//! What the CDK refuses before it builds any stream, as far as the files show it.
//!
//! The CDK holds the resolved manifest against a schema of all components. Here only what is stable across its versions
//! is checked: the keys at the top, the fields that a component of a known type must have, and the forms of the few
//! fields that decide a catalog. Source: `declarative_component_schema.yaml` of airbyte-cdk 6.48.16 and 7.39.1, what
//! both ask for.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Fault;
use super::component::{Component, Field};
use super::fields;
use super::stream::CUSTOM_CURSOR;
use crate::suggest;

/// The keys a manifest may have at its top.
const TOP: [&str; 14] = [
    "type",
    "check",
    "streams",
    "dynamic_streams",
    "version",
    "schemas",
    "definitions",
    "spec",
    "concurrency_level",
    "api_budget",
    "stream_groups",
    "max_concurrent_async_job_count",
    "metadata",
    "description",
];

/// The fields without which a component is refused.
const NEEDED: [(&str, &[&str]); 23] = [
    ("AddFields", &["fields"]),
    ("AddedFieldDefinition", &["path", "value"]),
    ("ComponentMappingDefinition", &["field_path", "value"]),
    ("ConditionalStreams", &["condition", "streams"]),
    ("ConfigComponentsResolver", &["stream_config", "components_mapping"]),
    ("DatetimeBasedCursor", &["cursor_field", "datetime_format", "start_datetime"]),
    ("DeclarativeStream", &["retriever"]),
    ("DpathExtractor", &["field_path"]),
    ("DynamicDeclarativeStream", &["stream_template", "components_resolver"]),
    ("DynamicSchemaLoader", &["retriever", "schema_type_identifier"]),
    ("GroupingPartitionRouter", &["group_size", "underlying_partition_router"]),
    ("HttpComponentsResolver", &["retriever", "components_mapping"]),
    ("IncrementingCountCursor", &["cursor_field"]),
    ("ListPartitionRouter", &["cursor_field", "values"]),
    ("MinMaxDatetime", &["datetime"]),
    ("ParametrizedComponentsResolver", &["stream_parameters", "components_mapping"]),
    ("ParentStreamConfig", &["parent_key", "partition_field", "stream"]),
    ("RecordSelector", &["extractor"]),
    ("RemoveFields", &["field_pointers"]),
    ("SimpleRetriever", &["requester", "record_selector"]),
    ("StateDelegatingStream", &["name", "full_refresh_stream", "incremental_stream"]),
    ("StreamConfig", &["configs_pointer"]),
    ("SubstreamPartitionRouter", &["parent_stream_configs"]),
];

/// Fields that hold components and nothing else.
const SLOTS: [&str; 20] = [
    "authenticator",
    "backoff_strategies",
    "components_resolver",
    "creation_requester",
    "decoder",
    "download_requester",
    "error_handler",
    "extractor",
    "incremental_sync",
    "login_requester",
    "pagination_strategy",
    "paginator",
    "partition_router",
    "polling_requester",
    "record_filter",
    "record_selector",
    "requester",
    "retriever",
    "schema_loader",
    "transformations",
];

/// Components nest less deep than this; what goes deeper is in a circle of parents.
const DEEPEST: usize = 64;

/// A manifest with more faults than this is none; the first ones say so.
const MOST_FAULTS: usize = 20;

/// A manifest that holds more components than this once its references are written out is a bomb: the CDK writes them
/// out.
const MOST_COMPONENTS: usize = 200_000;

struct Found<'m> {
    /// Each fault once, with a value of the component it is in.
    faults: BTreeMap<String, Option<&'m Value>>,
    components: usize,
}

impl<'m> Found<'m> {
    fn insert(&mut self, message: String, beside: Option<&'m Value>) {
        self.faults.insert(message, beside);
    }
}

/// From this major version on there is no CustomIncrementalSync.
const WITHOUT_CUSTOM_CURSORS: u64 = 7;

/// What is wrong with the manifest, a sentence each. `cdk` is the least major version it runs on.
pub(super) fn faults<'m>(source: &Component<'m>, cdk: Option<u64>) -> Vec<Fault<'m>> {
    let mut found = Found { faults: BTreeMap::new(), components: 0 };
    for key in source.map.keys().into_iter().filter(|key| !TOP.contains(key)) {
        let message =
            format!("the key `{key}` is not known at the top of a manifest: expected {}", TOP.join(", "));
        found.insert(message, source.map.any_value());
    }
    for field in ["streams", "dynamic_streams", "spec", "check"] {
        descend(source, field, "", 0, &mut found);
    }
    if cdk.is_none_or(|major| major < WITHOUT_CUSTOM_CURSORS) {
        found.faults.retain(|message, _| !message.contains(CUSTOM_CURSOR));
    }
    if found.components > MOST_COMPONENTS {
        let message = format!(
            "expected at most {MOST_COMPONENTS} components once references are written out, found more: the CDK writes \
             them out when it starts"
        );
        found.insert(message, source.map.any_value());
    }
    found.faults.into_iter().map(|(message, beside)| Fault { message, beside }).collect()
}

fn descend<'m>(parent: &Component<'m>, field: &str, stream: &str, depth: usize, found: &mut Found<'m>) {
    let mut open: Vec<Field<'m>> = parent.field(field).into_iter().collect();
    while let Some(next) = open.pop() {
        match next {
            Field::List(items) => open.extend(items),
            Field::Component(component) if found.components > MOST_COMPONENTS => drop(component),
            Field::Component(component) => {
                is_known(&component, field, stream, found);
                validate(&component, stream, depth + 1, found);
            }
            Field::Value => {}
        }
    }
}

/// A component of a type that no version knows is refused with everything around it.
fn is_known<'m>(component: &Component<'m>, field: &str, stream: &str, found: &mut Found<'m>) {
    let Some(kind) = component.kind.as_deref().filter(|_| SLOTS.contains(&field)) else { return };
    if kind == CUSTOM_CURSOR || fields::of(kind).is_some() {
        return;
    }
    let like = suggest::nearest(kind, fields::types());
    let hint = like.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    let at = if stream.is_empty() { String::new() } else { format!("stream {stream}: ") };
    let message = format!("{at}there is no component of type {kind} for `{field}`{hint}");
    found.insert(message, component.map.any_value());
}

fn validate<'m>(component: &Component<'m>, stream: &str, depth: usize, found: &mut Found<'m>) {
    found.components += 1;
    if depth > DEEPEST || found.faults.len() >= MOST_FAULTS || found.components > MOST_COMPONENTS {
        return;
    }
    if component.map.raw("$parameters").is_some() && !component.has_parameters_map() {
        let message = "expected a mapping in `$parameters`, found another kind of value".to_owned();
        found.insert(message, component.map.any_value());
        return;
    }
    let Some(kind) = component.kind.as_deref() else { return };
    if kind == CUSTOM_CURSOR {
        let name = if stream.is_empty() { String::new() } else { format!("stream {stream}: ") };
        let message = format!("{name}from CDK {WITHOUT_CUSTOM_CURSORS} on there is no {CUSTOM_CURSOR}");
        found.insert(message, component.map.any_value());
    }
    // What stands in custom components is for their code to read.
    if kind.starts_with("Custom") || component.map.broken {
        return;
    }
    let own_name = component.text("name").filter(|_| kind.ends_with("Stream"));
    let stream = if stream.is_empty() { own_name.as_deref().unwrap_or(stream) } else { stream };
    let at = if stream.is_empty() { String::new() } else { format!("stream {stream}: ") };
    let needed = NEEDED.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, fields)| fields);
    for field in needed {
        if component.node(field).is_none() {
            let message = format!("{at}expected `{field}` in its {kind}, found none");
            found.insert(message, component.map.any_value());
        }
    }
    if kind == "InlineSchemaLoader" {
        if component.node("schema").is_some_and(|schema| schema.as_map().is_none()) {
            let message = format!(
                "{at}expected a schema in its InlineSchemaLoader, found a text: a `$ref` that does not start with `#/` \
                 becomes its own text"
            );
            found.insert(message, component.map.any_value());
        }
        return;
    }
    for field in component.map.keys() {
        descend(component, field, stream, depth, found);
    }
}
