//! Artifacts as the protocol would print them, for `snapshot` and for patches.

use serde_json::{Map, Value, json};

use crate::model::{Catalog, Connector, CoverageStatus, InputError, Stream, SyncMode};

/// An AirbyteCatalog as `discover` would print it. What is not known is left out.
pub fn catalog_value(catalog: &Catalog) -> Value {
    json!({"streams": catalog.streams.iter().map(stream_value).collect::<Vec<_>>()})
}

/// One AirbyteStream.
pub(super) fn stream_value(stream: &Stream) -> Value {
    if let Some(value) = stream.text().and_then(|text| serde_json::from_str(text).ok()) {
        return value;
    }
    let mut value = Map::new();
    value.insert("name".to_owned(), json!(stream.id.name));
    if let Some(namespace) = &stream.id.namespace {
        value.insert("namespace".to_owned(), json!(namespace));
    }
    let Ok(properties) = stream.properties() else { return Value::Object(value) };
    if let Some(schema) = properties.json_schema.known() {
        value.insert("json_schema".to_owned(), schema.expanded());
    }
    if let Some(modes) = properties.supported_sync_modes.known() {
        value.insert(
            "supported_sync_modes".to_owned(),
            json!(modes.iter().map(SyncMode::name).collect::<Vec<_>>()),
        );
        let incremental = modes.contains(&SyncMode::Incremental);
        if let (true, Some(defined)) = (incremental, properties.source_defined_cursor.known()) {
            value.insert("source_defined_cursor".to_owned(), json!(defined));
        }
    }
    if let Some(cursor) = properties.default_cursor_field.known().filter(|cursor| !cursor.is_empty()) {
        value.insert("default_cursor_field".to_owned(), json!(cursor));
    }
    if let Some(key) = properties.source_defined_primary_key.known().filter(|key| !key.is_empty()) {
        value.insert("source_defined_primary_key".to_owned(), json!(key));
    }
    for (name, fact) in
        [("is_resumable", &properties.is_resumable), ("is_file_based", &properties.is_file_based)]
    {
        if let Some(flag) = fact.known() {
            value.insert(name.to_owned(), json!(flag));
        }
    }
    Value::Object(value)
}

/// Everything understood of one side.
pub fn snapshot(connector: &Connector) -> Value {
    let errors: Vec<String> = connector
        .errors
        .iter()
        .chain(connector.faults.iter().map(|fault| &fault.error))
        .map(InputError::to_string)
        .collect();
    let states: Vec<Value> = connector
        .states
        .iter()
        .map(|sample| json!({"file": sample.document.file, "messages": sample.messages.len()}))
        .collect();
    let catalog_status = connector.catalog.as_ref().map_or(CoverageStatus::Absent, |catalog| catalog.status);
    json!({
        "name": connector.name,
        "connector_type": connector.connector_type,
        "version": connector.version,
        "spec": connector.spec.as_ref().map(|spec| &spec.value),
        "catalog": connector.catalog.as_ref().map(catalog_value),
        "state": states,
        "metadata": connector.metadata.as_ref().map(|metadata| &metadata.data),
        "coverage": {
            "catalog": catalog_status,
            "reasons": connector.catalog.as_ref().map(|catalog| &catalog.reasons),
            "schema_files_without_stream": connector.catalog.iter().flat_map(|catalog| &catalog.streams)
                .filter(|stream| stream.standing == crate::model::StreamStanding::SchemaFile)
                .map(|stream| &stream.id.name).collect::<Vec<_>>(),
        },
        "errors": errors,
    })
}
