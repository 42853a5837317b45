//! Files that flags name beside a side: each is read as it would be as the side itself.

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Artifact, Connector, ConnectorReport, Level, Origin, Outcome};
use connector_diff::tree::{Memory, Tree};
use connector_diff::{Options, compare};
use serde_json::json;

/// A file with its name.
fn file(name: &str, text: &str) -> Memory {
    Memory::new(name).file("", text)
}

fn given(name: &str, text: &str) -> Option<Arc<dyn Tree>> {
    Some(Arc::new(file(name, text)))
}

/// The old manifest as the old side, and as the new side with what `change` names beside it.
fn report(old: &str, change: impl Fn(&mut Request)) -> ConnectorReport {
    let mut request = Request::new(file("old.yaml", old));
    change(&mut request);
    compare(&sides::load(file("old.yaml", old)), &connector_in(&request), &Options::default())
}

fn as_sides(old: &str, new: &str) -> ConnectorReport {
    let [old, new] = [("old.yaml", old), ("new.yaml", new)].map(|(name, text)| sides::load(file(name, text)));
    compare(&old, &new, &Options::default())
}

fn findings(report: &ConnectorReport, artifact: Option<Artifact>) -> String {
    let whole = connector_diff::report::json(&connector_diff::report(vec![report.clone()]));
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
    let of = |one: &&serde_json::Value| artifact.is_none_or(|artifact| one["artifact"] == artifact.name());
    let found = whole["connectors"][0]["findings"].as_array().expect("findings").iter().filter(of);
    serde_json::to_string_pretty(&found.collect::<Vec<_>>()).expect("JSON")
}

fn manifest(spec: &str, stream: &str) -> String {
    format!(
        "version: 7.39.1
type: DeclarativeSource
check: {{type: CheckStream, stream_names: [orders]}}
spec: {spec}
streams:
  - type: DeclarativeStream
    name: {stream}
    retriever:
      type: SimpleRetriever
      requester: {{type: HttpRequester, url_base: https://lantern.test, path: orders}}
      record_selector: {{type: RecordSelector, extractor: {{type: DpathExtractor, field_path: []}}}}
    schema_loader: {{type: InlineSchemaLoader, schema: {{type: object, properties: {{id: {{type: integer}}}}}}}}
"
    )
}

/// A spec with a required choice, and the migrations of configs.
fn spec(choices: &str, migrations: &str) -> String {
    let rules = match migrations {
        "" => String::new(),
        _ => format!(
            ", config_normalization_rules: {{type: ConfigNormalizationRules, config_migrations: [{{type: ConfigMigration, transformations: [{migrations}]}}]}}"
        ),
    };
    format!(
        "{{type: Spec, connection_specification: {{type: object, required: [region], properties: {{region: {{type: string, enum: {choices}}}}}, additionalProperties: true}}{rules}}}"
    )
}

const REMAP: &str = "{type: ConfigRemapField, field_path: [region], map: {uk: gb}}";

fn printed(choices: &[&str]) -> String {
    json!({"connectionSpecification": {"type": "object", "required": ["region"], "additionalProperties": true,
        "properties": {"region": {"type": "string", "enum": choices}}}})
    .to_string()
}

#[test]
fn a_manifest_given_for_its_spec_brings_its_migrations() {
    let old = manifest(&spec("[us, uk]", ""), "orders");
    for (migrations, outcome) in [(REMAP, Outcome::Compatible), ("", Outcome::Breaking)] {
        let new = manifest(&spec("[us, gb]", migrations), "orders");
        let sides = as_sides(&old, &new);
        assert_eq!(sides.verdict.outcome, outcome);
        let given = report(&old, |request| request.spec = given("new.yaml", &new));
        assert_eq!(given.verdict.outcome, outcome);
        assert_eq!(findings(&given, Some(Artifact::Spec)), findings(&sides, Some(Artifact::Spec)));
    }
}

#[test]
fn a_manifest_given_for_its_spec_brings_its_faults() {
    let old = manifest(&spec("[us, uk]", ""), "orders");
    let new = format!("{old}definitions:\n  a: {{$ref: '#/definitions/missing'}}\n");
    let given_once = report(&old, |request| request.spec = given("new.yaml", &new));
    assert!(
        given_once.findings.iter().any(|one| one.rule == "manifest-invalid"),
        "{:?}",
        given_once.findings
    );
    let twice = report(&old, |request| {
        request.spec = given("new.yaml", &new);
        request.catalog = given("new.yaml", &new);
    });
    assert_eq!(findings(&twice, None), findings(&as_sides(&old, &new), None));
    // A manifest that is given for its spec lists streams or not.
    let bare = format!("version: 7.39.1\ntype: DeclarativeSource\nspec: {}\n", spec("[us, uk]", ""));
    let report = report(&old, |request| {
        request.spec = given("new.yaml", &bare);
    });
    assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:?}", report.findings);
}

/// The migrations of the side's manifest lead to the spec that this manifest prints, and to no other that is known.
#[test]
fn a_spec_that_is_given_keeps_the_migrations_that_lead_to_it() {
    let old = manifest(&spec("[us, uk]", ""), "orders");
    let new = manifest(&spec("[us, gb]", REMAP), "orders");
    let with_spec = |text: &str| {
        let mut request = Request::new(file("new.yaml", &new));
        request.spec = given("spec.json", text);
        compare(&sides::load(file("old.yaml", &old)), &connector_in(&request), &Options::default())
    };
    let same = with_spec(&printed(&["us", "gb"]));
    assert_eq!(same.verdict.outcome, Outcome::Compatible, "{:?}", same.findings);
    let other = with_spec(&printed(&["gb"]));
    assert_eq!(other.verdict.outcome, Outcome::Breaking);
    let reason = other.coverage.iter().find(|line| line.artifact == Artifact::Spec).map(|line| &line.reason);
    let expected = "config migrations that cannot be followed: those of new.yaml, which prints another spec";
    assert!(reason.is_some_and(|reason| reason.contains(expected)), "{reason:?}");
    // Captured output is a spec like another.
    let message = format!("{{\"type\": \"SPEC\", \"spec\": {}}}\n", printed(&["us", "gb"]));
    assert_eq!(with_spec(&message).verdict.outcome, Outcome::Compatible);
}

#[test]
fn a_manifest_given_for_its_catalog_brings_the_graph_and_the_words() {
    let old = manifest(&spec("[us, uk]", ""), "refunds");
    let new = manifest(&spec("[us, uk]", ""), "invoices");
    let load = |catalog: Option<Arc<dyn Tree>>| {
        let mut request = Request::new(file("old.yaml", &old));
        request.catalog = catalog;
        connector_in(&request)
    };
    let parts = |side: &Connector| -> Vec<String> {
        side.graph.parts().map(|(_, part)| format!("{:?} {}", part.kind, part.name)).collect()
    };
    let side = sides::load(file("new.yaml", &new));
    let with_manifest = load(given("new.yaml", &new));
    assert!(!parts(&side).is_empty());
    assert_eq!(parts(&with_manifest), parts(&side));
    assert!(with_manifest.code_words.mention("invoices") && !with_manifest.code_words.mention("refunds"));
    // What was printed is still built from the manifest.
    let catalog = json!({"streams": [{"name": "invoices", "json_schema": {}, "supported_sync_modes": []}]});
    let with_captured = load(given("catalog.json", &catalog.to_string()));
    assert_eq!(parts(&with_captured), parts(&sides::load(file("old.yaml", &old))));
    assert!(with_captured.code_words.mention("refunds"));
}

fn markdown_cases(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false if path.extension().is_some_and(|extension| extension == "md") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// Every manifest of the corpus gives the same findings as a side and by both flags.
#[test]
fn manifests_of_the_corpus_say_the_same_by_flags() {
    let mut tried = 0;
    for path in markdown_cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")) {
        let sections = support::sections(&fs::read_to_string(&path).expect("the case"));
        let find = |name: &str| sections.iter().find(|(heading, _)| heading == name).map(|(_, body)| body);
        let (Some(old), Some(new)) = (find("old/manifest.yaml"), find("new/manifest.yaml")) else { continue };
        let sides = as_sides(old, new);
        let flags = report(old, |request| {
            request.spec = given("new.yaml", new);
            request.catalog = given("new.yaml", new);
        });
        // Faults of the manifest that is replaced stay those of the side.
        if sides.errors.is_empty() && sides::load(file("old.yaml", old)).faults.is_empty() {
            assert_eq!(findings(&flags, None), findings(&sides, None), "{}", path.display());
            tried += 1;
        }
    }
    assert!(tried > 50, "only {tried} cases have manifests");
}

#[test]
fn a_spec_that_is_given_takes_the_place_of_golden_ones() {
    let golden = Memory::new("side").file("integration_tests/spec.json", printed(&["us"]));
    let plain = sides::load(golden.clone());
    assert!(plain.is_spec_golden && plain.golden_specs.len() == 1);
    let mut request = Request::new(golden);
    request.spec = given("spec.json", &printed(&["us", "uk"]));
    let side = connector_in(&request);
    assert!(!side.is_spec_golden && side.golden_specs.is_empty() && side.spec_reason.is_empty());
    let report = compare(&side, &plain, &Options::default());
    assert!(report.findings.iter().any(|one| one.level == Level::Breaking), "{:?}", report.findings);
}

#[test]
fn a_file_given_for_one_artifact_brings_nothing_else() {
    let old = manifest(&spec("[us, uk]", ""), "orders");
    let own = "data: {dockerRepository: airbyte/source-lantern, dockerImageTag: 1.2.0}";
    let registry = json!({"dockerRepository": "airbyte/source-lantern", "dockerImageTag": "9.9.9", "spec": serde_json::from_str::<serde_json::Value>(&printed(&["us", "uk"])).expect("JSON")});
    let given_once = report(&old, |request| {
        request.metadata = given("metadata.yaml", own);
        request.spec = given("registry.json", &registry.to_string());
    });
    assert_eq!(given_once.new.as_ref().and_then(|side| side.version.as_deref()), Some("1.2.0"));
    let as_a_side = sides::load(file("registry.json", &registry.to_string()));
    assert_eq!(as_a_side.version.as_deref(), Some("9.9.9"), "as a side it is the metadata too");
}

#[test]
fn a_fault_of_a_file_that_is_given_stands_in_that_file() {
    let old = manifest(&spec("[us, uk]", ""), "orders");
    let new = format!("{old}definitions:\n  a: {{$ref: '#/definitions/missing'}}\n");
    let found = report(&old, |request| request.spec = given("elsewhere/new.yaml", &new));
    let finding = found.findings.iter().find(|one| one.rule == "manifest-invalid").expect("a finding");
    let origin = finding.origin.new.as_ref().expect("a place");
    assert_eq!((&*origin.root, &*origin.file), ("", "elsewhere/new.yaml"));
    assert_eq!(origin.pointer.to_string(), "/definitions/a/$ref");
}

#[test]
fn captured_output_without_what_a_flag_asks_for_is_an_error() {
    let old = manifest(&spec("[us, uk]", ""), "orders");
    let lines = format!(r#"{{"type": "SPEC", "spec": {}}}"#, printed(&["us", "uk"]));
    let found = report(&old, |request| request.catalog = given("output.jsonl", &lines));
    assert_eq!(found.verdict.outcome, Outcome::Inconclusive);
    assert!(found.errors[0].message.contains("expected a CATALOG message"), "{:?}", found.errors);
    let found = report(&old, |request| request.spec = given("output.jsonl", &lines));
    assert!(found.errors.is_empty(), "{:?}", found.errors);
}

/// Streams are found by their place in the list, in which one that cannot be read leaves a gap.
#[test]
fn places_are_known_behind_a_stream_that_cannot_be_read() {
    let catalog = |kind: &str| {
        let stream = |name: &str| {
            format!(r#"{{"name": "{name}", "json_schema": {{"properties": {{"x": {{"type": "{kind}"}}}}}}}}"#)
        };
        format!("{{\"streams\": [\n{{\"json_schema\": {{}}}},\n{},\n{}\n]}}", stream("a"), stream("b"))
    };
    let (old, new) = (catalog("string"), catalog("integer"));
    let report = sides::report(&[("catalog.json", &old)], &[("catalog.json", &new)]);
    let line = |place: &Option<Origin>| place.as_ref().and_then(|place| place.line);
    let lines: Vec<_> =
        report.findings.iter().map(|one| (line(&one.origin.old), line(&one.origin.new))).collect();
    assert_eq!(lines, [(Some(3), Some(3)), (Some(4), Some(4))]);
}
