//! Artifacts as the protocol would print them, for `snapshot` and for patches.

use serde_json::{Map, Value, json};

use crate::model::{
    Catalog, Connector, CoverageStatus, Form, InputError, Operation, PartitionForm, PartitionValue,
    Positions, SavedState, StateMessage, StateSample, Stream, StreamId, SyncMode, ValueForm, WrittenColumn,
    WrittenFormat, WrittenTable, shown_key,
};
use crate::nesting;

/// An AirbyteCatalog as `discover` would print it. What is not known is left out.
pub fn catalog_value(catalog: &Catalog) -> Value {
    json!({"streams": catalog.streams.iter().map(stream_value).collect::<Vec<_>>()})
}

/// One AirbyteStream.
pub(super) fn stream_value(stream: &Stream) -> Value {
    if let Some(value) = stream.text().and_then(|text| nesting::value(text).ok()) {
        return value;
    }
    let mut value = Map::new();
    value.insert("name".to_owned(), json!(*stream.id.name));
    if let Some(namespace) = &stream.id.namespace {
        value.insert("namespace".to_owned(), json!(**namespace));
    }
    let Ok(properties) = stream.properties() else { return Value::Object(value) };
    if let Some(schema) = properties.json_schema.known() {
        value.insert("json_schema".to_owned(), schema.open().expanded());
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

/// Everything understood of one side. Values of saved state may be secrets: they are left out unless `show_values` asks
/// for them.
pub fn snapshot(connector: &Connector, show_values: bool) -> Value {
    let errors: Vec<String> = connector
        .errors
        .iter()
        .chain(connector.faults.iter().map(|fault| &fault.error))
        .map(InputError::to_string)
        .collect();
    let messages = |sample: &StateSample| -> Vec<Value> {
        let streams = sample.messages.iter().flat_map(StateMessage::streams);
        streams.map(|stream| state_value(&stream.id, &stream.saved, show_values)).collect()
    };
    let states: Vec<Value> = connector
        .states
        .iter()
        .map(|sample| json!({"file": sample.document.file, "messages": sample.messages.len(), "streams": messages(sample)}))
        .collect();
    let catalog_status = connector.catalog.as_ref().map_or(CoverageStatus::Absent, |catalog| catalog.status);
    json!({
        "name": connector.name,
        "connector_type": connector.connector_type,
        "version": connector.version,
        "spec": connector.spec.as_ref().map(|spec| &*spec.value),
        "catalog": connector.catalog.as_ref().map(catalog_value),
        "state": states,
        "written": written_value(&connector.written),
        "metadata": connector.metadata.as_ref().map(|metadata| &metadata.data),
        "coverage": {
            "catalog": catalog_status,
            "reasons": connector.catalog.as_ref().map(|catalog| &catalog.reasons),
            "schema_files_without_stream": connector.catalog.iter().flat_map(|catalog| &catalog.streams)
                .filter(|stream| stream.standing() == &crate::model::StreamStanding::SchemaFile)
                .map(|stream| &*stream.id.name).collect::<Vec<_>>(),
        },
        "errors": errors,
    })
}

/// What a destination writes, as far as files show it; null where none does.
fn written_value(written: &WrittenFormat) -> Value {
    if written.is_empty() {
        return Value::Null;
    }
    let column = |(name, column): (&String, &WrittenColumn)| {
        let forms: Vec<&str> = column.forms.iter().map(ValueForm::describe).collect();
        let value = json!({"type": column.declared, "nullable": column.nullable, "values": forms, "keys": column.keys});
        (name.clone(), without_nothing(value))
    };
    let table = |table: &WrittenTable| {
        without_nothing(json!({
            "shown_by": table.kind,
            "file": table.document.file,
            "table": table.table,
            "columns": table.columns.iter().map(column).collect::<Map<String, Value>>(),
            "layout": table.layout,
        }))
    };
    let operation = |((object, mode), operation): (&(String, String), &Operation)| json!({"object_name": object, "sync_mode": mode, "matching_keys": operation.matching_keys});
    let operations = written.operations.iter().flat_map(|operations| &operations.list);
    json!({
        "tables": written.tables.iter().map(table).collect::<Vec<_>>(),
        "operations": operations.map(operation).collect::<Vec<_>>(),
    })
}

/// An object without what is null or empty.
fn without_nothing(value: Value) -> Value {
    let Value::Object(mut entries) = value else { return value };
    let is_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    };
    entries.retain(|_, value| !is_nothing(value));
    Value::Object(entries)
}

/// The shape of one stream's saved state, with what its values look like; with the values themselves only on demand.
fn state_value(id: &StreamId, saved: &SavedState, show_values: bool) -> Value {
    let positions = |positions: &Positions| match positions {
        Positions::Seen(forms) => {
            let form = |(form, values): (&Form, &Vec<Value>)| match show_values {
                true => json!({"form": form.describe(), "values": values}),
                false => json!({"form": form.describe()}),
            };
            forms.iter().map(form).collect()
        }
        Positions::Written(format) => json!(format),
        Positions::Counted | Positions::Unknown => Value::Null,
    };
    let cursor: Map<String, Value> =
        saved.cursor.iter().map(|(key, found)| (shown_key(key).into_owned(), positions(found))).collect();
    let partitions: Vec<Value> = saved.partitions.iter().map(partition_value).collect();
    let parents: Map<String, Value> = saved
        .parents
        .iter()
        .map(|(name, parent)| (shown_key(name).into_owned(), json!(parent.class.name())))
        .collect();
    json!({
        "stream": id,
        "saves": saved.class.name(),
        "cursor": cursor,
        "partitions": partitions,
        "parents": parents,
    })
}

fn partition_value(form: &PartitionForm) -> Value {
    let value = |value: &PartitionValue| match value {
        PartitionValue::Seen(kind) => json!(kind.name()),
        PartitionValue::FromParent { stream, key } => json!(format!("{key} of {stream}")),
        PartitionValue::Listed(values) => json!(values),
        PartitionValue::Grouped { .. } => json!("list"),
        PartitionValue::OpenSlice => Value::Null,
        PartitionValue::Slice(slice) => partition_value(slice),
    };
    Value::Object(form.iter().map(|(key, found)| (shown_key(key).into_owned(), value(found))).collect())
}
