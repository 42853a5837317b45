//! Schema files in the graph of what streams are built from.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::{BuildGraph, Link, PartIndex, PartKind, PartPlace, Pointer, SchemaFiles};

/// Links a stream to a schema file, and that to the files it refers to. Reports name files with `folder` in front.
pub(crate) fn add_schema_file(
    graph: &mut BuildGraph,
    stream: PartIndex,
    schemas: &Arc<SchemaFiles>,
    folder: &str,
    file: &str,
) {
    let mut open = vec![(stream, file.to_owned())];
    while let Some((from, file)) = open.pop() {
        let name = format!("{folder}{file}");
        let known = graph.find(PartKind::SchemaFile, &name).is_some();
        let part = graph.part(PartKind::SchemaFile, name);
        graph.link(from, part, Link::BuiltFrom);
        if known {
            continue;
        }
        let digest = schemas.schema(&file).map_or(0, |schema| xxh3_64(schema.to_string().as_bytes()));
        let place = schemas.document(&file).map(|document| PartPlace::In(document, Pointer::root()));
        graph.describe(part, place, digest);
        open.extend(schemas.references_of(&file).into_iter().map(|target| (part, target.to_owned())));
    }
}
