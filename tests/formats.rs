//! What people and programs read: one snapshot per format over the demo connector.

#[path = "support/sides.rs"]
mod sides;

use connector_diff::limits::Limits;
use connector_diff::load::{Side, configured_catalog, connector};
use connector_diff::model::ConnectorReport;
use connector_diff::report::{Asked, Markdown, Render, Text, View, json, schema};
use connector_diff::{Options, compare, report};

fn side(path: &str) -> Side {
    Side { path: path.into(), ..Side::default() }
}

fn demo(options: &Options) -> ConnectorReport {
    let old = connector(&side("corpus/demo/old/source-bookshop"));
    let new = connector(&side("corpus/demo/new/source-bookshop"));
    compare(&old, &new, options)
}

/// The text report, in brief where no more is asked for.
fn text(report: &ConnectorReport, asked: Asked) -> String {
    let asked = Asked { brief: !asked.all && !asked.verbose, ..asked };
    plain(&Text::default().render(&View::of(report, asked).into()))
}

fn markdown(report: &ConnectorReport, most_characters: usize) -> String {
    Markdown { most_characters, files_at: None }.render(&View::of(report, Asked::default()).into())
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn text_report() {
    insta::assert_snapshot!(text(&demo(&Options::default()), Asked::default()));
}

#[test]
fn text_report_with_everything() {
    let asked = Asked { all: true, verbose: true, ..Asked::default() };
    insta::assert_snapshot!(text(&demo(&Options::default()), asked));
}

#[test]
fn a_quiet_release_is_one_line() {
    let old = connector(&side("corpus/demo/old/source-bookshop"));
    let quiet = compare(&old, &old, &Options::default());
    let printed = text(&quiet, Asked::default());
    assert_eq!(printed.lines().count(), 1, "{printed}");
    insta::assert_snapshot!(printed);
}

#[test]
fn markdown_report() {
    insta::assert_snapshot!(markdown(&demo(&Options::default()), 60_000));
}

#[test]
fn a_long_markdown_report_is_cut_between_rows_and_says_so() {
    let cut = markdown(&demo(&Options::default()), 1_800);
    assert!(cut.chars().count() <= 1_800, "{} characters", cut.chars().count());
    assert!(cut.contains("Left out for length"), "{cut}");
    assert_eq!(cut.matches("<details>").count(), cut.matches("</details>").count());
}

#[test]
fn json_report() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("configured.json");
    let configured = r#"{"streams": [{"stream": {"name": "orders", "json_schema": {},
        "supported_sync_modes": ["full_refresh", "incremental"]}, "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup", "cursor_field": ["updated_at"], "primary_key": [["id"]]}]}"#;
    std::fs::write(&path, configured).expect("a temporary file");
    let configured_catalog =
        Some(configured_catalog(&path, &Limits::default()).expect("a configured catalog"));
    let options = Options { configured_catalog, patch: true, ..Options::default() };
    insta::assert_snapshot!(json(&report(vec![demo(&options)])));
}

#[test]
fn the_published_report_schema_is_current() {
    let published = include_str!("../docs/report.schema.json");
    assert_eq!(published, schema(), "run: cargo run --example dev -- generate");
}

#[test]
fn every_json_report_has_the_shape_that_programs_rely_on() {
    let value: serde_json::Value =
        serde_json::from_str(&json(&report(vec![demo(&Options::default())]))).expect("JSON");
    assert_eq!(value["schema_version"], 1);
    let one = &value["connectors"][0];
    for key in [
        "outcome",
        "required_bump",
        "bump_if_confirmed",
        "actual_bump",
        "minimum_version",
        "declaration",
        "breaking_types",
        "scope",
        "platform_breaking",
        "rollback_safe",
    ] {
        assert!(one["verdict"].get(key).is_some(), "verdict.{key}");
    }
    for key in [
        "id",
        "rule",
        "level",
        "type",
        "bump",
        "artifact",
        "stream",
        "field",
        "branch",
        "pointer",
        "editions",
        "platform",
        "related",
        "old",
        "new",
        "scope",
        "effect",
        "action",
        "evidence",
        "origin",
        "cause",
        "migration",
        "waived",
    ] {
        assert!(one["findings"][0].get(key).is_some(), "finding.{key}");
    }
}

#[test]
fn a_part_of_a_request_is_told_with_its_stream() {
    let manifest = |path: &str, method: &str| {
        let stream = |name: &str, requester: String| {
            format!(
                "  - type: DeclarativeStream\n    name: {name}\n    retriever:\n      type: SimpleRetriever\n      \
                 requester: {{type: HttpRequester, url_base: \"https://lantern.test\", {requester}}}\n      \
                 record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}\n    \
                 schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}\n"
            )
        };
        let visits = stream("visits", format!("path: {path}"));
        let guests = stream("guests", format!("path: guests, http_method: {method}"));
        let head = "version: 6.0.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [visits]}\nstreams:\n";
        let spec = "spec: {type: Spec, connection_specification: {type: object, properties: {}}}\n";
        sides::load(sides::file("manifest.yaml", format!("{head}{visits}{guests}{spec}")))
    };
    let edited = compare(&manifest("v1", "GET"), &manifest("v2", "POST"), &Options::default());
    let printed = text(&edited, Asked { all: true, ..Asked::default() });
    for expected in ["  visits: part `request (path)`\n", "  guests: part `request (http_method)`\n"] {
        assert!(printed.contains(expected), "{printed}");
    }
}

#[test]
fn lines_are_those_of_the_file_or_none() {
    let catalog = |kind: &str| {
        format!("streams:\n  - name: a\n    json_schema:\n      properties:\n        id: {{type: {kind}}}\n")
    };
    let load = |name: &str, text: String| sides::load(sides::file(name, text));
    let of_yaml =
        compare(&load("o.yaml", catalog("integer")), &load("n.yaml", catalog("string")), &Options::default());
    let printed = text(&of_yaml, Asked::default());
    // A catalog in YAML is read through its JSON form, whose lines are not those of the file.
    assert!(printed.contains("    --> n.yaml\n  effect:"), "{printed}");
    let json = |kind: &str| {
        format!(
            "{{\"streams\": [{{\"name\": \"a\", \"json_schema\": {{\"properties\": {{\n\"id\": {{\"type\": \"{kind}\"}}}}}}}}]}}"
        )
    };
    let of_json =
        compare(&load("o.json", json("integer")), &load("n.json", json("string")), &Options::default());
    let printed = text(&of_json, Asked::default());
    assert!(printed.contains("--> n.json:2:1\n        2 - \"id\": {\"type\": \"integer\"}"), "{printed}");
}

#[test]
fn what_is_told_together_keeps_its_names_and_values() {
    let spec = |modes: &[&str]| {
        serde_json::json!({"connectionSpecification": {"type": "object"},
            "supported_destination_sync_modes": modes})
    };
    let key = |key: &str| {
        let streams = ["a", "b", "c"].map(|name| {
            let key = format!("{name}_{key}");
            serde_json::json!({"name": name, "json_schema": {}, "source_defined_primary_key": [[key]]})
        });
        serde_json::json!({"streams": streams})
    };
    let compared = |old: serde_json::Value, new: serde_json::Value| {
        let load = |name: &str, value: serde_json::Value| sides::load(sides::file(name, value.to_string()));
        compare(&load("old.json", old), &load("new.json", new), &Options::default())
    };
    let modes =
        compared(spec(&["append", "overwrite", "append_dedup", "overwrite_dedup"]), spec(&["append"]));
    let printed = text(&modes, Asked::default());
    assert!(printed.contains("  spec: sync modes append_dedup, overwrite, overwrite_dedup\n"), "{printed}");
    let reach = "affects connections in append_dedup, overwrite or overwrite_dedup mode\n";
    assert!(printed.contains(reach), "{printed}");
    let comment = markdown(&modes, 60_000);
    let reach = "connections in append\\_dedup, overwrite or overwrite\\_dedup mode";
    assert!(comment.contains(reach), "{comment}");

    let keys = compared(key("id"), key("uuid"));
    let printed = text(&keys, Asked::default());
    assert!(printed.contains("3 streams: a (a_id → a_uuid), b (b_id → b_uuid)"), "{printed}");
    assert!(printed.contains("deduplicated by another key"), "{printed}");
}

#[test]
fn what_is_told_together_names_options_namespaces_and_the_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let compared = |old: serde_json::Value, new: serde_json::Value| {
        let load = |name: &str, value: serde_json::Value| {
            let path = folder.path().join(name);
            std::fs::write(&path, value.to_string()).expect("a temporary file");
            connector(&Side { path, ..Side::default() })
        };
        compare(&load("old.json", old), &load("new.json", new), &Options::default())
    };
    let spec = |config: serde_json::Value| serde_json::json!({"connectionSpecification": config});
    let options = |longest: u64| {
        let option = |name: &str| {
            serde_json::json!({"type": "object", "properties": {"kind": {"type": "string", "const": name},
                "token": {"type": "string", "maxLength": longest}}})
        };
        spec(serde_json::json!({"type": "object", "properties":
            {"login": {"type": "object", "oneOf": [option("a"), option("b"), option("c")]}}}))
    };
    let printed = text(&compared(options(9), options(5)), Asked::default());
    for option in ["kind a", "kind b", "kind c"] {
        assert!(printed.contains(&format!("login.token in option `{option}`")), "{printed}");
    }

    let closed = |is_open: bool| {
        let inner = serde_json::json!({"type": "object", "properties": {"x": {"type": "string"}},
            "additionalProperties": is_open});
        spec(serde_json::json!({"type": "object", "properties": {"p": inner, "q": inner},
            "additionalProperties": is_open}))
    };
    let printed = text(&compared(closed(true), closed(false)), Asked { all: true, ..Asked::default() });
    assert!(printed.contains("  spec: p, q\n") && printed.contains("  spec\n"), "{printed}");

    let streams = |names: &[&str]| {
        let streams: Vec<_> = names
            .iter()
            .map(|space| serde_json::json!({"name": "users", "namespace": space, "json_schema": {}}))
            .chain([serde_json::json!({"name": "kept", "json_schema": {}})])
            .collect();
        serde_json::json!({"streams": streams})
    };
    let printed = text(&compared(streams(&["a", "b", "c"]), streams(&[])), Asked::default());
    assert!(printed.contains("a.users, b.users, c.users"), "{printed}");
}

#[test]
fn a_name_says_no_more_in_markdown_than_it_is() {
    let load = |name: &str, streams: &[&str]| {
        let streams: Vec<_> =
            streams.iter().map(|name| serde_json::json!({"name": name, "json_schema": {}})).collect();
        sides::load(sides::file(name, serde_json::json!({"streams": streams}).to_string()))
    };
    let old = load("old.json", &["kept", "a```<h1>fine</h1>`", "b&lt;c", "d|e"]);
    let comment = markdown(&compare(&old, &load("new.json", &["kept"]), &Options::default()), 60_000);
    assert!(comment.contains("```` a```<h1>fine</h1>` ````"), "{comment}");
    assert!(comment.contains("`b&lt;c`") && comment.contains("`d\\|e`"), "{comment}");
}

/// A manifest with these definitions, in which the stream `visits` is this.
fn manifest(definitions: &str, stream: &str) -> String {
    format!(
        "version: 6.48.0\ntype: DeclarativeSource\ncheck: {{type: CheckStream, stream_names: [visits]}}\n\
         definitions:\n{definitions}streams:\n{stream}"
    )
}

#[test]
fn a_shared_place_is_one_of_the_side_that_is_shown() {
    let base = |key: &str| {
        format!(
            "  base:\n    type: DeclarativeStream\n{key}    retriever:\n      type: SimpleRetriever\n      requester: {{type: \
             HttpRequester, url_base: \"https://lantern.test\", path: visits}}\n      record_selector: {{type: \
             RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}\n    schema_loader: {{type: \
             InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}, no: {{type: integer}}}}}}}}\n"
        )
    };
    let stream = |key: &str| format!("  - $ref: \"#/definitions/base\"\n    name: visits\n{key}");
    let compared = |old: String, new: String| {
        let load = |text: String| sides::load(sides::file("manifest.yaml", text));
        compare(&load(old), &load(new), &Options::default())
    };
    let cause = |report: &ConnectorReport| {
        let found = report.findings.iter().find(|finding| finding.rule == "primary-key-changed");
        found.expect("the key changed").cause.clone()
    };
    // The key leaves the shared definition and stands in the stream: that is where it is shown.
    let old = manifest(&base("    primary_key: id\n"), &stream(""));
    let own = compared(old.clone(), manifest(&base(""), &stream("    primary_key: \"no\"\n")));
    assert_eq!(cause(&own), None);
    let shared = compared(old, manifest(&base("    primary_key: \"no\"\n"), &stream("")));
    assert_eq!(cause(&shared).as_deref(), Some("manifest.yaml#/definitions/base"));
}

#[test]
fn what_moved_is_named_where_it_is_a_part_of_what_is_told() {
    let spec = |properties: serde_json::Value| {
        let spec =
            serde_json::json!({"connectionSpecification": {"type": "object", "properties": properties}});
        sides::load(sides::file("spec.json", spec.to_string()))
    };
    let token = serde_json::json!({"type": "string", "pattern": "^t-"});
    let inside = spec(serde_json::json!({"login": {"type": "object", "properties": {"token": token}}}));
    let outside = spec(serde_json::json!({"token": token}));
    let all = Asked { all: true, ..Asked::default() };
    let printed = text(&compare(&inside, &outside, &Options::default()), all);
    assert!(printed.contains("login (login.token may have moved to token: same name"), "{printed}");
    assert!(printed.contains("token (may have moved from login.token: same name"), "{printed}");
}

#[test]
fn a_break_says_what_users_must_do() {
    let catalog = |streams: &[&str]| {
        let streams: Vec<_> =
            streams.iter().map(|name| serde_json::json!({"name": name, "json_schema": {}})).collect();
        sides::load(sides::file("catalog.json", serde_json::json!({"streams": streams}).to_string()))
    };
    let removed = compare(&catalog(&["kept", "visits"]), &catalog(&["kept"]), &Options::default());
    let comment = markdown(&removed, 60_000);
    let row = comment.lines().find(|line| line.starts_with("| ❌")).expect("a row");
    assert!(row.ends_with("| nothing in Airbyte; change queries that use it |"), "{row}");
    let renamed =
        compare(&catalog(&["kept", "visits"]), &catalog(&["kept", "visits_v2"]), &Options::default());
    let comment = markdown(&renamed, 60_000);
    let row = comment.lines().find(|line| line.starts_with("| ❌")).expect("a row");
    assert!(row.ends_with("| enable the new stream, if it is renamed, and change queries |"), "{row}");
    let demo = markdown(&demo(&Options::default()), 60_000);
    assert!(demo.contains("| edit the settings and save them |"), "{demo}");
    assert!(
        demo.lines().filter(|line| line.starts_with("| ❌")).all(|line| !line.ends_with("| – |")),
        "{demo}"
    );
}

#[test]
fn keys_that_one_version_alone_shows_are_named() {
    let schema =
        r#"{"type": "object", "properties": {"id": {"type": "integer"}, "day": {"type": "string"}}}"#;
    let python = "class Visits(HttpStream):\n    cursor_field = 'day'\n    def get_updated_state(self, state, record):\n        \
                  return {'day': record['day']}\n\nclass SourceHarbour(AbstractSource):\n    def streams(self, \
                  config):\n        return [Visits(config)]\n";
    let old = [
        ("source_harbour/source.py", python),
        ("source_harbour/schemas/visits.json", schema),
        ("source_harbour/spec.json", r#"{"connectionSpecification": {"type": "object"}}"#),
    ];
    let said = |key: &str| {
        let stream = format!(
            "  - type: DeclarativeStream\n    name: visits\n    primary_key: {key}\n    incremental_sync: {{type: \
             DatetimeBasedCursor, cursor_field: day, datetime_format: \"%Y-%m-%d\", start_datetime: \"2024-01-01\"}}\n    \
             retriever:\n      type: SimpleRetriever\n      requester: {{type: HttpRequester, url_base: \
             \"https://harbour.test\", path: visits}}\n      record_selector: {{type: RecordSelector, extractor: {{type: \
             DpathExtractor, field_path: []}}}}\n    schema_loader: {{type: InlineSchemaLoader, schema: {schema}}}\n"
        );
        let new = manifest("  nothing: {}\n", &stream);
        let new = [old[2], ("source_harbour/manifest.yaml", new.as_str())];
        // The other way round it is Python that reads what a manifest wrote.
        let back = text(&sides::report(&new, &old), Asked::default());
        assert!(back.contains("effect: Python reads it, not a manifest"), "{back}");
        text(&sides::report(&old, &new), Asked::default())
    };
    let several = said("[id, day]");
    assert!(several.contains("state-unknown-after-rewrite"), "{several}");
    assert!(several.contains("whether these are Python's keys: visits (id, day)"), "{several}");
    // A key of one part is mostly the id that it was.
    let one = said("id");
    assert!(one.contains("state-unknown-after-rewrite") && !one.contains("primary keys"), "{one}");
    assert!(one.contains("effect: A manifest reads it, not Python: syncs may fail or start over."), "{one}");
    // Where no Python was seen, nobody knows that it was Python.
    let stream = format!(
        "  - type: DeclarativeStream\n    name: visits\n    incremental_sync: {{type: DatetimeBasedCursor, cursor_field: day, \
         datetime_format: \"%Y-%m-%d\", start_datetime: \"2024-01-01\"}}\n    retriever:\n      type: SimpleRetriever\n      \
         requester: {{type: HttpRequester, url_base: \"https://harbour.test\", path: visits}}\n      record_selector: {{type: \
         RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}\n    schema_loader: {{type: InlineSchemaLoader, \
         schema: {schema}}}\n"
    );
    let new = manifest("  nothing: {}\n", &stream);
    let new = [old[2], ("source_harbour/manifest.yaml", new.as_str())];
    let java = [("src/main/java/Visits.java", "class Visits {}\n"), old[1], old[2]];
    for (old, new) in [(&java[..], &new[..]), (&new, &java)] {
        let said = text(&sides::report(old, new), Asked::default());
        assert!(said.contains("effect: Rewritten streams may fail or start over."), "{said}");
    }
}

#[test]
fn a_stream_that_a_schema_file_alone_shows_is_told_as_such() {
    let schema = r#"{"type": "object", "properties": {"id": {"type": "integer"}}}"#;
    let old = [
        ("source_harbour/source.py", "import harbour\n"),
        ("source_harbour/schemas/visits.json", schema),
        ("source_harbour/schemas/phones.json", schema),
    ];
    let stream = "  - type: DeclarativeStream\n    name: visits\n    retriever:\n      type: SimpleRetriever\n      requester: {type: \
                  HttpRequester, url_base: \"https://harbour.test\", path: visits}\n      record_selector: {type: \
                  RecordSelector, extractor: {type: DpathExtractor, field_path: []}}\n    schema_loader: {type: \
                  InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}\n";
    let new = manifest("  nothing: {}\n", stream);
    let told = "shown by: schema files that are gone";
    let printed = text(&sides::report(&old, &[("source_harbour/manifest.yaml", &new)]), Asked::default());
    assert!(printed.contains("a stream was removed\n  phones\n") && printed.contains(told), "{printed}");
    assert!(
        printed.contains("phones; ask: find in the code which other streams use its schema file"),
        "{printed}"
    );
    // What a manifest lists is a stream.
    let listed = manifest("  nothing: {}\n", &format!("{stream}{}", stream.replace("visits", "phones")));
    let printed =
        text(&sides::report(&[("manifest.yaml", &listed)], &[("manifest.yaml", &new)]), Asked::default());
    assert!(printed.contains("a stream was removed\n  phones\n") && !printed.contains(told), "{printed}");
    assert!(!printed.contains("in the code"), "{printed}");
}

#[test]
fn a_text_report_is_brief_unless_more_is_asked_for() {
    let report = demo(&Options::default());
    let brief = text(&report, Asked::default());
    let whole = text(&report, Asked { verbose: true, ..Asked::default() });
    assert!(brief.contains("to declare it for everyone: connector-diff declare OLD NEW;"), "{brief}");
    assert!(!brief.contains("breakingChanges:") && whole.contains("breakingChanges:"), "{whole}");
    // What is declared once is not asked for with each rule.
    assert!(
        !brief.contains("Declare it, for everyone.") && whole.contains("Declare it, for everyone."),
        "{brief}"
    );
}
