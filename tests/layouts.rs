//! The layouts and forms in which connectors lie about: each is read, shows its places, and is never compatible when it is
//! broken.

#[path = "support/sides.rs"]
mod sides;

use connector_diff::load::{Request, configured_catalog, connector_in};
use connector_diff::model::{ConnectorReport, Outcome};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare, limits};

const STREAM: &str = r#"{
  "name": "visits",
  "jsonSchema": {
    "type": "object",
    "properties": {"page": {"type": "TYPE"}}
  },
  "supportedSyncModes": ["full_refresh"]
}"#;

const MANIFEST: &str = "version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [visits]}
streams:
  - type: DeclarativeStream
    name: visits
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: https://lantern.test, path: visits}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {page: {type: TYPE}}}
";

const CONFIG: &str = r#"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "properties": {"page": {"type": "TYPE"}}
}"#;

/// A manifest as JSON on lines of its own.
fn exported() -> String {
    let manifest = connector_diff::load::parse_yaml(MANIFEST).expect("a manifest");
    serde_json::to_string_pretty(&manifest).expect("JSON")
}

/// A layout: its name, its files, and where the change of `page` from text to integer is shown. One file named `` is the
/// side itself.
type Layout = (&'static str, Vec<(&'static str, String)>, &'static str);

fn layouts() -> Vec<Layout> {
    let file = |text: String| vec![("", text)];
    let schema = r#"{"type": "object", "properties": {"page": {"type": "TYPE"}}}"#;
    let whole = format!(r#"{{"connectionSpecification": {CONFIG}}}"#);
    let resources = |schema: &str| {
        vec![
            ("package.json", r#"{"name": "lantern-source"}"#.to_owned()),
            ("resources/spec.json", r#"{"connectionSpecification": {"type": "object"}}"#.to_owned()),
            ("resources/schemas/visits.json", schema.to_owned()),
            (
                "src/streams/visits.ts",
                "export class Visits { getJsonSchema() { return require('../../resources/schemas/visits.json'); } }"
                    .to_owned(),
            ),
        ]
    };
    vec![
        ("TypeScript, a schema", resources(schema), "resources/schemas/visits.json:1"),
        (
            "TypeScript, the spec",
            vec![("package.json", "{}".to_owned()), ("resources/spec.json", whole.clone())],
            "resources/spec.json:4",
        ),
        (
            "a SPEC message over several lines",
            vec![("spec.json", format!("{{\"type\": \"SPEC\",\n\"spec\": {whole}}}"))],
            "spec.json:5",
        ),
        (
            "a SPEC message among others",
            vec![(
                "spec.json",
                format!(
                    "{{\"type\": \"LOG\", \"log\": {{\"level\": \"INFO\", \"message\": \"hello\"}}}}\n{{\"type\": \"SPEC\", \"spec\": {}}}\n",
                    whole.replace('\n', " ")
                ),
            )],
            "spec.json:2",
        ),
        (
            "a spec over several files",
            vec![
                ("package.json", "{}".to_owned()),
                (
                    "resources/spec.json",
                    r##"{"connectionSpecification": {"type": "object", "properties": {"auth": {"$ref": "parts/auth.json#/definitions/auth", "title": "Auth"}}}}"##
                        .to_owned(),
                ),
                (
                    "resources/parts/auth.json",
                    "{\"definitions\": {\n\"auth\": {\"type\": \"object\", \"properties\": {\"key\": {\"$ref\": \"#/definitions/key\"}}},\n\"key\": {\n\"type\": \"TYPE\"}}}".to_owned(),
                ),
            ],
            "resources/parts/auth.json:4",
        ),
        (
            "a spec over several files in a folder without code",
            vec![
                (
                    "spec.json",
                    r#"{"connectionSpecification": {"type": "object", "properties": {"page": {"$ref": "./page.json"}}}}"#.to_owned(),
                ),
                ("page.json", "{\n\"type\": \"TYPE\"}".to_owned()),
            ],
            "page.json:2",
        ),
        (
            "output under a name without an ending",
            vec![
                ("spec", format!("starting\n{{\"type\": \"SPEC\", \"spec\": {}}}\n", whole.replace('\n', " "))),
                ("LICENSE", "Nobody may {read} this.".to_owned()),
            ],
            "spec:2",
        ),
        (
            "output of several commands",
            vec![
                ("spec.jsonl", "{\"type\": \"SPEC\", \"spec\": {\"connectionSpecification\": {\"type\": \"object\"}}}\n".to_owned()),
                ("check.stdout", "{\"type\": \"CONNECTION_STATUS\", \"connectionStatus\": {\"status\": \"SUCCEEDED\"}}\n".to_owned()),
                (
                    "discover.out",
                    "{\"type\": \"LOG\", \"log\": {\"level\": \"INFO\", \"message\": \"x\"}}\n{\"type\": \"CATALOG\", \"catalog\": {\"streams\": [{\"name\": \"visits\", \"json_schema\": {\"type\": \"object\", \"properties\": {\"page\": {\"type\": \"TYPE\"}}}, \"supported_sync_modes\": [\"full_refresh\"]}]}}\n".to_owned(),
                ),
            ],
            "discover.out:2",
        ),
        ("the schema of a config alone", vec![("spec.json", CONFIG.to_owned())], "spec.json:4"),
        (
            "an export of the builder under its own name",
            vec![("lantern.yaml", MANIFEST.to_owned())],
            "lantern.yaml:13",
        ),
        (
            "a project of the builder as the API prints it",
            file(format!(
                "{{\"builderProject\": {{\"name\": \"Lanté\"}},\n\"declarativeManifest\": {{\"version\": 1, \"manifest\": {}}}}}",
                exported()
            )),
            ":LINE",
        ),
        ("a stream as the API spells it", file(format!("{{\"streams\": [{STREAM}]}}")), ":5"),
        (
            "what the API discovers",
            file(format!(
                "{{\"catalog\": {{\"streams\": [{{\"stream\": {STREAM}, \"config\": {{\"selected\": true}}}}]}}, \"jobInfo\": {{}}}}"
            )),
            ":5",
        ),
        (
            "a connection as the API prints it",
            file(format!(
                "{{\"syncCatalog\": {{\"streams\": [{{\"stream\": {STREAM}, \"config\": {{\"syncMode\": \"full_refresh\"}}}}]}}}}"
            )),
            ":5",
        ),
        (
            "a spec as the API prints it",
            file(format!(
                "{{\"connectionSpecification\": {CONFIG},\n\"advancedAuth\": {{\"authFlowType\": \"oauth2.0\"}}}}"
            )),
            ":4",
        ),
        ("a spec as manifests write it", file(format!("{{\"connection_specification\": {CONFIG}}}")), ":4"),
        ("a manifest alone", vec![("manifest.yaml", MANIFEST.to_owned())], "manifest.yaml:13"),
    ]
}

fn side(files: &[(&str, String)], edit: impl Fn(&str, &str) -> String) -> Memory {
    match files {
        [("", text)] => Memory::new("side.json").file("", edit("", text)),
        files => {
            files.iter().fold(Memory::new("side"), |tree, (name, text)| tree.file(name, edit(name, text)))
        }
    }
}

fn held(old: Memory, new: Memory) -> ConnectorReport {
    compare(&connector_in(&Request::new(old)), &connector_in(&Request::new(new)), &Options::default())
}

fn typed(kind: &'static str) -> impl Fn(&str, &str) -> String {
    move |_, text| text.replace("TYPE", kind)
}

#[test]
fn a_change_is_seen_in_every_layout_and_shown_where_it_stands() {
    for (name, files, place) in layouts() {
        let report = held(side(&files, typed("string")), side(&files, typed("integer")));
        assert_eq!(report.errors.len(), 0, "{name}: {:?}", report.errors);
        assert_eq!(report.verdict.outcome, Outcome::Breaking, "{name}");
        let [finding] = report.findings.as_slice() else { panic!("{name}: {:?}", report.findings) };
        assert!(["field-type-narrowed", "spec-type-changed"].contains(&finding.rule), "{name}");
        let origin = finding.origin.new.as_ref().expect("a place");
        let line = origin.line.expect("a line");
        // Where the export was put by a program, its own text says which line it is.
        let expected = match place.strip_prefix(":LINE") {
            Some(_) => {
                let line = files[0].1.lines().position(|line| line.contains("\"page\"")).expect("the field");
                format!(":{}", line + 1)
            }
            None => place.to_owned(),
        };
        let found = format!("{}:{line}", origin.file);
        assert!(found.ends_with(&expected), "{name}: {found}, expected {expected}");
    }
}

#[test]
fn the_same_is_silent_in_every_layout() {
    for (name, files, _) in layouts() {
        let report = held(side(&files, typed("string")), side(&files, typed("string")));
        assert_eq!((report.verdict.outcome, report.findings.len()), (Outcome::Compatible, 0), "{name}");
    }
}

#[test]
fn a_broken_file_is_compatible_in_no_layout() {
    for (name, files, place) in layouts() {
        let named = place.rsplit_once(':').map_or("", |(file, _)| file);
        let cut = |file: &str, text: &str| {
            let text = text.replace("TYPE", "string");
            if file == named || named.is_empty() { text[..text.len() * 2 / 3].to_owned() } else { text }
        };
        let report = held(side(&files, typed("string")), side(&files, cut));
        assert_ne!(report.verdict.outcome, Outcome::Compatible, "{name}: {:?}", report.findings);
        // Something else in its place.
        let other = |file: &str, text: &str| match file == named || named.is_empty() {
            true => "[1, 2]".to_owned(),
            false => text.replace("TYPE", "string"),
        };
        let report = held(side(&files, typed("string")), side(&files, other));
        assert_ne!(report.verdict.outcome, Outcome::Compatible, "{name}: {:?}", report.findings);
    }
}

#[test]
fn a_spec_is_put_together_from_files_of_its_connector_alone() {
    let side = |reference: &str, files: &[(&str, &str)]| {
        let spec = format!(
            r#"{{"connectionSpecification": {{"type": "object", "properties": {{"auth": {{"$ref": "{reference}"}}}}}}}}"#
        );
        let tree = Memory::new("side").file("package.json", "{}").file("resources/spec.json", spec);
        connector_in(&Request::new(files.iter().fold(tree, |tree, (name, text)| tree.file(name, text))))
    };
    let auth = ("resources/auth.json", r#"{"type": "string"}"#);
    let whole = side("auth.json", &[auth]);
    let spec = whole.spec.as_ref().expect("a spec");
    assert_eq!(spec.value["connectionSpecification"]["properties"]["auth"]["type"], "string");
    assert_eq!(whole.spec_reason, "");
    let circle = ("resources/auth.json", r#"{"type": "object", "properties": {"a": {"$ref": "auth.json"}}}"#);
    let own_circle = ("resources/auth.json", r##"{"type": "object", "properties": {"a": {"$ref": "#"}}}"##);
    let broken = ("resources/auth.json", "{");
    for (reference, files, expected) in [
        ("../../auth.json", vec![auth], "the file lies outside of the connector: put a copy in"),
        ("/etc/passwd", vec![auth], "the file lies outside of the connector"),
        ("auth.json#/definitions/a", vec![auth], "nothing is at that place of the file"),
        ("auth.json", vec![circle], "it leads back to itself"),
        ("auth.json", vec![own_circle], "it leads back to itself"),
        ("auth.json", vec![broken], "auth.json"),
    ] {
        let side = side(reference, &files);
        let said: Vec<String> = side
            .errors
            .iter()
            .chain(side.faults.iter().map(|fault| &fault.error))
            .map(ToString::to_string)
            .collect();
        assert!(said.iter().any(|message| message.contains(expected)), "{reference}: {said:?}");
        for sides in [(&whole, &side), (&side, &whole)] {
            let outcome = compare(sides.0, sides.1, &Options::default()).verdict.outcome;
            assert!(!matches!(outcome, Outcome::Compatible | Outcome::Review), "{reference}: {outcome:?}");
        }
    }
    // A file that is missing, and in Python any file, is no target.
    let rules = |new: &connector_diff::model::Connector| -> Vec<String> {
        compare(&whole, new, &Options::default())
            .findings
            .iter()
            .map(|finding| finding.rule.to_string())
            .collect()
    };
    assert_eq!(rules(&side("auth.json", &[])), ["spec-no-json-schema"]);
    let python = |spec: &str| {
        let files = [
            ("source_q/source.py", "class SourceQ(AbstractSource):\n    pass\n"),
            ("source_q/auth.json", auth.1),
        ];
        let tree = Memory::new("side").file("source_q/spec.json", spec);
        connector_in(&Request::new(files.iter().fold(tree, |tree, (name, text)| tree.file(name, text))))
    };
    let referring =
        r#"{"connectionSpecification": {"type": "object", "properties": {"auth": {"$ref": "auth.json"}}}}"#;
    assert_eq!(rules(&python(referring)), ["spec-no-json-schema"]);
    let plain =
        r#"{"connectionSpecification": {"type": "object", "properties": {"auth": {"type": "string"}}}}"#;
    assert_eq!(rules(&python(plain)), Vec::<String>::new());
    // What stays in the file or leads to the web is no file of the connector.
    for reference in ["#/definitions/auth", "https://lantern.test/auth.json"] {
        let side = side(reference, &[]);
        assert!(side.errors.is_empty() && side.faults.is_empty(), "{reference}: {:?}", side.errors);
        assert_eq!(
            side.spec.expect("a spec").value["connectionSpecification"]["properties"]["auth"]["$ref"],
            reference
        );
    }
    // The file alone says that it is not all.
    let alone =
        r#"{"connectionSpecification": {"type": "object", "properties": {"auth": {"$ref": "auth.json"}}}}"#;
    let alone = connector_in(&Request::new(Memory::new("spec.json").file("", alone)));
    assert!(alone.spec_reason.contains("name its folder instead"), "{}", alone.spec_reason);
    // Files that refer to each other many times explode.
    let bomb: Vec<(String, String)> = (0..12)
        .map(|level| {
            let below = format!(r#"{{"$ref": "{}.json"}}"#, level + 1);
            let text = format!(
                r#"{{"type": "object", "properties": {{"a": {below}, "b": {below}, "c": {below}}}}}"#
            );
            (format!("resources/{level}.json"), text)
        })
        .chain([("resources/12.json".to_owned(), r#"{"type": "string"}"#.to_owned())])
        .collect();
    let files: Vec<(&str, &str)> = bomb.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let exploded = side("0.json", &files);
    assert!(exploded.errors[0].message.contains("--limit ref-values="), "{:?}", exploded.errors);
    // What is long as it is written does not.
    let names: Vec<String> = (0..30_000).map(|index| format!("\"value_{index}\"")).collect();
    let long = format!(r#"{{"type": "string", "enum": [{}]}}"#, names.join(","));
    let whole = side("long.json", &[("resources/long.json", &long)]);
    assert!(whole.errors.is_empty(), "{:?}", whole.errors);
    let auth = &whole.spec.as_ref().expect("a spec").value["connectionSpecification"]["properties"]["auth"];
    assert_eq!(auth["enum"].as_array().map(Vec::len), Some(30_000));
}

#[test]
fn two_exports_of_the_builder_are_one_too_many() {
    let files = [("lantern.yaml", MANIFEST.to_owned()), ("shed.yaml", MANIFEST.to_owned())];
    let report = held(side(&files, typed("string")), side(&files, typed("integer")));
    let message = &report.errors[0].message;
    assert!(message.contains("expected one catalog, found another in lantern.yaml"), "{message}");
    assert_ne!(report.verdict.outcome, Outcome::Compatible);
}

#[test]
fn a_stream_that_typescript_names_may_have_moved() {
    let side = |schemas: &[&str], code: &str| {
        let tree = Memory::new("side")
            .file("package.json", "{}")
            .file("resources/spec.json", r#"{"connectionSpecification": {"type": "object"}}"#)
            .file("src/streams.ts", code);
        let schema = r#"{"type": "object", "properties": {"page": {"type": "string"}}}"#;
        schemas.iter().fold(tree, |tree, name| tree.file(&format!("resources/schemas/{name}.json"), schema))
    };
    let code = "class Visits {} // and no sheds\nclass Lamps {}";
    let rules = |after: &[&str]| {
        let report = held(side(&["visits", "lamps", "sheds"], code), side(after, code));
        report
            .findings
            .iter()
            .map(|found| format!("{} {}", found.level.name(), found.rule))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        rules(&["visits", "lamps"]),
        ["breaking stream-removed"],
        "its name stands in a comment alone"
    );
    assert_eq!(rules(&["visits", "sheds"]), ["review stream-removed"], "a class has its name");
}

#[test]
fn a_manifest_without_its_folder_knows_nothing_of_schema_files() {
    let manifest = |path: &str| {
        let loader = "      type: InlineSchemaLoader\n      schema: {type: object, properties: {page: {type: TYPE}}}\n";
        let text = MANIFEST.replace(
            loader,
            "      type: JsonFileSchemaLoader\n      file_path: ./source_lantern/schemas/visits.json\n",
        );
        Memory::new("manifest.yaml").file("", text.replace("path: visits}", path))
    };
    let report = held(manifest("path: visits}"), manifest("path: calls}"));
    assert_eq!(
        (report.errors.len(), report.verdict.outcome),
        (0, Outcome::Compatible),
        "{:?}",
        report.errors
    );
    let reasons = report.coverage.iter().map(|coverage| coverage.reason.as_str()).collect::<Vec<_>>();
    assert!(reasons.iter().any(|reason| reason.contains("name its folder instead")), "{reasons:?}");
}

#[test]
fn a_connection_of_the_api_is_a_configured_catalog() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("connection.json");
    let config = |selected: bool| {
        format!(
            r#"{{"syncMode": "incremental", "destinationSyncMode": "append_dedup", "cursorField": ["at"], "primaryKey": [["id"]], "selected": {selected}}}"#
        )
    };
    let stream = |name: &str, selected| {
        format!(r#"{{"stream": {{"name": "{name}", "jsonSchema": {{}}}}, "config": {}}}"#, config(selected))
    };
    let text = format!(
        r#"{{"syncCatalog": {{"streams": [{}, {}]}}}}"#,
        stream("visits", true),
        stream("left_out", false)
    );
    std::fs::write(&path, text).expect("a file");
    let streams = configured_catalog(&path, &limits::Limits::default()).expect("a configured catalog");
    let [visits] = streams.as_slice() else { panic!("{streams:?}") };
    assert_eq!((&*visits.id.name, visits.dedups()), ("visits", true));
    assert_eq!(
        (&visits.cursor_field, &visits.primary_key),
        (&vec!["at".to_owned()], &vec![vec!["id".to_owned()]])
    );
}

#[test]
fn what_lies_beside_a_connector_hides_none_of_it() {
    let with = |kind: &'static str, beside: &[(&str, String)]| {
        let tree = Memory::new("side").file("manifest.yaml", MANIFEST.replace("TYPE", kind));
        beside.iter().fold(tree, |tree, (name, text)| tree.file(name, text.replace("TYPE", "string")))
    };
    let connection =
        format!("{{\"syncCatalog\": {{\"streams\": [{{\"stream\": {STREAM}, \"config\": {{}}}}]}}}}");
    let discovered =
        format!("{{\"catalog\": {{\"streams\": [{{\"stream\": {STREAM}, \"config\": {{}}}}]}}}}");
    for (name, text) in [("connection.json", connection), ("discovered.json", discovered)] {
        let beside = [(name, text)];
        let report = held(with("string", &beside), with("integer", &beside));
        assert_eq!(report.verdict.outcome, Outcome::Breaking, "{name}");
    }
    // A manifest among the examples of a Java connector makes no streams.
    let java = |kind: &'static str| {
        let spec = r#"{"connectionSpecification": {"type": "object"}}"#;
        Memory::new("side")
            .file("src/main/resources/spec.json", spec)
            .file("example.yaml", MANIFEST.replace("TYPE", kind))
    };
    assert_eq!(held(java("string"), java("integer")).findings.len(), 0);
}

#[test]
fn the_catalog_of_a_job_lists_what_one_connection_syncs() {
    let job = |names: &[&str]| {
        let stream = |name: &&str| {
            format!(
                r#"{{"stream": {{"name": "{name}", "json_schema": {{"type": "object"}}, "supported_sync_modes": ["full_refresh"]}}, "sync_mode": "full_refresh", "destination_sync_mode": "append"}}"#
            )
        };
        let streams: Vec<String> = names.iter().map(stream).collect();
        let text = format!(r#"{{"config": {{}}, "catalog": {{"streams": [{}]}}}}"#, streams.join(", "));
        Memory::new("job.json").file("", text)
    };
    let report = held(job(&["visits", "lamps"]), job(&["visits"]));
    assert_eq!((report.verdict.outcome, report.findings.len()), (Outcome::Compatible, 0));
}

#[test]
fn a_destination_as_the_api_prints_it_is_one() {
    let spec = |modes: &str, key: &str| {
        let text = format!(
            "{{\"connectionSpecification\": {CONFIG}, \"{key}\": [{modes}], \"jobInfo\": {{\"id\": \"MODES\"}}}}"
        );
        Memory::new("spec.json").file("", text.replace("TYPE", "string").replace("MODES", key))
    };
    let both = r#""append", "overwrite""#;
    let api = |modes: &str| spec(modes, "supportedDestinationSyncModes");
    let report = held(api(both), api(r#""append""#));
    let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["dest-sync-mode-removed"]);
    // Both spellings say the same.
    let report = held(spec(both, "supported_destination_sync_modes"), api(both));
    assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:?}", report.findings);
}

#[test]
fn requests_that_differ_deep_inside_are_behaviour() {
    let manifest = |leaf: &str| {
        let nested = format!("{}{leaf}{}", "{x: ".repeat(70), "}".repeat(70));
        let requester = format!("path: visits, request_body_json: {nested}}}");
        Memory::new("manifest.yaml")
            .file("", MANIFEST.replace("TYPE", "string").replace("path: visits}", &requester))
    };
    let report = held(manifest("a"), manifest("b"));
    let rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["behaviour"]);
}
