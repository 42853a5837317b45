//! From a stream component to what `discover` prints of it.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};

use super::component::{Component, Field};
use super::cursor::{CUSTOM_CURSOR, cursor_field};
use super::interpolation::{Evaluated, evaluate};
use super::node::{Node, Unbounded};
use super::{requests, state};
use crate::model::{
    Fact, RecordSchema, RecordTraits, SchemaFiles, StoredSchema, StreamFact, StreamProperties, SyncMode,
    Undecided, UndecidedFacts,
};

/// Where a stream's schema files are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Package<'p> {
    /// The files of `schemas/`.
    pub(super) schemas: &'p Arc<SchemaFiles>,
    /// Whether the connector is manifest-only, whose image ships no schema files.
    pub(super) manifest_only: bool,
}

/// A stream, and what is wrong with it in the eyes of the CDK.
pub(super) struct DerivedStream {
    pub(super) name: String,
    pub(super) properties: StreamProperties,
    /// The schema file it is built from.
    pub(super) schema_file: Option<String>,
    pub(super) faults: Vec<String>,
    /// Why its schema is not read, where it grows too large.
    pub(super) unbounded: Option<Unbounded>,
}

/// The schema of a stream.
pub(super) struct FoundSchema {
    pub(super) schema: Fact<StoredSchema>,
    /// The file it is read from.
    pub(super) file: Option<String>,
    /// The bound that it grows past.
    pub(super) unbounded: Option<Unbounded>,
}

impl From<Fact<StoredSchema>> for FoundSchema {
    fn from(schema: Fact<StoredSchema>) -> Self {
        Self { schema, file: None, unbounded: None }
    }
}

/// The component whose facts `discover` prints: a StateDelegatingStream shows its full refresh stream.
pub(super) fn shown<'m>(stream: &Component<'m>) -> Option<Component<'m>> {
    if stream.is("StateDelegatingStream") {
        stream.component("full_refresh_stream")
    } else {
        Some(stream.clone())
    }
}

/// Reads one stream; `None` for a component that is none, such as a custom one.
pub(super) fn derive(stream: &Component<'_>, package: Package<'_>) -> Option<DerivedStream> {
    let shown = shown(stream)?;
    let name = shown.text("name").or_else(|| stream.text("name"))?;
    let mut faults = Vec::new();
    let FoundSchema { schema: json_schema, file: schema_file, unbounded } = schema_of(&shown, &name, package)
        .unwrap_or_else(|fault| {
            faults.push(format!("stream {name}: {fault}"));
            Fact::Unknown(fault).into()
        });
    let primary_key = match primary_key(shown.value("primary_key")) {
        Ok(key) => Fact::Known(key),
        Err(fault) => {
            faults.push(format!("stream {name}: {fault}"));
            Fact::Unknown(fault)
        }
    };
    let incremental = shown.component("incremental_sync");
    if let Some(cursor) = incremental.as_ref().filter(|cursor| cursor.kind.as_deref() != Some(CUSTOM_CURSOR))
        && cursor.node("cursor_field").is_none_or(|node| node.as_text().is_none())
    {
        faults.push(format!("stream {name}: expected cursor_field to be a text"));
    }
    let partitioned = shown.component("retriever").and_then(|retriever| retriever.node("partition_router"));
    if incremental.as_ref().is_some_and(|cursor| cursor.is("IncrementingCountCursor"))
        && partitioned.is_some_and(|node| node.is_truthy())
    {
        faults.push(format!("stream {name}: an IncrementingCountCursor cannot be partitioned"));
    }
    let missing = |key: &str| shown.map.broken && shown.node(key).is_none();
    let unread = || "a reference of the stream cannot be followed".to_owned();
    let json_schema = if missing("schema_loader") { Fact::Unknown(unread()) } else { json_schema };
    let primary_key = if missing("primary_key") { Fact::Unknown(unread()) } else { primary_key };
    let cursor = match &incremental {
        None if missing("incremental_sync") => Fact::Unknown(unread()),
        None => Fact::Known(Vec::new()),
        Some(incremental) => cursor_field(incremental),
    };
    let catalog_cursor = incremental.as_ref().is_some_and(|cursor| {
        cursor.node("allow_catalog_defined_cursor_field").is_some_and(|node| node.is_truthy())
    });
    let mut properties = StreamProperties {
        json_schema,
        supported_sync_modes: if missing("incremental_sync") {
            Fact::Unknown(unread())
        } else {
            Fact::Known(sync_modes(incremental.is_some()))
        },
        source_defined_cursor: if missing("incremental_sync") {
            Fact::Unknown(unread())
        } else {
            Fact::Known(incremental.is_some() && !catalog_cursor)
        },
        default_cursor_field: cursor,
        source_defined_primary_key: primary_key,
        is_resumable: if missing("incremental_sync") {
            Fact::Unknown(unread())
        } else {
            Fact::Known(incremental.is_some())
        },
        is_file_based: Fact::Known(shown.node("file_uploader").is_some_and(|node| node.is_truthy())),
        state: state::traits(stream).map(Box::new),
        handed_to: state::handed_to(stream),
        records: Some(record_traits(&shown)),
        undecided: UndecidedFacts::new(),
    };
    properties.undecided = undecided(&shown, &properties, package);
    Some(DerivedStream { name, properties, schema_file, faults, unbounded })
}

/// Streams have one of two sets.
fn sync_modes(is_incremental: bool) -> Arc<BTreeSet<SyncMode>> {
    static ONE: LazyLock<Arc<BTreeSet<SyncMode>>> =
        LazyLock::new(|| BTreeSet::from([SyncMode::FullRefresh]).into());
    static BOTH: LazyLock<Arc<BTreeSet<SyncMode>>> =
        LazyLock::new(|| BTreeSet::from([SyncMode::FullRefresh, SyncMode::Incremental]).into());
    if is_incremental { BOTH.clone() } else { ONE.clone() }
}

/// What decides the facts that the manifest leaves open.
fn undecided(shown: &Component<'_>, properties: &StreamProperties, package: Package<'_>) -> UndecidedFacts {
    let mut found = UndecidedFacts::new();
    let mut add = |fact: StreamFact, field: &str, is_known: bool| {
        // What cannot be written out is too much to compare.
        if is_known || shown.map.broken {
            return;
        }
        if let Some(mut written) = shown.value(field) {
            let component = shown.component(field);
            let class = component.as_ref().and_then(|component| component.text("class_name"));
            if let Some(written) = written.as_object_mut() {
                // In which module the class stands does not matter.
                written.remove("class_name");
            }
            let files = files_named(&written, component.as_ref().unwrap_or(shown), package);
            let written = format!("{written}{files}");
            let class = class.map(|path| path.rsplit('.').next().unwrap_or_default().to_owned());
            found.insert(fact, Undecided { written, class });
        }
    };
    add(StreamFact::Schema, "schema_loader", properties.json_schema.known().is_some());
    add(StreamFact::Cursor, "incremental_sync", properties.default_cursor_field.known().is_some());
    found
}

/// The schema files that the arguments of a component name, with what stands in them.
fn files_named(value: &Value, component: &Component<'_>, package: Package<'_>) -> String {
    match value {
        Value::String(template) if template.contains(".json") => {
            let names: [(&str, _); 1] = [("parameters", &*component.parameters)];
            let path = match evaluate(&component.resolver, template, &names) {
                Evaluated::Text(text) => text,
                Evaluated::Node(node) => node.as_text().unwrap_or_default().to_owned(),
                Evaluated::Unknown(_) => return String::new(),
            };
            let name = path.rsplit("schemas/").next().filter(|name| name.ends_with(".json"));
            let schema = name.and_then(|name| package.schemas.schema(name));
            schema.map(|schema| format!("\n{path}: {schema}")).unwrap_or_default()
        }
        Value::Object(map) => map.values().map(|value| files_named(value, component, package)).collect(),
        Value::Array(items) => items.iter().map(|value| files_named(value, component, package)).collect(),
        _ => String::new(),
    }
}

/// Takes back what a mapping that only the config could tell decides.
pub(super) fn forget(properties: &mut StreamProperties, field: &str, expression: &str) {
    let reason = || format!("a mapping of {field} depends on the config: {expression}");
    let all = field == "$parameters";
    let mut decided_by = |fact: StreamFact| {
        let known = properties.undecided.entry(fact).or_default();
        known.written.push_str(expression);
    };
    if all || field == "primary_key" {
        properties.source_defined_primary_key = Fact::Unknown(reason());
        decided_by(StreamFact::PrimaryKey);
    }
    if all || field == "schema_loader" {
        properties.json_schema = Fact::Unknown(reason());
        decided_by(StreamFact::Schema);
    }
    if all || field == "incremental_sync" {
        properties.default_cursor_field = Fact::Unknown(reason());
        properties.state = None;
        decided_by(StreamFact::Cursor);
    }
}

/// What the transformations of a stream do to the fields of its records. What holds under a condition only, or on
/// fields that a pattern names, is left out.
fn record_traits(stream: &Component<'_>) -> Arc<RecordTraits> {
    static NONE: LazyLock<Arc<RecordTraits>> = LazyLock::new(Arc::default);
    let mut traits = RecordTraits { listed: requests::listed(stream), ..RecordTraits::default() };
    let path = |value: &Value| -> Option<Vec<String>> {
        let segments = value.as_array()?.iter().map(|segment| segment.as_str().map(str::to_owned));
        let path: Vec<String> = segments.collect::<Option<_>>()?;
        path.iter().all(|segment| !segment.contains(['*', '{'])).then_some(path)
    };
    for transformation in stream.components("transformations") {
        let conditional = transformation.node("condition").is_some_and(|node| node.is_truthy());
        match transformation.kind.as_deref() {
            Some("RemoveFields") if !conditional => {
                let pointers = transformation.value("field_pointers");
                traits.removed.extend(pointers.iter().filter_map(Value::as_array).flatten().filter_map(path));
            }
            Some("AddFields") if !conditional => {
                for field in transformation.components("fields") {
                    let Some(path) = field.value("path").as_ref().and_then(path) else { continue };
                    if let Some(value) = field.text("value") {
                        traits.templates.insert(path.clone(), value);
                    }
                    traits.added.insert(path);
                }
            }
            Some("KeysReplace") => {
                let (from, to) = (transformation.text("old"), transformation.text("new"));
                let word = |text: Option<String>| text.unwrap_or_default();
                traits.renamed_by.push(format!("KeysReplace {:?} by {:?}", word(from), word(to)));
            }
            Some(kind @ ("KeysToLower" | "KeysToSnakeCase" | "FlattenFields" | "DpathFlattenFields")) => {
                traits.renamed_by.push(kind.to_owned());
            }
            _ => {}
        }
    }
    // Most streams do nothing to their records.
    if traits == **NONE { NONE.clone() } else { traits.into() }
}

/// `id`, `[id, name]` or `[[id], [name]]` as the protocol's list of paths.
fn primary_key(value: Option<Value>) -> Result<Vec<Vec<String>>, String> {
    let expected = "primary_key: expected a name, a list of names, or a list of one-name lists";
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(name)) => Ok(vec![vec![name]]),
        Some(Value::Array(keys)) => keys
            .into_iter()
            .map(|key| match key {
                Value::String(name) => Ok(vec![name]),
                Value::Array(path) => match path.as_slice() {
                    [Value::String(name)] => Ok(vec![name.clone()]),
                    _ => Err("primary_key: nested primary keys are not supported by the CDK".to_owned()),
                },
                other => Err(format!("{expected}, found {other}")),
            })
            .collect(),
        Some(other) => Err(format!("{expected}, found {other}")),
    }
}

pub(super) fn schema_of(
    stream: &Component<'_>,
    name: &str,
    package: Package<'_>,
) -> Result<FoundSchema, String> {
    let empty = || Fact::Known(StoredSchema::packed(&json!({})));
    match stream.field("schema_loader") {
        None | Some(Field::Value(_)) => {
            if package.manifest_only {
                return Ok(empty().into());
            }
            let own_name = stream.parameters.get("name").and_then(|node| node.as_text().map(str::to_owned));
            let file = format!("{}.json", own_name.as_deref().unwrap_or(name));
            Ok(match RecordSchema::file(package.schemas, &file) {
                // What is no object is as good as no file.
                Some(schema) if schema.root().value().is_object() => {
                    FoundSchema { schema: Fact::Known(schema.into()), file: Some(file), unbounded: None }
                }
                _ => empty().into(),
            })
        }
        Some(Field::Component(loader)) => load_one(&loader, package),
        Some(Field::List(loaders)) => composite(&loaders, package),
    }
}

fn load_one(loader: &Component<'_>, package: Package<'_>) -> Result<FoundSchema, String> {
    match loader.kind.as_deref() {
        Some("InlineSchemaLoader") => {
            if loader.node("schema").is_none() {
                return Ok(Fact::Known(StoredSchema::packed(&json!({}))).into());
            }
            Ok(match loader.schema("schema") {
                Ok(schema) => Fact::Known(StoredSchema::packed(&schema)).into(),
                Err(bound) => {
                    let reason = "the inline schema grows too large when its references are followed";
                    let schema = Fact::Unknown(reason.to_owned());
                    FoundSchema { schema, file: None, unbounded: Some(bound) }
                }
            })
        }
        Some("JsonFileSchemaLoader") => file_schema(loader, package),
        Some("DynamicSchemaLoader") => {
            Ok(Fact::Unknown("the schema is read from the API at run time (DynamicSchemaLoader)".to_owned())
                .into())
        }
        Some("CustomSchemaLoader") | None => Ok(Fact::Unknown(format!(
            "the schema is built by code ({})",
            loader.text("class_name").as_deref().unwrap_or("a loader without a type")
        ))
        .into()),
        Some(other) => Err(format!("there is no schema loader of type {other}")),
    }
}

fn file_schema(loader: &Component<'_>, package: Package<'_>) -> Result<FoundSchema, String> {
    let names: [(&str, _); 1] = [("parameters", &*loader.parameters)];
    let path = match loader.text("file_path") {
        Some(template) => match evaluate(&loader.resolver, &template, &names) {
            Evaluated::Text(text) => text,
            Evaluated::Node(node) => node.as_text().unwrap_or_default().to_owned(),
            Evaluated::Unknown(expression) => {
                return Ok(Fact::Unknown(format!(
                    "the schema file's path depends on the config: {expression}"
                ))
                .into());
            }
        },
        None => match loader.parameters.get("name").and_then(Node::as_text) {
            Some(name) => format!("./package/schemas/{name}.json"),
            None => {
                return Err("its JsonFileSchemaLoader has no file_path, and no `name` parameter to make one"
                    .to_owned());
            }
        },
    };
    let path = path.strip_prefix("./").or_else(|| path.strip_prefix('/')).unwrap_or(&path);
    let Some((_, file)) = path.split_once('/') else {
        return Err(format!("its schema file {path} lies in no package"));
    };
    if path.starts_with("schemas/") {
        return Err(format!("its schema file {path} does not start with the package's name"));
    }
    let Some(name) = file.strip_prefix("schemas/") else {
        return Ok(Fact::Unknown(format!("its schema file {file} lies outside schemas/")).into());
    };
    if package.manifest_only {
        return Err(format!(
            "its schema file {file} is not shipped: a manifest-only image holds no schema files"
        ));
    }
    match RecordSchema::file(package.schemas, name) {
        Some(schema) => Ok(FoundSchema {
            schema: Fact::Known(schema.into()),
            file: Some(name.to_owned()),
            unbounded: None,
        }),
        None if package.schemas.is_folder() => Err(format!("its schema file {file} does not exist")),
        None => Ok(Fact::Unknown(format!(
            "its schema file {file} lies beside the manifest, which was given alone: name its folder instead"
        ))
        .into()),
    }
}

/// A list of loaders: the properties of all, the first loader winning; everything else of their roots is lost.
fn composite(loaders: &[Field<'_>], package: Package<'_>) -> Result<FoundSchema, String> {
    let mut properties = Map::new();
    let mut file = None;
    for loader in loaders {
        let Field::Component(loader) = loader else { continue };
        let found = load_one(loader, package)?;
        // The last file is the one that the graph names.
        file = found.file.or(file);
        match found.schema {
            Fact::Known(schema) => {
                let Some(Value::Object(own)) = schema.open().expanded().get("properties").cloned() else {
                    return Err("one of its schema loaders gives a schema without properties".to_owned());
                };
                for (key, value) in own {
                    properties.entry(key).or_insert(value);
                }
            }
            schema @ Fact::Unknown(_) => return Ok(FoundSchema { schema, file, unbounded: found.unbounded }),
        }
    }
    let schema = Fact::Known(StoredSchema::packed(&json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": ["null", "object"],
        "properties": properties,
    })));
    Ok(FoundSchema { schema, file, unbounded: None })
}
