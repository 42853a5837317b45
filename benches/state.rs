//! Reading saved state, to be read beside parsing the same file with serde_json.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

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

/// The state of each stream, with so many partitions.
fn blobs(streams: usize, partitions: usize) -> Vec<String> {
    (0..streams)
        .map(|_| {
            let states: Vec<String> = (0..partitions)
                .map(|partition| {
                    format!(
                        r#"{{"partition": {{"board": "{partition}"}}, "cursor": {{"updated": "2024-05-{:02}T00:00:00Z"}}}}"#,
                        partition % 28 + 1
                    )
                })
                .collect();
            format!(r#"{{"states": [{}], "state": {{"updated": "2024-05-01T00:00:00Z"}}}}"#, states.join(", "))
        })
        .collect()
}

/// A flat map by id, which is a form of its own.
fn ids(ids: usize) -> String {
    let ids: Vec<String> = (0..ids).map(|id| format!(r#""{id}": "2024-05-{:02}""#, id % 28 + 1)).collect();
    format!("{{{}}}", ids.join(", "))
}

/// A stream's state as the protocol writes it.
fn protocol((stream, blob): (usize, &String)) -> String {
    format!(r#"{{"stream_descriptor": {{"name": "s{stream}"}}, "stream_state": {blob}}}"#)
}

/// The same states in the forms that a file may have.
fn forms(blobs: &[String]) -> [(&'static str, String); 4] {
    let each = |one: &dyn Fn((usize, &String)) -> String, between: &str| {
        blobs.iter().enumerate().map(one).collect::<Vec<_>>().join(between)
    };
    let message =
        |stream: (usize, &String)| format!(r#"{{"type": "STREAM", "stream": {}}}"#, protocol(stream));
    [
        ("list", format!("[{}]", each(&message, ",\n"))),
        (
            "lines",
            each(
                &|stream: (usize, &String)| format!(r#"{{"type": "STATE", "state": {}}}"#, message(stream)),
                "\n",
            ),
        ),
        (
            "global",
            format!(r#"{{"type": "GLOBAL", "global": {{"stream_states": [{}]}}}}"#, each(&protocol, ",\n")),
        ),
        ("legacy", format!("{{{}}}", each(&|(stream, blob)| format!(r#""s{stream}": {blob}"#), ",\n"))),
    ]
}

/// 20 streams with 10,000 partitions each, met by a manifest that finds its partitions by another key.
fn states(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let new = folder.path().join("manifest.yaml");
    fs::write(&new, manifest(20, "shelf")).expect("a temporary file");
    let mut group = criterion.benchmark_group("state");
    group.sample_size(20);
    let check = |state: &Path| {
        let side = |path: &Path| connector(&Side { path: path.to_owned(), ..Side::default() });
        compare(&side(state), &side(&new), &Options::default())
    };
    for (form, text) in forms(&blobs(20, 10_000)) {
        let sample = folder.path().join(format!("{form}_state.json"));
        fs::write(&sample, &text).expect("a temporary file");
        if form == "list" {
            group.bench_function("parse", |bencher| {
                bencher.iter(|| {
                    let bytes = fs::read(&sample).expect("the file");
                    serde_json::from_slice::<Value>(&bytes).expect("JSON")
                });
            });
        }
        group.bench_function(format!("check {form}"), |bencher| bencher.iter(|| check(&sample)));
    }
    let sample = folder.path().join("ids_state.json");
    let [(_, text), ..] = forms(&vec![ids(10_000); 20]);
    fs::write(&sample, text).expect("a temporary file");
    group.bench_function("parse ids", |bencher| {
        bencher.iter(|| {
            let bytes = fs::read(&sample).expect("the file");
            serde_json::from_slice::<Value>(&bytes).expect("JSON")
        });
    });
    group.bench_function("check ids", |bencher| bencher.iter(|| check(&sample)));
    group.finish();
}

criterion_group!(benches, states);
criterion_main!(benches);
