//! What must hold for all input.

#[path = "support/sides.rs"]
mod sides;
#[path = "support/properties.rs"]
mod support;

use connector_diff::load::{parse_json, parse_yaml};
use connector_diff::model::{Connector, Finding, Sides};
use connector_diff::report::{Asked, Markdown, Render, Text, View, catalog_value, json, patch};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare, report};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::cases;

fn side(name: &str, schema: &Value, catalog: &Value) -> Connector {
    let spec = json!({"connectionSpecification": schema}).to_string();
    sides::side(name, &[("spec.json", &spec), ("catalog.json", &catalog.to_string())])
}

/// Any JSON, with the words of JSON Schema more often than chance.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "properties",
        "items",
        "oneOf",
        "enum",
        "const",
        "required",
        "additionalProperties",
        "format",
        "$ref",
        "default",
        "pattern",
        "minimum",
        "string",
        "object",
        "integer",
        "null",
        "date-time",
        "a",
        "b",
        "#/a",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9i64..9).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|entries| {
                Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

fn any_schema() -> impl Strategy<Value = Value> {
    any_json().prop_map(|value| match value {
        Value::Object(map) => Value::Object(map),
        other => json!({"type": "object", "properties": {"p": other}}),
    })
}

fn any_catalog() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![json!([]), json!([["a"]]), json!([["a"], ["b"]])]);
    let stream = ("[a-f]", prop::option::of("[xy]"), any_schema(), key, any::<bool>()).prop_map(
        |(name, namespace, schema, key, incremental)| {
            let mut stream = Map::new();
            stream.insert("name".to_owned(), name.into());
            if let Some(namespace) = namespace {
                stream.insert("namespace".to_owned(), namespace.into());
            }
            stream.insert("json_schema".to_owned(), schema);
            stream.insert("source_defined_primary_key".to_owned(), key);
            let modes =
                if incremental { json!(["full_refresh", "incremental"]) } else { json!(["full_refresh"]) };
            stream.insert("supported_sync_modes".to_owned(), modes);
            Value::Object(stream)
        },
    );
    prop::collection::vec(stream, 1..6).prop_map(|streams| json!({ "streams": streams }))
}

/// Old and new schema of a field, nothing where there is none.
type Field = (Option<Value>, Option<Value>);

/// The schema of a field, or nothing where there is none.
fn any_field() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        3 => Just(Some(json!({"type": "string"}))),
        3 => Just(Some(json!({"type": ["null", "integer"]}))),
        1 => Just(Some(json!({"type": "string", "airbyte_type": "wrong"}))),
        1 => Just(Some(json!({"type": "object", "properties": {"a": {"type": "string"}}}))),
        1 => Just(Some(json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}}))),
        1 => Just(Some(json!({"type": "array", "items": {"type": "string"}, "description": "x"}))),
        1 => Just(Some(json!({"oneOf": [{"type": "string"}, {"type": "object", "allOf": []}]}))),
        1 => Just(Some(json!("text"))),
        1 => Just(None),
    ]
}

proptest! {
    #![proptest_config(cases(12))]

    /// Of many fields a few are compared at a time, but not where the text has an escape.
    #[test]
    fn fields_that_are_compared_a_few_at_a_time_are_all_compared(
        mut fields in prop::collection::vec((any_field(), any_field()), 1_200..1_500),
        root in prop::sample::select(vec![
            "{}",
            r#"{"type": "object", "additionalProperties": true, "required": ["F3"]}"#,
            r#"{"type": ["null", "object"]}"#,
            r#"{"type": "null"}"#,
            r#"{"type": ["null"], "title": "x"}"#,
            r#"{"oneOf": [{"properties": {"F4": {"type": "boolean"}}}]}"#,
        ]),
        key in 0..1_200usize,
    ) {
        // The first field is gone, and the last is new in the same column.
        fields[..2].clone_from_slice(&[(None, Some(json!({}))), (Some(json!({})), None)]);
        let stream = |of: fn(&Field) -> &Option<Value>, comment: &str| {
            let mut schema: Value = serde_json::from_str(root).expect("JSON");
            // Some names differ in their case alone, and stand far apart.
            let name = |index: usize| {
                format!("{}{}", if index.is_multiple_of(9) { "f" } else { "F" }, index - index % 2)
            };
            let named = |(index, field)| Some((name(index), of(field).clone()?));
            let properties: Map<String, Value> = fields.iter().enumerate().filter_map(named).collect();
            schema["properties"] = Value::Object(properties);
            json!({"streams": [{
                "name": "a", "json_schema": schema, "supported_sync_modes": ["full_refresh", "incremental"],
                "source_defined_primary_key": [[format!("F{key}")]], "default_cursor_field": [format!("F{}", key / 2)],
            }]}).to_string().replacen("\"json_schema\"", &format!("\"comment\": \"{comment}\", \"json_schema\""), 1)
        };
        let told = |comment: &str| {
            let [old, new] = [stream(|(old, _)| old, comment), stream(|(_, new)| new, comment)];
            assert!(old.contains(comment) && new.contains(comment));
            let mut report = sides::report(&[("catalog.json", &old)], &[("catalog.json", &new)]);
            // The texts differ, and the places do not.
            for finding in &mut report.findings {
                let Sides { old, new } = &mut finding.origin;
                [old, new].into_iter().flatten().for_each(|origin| origin.source = None);
            }
            report.problems.iter_mut().flat_map(|one| &mut one.origin).for_each(|origin| origin.source = None);
            (report.findings, report.problems, report.verdict)
        };
        let (portions, whole) = (told("shown."), told("\\u0061"));
        prop_assert!(!whole.0.is_empty());
        let only = |one: &[Finding], other: &[Finding]| -> Vec<_> {
            one.iter().filter(|finding| !other.contains(finding)).cloned().collect()
        };
        prop_assert_eq!((only(&portions.0, &whole.0), only(&whole.0, &portions.0)), (vec![], vec![]), "{}", root);
        prop_assert_eq!((portions.1, portions.2), (whole.1, whole.2));
        prop_assert_eq!(portions.0.len(), whole.0.len());
    }
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn nothing_differs_from_itself(schema in any_schema(), catalog in any_catalog()) {
        let one = side("one", &schema, &catalog);
        let report = compare(&one, &one, &Options::default());
        prop_assert!(report.findings.is_empty(), "{:#?}", report.findings);
        prop_assert!(report.unjudged.is_empty());
    }

    #[test]
    fn reports_of_anything_are_made_and_are_the_same_twice(
        schemas in (any_schema(), any_schema()), catalogs in (any_catalog(), any_catalog())
    ) {
        let old = side("old", &schemas.0, &catalogs.0);
        let new = side("new", &schemas.1, &catalogs.1);
        let made = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| {
                let one = compare(&old, &new, &Options { patch: true, ..Options::default() });
                let asked = Asked { all: true, verbose: true, ..Asked::default() };
                let printed = Text::default().render(&View::of(&one, asked).into());
                let comment = Markdown { most_characters: 4_000, files_at: None }.render(&View::of(&one, Asked::default()).into());
                (printed, comment, json(&report(vec![one])))
            })
        };
        let one = made(1);
        prop_assert!(one.1.chars().count() <= 4_000);
        prop_assert_eq!(one, made(3));
    }

    #[test]
    fn patches_lead_from_old_to_new(
        schemas in (any_schema(), any_schema()), catalogs in (any_catalog(), any_catalog())
    ) {
        let old = side("old", &schemas.0, &catalogs.0);
        let new = side("new", &schemas.1, &catalogs.1);
        let patches = patch(&old, &new);
        let value = |side: &Connector| {
            (side.spec.as_ref().map(|spec| spec.value.as_ref().clone()), side.catalog.as_ref().map(catalog_value))
        };
        let (before, after) = (value(&old), value(&new));
        for (patch, before, after) in [(patches.spec, before.0, after.0), (patches.catalog, before.1, after.1)] {
            let (Some(patch), Some(mut document), Some(after)) = (patch, before, after) else { continue };
            let patch: json_patch::Patch = serde_json::from_value(patch).expect("an RFC 6902 patch");
            json_patch::patch(&mut document, &patch).expect("the patch applies");
            prop_assert_eq!(document, after);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_json(&text);
        let _ = parse_yaml(&text);
        let mut all = Memory::new("all");
        for name in ["manifest.yaml", "spec.json", "metadata.yaml", "output.jsonl", "state.json", "x.log"] {
            for content in [text.as_bytes(), &bytes] {
                let one = sides::load(sides::file(name, content));
                let _ = compare(&one, &one, &Options::default());
            }
            all = all.file(name, &bytes);
        }
        let all = sides::load(all);
        let _ = compare(&all, &all, &Options::default());
    }

    #[test]
    fn any_value_as_a_manifest_or_a_state_is_survived(value in any_json(), other in any_json()) {
        let manifest = |value: &Value| json!({
            "type": "DeclarativeSource", "version": "1", "check": value, "definitions": {"a": value},
            "streams": [value, {"name": "s", "primary_key": value, "schema_loader": {"type": "InlineSchemaLoader", "schema": value},
                "incremental_sync": {"type": "DatetimeBasedCursor", "cursor_field": value}, "$parameters": value}],
            "dynamic_streams": [{"stream_template": value, "components_resolver": {"type": "ParametrizedComponentsResolver",
                "stream_parameters": {"list_of_parameters_for_stream": [value]}, "components_mapping": [{"field_path": ["name"], "value": value}]}}],
            "spec": {"connection_specification": value},
        }).to_string();
        let side = |name: &str, value: &Value| {
            let metadata = json!({"data": {"dockerImageTag": "1.0.0", "releases": value}}).to_string();
            sides::side(name, &[("manifest.yaml", &manifest(value)), ("state.json", &json!([value]).to_string()),
                ("metadata.yaml", &metadata)])
        };
        let (old, new) = (side("old", &value), side("new", &other));
        let _ = compare(&old, &new, &Options { patch: true, ..Options::default() });
    }
}
