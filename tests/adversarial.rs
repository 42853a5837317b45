//! Input made to hurt: every one is said in words with its place, never a panic, never "compatible".

#[path = "support/sides.rs"]
mod sides;

use std::path::Path;

use connector_diff::load::{Side, connector};
use connector_diff::model::{ConnectorReport, Level, Outcome, ReportError};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use sides::report;

const SPEC: &str =
    r#"{"connectionSpecification": {"type": "object", "properties": {"a": {"type": "string"}}}}"#;
const CATALOG: &str = r#"{"streams": [{"name": "users", "json_schema": {"type": "object", "properties": {"id": {"type": "string"}}}, "supported_sync_modes": ["full_refresh"]}]}"#;

fn side(path: &Path) -> Side {
    Side { path: path.to_path_buf(), ..Side::default() }
}

/// Compares two files that are called `name` on both sides.
fn files(name: &str, old: &[u8], new: &[u8]) -> ConnectorReport {
    let [old, new] = [("old", old), ("new", new)]
        .map(|(side, content)| sides::load(Memory::new(format!("{side}/{name}")).file("", content)));
    compare(&old, &new, &Options::default())
}

#[track_caller]
fn unreadable(report: &ConnectorReport, expected: &str) {
    assert_ne!(report.verdict.outcome, Outcome::Compatible);
    assert_ne!(report.verdict.outcome, Outcome::Review);
    let messages: Vec<String> = report
        .errors
        .iter()
        .map(|error| format!("{}:{:?}: {}", error.file, error.line, error.message))
        .collect();
    assert!(
        messages.iter().any(|message| message.contains(expected)),
        "expected {expected:?} in {messages:#?}"
    );
}

#[test]
fn broken_json_is_named() {
    let cases: [(&str, &[u8], &str); 12] = [
        ("spec.json", b"", "found an empty file"),
        ("spec.json", b"   \n", "found an empty file"),
        ("spec.json", &SPEC.as_bytes()[..40], "found the end of the file"),
        ("spec.json", b"{\"connectionSpecification\": {\"default\": NaN}}", "NaN"),
        ("spec.json", b"{\"connectionSpecification\": {\"default\": -Infinity}}", "Infinity"),
        ("spec.json", b"{\"connectionSpecification\": {\"default\": 1e400}}", "1e400"),
        ("spec.json", b"{\"connectionSpecification\": {\"title\": \"\\ud800\"}}", "surrogate"),
        ("spec.json", b"{\"connectionSpecification\": {\"title\": \"\xff\"}}", "UTF-8"),
        ("spec.json", b"\xff\xfe{\x00}\x00", "UTF-16"),
        ("spec.json", b"{\"connectionSpecification\": [1]}", "connectionSpecification to be a JSON schema"),
        ("spec.json", b"{\"other\": 1}", "cannot tell what this file is"),
        ("catalog.json", b"{\"streams\": 7}", "streams"),
    ];
    for (name, broken, expected) in cases {
        let fine = if name.starts_with("spec") { SPEC } else { CATALOG };
        unreadable(&files(name, fine.as_bytes(), broken), expected);
        unreadable(&files(name, broken, fine.as_bytes()), expected);
    }
}

#[test]
fn a_byte_order_mark_is_no_content() {
    let marked = format!("\u{feff}{SPEC}");
    let report = files("spec.json", SPEC.as_bytes(), marked.as_bytes());
    assert_eq!(report.verdict.outcome, Outcome::Compatible);
    assert!(report.findings.is_empty());
}

#[test]
fn depth_is_an_error_and_no_overflow() {
    let depth = 100_000;
    let array = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    unreadable(
        &files(
            "spec.json",
            SPEC.as_bytes(),
            format!("{{\"connectionSpecification\": {{\"default\": {array}}}}}").as_bytes(),
        ),
        "128",
    );
    unreadable(&files("x.json", CATALOG.as_bytes(), array.as_bytes()), "cannot tell what this file is");
    let state = |blob: &str| {
        format!(
            r#"[{{"type": "STREAM", "stream": {{"stream_descriptor": {{"name": "users"}}, "stream_state": {blob}}}}}]"#
        )
    };
    let position = state(r#"{"at": "2024-05-01"}"#);
    let deep = state(&format!(r#"{{"at": "2024-05-01", "states": [{{"partition": {array}}}, {array}]}}"#));
    let report = files("state.json", position.as_bytes(), deep.as_bytes());
    assert_eq!(report.findings[0].rule, "state-partitioned");
    let schema = format!(
        "{{\"streams\": [{{\"name\": \"users\", \"json_schema\": {{\"a\": {array}}}, \"supported_sync_modes\": []}}]}}"
    );
    unreadable(&files("catalog.json", CATALOG.as_bytes(), schema.as_bytes()), "stream users");
    let yaml = format!("streams: {}", "[".repeat(depth));
    unreadable(
        &files(
            "manifest.yaml",
            b"type: DeclarativeSource\nversion: 1\ncheck: {}\nstreams: []\n",
            yaml.as_bytes(),
        ),
        "--limit nesting=",
    );
}

#[test]
fn a_missing_side_is_an_error() {
    let missing = connector(&side(Path::new("no/such/connector")));
    let report = compare(&missing, &missing, &Options::default());
    unreadable(&report, "is the path right?");
}

#[test]
fn two_empty_catalogs_decide_nothing() {
    let report = files("catalog.json", b"{\"streams\": []}", b"{\"streams\": []}");
    assert_eq!(report.verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn an_empty_directory_decides_nothing() {
    let report = report(&[("README.md", "nothing here")], &[("README.md", "nothing here")]);
    assert_eq!(report.verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn one_broken_stream_hides_no_other() {
    let two = |first: &str, kind: &str| {
        format!(
            r#"{{"streams": [{first}, {{"name": "orders", "json_schema": {{"type": "object", "properties": {{"id": {{"type": "{kind}"}}}}}}, "supported_sync_modes": ["full_refresh"]}}]}}"#
        )
    };
    let fine = r#"{"name": "users", "json_schema": {}, "supported_sync_modes": []}"#;
    for broken in [
        "7",
        r#"{"json_schema": {}}"#,
        r#"{"name": 7, "json_schema": {}}"#,
        r#"{"name": "users", "json_schema": "text", "supported_sync_modes": []}"#,
        r#"{"name": "users", "json_schema": {}, "supported_sync_modes": "all"}"#,
        r#"{"name": "users", "json_schema": {}, "source_defined_primary_key": [[1]]}"#,
        r#"{"name": "users", "namespace": 3, "json_schema": {}}"#,
    ] {
        let report = files("catalog.json", two(fine, "string").as_bytes(), two(broken, "integer").as_bytes());
        assert!(!report.errors.is_empty(), "{broken}");
        assert!(
            report.findings.iter().any(|f| f.rule == "field-type-narrowed"),
            "{broken}: {:#?}",
            report.findings
        );
    }
}

const MANIFEST: &str = "version: 6.0.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [users]}\nstreams:\n  - type: DeclarativeStream\n    name: users\n    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: string}}}}\n";

#[test]
fn what_breaks_only_on_the_new_side_is_a_finding() {
    let cases = [
        format!("{MANIFEST}definitions:\n  a: {{$ref: '#/definitions/missing'}}\n"),
        format!("{MANIFEST}definitions:\n  a: {{$ref: '#/definitions/a'}}\n"),
        MANIFEST.replace("version: 6.0.0\n", ""),
        MANIFEST.replace("name: users", "name: users\n    primary_key: [[a, b]]"),
        MANIFEST.replace("type: object", "type: object\n\t  tab"),
        MANIFEST.replace("version: 6.0.0", "version: ="),
        "type: [unclosed".to_owned(),
    ];
    for broken in cases {
        let new = report(&[("manifest.yaml", MANIFEST)], &[("manifest.yaml", &broken)]);
        assert!(
            new.findings.iter().any(|f| f.rule == "manifest-invalid" && f.level == Level::Breaking),
            "{broken}"
        );
        assert_eq!(new.verdict.outcome, Outcome::Breaking);
        let old = report(&[("manifest.yaml", &broken)], &[("manifest.yaml", MANIFEST)]);
        assert_eq!(old.verdict.outcome, Outcome::Inconclusive, "{broken}");
        assert!(!old.errors.is_empty());
    }
}

/// Each fault of a manifest is named with its line, and what can be read is still compared.
#[test]
fn broken_manifests_are_named_with_their_line() {
    let manifest = |orders: &str, more: &str| {
        format!(
            "version: 6.48.0
type: DeclarativeSource
check: {{type: CheckStream, stream_names: [orders]}}
definitions:
  retriever:
    type: SimpleRetriever
    requester: {{type: HttpRequester, url_base: https://lantern.test, path: orders}}
    record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
streams:
  - type: DeclarativeStream
    name: orders
    retriever: {{$ref: '#/definitions/retriever'}}
    schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}
{orders}  - type: DeclarativeStream
    name: customers
    retriever: {{$ref: '#/definitions/retriever'}}
    schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}
{more}"
        )
    };
    let old = manifest("", "");
    for (orders, more, expected) in [
        (
            "    incremental_sync: {type: DatetimeBasedCursr, cursor_field: at}\n",
            "",
            "did you mean DatetimeBasedCursor?",
        ),
        ("    primary_key: [[id, part]]\n", "", "manifest.yaml:10: stream orders: primary_key: nested"),
        ("    $parameters: [path]\n", "", "manifest.yaml:10: expected a mapping in `$parameters`"),
        (
            "    incremental_sync: {$ref: '#/definitions/cursor'}\n",
            "",
            "manifest.yaml:14: the reference #/definitions/cursor",
        ),
        ("", "surprise: 1\n", "manifest.yaml:1: the key `surprise` is not known"),
        ("    primary_key:\t[id\n", "", "manifest.yaml:1"),
        ("", "loop: &loop {a: *loop}\n", "manifest.yaml:"),
    ] {
        let report =
            report(&[("manifest.yaml", old.as_str())], &[("manifest.yaml", &manifest(orders, more))]);
        let finding = report.findings.iter().find(|finding| finding.rule == "manifest-invalid");
        let finding = finding.unwrap_or_else(|| panic!("{orders}{more}: {report:#?}"));
        assert!(finding.effect.to_string().contains(expected), "{orders}{more}: {}", finding.effect);
        let gone = report.findings.iter().any(|finding| finding.rule == "stream-removed");
        assert!(!gone, "{orders}{more}: what can be read is still compared");
    }
}

/// Many partitions in many streams are read once each.
#[test]
fn a_state_of_many_partitions_is_met_by_a_manifest() {
    let streams: String = (0..20)
        .map(|number| {
            format!(
                "  - type: DeclarativeStream
    name: s{number}
    retriever:
      type: SimpleRetriever
      requester: {{type: HttpRequester, url_base: https://lantern.test, path: x}}
      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
      partition_router: {{type: ListPartitionRouter, cursor_field: board, values: [a]}}
    incremental_sync: {{type: DatetimeBasedCursor, cursor_field: at, datetime_format: '%Y-%m-%d', start_datetime: '2020-01-01'}}
"
            )
        })
        .collect();
    let manifest = format!(
        "version: 6.48.0\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [s0]}}\nstreams:\n{streams}"
    );
    let partitions: Vec<serde_json::Value> = (0..10_000)
        .map(|number| serde_json::json!({"partition": {"board": number}, "cursor": {"at": "2024-05-01"}}))
        .collect();
    let messages: Vec<serde_json::Value> = (0..20)
        .map(|number| {
            serde_json::json!({"type": "STREAM", "stream": {
                "stream_descriptor": {"name": format!("s{number}")},
                "stream_state": {"use_global_cursor": false, "states": partitions, "state": {"at": "2024-05-01"}}}})
        })
        .collect();
    let state = serde_json::Value::from(messages).to_string();
    let report = report(
        &[("manifest.yaml", manifest.as_str()), ("state.json", state.as_str())],
        &[("manifest.yaml", manifest.as_str())],
    );
    assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:#?}", report.findings);
}

#[test]
fn alias_bombs_end() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let refs = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
    }
    let report = files(
        "manifest.yaml",
        MANIFEST.as_bytes(),
        format!("{MANIFEST}definitions:\n{}", indent(&bomb)).as_bytes(),
    );
    unreadable(&report, "aliases expand");
}

#[test]
fn reference_bombs_end() {
    let mut bomb =
        String::from("schemas:\n  a0: {type: object, properties: {a: {type: string}, b: {type: string}}}\n");
    for level in 1..40 {
        let target = format!("{{$ref: '#/schemas/a{}'}}", level - 1);
        bomb.push_str(&format!("  a{level}: {{type: object, properties: {{a: {target}, b: {target}}}}}\n"));
    }
    let manifest = MANIFEST.replace(
        "schema: {type: object, properties: {id: {type: string}}}",
        "schema: {$ref: '#/schemas/a39'}",
    );
    let report = report(&[("manifest.yaml", MANIFEST)], &[("manifest.yaml", &format!("{manifest}{bomb}"))]);
    let is_named = |error: &ReportError| error.message.contains("--limit ref-values=");
    assert!(report.errors.iter().any(is_named), "{:#?}", report.errors);
    assert_eq!(report.verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn json_and_yaml_nest_equally_deep() {
    // The file and `connectionSpecification` are two levels, and the 1 is one.
    let json = |lists: usize| {
        format!(r#"{{"connectionSpecification": {{"a": {}1{}}}}}"#, "[".repeat(lists), "]".repeat(lists))
    };
    let flow = |lists: usize| format!("# YAML\n{}", json(lists));
    let block = |lists: usize| format!("connectionSpecification:\n  a:\n    {}1\n", "- ".repeat(lists));
    let aliases = |lists: usize| {
        let lists: String = (1..=lists).map(|i| format!("  a{i}: &a{i} [*a{}]\n", i - 1)).collect();
        format!("connectionSpecification:\n  a0: &a0 1\n{lists}")
    };
    let errors = |name: &str, text: String| {
        let report = report(&[(name, &text)], &[(name, &format!("{text}\n"))]);
        report.errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>()
    };
    for (name, text) in [
        ("spec.json", &json as &dyn Fn(usize) -> String),
        ("spec.yaml", &flow),
        ("spec.yaml", &block),
        ("spec.yaml", &aliases),
    ] {
        assert_eq!(errors(name, text(125)), Vec::<String>::new(), "{name}");
        let told = errors(name, text(126));
        let expected = "the values nest deeper than the limit nesting=128: raise it with --limit nesting=256";
        assert_eq!(told, [expected; 2], "{name}");
    }
    // Dropping such a value would overflow the stack.
    assert_eq!(errors("spec.yaml", aliases(300_000)).len(), 2);
}

#[test]
fn union_bombs_end_and_are_said() {
    let bomb = |kind: &str| {
        let mut definitions =
            format!(r#""u0": {{"type": "object", "properties": {{"a": {{"type": "{kind}"}}}}}}"#);
        for level in 1..9 {
            let options = vec![format!(r##"{{"$ref": "#/definitions/u{}"}}"##, level - 1); 10].join(", ");
            definitions.push_str(&format!(r#", "u{level}": {{"oneOf": [{options}]}}"#));
        }
        format!(
            r##"{{"streams": [{{"name": "s", "json_schema": {{"type": "object", "definitions": {{{definitions}}},
            "properties": {{"x": {{"$ref": "#/definitions/u8"}}}}}}, "supported_sync_modes": []}}]}}"##
        )
    };
    let report = files("catalog.json", bomb("string").as_bytes(), bomb("integer").as_bytes());
    assert_eq!(report.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["schema-too-large"]);
}

#[test]
fn specs_that_fan_out_end() {
    let bomb = |kind: &str| {
        let mut definitions = format!(r#""d0": {{"type": "{kind}"}}"#);
        for level in 1..12 {
            let below = format!(r##"{{"$ref": "#/definitions/d{}"}}"##, level - 1);
            let fields = ["a", "b", "c", "d"].map(|name| format!(r#""{name}": {below}"#)).join(", ");
            definitions
                .push_str(&format!(r#", "d{level}": {{"type": "object", "properties": {{{fields}}}}}"#));
        }
        format!(
            r##"{{"connectionSpecification": {{"type": "object", "definitions": {{{definitions}}},
            "properties": {{"x": {{"$ref": "#/definitions/d11"}}}}}}}}"##
        )
    };
    let same = files("spec.json", bomb("string").as_bytes(), bomb("string").as_bytes());
    assert_eq!(same.verdict.outcome, Outcome::Compatible);
    let differs = files("spec.json", bomb("string").as_bytes(), bomb("integer").as_bytes());
    assert_eq!(differs.verdict.outcome, Outcome::Breaking);
}

#[test]
fn references_nested_deeper_than_any_file_end() {
    let chain = |length: usize, kind: &str| {
        let mut definitions = format!(r#""d0": {{"type": "{kind}"}}"#);
        for level in 1..length {
            let below = format!(r##"{{"$ref": "#/definitions/d{}"}}"##, level - 1);
            definitions
                .push_str(&format!(r#", "d{level}": {{"type": "object", "properties": {{"a": {below}}}}}"#));
        }
        let top = format!(r##"{{"$ref": "#/definitions/d{}"}}"##, length - 1);
        format!(r#"{{"type": "object", "definitions": {{{definitions}}}, "properties": {{"x": {top}}}}}"#)
    };
    let spec = |kind: &str| format!(r#"{{"connectionSpecification": {}}}"#, chain(5_000, kind));
    let report = files("spec.json", spec("string").as_bytes(), spec("integer").as_bytes());
    assert_ne!(report.verdict.outcome, Outcome::Compatible);
    let catalog = |kind: &str| {
        format!(
            r#"{{"streams": [{{"name": "s", "json_schema": {}, "supported_sync_modes": []}}]}}"#,
            chain(1_000, kind)
        )
    };
    let report = files("catalog.json", catalog("string").as_bytes(), catalog("integer").as_bytes());
    assert_ne!(report.verdict.outcome, Outcome::Compatible);
}

#[test]
fn circles_that_never_meet_end() {
    let spec = |first: &str, kind: &str| {
        format!(
            r##"{{"connectionSpecification": {{"type": "object", "properties": {{"p": {first}, "q": {{"type": "{kind}"}}}},
            "definitions": {{"A": {{"properties": {{"x": {{"properties": {{"x": {{"$ref": "#/definitions/A"}}}}}}}}}}}}}}}}"##
        )
    };
    let even = r##"{"$ref": "#/definitions/A"}"##;
    let odd = r##"{"properties": {"x": {"$ref": "#/definitions/A"}}}"##;
    let report = files("spec.json", spec(even, "string").as_bytes(), spec(odd, "string").as_bytes());
    assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:#?}", report.findings);
    let report = files("spec.json", spec(even, "string").as_bytes(), spec(odd, "integer").as_bytes());
    assert_eq!(report.verdict.outcome, Outcome::Breaking);
}

#[test]
fn recursive_schema_files_end() {
    let page = r#"{"type": "object", "properties": {"id": {"type": "string"}, "parent": {"$ref": "page.json"}, "owner": {"$ref": "user.json"}}}"#;
    let user = r#"{"type": "object", "properties": {"name": {"type": "string"}, "pages": {"type": "array", "items": {"$ref": "page.json"}}}}"#;
    let side = |user: &str| {
        vec![
            ("source_x/schemas/pages.json", "{\"$ref\": \"page.json\"}".to_owned()),
            ("source_x/schemas/shared/page.json", page.to_owned()),
            ("source_x/schemas/shared/user.json", user.to_owned()),
        ]
    };
    let (old, new) = (side(user), side(&user.replace("\"name\": {\"type\": \"string\"}, ", "")));
    let old: Vec<(&str, &str)> = old.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let new: Vec<(&str, &str)> = new.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let report = report(&old, &new);
    let fields: Vec<String> = report.findings.iter().map(|finding| finding.field.join(".")).collect();
    assert_eq!(fields, ["owner.name"], "told once, at the shortest path");
    assert_eq!(report.findings[0].cause.as_deref(), Some("source_x/schemas/shared/user.json"));
}

#[test]
fn a_truncated_message_is_not_skipped() {
    let message = format!("{{\"type\": \"CATALOG\", \"catalog\": {CATALOG}}}");
    let old = format!(
        "starting\n{{\"type\": \"LOG\", \"log\": {{\"level\": \"INFO\", \"message\": \"x\"}}}}\n{message}\n"
    );
    let new = format!("starting\n{}\n", &message[..message.len() - 20]);
    unreadable(&files("output.jsonl", old.as_bytes(), new.as_bytes()), "a CATALOG message cannot be read");
    let same = files("output.jsonl", old.as_bytes(), old.as_bytes());
    assert_eq!(same.verdict.outcome, Outcome::Compatible);
}

#[test]
fn odd_schemas_never_panic() {
    let odd = [
        "true",
        "false",
        "7",
        "\"text\"",
        "[]",
        "[{}]",
        "null",
        r#"{"type": 7}"#,
        r#"{"type": ["unknown"]}"#,
        r#"{"type": "object", "properties": []}"#,
        r#"{"type": "object", "properties": {"a": "string", "b": true, "c": [1]}}"#,
        r##"{"$ref": "#"}"##,
        r##"{"$ref": "#/nowhere"}"##,
        r##"{"$ref": 7}"##,
        r##"{"properties": {"$ref": "#/definitions/x", "extra": {}}, "definitions": {"x": {"id": {"type": "string"}}}}"##,
        r#"{"oneOf": []}"#,
        r#"{"oneOf": {}}"#,
        r#"{"oneOf": [1, null]}"#,
        r#"{"items": [[], 1]}"#,
        r#"{"properties": {"ID": {}, "id": {}, "+1": {}, "a/b": {}, "": {}}}"#,
        r#"{"enum": 7, "required": 7, "minimum": "x", "multipleOf": 0}"#,
    ];
    for old in odd {
        for new in odd {
            let spec = |schema: &str| {
                format!(
                    r#"{{"connectionSpecification": {{"type": "object", "properties": {{"p": {schema}}}}}}}"#
                )
            };
            let catalog = |schema: &str| {
                format!(
                    r#"{{"streams": [{{"name": "s", "json_schema": {{"type": "object", "properties": {{"p": {schema}}}}}, "supported_sync_modes": []}}]}}"#
                )
            };
            let reports = [
                files("spec.json", spec(old).as_bytes(), spec(new).as_bytes()),
                files("catalog.json", catalog(old).as_bytes(), catalog(new).as_bytes()),
            ];
            if serde_json::from_str::<serde_json::Value>(old).ok() != serde_json::from_str(new).ok() {
                for report in reports {
                    let said = !report.findings.is_empty()
                        || !report.unjudged.is_empty()
                        || !report.errors.is_empty();
                    assert!(said, "{old} against {new} is skipped in silence");
                }
            }
        }
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
