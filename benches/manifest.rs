//! Reading a manifest, to be read beside reading its YAML alone: the difference is what resolving costs.

use std::fmt::Write as _;
use std::fs;

use criterion::{Criterion, criterion_group, criterion_main};

use connector_diff::limits::Limits;
use connector_diff::load::{Side, connector, value};
use connector_diff::tree::Disk;

/// A manifest of 1.2 MB: 100 streams of 90 fields over one base stream, with a shared definition in every schema.
fn manifest() -> String {
    let mut text = String::from(
        "version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [s0]}
definitions:
  requester: {type: HttpRequester, url_base: https://lantern.test, path: \"{{ parameters['path'] }}\"}
  base:
    type: DeclarativeStream
    primary_key: id
    retriever:
      type: SimpleRetriever
      requester: {$ref: '#/definitions/requester'}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
  address:
    type: object
    properties:
",
    );
    for part in 0..60 {
        let _ = writeln!(
            text,
            "      part_{part}: {{type: [string, 'null'], description: A part of an address}}"
        );
    }
    text.push_str("streams:\n");
    for stream in 0..100 {
        let _ = write!(
            text,
            "  - $ref: '#/definitions/base'
    name: s{stream}
    $parameters: {{path: s{stream}}}
    incremental_sync: {{type: DatetimeBasedCursor, cursor_field: at, datetime_format: '%Y-%m-%d', start_datetime: '2020-01-01'}}
    schema_loader:
      type: InlineSchemaLoader
      schema:
        type: object
        properties:
          address: {{$ref: '#/definitions/address'}}
"
        );
        for field in 0..90 {
            let _ = writeln!(
                text,
                "          field_{field}: {{type: [string, 'null'], description: What the API says of this field in words that fill a line}}"
            );
        }
    }
    text
}

fn reading(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("manifest.yaml");
    fs::write(&path, manifest()).expect("a temporary file");
    let mut group = criterion.benchmark_group("a manifest of 100 streams");
    group.sample_size(20);
    group.bench_function("its YAML alone", |bencher| {
        bencher.iter(|| value(&Disk::new(&path), &Limits::default()).expect("YAML"))
    });
    let side = Side { path: folder.path().to_path_buf(), ..Side::default() };
    group.bench_function("the connector", |bencher| bencher.iter(|| connector(&side)));
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
