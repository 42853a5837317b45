//! What a manifest is proposed to read of saved state: each case of `tests/data/state-proposals` is a pair of versions with
//! what is proposed for each break, and why nothing is where nothing may be.
//!
//! What is proposed is written into the manifest, and compared again. `UPDATE_PROPOSALS=1` writes what is expected, and the
//! manifests with and without it to `parity/states.jsonl`, which `parity/states.py` runs through the CDK; what it answered
//! is in `parity/states.answers.jsonl`.

#![allow(clippy::print_stdout, reason = "a test that counts says what it counted")]

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};

use connector_diff::declare;
use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Connector, Level, StateOutcome};
use connector_diff::propose::{self, StateAnswer, StateEdit, StateProposal, StateProposals};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const HEAD: &str = r#"version: 7.39.1
type: DeclarativeSource
check: {type: CheckStream, stream_names: [orders]}
spec: {type: Spec, connection_specification: {type: object, properties: {start: {type: string}}}}
definitions:
  retriever:
    type: SimpleRetriever
    requester: {type: HttpRequester, url_base: "https://lantern.test/api", path: orders}
    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
  schema: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}, code: {type: string}}}}
"#;

struct Case {
    path: PathBuf,
    text: String,
    /// The old manifest; empty where code is the old version.
    old: String,
    old_files: Vec<(String, String)>,
    new: String,
    state: Option<String>,
    expected: String,
}

impl Case {
    fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default()
    }

    fn is_near_miss(&self) -> bool {
        self.name().starts_with("near-miss")
    }

    fn old(&self) -> Connector {
        let tree = Memory::new("old");
        let tree = match self.old.is_empty() {
            true => self.old_files.iter().fold(tree, |tree, (name, body)| tree.file(name, body)),
            false => tree.file("manifest.yaml", &self.old),
        };
        let states = self.state.iter().map(|state| sides::beside("state.json", state)).collect();
        sides::load_with_states(tree, states)
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/state-proposals");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("cases").map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a case");
        let sections = support::sections(&text);
        let section = |name: &str| sections.iter().find(|(own, _)| own == name).map(|(_, body)| body.clone());
        let manifest = |body: String| format!("{HEAD}{body}");
        let old_files = sections
            .iter()
            .filter_map(|(name, body)| Some((name.strip_prefix("old/")?.to_owned(), body.clone())));
        Case {
            old: section("old.yaml").map(manifest).unwrap_or_default(),
            old_files: old_files.collect(),
            new: section("new.yaml").map(manifest).expect("a new version"),
            state: section("state.json"),
            expected: section("Expected").unwrap_or_default(),
            path,
            text,
        }
    };
    paths.into_iter().map(read).collect()
}

fn manifest(text: &str) -> Connector {
    let side = sides::load(Memory::new("new").file("manifest.yaml", text));
    assert!(side.errors.is_empty() && side.faults.is_empty(), "{:?} {:?}\n{text}", side.errors, side.faults);
    side
}

fn proposals(old: &Connector, new: &Connector) -> StateProposals {
    let report = compare(old, new, &Options::default());
    propose::propose_state(old, new, propose::state_breaks(&report))
}

fn said(found: &StateProposals) -> String {
    let lines = found.breaks.iter().zip(&found.answers).map(|(broken, answer)| {
        let about = format!("{} {}", broken.rule, broken.stream.name);
        match answer {
            StateAnswer::Read(all) => {
                let all: Vec<String> = all.iter().map(|index| found.proposals[*index].what.clone()).collect();
                format!("read {about}: {}\n", all.join(" "))
            }
            StateAnswer::None { why, .. } => format!("none {about}: {why}\n"),
        }
    });
    lines.collect()
}

/// The manifest with what is proposed, which has all lines of the old one in their order.
fn with(new: &Connector, text: &str, proposals: &[&StateProposal]) -> String {
    let request = Request::new(Memory::new("new").file("manifest.yaml", text));
    let edit =
        declare::migration(new, &request, &[], proposals).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut left = edit.new.as_str();
    // Every byte of the old text is there, in its order, but for the marks of a list without items.
    for character in text.replace(": []", ":").chars() {
        let at = left.find(character).unwrap_or_else(|| panic!("{character:?} is not there:\n{}", edit.new));
        left = &left[at + character.len_utf8()..];
    }
    edit.new
}

#[test]
fn every_case_is_as_expected() {
    let updates = std::env::var_os("UPDATE_PROPOSALS").is_some();
    let all = cases();
    let near = all.iter().filter(|case| case.is_near_miss()).count();
    assert!(all.len() >= 40 && near >= 18, "{} cases, {near} of them near misses", all.len());
    let mut wrong = Vec::new();
    let mut recorded = String::new();
    let mut offered = 0;
    for case in &all {
        let (old, new) = (case.old(), manifest(&case.new));
        let found = proposals(&old, &new);
        let told = said(&found);
        if updates {
            let head = case.text.split("## Expected").next().unwrap_or_default();
            fs::write(&case.path, format!("{head}## Expected\n\n```\n{told}```\n")).expect("a case");
        } else if told != case.expected {
            wrong.push(format!("{}: expected\n{}found\n{told}", case.name(), case.expected));
        }
        assert_eq!(found.breaks.is_empty(), case.name().starts_with("beside"), "{}:\n{told}", case.name());
        let is_read = found.answers.iter().all(|answer| matches!(answer, StateAnswer::Read(_)));
        assert_eq!(is_read, !case.is_near_miss(), "{}:\n{told}", case.name());
        let is_partly = case.name() == "near-miss-format-and-keys";
        assert!(found.proposals.is_empty() || is_read || is_partly, "{}:\n{told}", case.name());
        let mut line = json!({"case": case.name(), "old": case.old, "new": case.new, "state": case.state});
        if !found.proposals.is_empty() {
            let all: Vec<&StateProposal> = found.proposals.iter().collect();
            offered += all.len();
            let text = with(&new, &case.new, &all);
            line["edited"] = text.clone().into();
            let again = manifest(&text);
            let report = compare(&old, &again, &Options::default());
            let left = propose::state_breaks(&report);
            let read: Vec<&str> = found
                .breaks
                .iter()
                .zip(&found.answers)
                .filter(|(_, answer)| matches!(answer, StateAnswer::Read(_)))
                .map(|(broken, _)| broken.stream.name.as_ref())
                .collect();
            if is_read {
                assert!(left.is_empty(), "{}: {left:?} is left with\n{text}", case.name());
                let level = report.findings.iter().map(|finding| finding.level).min();
                assert!(
                    level.is_none_or(|level| level >= Level::Safe),
                    "{}: {:?}",
                    case.name(),
                    report.findings
                );
                for state in report.states.iter().filter(|state| read.contains(&state.stream.name.as_ref())) {
                    assert_eq!(state.forward.outcome, StateOutcome::Resumes, "{}: {state:?}", case.name());
                }
            }
            assert!(proposals(&old, &again).proposals.is_empty(), "{}: it is proposed again", case.name());
        }
        recorded.push_str(&format!("{line}\n"));
    }
    println!("{} cases, {near} near misses: {offered} edits", all.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity/states.jsonl");
    if updates {
        fs::write(path, recorded).expect("the proposals");
    } else {
        let same = fs::read_to_string(path).expect("parity/states.jsonl") == recorded;
        assert!(
            same,
            "parity/states.jsonl is not what is proposed: run with UPDATE_PROPOSALS=1, then parity/states.py record"
        );
    }
}

/// What the CDK was seen to do: without an edit it fails or starts elsewhere, with it each position is where it was meant.
#[test]
fn the_cdk_starts_where_the_old_version_stopped() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity");
    let asked = fs::read_to_string(root.join("states.jsonl")).expect("the cases");
    let answered = fs::read_to_string(root.join("states.answers.jsonl")).expect("what the CDK answered");
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect("a line of JSON");
    let answers: Vec<Value> = answered.lines().map(parse).collect();
    let (mut edited, mut near) = (0, 0);
    for text in asked.lines() {
        let line = parse(text);
        let name = line["case"].as_str().expect("a name");
        // An answer is for what was asked, and not for what has the same name now.
        let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        let answer = answers
            .iter()
            .find(|one| one["asked"] == digest.as_str())
            .unwrap_or_else(|| panic!("{name} was not asked as it is now: run parity/states.py record"));
        if name == "near-miss-rare-directive" {
            continue;
        }
        let runs = answer["runs"].as_array().expect("runs");
        // States that the new version saves itself.
        let own = answer["own"].as_array().cloned().unwrap_or_default();
        assert!(!runs.is_empty(), "{name}");
        let as_meant = |run: &Value, key: &str| run[key] == run["meant"];
        assert!(own.iter().all(|run| as_meant(run, "new")), "{name} does not find its own state: {answer}");
        if name.starts_with("beside") {
            assert!(runs.iter().all(|run| as_meant(run, "new")), "{name}: {answer}");
            continue;
        }
        assert!(runs.iter().any(|run| !as_meant(run, "new")), "{name} breaks nothing: {answer}");
        if line.get("edited").is_some() {
            assert!(own.iter().all(|run| as_meant(run, "edited")), "{name}: {answer}");
            let is_whole = !name.starts_with("near-miss");
            assert!(!is_whole || runs.iter().all(|run| as_meant(run, "edited")), "{name}: {answer}");
            edited += if is_whole { runs.len() + own.len() } else { 0 };
        }
        // What a list of the old format would do, before or behind the new one.
        if line.get("edited").is_none() && runs.iter().any(|run| run.get("first").is_some()) {
            for way in ["first", "last"] {
                let mut all = runs.iter().chain(&own);
                assert!(all.any(|run| !as_meant(run, way)), "{name}: {way} would do: {answer}");
            }
            near += runs.len() + own.len();
        }
    }
    println!("{edited} states met as they were meant, {near} states of near misses met otherwise");
    assert!(edited >= 200 && near >= 60, "{edited} {near}");
}

#[test]
fn the_edit_keeps_windows_lines_and_comments() {
    let case = cases().into_iter().find(|case| case.name() == "day-to-second").expect("a case");
    for text in [case.new.replace('\n', "\r\n"), format!("# first\n{}# last\n", case.new)] {
        let new = manifest(&text);
        let found = proposals(&case.old(), &new);
        let all: Vec<&StateProposal> = found.proposals.iter().collect();
        assert!(matches!(all.as_slice(), [StateProposal { edit: StateEdit::Formats { .. }, .. }]), "{text}");
        let edited = with(&new, &text, &all);
        assert_eq!(edited.contains("\r\n"), text.contains("\r\n"));
        assert!(!edited.replace("\r\n", "").contains('\r'), "{edited}");
    }
}

#[test]
fn a_config_migration_and_a_format_are_one_edit() {
    let spec = |name: &str| {
        format!(
            "spec: {{type: Spec, connection_specification: {{type: object, required: [{name}], properties: {{{name}: {{type: string}}}}}}}}"
        )
    };
    let was = HEAD.lines().find(|line| line.starts_with("spec:")).expect("a spec");
    let case = cases().into_iter().find(|case| case.name() == "in-flow-style").expect("a case");
    let old = manifest(&case.old.replace(was, &spec("token")));
    let text = case.new.replace(was, &spec("api_token"));
    let new = manifest(&text);
    let report = compare(&old, &new, &Options::default());
    let configs = propose::propose(&old, &new, propose::breaks(&report), propose::TRIED);
    let states = proposals(&old, &new);
    let request = Request::new(Memory::new("new").file("manifest.yaml", &text));
    let all: Vec<&StateProposal> = states.proposals.iter().collect();
    let edit = declare::migration(&new, &request, &configs.chosen(), &all).expect("an edit");
    let again = connector_in(&Request::new(Memory::new("new").file("manifest.yaml", &edit.new)));
    assert!(!again.config_rules.migrations.is_empty(), "{}", edit.new);
    let report = compare(&old, &again, &Options::default());
    assert!(report.findings.iter().all(|finding| finding.level >= Level::Safe), "{:?}", report.findings);
}
