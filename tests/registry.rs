//! Registry entries as sides, and whole registries connector by connector.

#[path = "support/sides.rs"]
mod sides;

use connector_diff::load::{Read, Registry, RegistryPair, Request, read_in};
use connector_diff::model::{ConnectorReport, ConnectorType, Outcome};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};

/// An entry of the list `sources`, as the registry has it.
fn source(id: &str, name: &str, version: &str, kind: &str) -> Value {
    json!({
        "sourceDefinitionId": id,
        "name": "Lantern",
        "dockerRepository": format!("lantern/{name}"),
        "dockerImageTag": version,
        "documentationUrl": "https://docs.airbyte.com/integrations/sources/lantern",
        "spec": {
            "documentationUrl": "https://docs.airbyte.com/integrations/sources/lantern",
            "connectionSpecification": {"type": "object", "properties": {"page": {"type": kind}}},
        },
        "tombstone": false,
        "public": true,
        "generated": {"git": {"commit_sha": version}},
    })
}

fn destination(id: &str, modes: &[&str]) -> Value {
    json!({
        "destinationDefinitionId": id,
        "dockerRepository": "lantern/destination-shed",
        "dockerImageTag": "1.0.0",
        "spec": {"connectionSpecification": {"type": "object"}, "supported_destination_sync_modes": modes},
    })
}

fn registry(name: &str, sources: &[Value], destinations: &[Value], is_pretty: bool) -> Registry {
    let value = json!({"destinations": destinations, "sources": sources});
    let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
    read(name, &text.expect("JSON"))
}

fn read(name: &str, text: &str) -> Registry {
    match read_in(&Request::new(Memory::new(name).file("", text))) {
        Read::Registry(registry) => registry,
        Read::Connector(connector) => panic!("{:?}", connector.errors),
    }
}

fn compared(pair: &RegistryPair) -> ConnectorReport {
    let [old, new] = pair.sides();
    compare(&old, &new, &Options::default())
}

fn rules(report: &ConnectorReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn connectors_are_paired_by_their_ids() {
    let old = registry(
        "old.json",
        &[
            source("A-1", "source-changed", "1.0.0", "string"),
            source("a-2", "source-removed", "1.0.0", "string"),
            source("a-3", "source-old-name", "1.0.0", "string"),
            source("a-4", "source-same", "1.0.0", "string"),
            source("a-5", "source-replaced", "1.0.0", "string"),
        ],
        &[destination("a-1", &["append", "overwrite"])],
        true,
    );
    let new = registry(
        "new.json",
        &[
            source("a-6", "source-replaced", "1.0.0", "string"),
            source("a-4", "source-same", "1.0.0", "string"),
            source("a-3", "source-new-name", "1.0.1", "integer"),
            source("a-7", "source-added", "1.0.0", "string"),
            source("a-1", "source-changed", "1.0.1", "string"),
        ],
        &[destination("a-1", &["append"])],
        true,
    );
    assert_eq!((old.len(), new.len()), (6, 6));
    let pairs = Registry::pairs(&old, &new);
    let said: Vec<String> = pairs
        .iter()
        .map(|pair| {
            let report = compared(pair);
            let side = |side: &Option<_>| if side.is_some() { "it" } else { "none" };
            format!(
                "{} {}/{} {} {}",
                pair.name,
                side(&pair.old),
                side(&pair.new),
                if pair.is_same() { "same" } else { report.verdict.outcome.name() },
                rules(&report).join(" "),
            )
        })
        .collect();
    let expected = [
        "destination-shed it/it breaking dest-sync-mode-removed",
        "source-added none/it compatible ",
        "source-changed it/it compatible ",
        "source-new-name it/it breaking spec-type-changed",
        "source-removed it/none breaking connector-removed",
        "source-replaced it/none breaking connector-removed",
        "source-replaced none/it compatible ",
        "source-same it/it same ",
    ];
    assert_eq!(said, expected);
    let changed = compared(&pairs[2]);
    assert_eq!(changed.connector_type, ConnectorType::Source);
    let sources = [&changed.old, &changed.new].map(|side| side.as_ref().map(|side| side.source.as_str()));
    assert_eq!(sources, [Some("old.json#/sources/0"), Some("new.json#/sources/4")]);
    let versions = [changed.old, changed.new].map(|side| side.and_then(|side| side.version));
    assert_eq!(versions, [Some("1.0.0".to_owned()), Some("1.0.1".to_owned())]);
}

#[test]
fn a_place_in_an_entry_is_one_of_the_file() {
    let sources = |kind: &str| {
        let mut sources: Vec<Value> =
            (0..40).map(|index| source(&format!("a-{index}"), "source-many", "1.0.0", "string")).collect();
        sources[33] = source("a-33", "source-thirty-three", "1.0.0", kind);
        sources
    };
    for is_pretty in [true, false] {
        let [old, new] = ["string", "integer"].map(|kind| registry(kind, &sources(kind), &[], is_pretty));
        let pairs = Registry::pairs(&old, &new);
        let pair = pairs.iter().find(|pair| !pair.is_same()).expect("a pair that differs");
        let report = compared(pair);
        assert_eq!(rules(&report), ["spec-type-changed"]);
        let origin = report.findings[0].origin.new.as_ref().expect("a place");
        let value = json!({"destinations": [], "sources": sources("integer")});
        let text = match is_pretty {
            true => serde_json::to_string_pretty(&value),
            false => serde_json::to_string(&value),
        };
        let text = text.expect("JSON");
        let at = text
            .find("\"type\":\"integer\"")
            .or_else(|| text.find("\"type\": \"integer\""))
            .expect("the type");
        let line = text[..at].matches('\n').count() + 1;
        let column = text[..at].len() - text[..at].rfind('\n').map_or(0, |newline| newline + 1) + 1;
        assert_eq!((origin.line, origin.column), (Some(line), Some(column)), "{origin:?}");
        assert_eq!(&*origin.file, "integer");
    }
}

#[test]
fn an_entry_that_cannot_be_told_is_never_compatible() {
    let good = || source("a-1", "source-lantern", "1.0.0", "string");
    let without_id = |mut entry: Value| {
        entry.as_object_mut().expect("an object").remove("sourceDefinitionId");
        entry
    };
    let with = |key: &str, value: Value| {
        let mut entry = good();
        entry[key] = value;
        entry
    };
    let old = registry("old.json", &[good()], &[], false);
    for (sources, expected) in [
        (
            vec![good(), without_id(good())],
            "expected an entry with sourceDefinitionId at /sources/1, found none",
        ),
        (vec![good(), good()], "expected each sourceDefinitionId once, found a-1 again at /sources/1"),
        (vec![good(), json!(7)], "expected an entry with sourceDefinitionId at /sources/1, found none"),
        (vec![with("spec", json!({"a": 1}))], "expected a ConnectorSpecification"),
        (vec![with("spec", Value::Null)], "expected a ConnectorSpecification"),
        (vec![with("dockerImageTag", json!(1.0))], "expected dockerImageTag to be a text"),
    ] {
        let new = registry("new.json", &sources, &[], true);
        let reports: Vec<ConnectorReport> = Registry::pairs(&old, &new).iter().map(compared).collect();
        let said: Vec<&str> =
            reports.iter().flat_map(|report| &report.errors).map(|error| error.message.as_str()).collect();
        assert!(said.iter().any(|message| message.contains(expected)), "{expected}: {said:?}");
        assert!(reports.iter().any(|report| report.verdict.outcome == Outcome::Inconclusive), "{expected}");
        assert!(
            !Registry::pairs(&new, &new)
                .iter()
                .any(|pair| pair.is_same() && !compared(pair).errors.is_empty())
        );
        // The others' reports stay what they are.
        if sources.len() == 2 {
            let is_whole = |report: &&ConnectorReport| report.verdict.outcome == Outcome::Compatible;
            assert_eq!(reports.iter().filter(is_whole).count(), 1, "{expected}");
        }
    }
    // A list that is none is no list of entries.
    let text = r#"{"sources": [{"sourceDefinitionId": "a", "dockerRepository": "b"}], "destinations": 7}"#;
    let side = sides::load(Memory::new("x.json").file("", text));
    assert!(side.errors[0].message.contains("list"), "{:?}", side.errors);
}

#[test]
fn a_whole_registry_is_no_connector() {
    let text = json!({"sources": [source("a-1", "source-lantern", "1.0.0", "string")], "destinations": []});
    for text in [text.to_string(), r#"{"sources": [], "destinations": []}"#.to_owned()] {
        let count = text.matches("sourceDefinitionId").count();
        let whole = sides::load(Memory::new("oss_registry.json").file("", &text));
        let expected =
            format!("expected one connector, found a registry of {count}: check compares two registries");
        assert!(whole.errors[0].message.starts_with(&expected), "{:?}", whole.errors);
        let entry = sides::load(sides::file(
            "entry.json",
            source("a-1", "source-lantern", "1.0.0", "string").to_string(),
        ));
        assert_eq!(compare(&entry, &whole, &Options::default()).verdict.outcome, Outcome::Inconclusive);
    }
    // What has lists of these names and is no registry stays what it was.
    let catalog = r#"{"streams": [], "sources": [], "destinations": []}"#;
    assert!(sides::load(sides::file("catalog.json", catalog)).catalog.is_some());
}

#[test]
fn what_a_registry_has_published_is_not_held_to_the_checks_of_authors() {
    let entry = |version: &str, kind: &str, releases: Value| {
        let mut entry = source("a-1", "source-lantern", version, kind);
        entry["releases"] = releases;
        sides::load(sides::file("entry.json", entry.to_string()))
    };
    let breaking = |versions: &[&str]| {
        let entries: serde_json::Map<String, Value> = versions
            .iter()
            .map(|version| {
                ((*version).to_owned(), json!({"message": "It changes.", "upgradeDeadline": "2020-01-01"}))
            })
            .collect();
        json!({"releaseCandidates": {"3.0.0-rc.1": {}}, "breakingChanges": entries})
    };
    let options = Options { today: chrono::NaiveDate::from_ymd_opt(2026, 11, 1), ..Options::default() };
    let problems = |new: &connector_diff::model::Connector| -> Vec<String> {
        let report = compare(&entry("1.0.0", "string", json!({})), new, &options);
        report.problems.into_iter().map(|problem| problem.rule.to_string()).collect()
    };
    let published = problems(&entry("2.0.0", "integer", breaking(&["2.0.0"])));
    let of_authors =
        |rule: &String| ["deadline", "guide", "message", "releases"].iter().any(|word| rule.contains(word));
    assert!(!published.iter().any(of_authors), "{published:?}");
    // What it does not declare is told all the same.
    let undeclared = problems(&entry("2.0.0", "integer", breaking(&[])));
    assert!(undeclared.iter().any(|rule| rule.contains("entry")), "{undeclared:?}");
    let too_small = problems(&entry("1.1.0", "integer", json!({})));
    assert!(too_small.contains(&"meta-bump-too-small".to_owned()), "{too_small:?}");
    // The same in a file that is still to be published.
    let file = "data:\n  dockerRepository: lantern/source-lantern\n  dockerImageTag: 2.0.0\n  releases:\n    breakingChanges:\n      2.0.0: {message: It changes., upgradeDeadline: \"2020-01-01\"}\n";
    let spec =
        json!({"connectionSpecification": {"type": "object", "properties": {"page": {"type": "integer"}}}});
    let folder = sides::side("new", &[("metadata.yaml", file), ("spec.json", &spec.to_string())]);
    let said = problems(&folder);
    assert!(said.contains(&"meta-deadline-too-soon".to_owned()) && said.iter().any(of_authors), "{said:?}");
}

#[test]
fn an_entry_is_a_side_by_itself() {
    let entry = |version: &str, kind: &str| {
        let text =
            serde_json::to_string_pretty(&source("a-1", "source-lantern", version, kind)).expect("JSON");
        sides::load(sides::file("entry.json", text))
    };
    let report = compare(&entry("1.0.0", "string"), &entry("2.0.0", "integer"), &Options::default());
    assert_eq!((report.name.as_str(), rules(&report)), ("source-lantern", vec!["spec-type-changed"]));
    assert_eq!(report.connector_type, ConnectorType::Source);
    let place = report.findings[0].origin.new.as_ref().expect("a place");
    assert!(place.line.is_some_and(|line| line > 10), "{place:?}");
    // What is generated of an entry is not what users feel.
    let report = compare(&entry("1.0.0", "string"), &entry("1.0.1", "string"), &Options::default());
    assert_eq!((report.verdict.outcome, report.findings.len()), (Outcome::Compatible, 0));
}
