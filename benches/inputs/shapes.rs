//! What inputs there are, and how each is made. The same numbers give the same bytes.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

use super::json::Json;

/// Each shape: its name, the numbers it takes, and what it is.
pub(crate) const SHAPES: &[(&str, &str, &str)] = &[
    (
        "catalog",
        "STREAMS FIELDS PERCENT",
        "captured catalogs; PERCENT of the streams have one field of another type",
    ),
    ("catalog-sorted", "STREAMS FIELDS PERCENT", "the same, the new side indented and its keys sorted"),
    ("streams-tiny", "STREAMS PERCENT", "captured catalogs of streams with one field"),
    ("streams-shuffled", "STREAMS", "a captured catalog in another order; a patch is asked for"),
    ("streams-renamed", "STREAMS", "a captured catalog of which every stream has another name"),
    ("fields-removed", "FIELDS", "one stream that loses all of its fields but one"),
    ("fields-added", "FIELDS", "one stream that has so many fields more"),
    ("fields-renamed", "FIELDS", "one stream of which every field has another name"),
    ("fields-retyped", "FIELDS", "one stream of which every field has another type"),
    (
        "ignore-globs",
        "FIELDS",
        "one stream that loses so many fields, and a glob for each of them that is ignored",
    ),
    ("waivers", "FIELDS", "one stream that loses so many fields, and a waiver for each of them"),
    ("spec", "PROPERTIES EDITS", "specs, a fifth of the properties choices of objects with choices in them"),
    ("spec-options", "OPTIONS", "one choice of so many options, each edited"),
    ("spec-required", "PROPERTIES", "a spec of which every property becomes required"),
    ("spec-added", "PROPERTIES", "a spec that has so many properties more"),
    ("spec-renamed", "PROPERTIES", "a spec of which every property has another name"),
    (
        "state",
        "STREAMS PARTITIONS",
        "saved state, met by a manifest that finds its partitions by another key",
    ),
    ("connectors", "CONNECTORS", "a git repository of so many manifests, each edited in the work tree"),
];

/// Writes an input into an empty folder: its files, and `arguments`, which has a line for each argument that the program
/// takes there.
///
/// # Errors
/// There is no such shape, it takes other numbers, or a file cannot be written.
pub(crate) fn write(shape: &str, numbers: &[usize], folder: &Path) -> Result<(), String> {
    let made = match (shape, numbers) {
        ("catalog", &[streams, fields, percent]) => catalogs(folder, streams, fields, percent, false),
        ("catalog-sorted", &[streams, fields, percent]) => catalogs(folder, streams, fields, percent, true),
        ("streams-tiny", &[streams, percent]) => catalogs(folder, streams, 1, percent, false),
        ("streams-shuffled", &[streams]) => shuffled(folder, streams),
        ("streams-renamed", &[streams]) => renamed(folder, streams),
        ("fields-removed", &[fields]) => one_stream(folder, &strings(fields + 1), &strings(1), None),
        ("fields-added", &[fields]) => one_stream(folder, &strings(1), &strings(fields + 1), None),
        ("fields-renamed", &[fields]) => {
            let new: Vec<(String, Json)> =
                (0..fields).map(|field| (format!("renamed_{field}"), plain("string"))).collect();
            one_stream(folder, &strings(fields), &new, None)
        }
        ("fields-retyped", &[fields]) => {
            let new: Vec<(String, Json)> =
                (0..fields).map(|field| (format!("field_{field}"), plain("integer"))).collect();
            one_stream(folder, &strings(fields), &new, None)
        }
        ("ignore-globs", &[fields]) => {
            let globs: Vec<String> = (1..=fields).map(|field| format!("  \"s/field_{field}*\",\n")).collect();
            let policy = format!("[ignore]\nfields = [\n{}]\n", globs.concat());
            one_stream(folder, &strings(fields + 1), &strings(1), Some(policy))
        }
        ("waivers", &[fields]) => {
            let mut policy = String::new();
            for field in 1..=fields {
                let _ = write!(
                    policy,
                    "[[waivers]]\nrule = \"field-removed\"\nstream = \"s\"\nfield = \"field_{field}\"\nreason = \"agreed\"\nuntil = \"9999-01-01\"\n"
                );
            }
            one_stream(folder, &strings(fields + 1), &strings(1), Some(policy))
        }
        ("spec", &[properties, edits]) => {
            specs(folder, spec_of_choices(properties, 0), spec_of_choices(properties, edits))
        }
        ("spec-options", &[options]) => {
            specs(folder, one_choice(options, "string"), one_choice(options, "integer"))
        }
        ("spec-required", &[properties]) => {
            let required = (0..properties).map(|index| Json::text(&format!("property_{index}"))).collect();
            let mut new = named_properties("property", properties);
            new.push("required", Json::List(required));
            specs(folder, named_properties("property", properties), new)
        }
        ("spec-added", &[properties]) => {
            specs(folder, named_properties("property", 1), named_properties("property", properties + 1))
        }
        ("spec-renamed", &[properties]) => {
            specs(folder, named_properties("property", properties), named_properties("renamed", properties))
        }
        ("state", &[streams, partitions]) => state(folder, streams, partitions),
        ("connectors", &[connectors]) => repository(folder, connectors),
        _ => {
            return Err(match SHAPES.iter().find(|(name, ..)| *name == shape) {
                Some((name, takes, _)) => format!("{name} takes {takes}"),
                None => format!("there is no shape {shape}"),
            });
        }
    };
    made.map_err(|error| format!("{}: {error}", folder.display()))
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }
}

const SEED: u64 = 22;

fn arguments(folder: &Path, lines: &[&str]) -> io::Result<()> {
    fs::write(folder.join("arguments"), lines.join("\n") + "\n")
}

fn plain(kind: &str) -> Json {
    Json::object([("type", Json::texts(&["null", kind]))])
}

/// One of the forms that fields of real catalogs have.
fn field(index: usize, random: &mut Seeded) -> Json {
    match (index + random.below(2)) % 5 {
        0 => Json::object([
            ("type", Json::texts(&["null", "string"])),
            (
                "description",
                Json::text("What the API says of this field in words that fill a line, or nearly so."),
            ),
        ]),
        1 => Json::object([
            ("type", Json::texts(&["null", "string"])),
            ("format", Json::text("date-time")),
            ("airbyte_type", Json::text("timestamp_with_timezone")),
        ]),
        2 => plain("number"),
        3 => Json::object([("type", Json::texts(&["null", "array"])), ("items", plain("integer"))]),
        _ => Json::object([
            ("type", Json::texts(&["null", "object"])),
            (
                "properties",
                Json::object([
                    ("id", plain("integer")),
                    ("name", plain("string")),
                    (
                        "owner",
                        Json::object([
                            ("type", Json::texts(&["null", "object"])),
                            (
                                "properties",
                                Json::object([("email", plain("string")), ("age", plain("integer"))]),
                            ),
                        ]),
                    ),
                ]),
            ),
        ]),
    }
}

fn stream(name: &str, properties: Vec<(String, Json)>) -> Json {
    let cursor = properties.get(1).map(|(name, _)| name.clone());
    let key = properties.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let schema = Json::object([
        ("$schema", Json::text("http://json-schema.org/draft-07/schema#")),
        ("type", Json::text("object")),
        ("additionalProperties", Json::Written("true".to_owned())),
        ("properties", Json::Object(properties)),
    ]);
    let mut stream = Json::object([("name", Json::text(name)), ("json_schema", schema)]);
    if let Some(cursor) = cursor {
        stream.push("supported_sync_modes", Json::texts(&["full_refresh", "incremental"]));
        stream.push("source_defined_cursor", Json::Written("true".to_owned()));
        stream.push("default_cursor_field", Json::texts(&[&cursor]));
        stream.push("source_defined_primary_key", Json::List(vec![Json::texts(&[&key])]));
    } else {
        stream.push("supported_sync_modes", Json::texts(&["full_refresh"]));
    }
    stream
}

/// A stream of a catalog, in which one field has another type where `differs`.
fn catalog_stream(index: usize, fields: usize, differs: bool) -> Json {
    let mut random = Seeded(SEED ^ (index as u64) << 20);
    let mut properties: Vec<(String, Json)> =
        vec![("id".to_owned(), plain("integer")), ("updated_at".to_owned(), plain("string"))];
    properties.extend((2..fields).map(|at| (format!("field_{at}"), field(at, &mut random))));
    properties.truncate(fields);
    if differs {
        let at = if fields > 2 { 2 + random.below(fields - 2) } else { 0 };
        properties[at].1 = plain("boolean");
    }
    stream(&format!("stream_{index}"), properties)
}

/// Writes a catalog stream by stream, since the whole as values fills much memory.
fn catalog(path: &Path, streams: impl IntoIterator<Item = Json>, sorted: bool) -> io::Result<()> {
    let mut file = BufWriter::new(fs::File::create(path)?);
    file.write_all(if sorted { b"{\n  \"streams\": [\n    " } else { b"{\"streams\": [" })?;
    let mut text = String::new();
    for (index, stream) in streams.into_iter().enumerate() {
        text.clear();
        if sorted {
            text.push_str(if index > 0 { ",\n    " } else { "" });
            stream.sorted(&mut text, 2);
        } else {
            text.push_str(if index > 0 { ", " } else { "" });
            stream.line(&mut text);
        }
        file.write_all(text.as_bytes())?;
    }
    file.write_all(if sorted { b"\n  ]\n}\n" } else { b"]}\n" })?;
    file.flush()
}

fn catalogs(folder: &Path, streams: usize, fields: usize, percent: usize, sorted: bool) -> io::Result<()> {
    let changes = |index: usize| Seeded(SEED ^ index as u64).below(100) < percent;
    let old = (0..streams).map(|index| catalog_stream(index, fields, false));
    let new = (0..streams).map(|index| catalog_stream(index, fields, changes(index)));
    catalog(&folder.join("old.json"), old, false)?;
    catalog(&folder.join("new.json"), new, sorted)?;
    arguments(folder, &["check", "old.json", "new.json", "--format", "json"])
}

fn shuffled(folder: &Path, streams: usize) -> io::Result<()> {
    let mut order: Vec<usize> = (0..streams).collect();
    let mut random = Seeded(SEED);
    for last in (1..streams).rev() {
        order.swap(last, random.below(last + 1));
    }
    catalog(&folder.join("old.json"), (0..streams).map(|index| catalog_stream(index, 3, false)), false)?;
    catalog(&folder.join("new.json"), order.into_iter().map(|index| catalog_stream(index, 3, false)), false)?;
    arguments(folder, &["check", "old.json", "new.json", "--format", "json", "--patch"])
}

fn renamed(folder: &Path, streams: usize) -> io::Result<()> {
    let named = |index: usize, name: &str| {
        let mut made = catalog_stream(index, 5, false);
        if let Json::Object(entries) = &mut made {
            entries[0].1 = Json::text(&format!("{name}_{index}"));
        }
        made
    };
    catalog(&folder.join("old.json"), (0..streams).map(|index| named(index, "stream")), false)?;
    catalog(&folder.join("new.json"), (0..streams).map(|index| named(index, "renamed")), false)?;
    arguments(folder, &["check", "old.json", "new.json", "--format", "json"])
}

fn strings(fields: usize) -> Vec<(String, Json)> {
    (0..fields).map(|field| (format!("field_{field}"), plain("string"))).collect()
}

fn one_stream(
    folder: &Path,
    old: &[(String, Json)],
    new: &[(String, Json)],
    policy: Option<String>,
) -> io::Result<()> {
    catalog(&folder.join("old.json"), [stream("s", old.to_vec())], false)?;
    catalog(&folder.join("new.json"), [stream("s", new.to_vec())], false)?;
    let mut lines = vec!["check", "old.json", "new.json", "--format", "json"];
    if let Some(policy) = policy {
        fs::write(folder.join("policy.toml"), policy)?;
        lines.extend(["--config", "policy.toml"]);
    }
    arguments(folder, &lines)
}

fn specs(folder: &Path, old: Json, new: Json) -> io::Result<()> {
    for (name, schema) in [("old.json", old), ("new.json", new)] {
        let spec = Json::object([("connectionSpecification", schema)]);
        let mut text = String::new();
        spec.sorted(&mut text, 0);
        fs::write(folder.join(name), text)?;
    }
    arguments(folder, &["check", "old.json", "new.json", "--format", "json"])
}

fn spec_schema(properties: Vec<(String, Json)>) -> Json {
    Json::object([
        ("$schema", Json::text("http://json-schema.org/draft-07/schema#")),
        ("type", Json::text("object")),
        ("additionalProperties", Json::Written("true".to_owned())),
        ("properties", Json::Object(properties)),
    ])
}

fn named_properties(name: &str, count: usize) -> Json {
    let property = |index: usize| {
        let schema = Json::object([
            ("type", Json::text("string")),
            ("title", Json::text(&format!("Property {index}"))),
        ]);
        (format!("{name}_{index}"), schema)
    };
    spec_schema((0..count).map(property).collect())
}

fn option(kind: &str, entries: Vec<(String, Json)>) -> Json {
    let mut properties = vec![(
        "kind".to_owned(),
        Json::object([("type", Json::text("string")), ("const", Json::text(kind))]),
    )];
    properties.extend(entries);
    Json::object([
        ("type", Json::text("object")),
        ("title", Json::text(kind)),
        ("required", Json::texts(&["kind"])),
        ("properties", Json::Object(properties)),
    ])
}

fn one_choice(options: usize, kind: &str) -> Json {
    let made = |index: usize| {
        let value = Json::object([("type", Json::text(kind)), ("title", Json::text("Value"))]);
        option(&format!("option_{index}"), vec![("value".to_owned(), value)])
    };
    let choice = Json::object([
        ("type", Json::text("object")),
        ("title", Json::text("Choice")),
        ("oneOf", Json::List((0..options).map(made).collect())),
    ]);
    spec_schema(vec![("choice".to_owned(), choice)])
}

/// A choice of three objects, of which one has a choice in it again.
fn choice(depth: usize, leaf: &str) -> Json {
    let text = || Json::object([("type", Json::text("string"))]);
    let innermost = Json::object([("type", Json::text(leaf)), ("title", Json::text("Deepest"))]);
    let inner = if depth == 0 { innermost } else { choice(depth - 1, leaf) };
    Json::object([
        ("type", Json::text("object")),
        (
            "oneOf",
            Json::List(vec![
                option("token", vec![("token".to_owned(), text())]),
                option("login", vec![("user".to_owned(), text()), ("password".to_owned(), text())]),
                option("inner", vec![("inner".to_owned(), inner)]),
            ]),
        ),
    ])
}

fn spec_of_choices(properties: usize, edits: usize) -> Json {
    // Edits are spread over all properties.
    let is_edited = |index: usize| (index + 1) * edits / properties > index * edits / properties;
    let property = |index: usize| {
        let kind = if is_edited(index) { "integer" } else { "string" };
        let schema = match index % 5 {
            4 => choice(3, kind),
            3 => Json::object([
                ("type", Json::text("array")),
                ("items", Json::object([("type", Json::text(kind))])),
            ]),
            _ => Json::object([
                ("type", Json::text(kind)),
                ("title", Json::text(&format!("Property {index}"))),
            ]),
        };
        (format!("property_{index}"), schema)
    };
    spec_schema((0..properties).map(property).collect())
}

fn manifest(streams: usize, key: &str, path: &str) -> String {
    let mut text = String::from(
        "version: 6.48.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [s0]}\nstreams:\n",
    );
    for stream in 0..streams {
        let _ = write!(
            text,
            "  - type: DeclarativeStream
    name: s{stream}
    retriever:
      type: SimpleRetriever
      requester: {{type: HttpRequester, url_base: 'https://lantern.test', path: {path}}}
      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
      partition_router: {{type: ListPartitionRouter, cursor_field: {key}, values: [a]}}
    incremental_sync: {{type: DatetimeBasedCursor, cursor_field: updated, datetime_format: '%Y-%m-%dT%H:%M:%SZ', start_datetime: '2020-01-01T00:00:00Z'}}
"
        );
    }
    text
}

fn state(folder: &Path, streams: usize, partitions: usize) -> io::Result<()> {
    let mut file = BufWriter::new(fs::File::create(folder.join("old_state.json"))?);
    file.write_all(b"[")?;
    let mut random = Seeded(SEED);
    for stream in 0..streams {
        let between = if stream > 0 { ",\n" } else { "" };
        write!(
            file,
            "{between}{{\"type\": \"STREAM\", \"stream\": {{\"stream_descriptor\": {{\"name\": \"s{stream}\"}}, \"stream_state\": {{\"states\": ["
        )?;
        for partition in 0..partitions {
            let between = if partition > 0 { ", " } else { "" };
            let day = random.below(28) + 1;
            write!(
                file,
                "{between}{{\"partition\": {{\"board\": \"{partition}\"}}, \"cursor\": {{\"updated\": \"2024-05-{day:02}T00:00:00Z\"}}}}"
            )?;
        }
        file.write_all(b"], \"state\": {\"updated\": \"2024-05-01T00:00:00Z\"}}}}")?;
    }
    file.write_all(b"]\n")?;
    file.flush()?;
    fs::write(folder.join("manifest.yaml"), manifest(streams, "shelf", "x"))?;
    arguments(folder, &["check", "old_state.json", "manifest.yaml", "--format", "json"])
}

fn repository(folder: &Path, connectors: usize) -> io::Result<()> {
    let at = folder;
    for path in ["records", "entries"] {
        for connector in 0..connectors {
            let name = format!("source-lantern-{connector}");
            let at = at.join("airbyte-integrations/connectors").join(&name);
            fs::create_dir_all(&at)?;
            fs::write(at.join("manifest.yaml"), manifest(1, "board", path))?;
            fs::write(
                at.join("metadata.yaml"),
                format!(
                    "data:\n  connectorType: source\n  connectorSubtype: api\n  definitionId: 00000000-0000-4000-8000-{connector:012}\n  dockerImageTag: 1.0.0\n  dockerRepository: airbyte/{name}\n  name: Lantern {connector}\nmetadataSpecVersion: \"1.0\"\n"
                ),
            )?;
        }
        if path == "records" {
            git(at, &["init", "--quiet"])?;
            fs::write(at.join(".git/info/exclude"), "arguments\n")?;
            git(at, &["add", "."])?;
            let who = ["-c", "user.name=bench", "-c", "user.email=bench@lantern.test"];
            git(at, &[&who[..], &["commit", "--quiet", "--message", "old"]].concat())?;
        }
    }
    arguments(folder, &["check", "--base", "HEAD", "--format", "json", "airbyte-integrations/connectors"])
}

fn git(folder: &Path, arguments: &[&str]) -> io::Result<()> {
    let status = Command::new("git").arg("-C").arg(folder).args(arguments).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("git {}: {status}", arguments.join(" "))))
    }
}
