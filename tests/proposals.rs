//! Proposed config migrations: each case of `tests/data/proposals` is a pair of specs with what is proposed for each break,
//! and why nothing is where nothing may be.
//!
//! What is proposed is held against other configs than it was tried on, written into the manifest, and compared again.
//! `UPDATE_PROPOSALS=1` writes what is expected, and the rules with some configs to `parity/proposals.jsonl`, which
//! `parity/migrations.py` runs through the CDK.

#![allow(clippy::print_stdout, reason = "a test that counts says what it counted")]

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use connector_diff::declare;
use connector_diff::load::{Request, connector_in};
use connector_diff::migration::{Migrations, Start};
use connector_diff::model::{Artifact, ConfigStepKind, Connector, Level, ValueType};
use connector_diff::propose::{self, Answer, Proposal, Proposals};
use connector_diff::schema::{Generator, Options as SchemaOptions, Validator};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Map, Value, json};

const HEAD: &str = r#"version: 6.48.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
streams:
  - type: DeclarativeStream
    name: orders
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://lantern.test/api", path: orders}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec:
  type: Spec
  connection_specification:
"#;

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{}{line}\n", " ".repeat(by))).collect()
}

fn manifest(spec: &str, steps: Option<&str>) -> String {
    let mut text = format!("{HEAD}{}", indented(spec, 4));
    if let Some(steps) = steps {
        text.push_str(
            "  config_normalization_rules:\n    type: ConfigNormalizationRules\n    config_migrations:\n",
        );
        text.push_str("      - type: ConfigMigration\n        transformations:\n");
        text.push_str(&indented(steps, 10));
    }
    text
}

struct Case {
    path: PathBuf,
    text: String,
    old: String,
    new: String,
    expected: String,
}

impl Case {
    fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default()
    }

    fn is_near_miss(&self) -> bool {
        self.name().starts_with("near-miss")
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/proposals");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("cases").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a case");
            let sections = support::sections(&text);
            let section =
                |name: &str| sections.iter().find(|(own, _)| own == name).map(|(_, body)| body.clone());
            let steps = section("transformations.yaml");
            Case {
                old: manifest(&section("old.yaml").expect("an old spec"), None),
                new: manifest(&section("new.yaml").expect("a new spec"), steps.as_deref()),
                expected: section("Expected").unwrap_or_default(),
                path,
                text,
            }
        })
        .collect()
}

fn side(name: &str, manifest: &str) -> Connector {
    let side = sides::load(Memory::new(name).file("manifest.yaml", manifest));
    assert!(side.errors.is_empty() && side.faults.is_empty(), "{name}: {:?} {:?}", side.errors, side.faults);
    side
}

fn proposals(old: &Connector, new: &Connector) -> Proposals {
    let report = compare(old, new, &Options::default());
    propose::propose(old, new, propose::breaks(&report), propose::TRIED)
}

fn said(found: &Proposals) -> String {
    let what = |index: &usize| found.proposals[*index].what.clone();
    let lines = found.breaks.iter().zip(&found.answers).map(|(broken, answer)| {
        let about = format!("{} {}", broken.rule, broken.field.join("."));
        match answer {
            Answer::Absorbed(by) => format!("absorbed {about}: {}\n", what(by)),
            Answer::Several(all) => {
                format!("several {about}: {}\n", all.iter().map(what).collect::<Vec<_>>().join(" | "))
            }
            Answer::None { why } => format!("none {about}: {why}\n"),
        }
    });
    lines.collect()
}

fn schema(side: &Connector) -> &Value {
    &side.spec.as_ref().expect("a spec").value["connectionSpecification"]
}

/// Configs of the old spec that nothing was tried on.
fn fresh(old: &Connector, count: usize) -> Vec<Value> {
    let accepts = Validator::new(schema(old), &SchemaOptions::default()).expect("a schema");
    let mut generator = Generator::new(schema(old), 4711);
    let mut drawn = Vec::new();
    for _ in 0..count * 8 {
        if drawn.len() == count {
            break;
        }
        let config = generator.next(&[]);
        if accepts.accepts(&config) && !holds_line_break(&config) {
            drawn.push(config);
        }
    }
    drawn
}

fn holds_line_break(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\n'),
        Value::Object(map) => map.values().any(holds_line_break),
        Value::Array(items) => items.iter().any(holds_line_break),
        _ => false,
    }
}

/// Both starts are accepted, and the second changes nothing.
fn holds(old: &Connector, new: &Connector, proposals: &[&Proposal], count: usize) -> Vec<Value> {
    let mut rules = new.config_rules.clone();
    rules.migrations.extend(proposals.iter().flat_map(|one| one.steps.iter().cloned()));
    let migrations = Migrations::new(&rules);
    let accepts = Validator::new(schema(new), &SchemaOptions::default()).expect("a schema");
    let configs = fresh(old, count);
    for config in &configs {
        let Start::Ran(first) = migrations.start(config) else { panic!("{config}: no start") };
        assert_eq!(accepts.refusal(&first.used), None, "{config} became {}", first.used);
        let Start::Ran(second) = migrations.start(&first.saved) else { panic!("{config}: no second start") };
        assert_eq!(first.used, second.used, "{config}");
    }
    configs
}

/// The manifest with proposals, which has all lines of the old one in their order.
fn with(new: &Connector, text: &str, proposals: &[&Proposal]) -> String {
    let request = Request::new(Memory::new("new").file("manifest.yaml", text));
    let edit = declare::migration(new, &request, proposals, &[]).expect("an edit");
    let mut lines = edit.new.lines();
    for line in text.lines() {
        assert!(lines.any(|other| other == line), "{line} is not there any more:\n{}", edit.new);
    }
    edit.new
}

/// The steps as JSON of a manifest.
fn rules(steps: &[&ConfigStepKind]) -> Value {
    let steps: Vec<Value> = steps
        .iter()
        .map(|kind| match kind {
            ConfigStepKind::Add { fields, condition } => json!({
                "type": "ConfigAddFields",
                "condition": condition,
                "fields": fields.iter().map(|field| {
                    let mut map = Map::from_iter([
                        ("type".to_owned(), json!("AddedFieldDefinition")),
                        ("path".to_owned(), json!(field.path)),
                        ("value".to_owned(), json!(field.value)),
                    ]);
                    if field.value_type == Some(ValueType::String) {
                        map.insert("value_type".to_owned(), json!("string"));
                    }
                    Value::Object(map)
                }).collect::<Vec<_>>(),
            }),
            ConfigStepKind::Remove { pointers, .. } => {
                json!({"type": "ConfigRemoveFields", "field_pointers": pointers})
            }
            ConfigStepKind::Remap { path, map } => json!({
                "type": "ConfigRemapField",
                "field_path": path,
                "map": Map::from_iter(map.iter().cloned()),
            }),
            ConfigStepKind::Opaque { what } => panic!("{what} is proposed"),
        })
        .collect();
    json!({"type": "ConfigNormalizationRules", "config_migrations": [{"type": "ConfigMigration", "transformations": steps}]})
}

#[test]
fn every_case_is_as_expected() {
    let updates = std::env::var_os("UPDATE_PROPOSALS").is_some();
    let all = cases();
    let near = all.iter().filter(|case| case.is_near_miss()).count();
    assert!(all.len() >= 40 && near >= 15, "{} cases, {near} of them near misses", all.len());
    let mut wrong = Vec::new();
    let mut recorded = String::new();
    let (mut offered, mut written) = (0, 0);
    for case in &all {
        let (old, new) = (side("old", &case.old), side("new", &case.new));
        let found = proposals(&old, &new);
        let told = said(&found);
        if updates {
            let head = case.text.split("## Expected").next().unwrap_or_default();
            fs::write(&case.path, format!("{head}## Expected\n\n```\n{told}```\n")).expect("a case");
        } else if told != case.expected {
            wrong.push(format!("{}: expected\n{}found\n{told}", case.name(), case.expected));
        }
        assert!(
            !found.breaks.is_empty() || case.name().starts_with("beside"),
            "{}: nothing breaks",
            case.name()
        );
        let is_absorbed = found.answers.iter().all(|answer| matches!(answer, Answer::Absorbed(_)));
        assert_eq!(
            is_absorbed,
            !case.is_near_miss() && case.name() != "two-candidates",
            "{}:\n{told}",
            case.name()
        );
        for proposal in &found.proposals {
            assert_eq!(proposal.tried, propose::TRIED, "{}", case.name());
            offered += 1;
        }
        let chosen = found.chosen();
        let mut ways: Vec<Vec<&Proposal>> = vec![chosen.clone()];
        // Each of several, alone.
        let is_open = |answer: &&Answer| matches!(answer, Answer::Several(_));
        for answer in found.answers.iter().filter(is_open) {
            let Answer::Several(all) = answer else { continue };
            ways.extend(all.iter().map(|index| vec![&found.proposals[*index]]));
        }
        for way in ways.iter().filter(|way| !way.is_empty()) {
            let text = with(&new, &case.new, way);
            let again = side("new", &text);
            written += 1;
            let steps: Vec<&ConfigStepKind> =
                way.iter().flat_map(|one| &one.steps).map(|step| &step.kind).collect();
            let configs = match is_absorbed || way.len() == 1 && case.name() == "two-candidates" {
                true => holds(&old, &new, way, 1000),
                false => fresh(&old, 10),
            };
            let runs: Vec<Value> = configs.iter().take(10).map(|config| json!([config])).collect();
            recorded.push_str(&format!("{}\n", json!({"rules": rules(&steps), "runs": runs})));
            if is_absorbed {
                let report = compare(&old, &again, &Options::default());
                let left = report
                    .findings
                    .iter()
                    .filter(|finding| finding.artifact == Artifact::Spec && finding.level == Level::Breaking);
                let left: Vec<String> =
                    left.map(|finding| format!("{} {:?}", finding.rule, finding.field)).collect();
                assert!(left.is_empty(), "{}: {left:?} is left with\n{text}", case.name());
                assert!(
                    proposals(&old, &again).proposals.is_empty(),
                    "{}: it is proposed again",
                    case.name()
                );
            }
        }
        if is_absorbed && !chosen.is_empty() {
            assert_eq!(found.together, Some((propose::TRIED, propose::TRIED)), "{}", case.name());
            patches_do_the_same(case.name(), &old, &new, &chosen);
        }
    }
    println!("{} cases, {near} near misses: {offered} proposals, written {written} times", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity/proposals.jsonl");
    if updates {
        fs::write(path, recorded).expect("the proposals");
    } else {
        let same = fs::read_to_string(path).expect("parity/proposals.jsonl") == recorded;
        assert!(
            same,
            "parity/proposals.jsonl is not what is proposed: run with UPDATE_PROPOSALS=1, then parity/migrations.py record"
        );
    }
}

/// The patches of proposals lead to what the migrations lead to, where they apply.
fn patches_do_the_same(name: &str, old: &Connector, new: &Connector, chosen: &[&Proposal]) {
    for proposal in chosen {
        let Some(patches) = propose::patch(proposal) else { continue };
        let rules = connector_diff::model::ConfigRules {
            migrations: proposal.steps.clone(),
            ..new.config_rules.clone()
        };
        let migrations = Migrations::new(&rules);
        let mut applied = 0;
        for config in fresh(old, 50) {
            let Start::Ran(ran) = migrations.start(&config) else { panic!("{name}: no start") };
            // What is there already is not set again, and what is not there is not moved.
            if ran.touched.is_empty() {
                continue;
            }
            let mut patched = config.clone();
            let mut is_patched = false;
            for patch in &patches {
                let patch: json_patch::Patch = serde_json::from_value(patch.clone()).expect("a patch");
                is_patched |= json_patch::patch(&mut patched, &patch).is_ok();
            }
            // The CDK takes the quotes off a text that stands in quotes.
            let text = config.to_string();
            if is_patched && !text.contains('\'') && !text.contains("\\\"") {
                assert_eq!(patched, ran.used, "{name}: {config}");
                applied += 1;
            }
        }
        assert!(applied > 0, "{name}: no patch applies");
    }
}

#[test]
fn the_manifest_is_edited_wherever_the_spec_stands() {
    let case = cases().into_iter().find(|case| case.name() == "rename-secret").expect("a case");
    let old = side("old", &case.old);
    let referred = case.new.replace("spec:\n  type: Spec\n  connection_specification:\n", "spec: {$ref: \"#/definitions/spec\"}\ndefinitions:\n spec:\n  type: Spec\n  connection_specification:\n");
    let with_empty_rules = format!(
        "{}  config_normalization_rules: {{type: ConfigNormalizationRules, config_migrations: []}}\n",
        case.new
    );
    let with_windows_lines = case.new.replace('\n', "\r\n");
    for text in
        [referred, with_empty_rules, with_windows_lines, format!("# a comment\n{}# the end\n", case.new)]
    {
        let new = side("new", &text);
        let found = proposals(&old, &new);
        let chosen = found.chosen();
        assert_eq!(chosen.len(), 1, "{text}");
        let request = Request::new(Memory::new("new").file("manifest.yaml", &text));
        let edit = declare::migration(&new, &request, &chosen, &[]).expect("an edit");
        let again = connector_in(&Request::new(Memory::new("new").file("manifest.yaml", &edit.new)));
        assert_eq!(again.config_rules.migrations.len(), 2, "{}", edit.new);
        assert_eq!(edit.new.contains("\r\n"), text.contains("\r\n"));
        assert!(!edit.new.replace("\r\n", "").contains('\r'));
    }
}

#[test]
fn blanks_around_commas_belong_to_no_item() {
    let case = cases().into_iter().find(|case| case.name() == "split-with-blanks").expect("a case");
    let (old, new) = (side("old", &case.old), side("new", &case.new));
    let found = proposals(&old, &new);
    let steps = found.chosen().iter().flat_map(|one| one.steps.iter().cloned()).collect::<Vec<_>>();
    for (text, items) in
        [("a, b,c", ["a", "b", "c"]), (" a ,b,  c ", ["a", "b", "c"]), ("a b,c d,e", ["a b", "c d", "e"])]
    {
        let Start::Ran(ran) = Migrations::of(&steps).start(&json!({"ids": text})) else { panic!("{text}") };
        assert_eq!(ran.used["ids"], json!(items), "{text}");
    }
}

/// The CDK refuses rules without a type: what is written has one.
#[test]
fn empty_rules_get_what_they_lack() {
    let case = cases().into_iter().find(|case| case.name() == "rename-secret").expect("a case");
    let old = side("old", &case.old);
    for rules in ["{}", "{config_migrations: []}", "null"] {
        let text = format!("{}  config_normalization_rules: {rules}\n", case.new);
        let request = Request::new(Memory::new("new").file("manifest.yaml", &text));
        let new = connector_in(&request);
        let found = proposals(&old, &new);
        let edit = declare::migration(&new, &request, &found.chosen(), &[])
            .unwrap_or_else(|error| panic!("{rules}: {error}"));
        let again = side("new", &edit.new);
        assert_eq!(again.config_rules.migrations.len(), 2, "{rules}: {}", edit.new);
        assert!(edit.new.contains("type: ConfigNormalizationRules"), "{rules}: {}", edit.new);
    }
}

/// Two specs with so many secrets, each under a new name.
fn renames(count: usize) -> (String, String) {
    let spec = |prefix: &str| {
        let names: Vec<String> = (0..count).map(|index| format!("{prefix}key{index}")).collect();
        let properties: String =
            names.iter().map(|name| format!("  {name}: {{type: string, airbyte_secret: true}}\n")).collect();
        manifest(&format!("type: object\nrequired: [{}]\nproperties:\n{properties}", names.join(", ")), None)
    };
    (spec(""), spec("new_"))
}

#[test]
fn trials_grow_with_the_breaks_and_not_with_their_square() {
    for count in [6, 12] {
        let (before, after) = renames(count);
        let (old, new) = (side("old", &before), side("new", &after));
        let mut few = new.clone();
        // One candidate for each break, on each text that the property has in 1,000 configs of the old spec, and in those of
        // the new one.
        few.limits.trials = count as u64 * 60;
        let started = std::time::Instant::now();
        let found = proposals(&old, &few);
        println!("{count} renames: {:?}", started.elapsed());
        let absorbed = found.answers.iter().filter(|answer| matches!(answer, Answer::Absorbed(_))).count();
        assert_eq!(absorbed, count, "{}", said(&found));
        assert_eq!(found.together, Some((propose::TRIED, propose::TRIED)));
        few.limits.trials = count as u64 * 30;
        let found = proposals(&old, &few);
        assert!(said(&found).contains("raise it with --limit trials="), "{}", said(&found));
        let absorbed = found.answers.iter().filter(|answer| matches!(answer, Answer::Absorbed(_))).count();
        assert!((count / 4..count).contains(&absorbed), "{absorbed} of {count}");
    }
}
