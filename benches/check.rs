//! How long a comparison takes, beside parsing the same files with serde_json: read the ratios.
//!
//! `cargo bench` prints, for each shape, `parse` (both files into `serde_json::Value`) and `check` (read both, compare,
//! judge). A machine's seconds mean little; `check` divided by `parse` travels.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use connector_diff::load::{Side, connector};
use connector_diff::{Options, compare};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use serde_json::{Value, json};

/// Which streams of the new catalog differ.
#[derive(Clone, Copy)]
enum Changed {
    None,
    /// Two in a hundred.
    Few,
    All,
}

fn catalog(streams: usize, fields: usize, changed: Option<Changed>) -> String {
    let streams: Vec<Value> = (0..streams)
        .map(|stream| {
            let differs = match changed {
                None | Some(Changed::None) => false,
                Some(Changed::Few) => stream % 50 == 0,
                Some(Changed::All) => true,
            };
            let properties: serde_json::Map<String, Value> = (0..fields)
                .map(|field| {
                    let name = format!("field_{field}");
                    let schema = match field % 5 {
                        _ if field == 7 && differs => json!({"type": ["null", "string"]}),
                        0 => json!({"type": ["null", "string"], "description": "What the API says of it."}),
                        1 => json!({"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"}),
                        2 => json!({"type": ["null", "number"]}),
                        3 => json!({"type": ["null", "array"], "items": {"type": ["null", "integer"]}}),
                        _ => json!({"type": ["null", "object"], "properties": {
                            "id": {"type": ["null", "integer"]}, "name": {"type": ["null", "string"]}}}),
                    };
                    (name, schema)
                })
                .collect();
            json!({
                "name": format!("stream_{stream}"),
                "json_schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                    "additionalProperties": true, "properties": properties},
                "supported_sync_modes": ["full_refresh", "incremental"],
                "source_defined_cursor": true,
                "default_cursor_field": ["field_1"],
                "source_defined_primary_key": [["field_0"]],
            })
        })
        .collect();
    json!({ "streams": streams }).to_string()
}

fn spec(properties: usize, changed: bool) -> String {
    let map: serde_json::Map<String, Value> = (0..properties)
        .map(|index| {
            let kind = if changed && index % 10 == 3 { "integer" } else { "string" };
            (
                format!("option_{index}"),
                json!({"type": kind, "title": format!("Option {index}"), "order": index}),
            )
        })
        .collect();
    json!({"connectionSpecification": {"type": "object", "required": ["option_0"], "properties": map}})
        .to_string()
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("a temporary file");
    path
}

fn check(old: &Path, new: &Path) -> usize {
    let side = |path: &Path| Side { path: path.to_path_buf(), ..Side::default() };
    let (old, new) = rayon::join(|| connector(&side(old)), || connector(&side(new)));
    compare(&old, &new, &Options::default()).findings.len()
}

fn parse(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("the file")).expect("JSON")
}

fn pair(criterion: &mut Criterion, name: &str, old: &str, new: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let old = write(folder.path(), "old.json", old);
    let new = write(folder.path(), "new.json", new);
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20);
    group.bench_function(BenchmarkId::from_parameter("parse"), |bencher| {
        bencher.iter(|| black_box((parse(&old), parse(&new))));
    });
    group.bench_function(BenchmarkId::from_parameter("check"), |bencher| {
        bencher.iter(|| black_box(check(&old, &new)));
    });
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    pair(criterion, "spec of 50 properties", &spec(50, false), &spec(50, true));
    for streams in [100, 1_000] {
        let old = catalog(streams, 50, None);
        for (name, changed) in
            [("nothing changed", Changed::None), ("2 % changed", Changed::Few), ("all changed", Changed::All)]
        {
            let new = catalog(streams, 50, Some(changed));
            pair(criterion, &format!("catalog {streams} x 50, {name}"), &old, &new);
        }
    }
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/demo");
    let (old, new) = (demo.join("old/source-bookshop"), demo.join("new/source-bookshop"));
    criterion.bench_function("connector directory", |bencher| bencher.iter(|| black_box(check(&old, &new))));
}

criterion_group! {
    name = all;
    config = Criterion::default().without_plots();
    targets = benches
}
criterion_main!(all);
