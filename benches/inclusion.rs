//! Deciding inclusion, to be read beside parsing the same two schemas with serde_json.

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

use connector_diff::schema::{Options, includes};

/// A spec of `count` properties, every seventh with a pattern.
fn flat(count: usize, last_pattern: &str) -> Value {
    let properties: serde_json::Map<String, Value> = (0..count)
        .map(|index| {
            let pattern = if index + 1 == count { last_pattern } else { "^[a-z]+$" };
            let schema = match index % 7 {
                0 => json!({"type": "string", "title": format!("Property {index}"), "pattern": pattern}),
                1 => json!({"type": "integer", "minimum": 0, "maximum": 100}),
                2 => json!({"type": ["string", "null"], "format": "date"}),
                3 => json!({"type": "string", "enum": ["a", "b", "c"]}),
                4 => json!({"type": "array", "items": {"type": "string"}}),
                _ => json!({"type": "string", "airbyte_secret": true}),
            };
            (format!("p{index}"), schema)
        })
        .collect();
    json!({"type": "object", "required": ["p0", "p1", "p3"], "properties": properties})
}

/// A choice of `count` options, about 400 bytes each.
fn choice(count: usize, maximum: u64) -> Value {
    let options: Vec<Value> = (0..count)
        .map(|index| {
            json!({"type": "object", "title": format!("Option {index}"), "required": ["kind", "host", "port"],
                "properties": {
                    "kind": {"type": "string", "const": format!("option_{index}")},
                    "host": {"type": "string", "title": "Host", "description": "The host of the service"},
                    "port": {"type": "integer", "minimum": 1, "maximum": if index + 1 == count { maximum } else { 65_535 }},
                    "password": {"type": "string", "airbyte_secret": true},
                    "mode": {"type": "string", "enum": ["a", "b", "c"]}}})
        })
        .collect();
    json!({"type": "object", "required": ["source"], "properties": {"source": {"type": "object", "oneOf": options}}})
}

/// Types that hold each other.
fn recursive(count: usize, last: &str) -> Value {
    let mut definitions: serde_json::Map<String, Value> = (0..count)
        .map(|index| {
            let kind = if index + 1 == count { last } else { "string" };
            let schema = json!({"type": "object", "required": ["kind"], "additionalProperties": false,
                "properties": {
                    "kind": {"const": format!("k{index}")},
                    "value": {"type": kind},
                    "child": {"$ref": "#/definitions/any"},
                    "children": {"type": "array", "items": {"$ref": "#/definitions/any"}}}});
            (format!("t{index}"), schema)
        })
        .collect();
    let options: Vec<Value> =
        (0..count).map(|index| json!({"$ref": format!("#/definitions/t{index}")})).collect();
    definitions.insert("any".to_owned(), json!({"oneOf": options}));
    json!({"$ref": "#/definitions/any", "definitions": definitions})
}

fn inclusion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("inclusion");
    let cases = [
        ("50 properties, proof", flat(50, "^[a-y]+$"), flat(50, "^[a-z]+$")),
        ("50 properties, witness", flat(50, "^[a-z]+$"), flat(50, "^[a-y]+$")),
        ("25 options, proof", choice(25, 65_534), choice(25, 65_535)),
        ("25 options, witness", choice(25, 65_535), choice(25, 65_534)),
        ("12 recursive types, itself", recursive(12, "string"), recursive(12, "string")),
        ("12 recursive types, witness", recursive(12, "string"), recursive(12, "integer")),
    ];
    for (name, old, new) in cases {
        let texts = (old.to_string(), new.to_string());
        group.bench_function(format!("{name} ({} kB): decide", texts.0.len() / 1000), |bencher| {
            bencher.iter(|| includes(&old, &new, &Options::default()));
        });
        group.bench_function(format!("{name}: parse"), |bencher| {
            bencher
                .iter(|| (serde_json::from_str::<Value>(&texts.0), serde_json::from_str::<Value>(&texts.1)));
        });
    }
    group.finish();
}

criterion_group!(benches, inclusion);
criterion_main!(benches);
