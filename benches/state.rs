//! Reading saved state, to be read beside parsing the same file with serde_json.

use std::fmt::Write as _;
use std::fs;

use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::Value;

use connector_diff::load::{Side, connector};
use connector_diff::{Options, compare};

const MANIFEST: &str = "version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [s0]}
streams:
";

/// Streams of a manifest whose partitions are found by `key`.
fn manifest(streams: usize, key: &str) -> String {
    let mut text = MANIFEST.to_owned();
    for stream in 0..streams {
        let _ = writeln!(
            text,
            "  - {{type: DeclarativeStream, name: s{stream}, retriever: {{type: SimpleRetriever, requester: {{type: HttpRequester, url_base: 'https://lantern.test', path: x}}, record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}, partition_router: {{type: ListPartitionRouter, cursor_field: {key}, values: [a]}}}}, incremental_sync: {{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: '%Y-%m-%dT%H:%M:%SZ', start_datetime: '2020-01-01T00:00:00Z'}}}}"
        );
    }
    text
}

/// A state message per stream, each with so many partitions.
fn state(streams: usize, partitions: usize) -> String {
    let messages: Vec<String> = (0..streams)
        .map(|stream| {
            let states: Vec<String> = (0..partitions)
                .map(|partition| {
                    format!(
                        r#"{{"partition": {{"board": "{partition}"}}, "cursor": {{"updated": "2024-05-{:02}T00:00:00Z"}}}}"#,
                        partition % 28 + 1
                    )
                })
                .collect();
            format!(
                r#"{{"type": "STREAM", "stream": {{"stream_descriptor": {{"name": "s{stream}"}}, "stream_state": {{"states": [{}], "state": {{"updated": "2024-05-01T00:00:00Z"}}}}}}}}"#,
                states.join(", ")
            )
        })
        .collect();
    format!("[{}]", messages.join(",\n"))
}

/// 20 streams with 10,000 partitions each, met by a manifest that finds its partitions by another key.
fn states(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = folder.path().join("state.json");
    let text = state(20, 10_000);
    fs::write(&sample, &text).expect("a temporary file");
    let new = folder.path().join("manifest.yaml");
    fs::write(&new, manifest(20, "shelf")).expect("a temporary file");
    let mut group = criterion.benchmark_group("state");
    group.sample_size(20);
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            let bytes = fs::read(&sample).expect("the file");
            serde_json::from_slice::<Value>(&bytes).expect("JSON")
        });
    });
    group.bench_function("check", |bencher| {
        bencher.iter(|| {
            let side = |path| connector(&Side { path, ..Side::default() });
            compare(&side(sample.clone()), &side(new.clone()), &Options::default())
        });
    });
    group.finish();
}

criterion_group!(benches, states);
criterion_main!(benches);
