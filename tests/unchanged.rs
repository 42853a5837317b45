//! What did not change is not news: defects that both sides have, samples that cannot be read, files that nothing is built
//! from, and golden specs by edition.

#[path = "support/sides.rs"]
mod sides;

#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::path::Path;

use std::sync::Arc;

use connector_diff::load::{Request, connector_in};
#[cfg(unix)]
use connector_diff::load::{Side, connector};
use connector_diff::model::{Artifact, ConnectorReport, Edition, Outcome};
use connector_diff::report::{Asked, Render, Text, View};
use connector_diff::schema::{self, Inclusion, includes};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};

use sides::{Files, report};

#[cfg(unix)]
fn write(root: &Path, old: Files<'_>, new: Files<'_>) {
    for (side, files) in [("old", old), ("new", new)] {
        for (name, body) in files {
            let path = root.join(side).join(name);
            fs::create_dir_all(path.parent().expect("below a side")).expect("a temporary folder");
            fs::write(path, body).expect("a temporary file");
        }
    }
}

#[cfg(unix)]
fn compared(root: &Path) -> ConnectorReport {
    let side = |name: &str| connector(&Side { path: root.join(name), ..Side::default() });
    compare(&side("old"), &side("new"), &Options::default())
}

fn reason(report: &ConnectorReport, artifact: Artifact) -> &str {
    let line = report.coverage.iter().find(|line| line.artifact == artifact);
    line.map_or("", |line| line.reason.as_str())
}

fn metadata(version: &str) -> String {
    format!("data:\n  dockerRepository: lantern/source-lantern\n  dockerImageTag: {version}\n")
}

const SPEC: &str =
    r#"{"connectionSpecification": {"type": "object", "properties": {"a": {"type": "string"}}}}"#;

/// One table: what each side holds in a file, and whether the report is inconclusive by it.
#[test]
fn a_defect_of_both_sides_is_coverage() {
    const FINE: &str = "x: 1\n";
    const BROKEN: &str = "x: [1\n";
    const BROKEN_OTHERWISE: &str = "x: [1\ny: }\n";
    let code = |version: &str| format!("class SourceLantern:\n    version = {version:?}\n");
    for (old, new, errors) in [
        (FINE, FINE, 0),
        (BROKEN, BROKEN, 0),
        (BROKEN, FINE, 1),
        (FINE, BROKEN, 1),
        (BROKEN, BROKEN_OTHERWISE, 2),
    ] {
        let (before, after) = (code("1"), code("2"));
        // The error stands in the same line of both broken texts, so that the bytes decide.
        let side = |text: &'static str| format!("data: {{}}\n{text}");
        let (was, is) = (side(old), side(new));
        let report = report(
            &[("spec.json", SPEC), ("source.py", &before), ("metadata.yaml", &was)],
            &[("spec.json", SPEC), ("source.py", &after), ("metadata.yaml", &is)],
        );
        assert_eq!(report.errors.len(), errors, "{old:?} and {new:?}: {:?}", report.errors);
        let expected = if errors == 0 { Outcome::Compatible } else { Outcome::Inconclusive };
        assert_eq!(report.verdict.outcome, expected, "{old:?} and {new:?}");
        let is_said = reason(&report, Artifact::Metadata).contains("both: not read: metadata.yaml");
        assert_eq!(is_said, old == BROKEN && new == BROKEN, "{:?}", report.coverage);
    }
}

#[test]
fn where_nothing_can_be_read_nothing_is_compatible() {
    for files in [&[] as Files<'_>, &[("notes.bin", "x")], &[("spec.json", "{"), ("photo.jpg", "x")]] {
        let report = report(files, files);
        assert_eq!(report.verdict.outcome, Outcome::Inconclusive, "{files:?}");
    }
}

#[test]
fn a_sample_that_cannot_be_read_is_coverage() {
    let name = "integration_tests/abnormal_state.json";
    for (old, new) in [("", ""), ("{", "{"), ("", "[]"), ("[1, 2]", "{\"users\": "), ("{}", "\u{1}")] {
        let code = ("source.py", "X = 1\n");
        let report = report(&[("spec.json", SPEC), (name, old)], &[("spec.json", SPEC), code, (name, new)]);
        assert_eq!(report.verdict.outcome, Outcome::Compatible, "{old:?} and {new:?}: {:?}", report.errors);
        let expected = !(old == "{}" && new == "[]");
        assert_eq!(
            reason(&report, Artifact::State).contains("not read: integration_tests/abnormal"),
            expected
        );
    }
}

#[test]
fn a_sample_that_is_named_has_to_be_read() {
    let named = |name: &str, has_broken: bool| {
        let mut request = Request::new(Memory::new(name).file("spec.json", SPEC));
        if has_broken {
            request.states = vec![Arc::new(Memory::new("broken.json").file("", "{"))];
        }
        connector_in(&request)
    };
    let report = compare(&named("old", false), &named("new", true), &Options::default());
    assert_eq!((report.verdict.outcome, report.errors.len()), (Outcome::Inconclusive, 1));
    // The same file, named on both sides.
    let report = compare(&named("old", true), &named("new", true), &Options::default());
    assert_eq!((report.verdict.outcome, report.errors.len()), (Outcome::Inconclusive, 2));
}

#[cfg(unix)]
#[test]
fn samples_that_are_links_or_folders_stop_nobody() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let code = ("source.py", "X = 1\n");
    write(folder.path(), &[("spec.json", SPEC)], &[("spec.json", SPEC), code]);
    for side in ["old", "new"] {
        let tests = folder.path().join(side).join("integration_tests");
        std::fs::create_dir_all(tests.join("folder_state.json")).expect("a temporary folder");
        for (target, name) in
            [("nowhere", "sample_state.json"), (".", "loop_state.json"), ("/dev/null", "no_state.json")]
        {
            std::os::unix::fs::symlink(target, tests.join(name)).expect("a link");
        }
    }
    let report = compared(folder.path());
    assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:?}", report.errors);
    assert!(reason(&report, Artifact::State).contains("both: not read: integration_tests/sample_state.json"));
}

/// A link to nowhere in `schemas/` is a defect like others, and metadata by flag takes nothing of that away.
#[cfg(unix)]
#[test]
fn a_link_to_nowhere_on_both_sides_is_coverage() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = [("source_lantern/spec.json", SPEC), ("given.yaml", "data: {dockerImageTag: 1.0.0}\n")];
    write(folder.path(), &files, &[files[0], files[1], ("source_lantern/client.py", "X = 1\n")]);
    for side in ["old", "new"] {
        let schemas = folder.path().join(side).join("source_lantern/schemas");
        fs::create_dir_all(&schemas).expect("a temporary folder");
        std::os::unix::fs::symlink("nowhere", schemas.join("users.json")).expect("a link");
    }
    let loaded = |side: &str, metadata: Option<&str>| {
        let root = folder.path().join(side);
        let metadata = metadata.map(|name| root.join(name));
        connector(&Side { path: root, metadata, ..Side::default() })
    };
    let outcome = |name: Option<&str>| {
        compare(&loaded("old", name), &loaded("new", name), &Options::default()).verdict.outcome
    };
    assert_eq!(outcome(None), Outcome::Compatible);
    assert_eq!(outcome(Some("given.yaml")), Outcome::Compatible);
    assert_eq!(outcome(Some("missing.yaml")), Outcome::Inconclusive);
}

#[test]
fn only_files_that_build_the_connector_count() {
    let (old, new) = (metadata("1.0.0"), metadata("1.0.1"));
    let base: [(&str, &str); 2] =
        [("source_lantern/source.py", "class SourceLantern: pass\n"), ("metadata.yaml", &old)];
    let outcome = |more: Files<'_>| {
        let mut files = vec![base[0], ("metadata.yaml", new.as_str())];
        files.extend(more);
        let report = report(&base, &files);
        (report.verdict.build_changed, report.verdict.outcome)
    };
    let (same, other) = ((Some(false), Outcome::Compatible), (Some(true), Outcome::Inconclusive));
    for name in
        ["README.md", "poetry.lock", "pyproject.toml", "unit_tests/test_a.py", "icon.svg", "docs/a.txt"]
    {
        assert_eq!(outcome(&[(name, "x")]), same, "{name}");
    }
    for name in
        ["source_lantern/client.py", "main.py", "source_lantern/data.bin", "src/main/java/a/test/A.java"]
    {
        assert_eq!(outcome(&[(name, "x")]), other, "{name}");
    }
    // The same length and other bytes.
    assert_eq!(outcome(&[("source_lantern/source.py", "class SourceLantern: PASS\n")]), other);
}

#[test]
fn samples_of_an_unchanged_build_are_no_news() {
    let manifest = include_str!("../corpus/demo/old/source-bookshop/manifest.yaml");
    let state = |at: &str| {
        json!([{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated_at": at}}}])
            .to_string()
    };
    let (old, new) = (state("2024-05-01"), state("17"));
    let name = "integration_tests/sample_state.json";
    let report =
        report(&[("manifest.yaml", manifest), (name, &old)], &[("manifest.yaml", manifest), (name, &new)]);
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.verdict.outcome, Outcome::Compatible);
}

fn spec(required: &[&str]) -> String {
    let properties = json!({"a": {"type": "string"}, "b": {"type": "string"}});
    json!({"connectionSpecification": {"type": "object", "required": required, "properties": properties}})
        .to_string()
}

#[test]
fn golden_specs_are_compared_by_edition() {
    let (narrow, wide) = (spec(&["a", "b"]), spec(&["a"]));
    let (oss, cloud) =
        ("src/test/resources/expected-spec-oss.json", "src/test/resources/expected-spec-cloud.json");
    let editions = |old: Files<'_>, new: Files<'_>| -> Vec<(Vec<Edition>, Option<String>)> {
        let findings = report(old, new).findings;
        findings
            .into_iter()
            .map(|finding| {
                (finding.editions.to_vec(), finding.scope.only.as_ref().map(|only| only.to_string()))
            })
            .collect()
    };
    fn both<'t>((oss, cloud): (&'t str, &'t str), text: &'t str) -> [(&'t str, &'t str); 2] {
        [(oss, text), (cloud, text)]
    }
    let names = (oss, cloud);
    let limited = |edition, whom: &str| vec![(vec![edition], Some(whom.to_owned()))];
    assert_eq!(
        editions(&both(names, &wide), &both(names, &narrow)),
        [(vec![Edition::Oss, Edition::Cloud], None)]
    );
    assert_eq!(
        editions(&both(names, &wide), &[(oss, &wide), (cloud, &narrow)]),
        limited(Edition::Cloud, "users of Airbyte Cloud")
    );
    assert_eq!(
        editions(&both(names, &wide), &[(oss, &narrow), (cloud, &wide)]),
        limited(Edition::Oss, "users of self-managed Airbyte")
    );
    // Of different editions nothing is said.
    let apart = report(&[(oss, &wide)], &[(cloud, &narrow)]);
    assert!(apart.findings.is_empty());
    assert_eq!(apart.verdict.outcome, Outcome::Inconclusive);
}

#[test]
fn a_golden_spec_that_parts_from_the_spec_is_told() {
    let (narrow, wide) = (spec(&["a", "b"]), spec(&["a"]));
    let (golden, own) = ("integration_tests/spec.json", "source_lantern/spec.json");
    let rules = |report: &ConnectorReport| {
        report.problems.iter().map(|problem| problem.rule.clone()).collect::<Vec<_>>()
    };
    let parted = report(&[(golden, &wide), (own, &wide)], &[(golden, &narrow), (own, &wide)]);
    assert_eq!(rules(&parted), ["spec-golden-differs"]);
    assert!(
        reason(&parted, Artifact::Spec).contains("integration_tests/spec.json changed and the spec did not")
    );
    let never_agreed = report(&[(golden, &narrow), (own, &wide)], &[(golden, &narrow), (own, &wide)]);
    assert!(rules(&never_agreed).is_empty());
    let together = report(&[(golden, &wide), (own, &wide)], &[(golden, &narrow), (own, &narrow)]);
    assert!(rules(&together).is_empty());
}

#[test]
fn a_spec_that_is_shipped_wins_over_a_golden_one() {
    let (narrow, wide) = (spec(&["a", "b"]), spec(&["a"]));
    let (golden, own) = ("integration_tests/spec.json", "source_lantern/spec.json");
    for (old, new) in [
        (
            &[(golden, wide.as_str())] as Files<'_>,
            &[(golden, wide.as_str()), (own, narrow.as_str())] as Files<'_>,
        ),
        (&[(golden, narrow.as_str()), (own, wide.as_str())], &[(golden, narrow.as_str())]),
    ] {
        assert_eq!(report(old, new).verdict.outcome, Outcome::Breaking);
    }
    let cloud = report(&[(own, &narrow)], &[("integration_tests/cloud_spec.json", &wide)]);
    assert!(cloud.findings.is_empty(), "{:?}", cloud.findings);
}

/// What one file does not decide is no shared defect, though its error reads the same.
#[test]
fn an_error_that_other_files_decide_is_told() {
    let catalog = |kind: &str| {
        json!({"streams": [{"name": "users", "supported_sync_modes": ["full_refresh"],
            "json_schema": {"type": "object", "properties": {"a": {"type": kind}}}}]})
        .to_string()
    };
    let (was, is) = (catalog("string"), catalog("integer"));
    let captured = report(
        &[("spec.json", SPEC), ("a_catalog.json", &was), ("b_catalog.json", &was)],
        &[("spec.json", SPEC), ("a_catalog.json", &is), ("b_catalog.json", &was)],
    );
    assert_eq!(captured.verdict.outcome, Outcome::Inconclusive);
    let chain = |kind: &str| {
        let mut definitions = serde_json::Map::new();
        for step in 0..200 {
            definitions.insert(format!("d{step}"), json!({"$ref": format!("#/definitions/d{}", step + 1)}));
        }
        definitions.insert("d200".to_owned(), json!({"type": kind}));
        json!({"definitions": definitions}).to_string()
    };
    let (was, is) = (chain("string"), chain("integer"));
    let users =
        json!({"type": "object", "properties": {"a": {"$ref": "x.json#/definitions/d0"}}}).to_string();
    let package = |shared: &str| {
        vec![
            ("source_lantern/source.py".to_owned(), "X = 1\n".to_owned()),
            ("source_lantern/schemas/users.json".to_owned(), users.clone()),
            ("source_lantern/schemas/shared/x.json".to_owned(), shared.to_owned()),
        ]
    };
    fn files(package: &[(String, String)]) -> Vec<(&str, &str)> {
        package.iter().map(|(name, body)| (name.as_str(), body.as_str())).collect()
    }
    let (before, after) = (package(&was), package(&is));
    assert_ne!(report(&files(&before), &files(&after)).verdict.outcome, Outcome::Compatible);
}

#[test]
fn a_golden_spec_that_cannot_be_read_is_an_error_where_it_is_the_only_one() {
    let wide = spec(&["a"]);
    let (golden, own) = ("integration_tests/spec.json", "source_lantern/spec.json");
    assert_eq!(report(&[(golden, &wide)], &[(golden, "{")]).verdict.outcome, Outcome::Inconclusive);
    let beside = report(&[(golden, &wide), (own, &wide)], &[(golden, "{"), (own, &wide)]);
    assert_eq!(beside.verdict.outcome, Outcome::Compatible, "{:?}", beside.errors);
    // Another file of that name.
    let other = report(&[(golden, "[1]"), (own, &wide)], &[(golden, "[2]"), (own, &wide)]);
    assert!(!reason(&other, Artifact::Spec).contains("not read"));
}

#[test]
fn a_schema_is_included_in_itself() {
    let includes = |old: &Value, new: &Value| includes(old, new, &schema::Options::default());
    for schema in [
        json!({"$ref": "#"}),
        json!({"multipleOf": 1e-308}),
        json!({"type": "string", "pattern": "^(?!a)(?=b).*$"}),
        json!({"type": "string", "pattern": "(?P<x>a)(?P=x)"}),
        json!({"$ref": "https://lantern.test/schema.json"}),
        json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "unevaluatedProperties": {"pattern": "(?=b)"}}),
        json!({"minItems": 1_000_000, "uniqueItems": true, "items": {"multipleOf": 0.3}}),
    ] {
        assert_eq!(includes(&schema, &schema), Ok(Inclusion::Included), "{schema}");
    }
    // What cannot be decided is still the same set where more is allowed around it.
    for pattern in ["^(?!a)(?=b).*$", "(?<=a)b", "(a)\\1", "(?s:a.b)(?!c)"] {
        let text = json!({"type": "string", "pattern": pattern});
        let wider = json!({"type": ["string", "null"], "pattern": pattern});
        assert_eq!(includes(&text, &wider), Ok(Inclusion::Included), "{pattern}");
        assert!(matches!(includes(&wider, &text), Ok(Inclusion::NotIncluded { .. })), "{pattern}");
    }
    // What is no schema is said, whatever it is held against.
    let broken = json!({"type": "strin"});
    assert!(includes(&broken, &broken).is_err());
}

/// Code that changed may do anything where it alone makes the spec or the streams.
#[test]
fn code_that_changed_and_was_not_read_takes_no_bump_needed_away() {
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
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec: {type: Spec, connection_specification: {type: object}}
";
    let seen = |base: Files<'_>, edit: (&str, &str)| {
        let mut files: Vec<(&str, &str)> = base.iter().filter(|(name, _)| *name != edit.0).copied().collect();
        files.push(edit);
        let report = report(base, &files);
        assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:?}", report.findings);
        let view = View::of(&report, Asked::default());
        (
            report.verdict.code_unread,
            Text::default().render(&view.into()).lines().next().is_some_and(|line| {
                (line.contains("no break found") || line.contains("nothing that users notice"))
                    && !line.contains("code changed and was not read")
            }),
        )
    };
    let python: [(&str, &str); 3] = [
        ("source_lantern/spec.json", SPEC),
        ("source_lantern/client.py", "TIMEOUT = 1\n"),
        ("source_lantern/notes.json", "{}"),
    ];
    assert_eq!(seen(&python, ("source_lantern/client.py", "TIMEOUT = 2\n")), (true, false));
    assert_eq!(seen(&python, ("source_lantern/notes.json", "{\"a\": 1}")), (false, true));
    let kotlin: [(&str, &str); 2] =
        [("src/main/resources/spec.json", SPEC), ("src/main/kotlin/Writer.kt", "class Writer\n")];
    assert_eq!(seen(&kotlin, ("src/main/kotlin/Writer.kt", "class Writer { val a = 1 }\n")), (true, false));
    let low_code: [(&str, &str); 2] = [("manifest.yaml", MANIFEST), ("components.py", "X = 1\n")];
    assert_eq!(
        seen(&low_code, ("components.py", "X = 2\n")),
        (true, false),
        "components decide what records hold"
    );
}
