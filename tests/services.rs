//! The formats that services show beside the lines of a change: SARIF, annotations of GitHub Actions, JUnit, GitLab's code
//! quality. Each says of any report what the others say, in its own form, and whatever a stranger calls his streams.

#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

#[path = "support/sides.rs"]
mod sides;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use connector_diff::load::{Request, connector_in};
use connector_diff::model::{ConnectorReport, Level, Severity};
use connector_diff::policy::{FailOn, PolicyFile};
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Github, Gitlab, Grain, Junit, Render, Sarif, View};
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde_json::{Value, json};

fn views(reports: &[ConnectorReport]) -> Vec<View<'_>> {
    let view = |report| {
        let gate = Some(Gate::of(report, FailOn::Undeclared));
        View::of(report, Asked { gate, grain: Grain::Place, most_entries: u64::MAX, ..Asked::default() })
    };
    reports.iter().map(view).collect()
}

fn sarif(reports: &[ConnectorReport]) -> Value {
    serde_json::from_str(&Sarif::default().render(&views(reports).into())).expect("JSON")
}

fn github(reports: &[ConnectorReport]) -> String {
    Github::default().render(&views(reports).into())
}

fn junit(reports: &[ConnectorReport]) -> String {
    Junit::default().render(&views(reports).into())
}

fn gitlab(reports: &[ConnectorReport]) -> Vec<Value> {
    serde_json::from_str(&Gitlab::default().render(&views(reports).into())).expect("JSON")
}

fn demo() -> ConnectorReport {
    let side = |which: &str| {
        let folder = Path::new("corpus/demo").join(which).join("source-bookshop");
        sides::load(sides::copy_of(&folder))
    };
    compare(&side("old"), &side("new"), &Options::default())
}

/// The reports on all cases of the corpus that are written in Markdown.
fn corpus() -> Vec<ConnectorReport> {
    let folders = fs::read_dir("corpus").expect("the corpus").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<_> = folders
        .filter(|path| path.is_dir())
        .flat_map(|path| fs::read_dir(path).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    cases.sort();
    assert!(cases.len() > 400, "the corpus is there");
    let report = |path: &std::path::PathBuf| {
        let sections = support::sections(&fs::read_to_string(path).expect("a case"));
        let side = |name: &str| {
            let files = sections.iter().filter_map(|(file, body)| Some((file.strip_prefix(name)?, body)));
            sides::load(files.fold(Memory::new(name.trim_end_matches('/')), |tree, (file, body)| {
                tree.file(file, body.as_str())
            }))
        };
        compare(&side("old/"), &side("new/"), &Options::default())
    };
    cases.iter().map(report).collect()
}

/// A source in which each of some streams loses a field, each on lines of its own.
fn streams_lose_fields(connector: &str, streams: &[&str]) -> ConnectorReport {
    let side = |version: &str, fields: Value| {
        let metadata = json!({"data": {"dockerImageTag": version, "dockerRepository": format!("x/{connector}"),
            "connectorType": "source"}});
        let tree = Memory::new(connector).file("metadata.yaml", metadata.to_string());
        let all: Vec<Value> = streams
            .iter()
            .map(|name| json!({"name": name, "json_schema": {"type": "object", "properties": fields}}))
            .collect();
        let catalog = serde_json::to_string_pretty(&json!({"streams": all})).expect("JSON");
        sides::load(tree.file("catalog.json", catalog))
    };
    let old = side("1.0.0", json!({"id": {"type": "integer"}, "phone": {"type": "string"}}));
    compare(&old, &side("1.0.1", json!({"id": {"type": "integer"}})), &Options::default())
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn the_demo_as_services_read_it() {
    let report = [demo()];
    insta::assert_snapshot!("sarif", Sarif::default().render(&views(&report).into()));
    insta::assert_snapshot!("github", github(&report));
    insta::assert_snapshot!("junit", junit(&report));
    insta::assert_snapshot!("gitlab", Gitlab::default().render(&views(&report).into()));
}

#[test]
fn every_sarif_log_follows_the_standard() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/sarif-schema-2.1.0.json");
    let Ok(schema) = fs::read_to_string(&path) else {
        // Past what the test harness captures: a skipped test must be seen.
        writeln!(io::stderr(), "SKIPPED: no SARIF schema at {}: NOTHING WAS VALIDATED", path.display())
            .expect("stderr");
        return;
    };
    let mut schema: Value = serde_json::from_str(&schema).expect("JSON");
    for object in ["run", "toolComponent"] {
        // Its pattern has a bracket that JavaScript alone reads; no report names a language.
        let language = schema.pointer_mut(&format!("/definitions/{object}/properties/language"));
        language.and_then(Value::as_object_mut).expect("a property").remove("pattern");
    }
    // The copy says what a log is under a name, and does not say that it is about one.
    schema["allOf"] = json!([{"$ref": "#/definitions/Root"}]);
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let mut wrong: Vec<String> = Vec::new();
    let reports = corpus();
    let unread = reports.iter().filter(|report| !report.errors.is_empty()).count();
    assert!(unread > 0, "some cases cannot be read");
    for report in &reports {
        let log = sarif(std::slice::from_ref(report));
        wrong.extend(validator.iter_errors(&log).map(|error| format!("{}: {error}", report.name)));
    }
    for several in [&reports[..], &[]] {
        wrong.extend(validator.iter_errors(&sarif(several)).map(|error| error.to_string()));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut spoiled = sarif(&[demo()]);
    spoiled["runs"][0]["results"][0]["level"] = json!("breaking");
    assert!(!validator.is_valid(&spoiled), "the schema refuses what is wrong");
}

#[test]
fn sarif_tells_every_finding_and_problem_once() {
    let reports = corpus();
    for report in &reports {
        let log = sarif(std::slice::from_ref(report));
        let run = &log["runs"][0];
        let rules = list(&run["tool"]["driver"], "rules");
        let mut told: BTreeMap<&str, usize> = BTreeMap::new();
        for result in list(run, "results") {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("a rule")).expect("small")];
            assert_eq!(rule["id"], result["ruleId"]);
            for id in list(&result["properties"], "ids") {
                *told.entry(id.as_str().expect("an id")).or_default() += 1;
            }
            let first = text(result, "/partialFingerprints/connectorDiff~1v1");
            let ids = list(&result["properties"], "ids");
            assert!(ids.is_empty() || ids.contains(&json!(first)), "{result:#}");
        }
        let found = report.findings.iter().filter(|finding| finding.level != Level::Cosmetic);
        let waived = report.findings.iter().filter(|finding| finding.waived.is_some());
        let problems = report.problems.iter().map(|problem| problem.id.as_str());
        let expected: BTreeSet<&str> =
            found.chain(waived).map(|finding| finding.id.as_str()).chain(problems).collect();
        assert_eq!(told.keys().copied().collect::<BTreeSet<_>>(), expected, "{}", report.name);
        // A report may have a fingerprint twice, where two findings differ in nothing that it is made of.
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        report.findings.iter().for_each(|finding| *times.entry(&finding.id).or_default() += 1);
        for (id, count) in told {
            assert!(
                count <= times.get(id).copied().unwrap_or(1),
                "{id} of {} is told {count} times",
                report.name
            );
        }
        for rule in rules {
            let help = text(rule, "/helpUri");
            assert!(help.is_empty() || help.starts_with("https://"), "{rule:#}");
            assert!(text(rule, "/help/markdown").starts_with('#') || rule["id"] == "unjudged", "{rule:#}");
        }
        assert_eq!(run["invocations"][0]["executionSuccessful"], report.errors.is_empty());
        assert_eq!(list(&run["invocations"][0], "toolExecutionNotifications").len(), report.errors.len());
        assert_eq!(run["properties"]["connectors"][0]["outcome"], report.verdict.outcome.name());
        assert_eq!(run["properties"]["connectors"][0]["requiredBump"], report.verdict.required_bump.name());
    }
    let levels: BTreeSet<String> = reports
        .iter()
        .flat_map(|report| list(&sarif(std::slice::from_ref(report))["runs"][0], "results").to_vec())
        .map(|result| text(&result, "/level").to_owned())
        .collect();
    assert_eq!(levels.iter().map(String::as_str).collect::<Vec<_>>(), ["error", "note", "warning"]);
}

#[test]
fn what_is_waived_is_suppressed_and_fails_nothing() {
    let open = demo();
    let finding = open.findings.iter().find(|finding| finding.rule == "stream-removed").expect("a finding");
    let policy = format!("[[waivers]]\nid = \"{}\"\nreason = \"agreed\"\n", finding.id);
    let policy = PolicyFile::parse(&policy, ".connector-diff.toml").expect("a policy").policy(None);
    let side = |which: &str| {
        sides::load(sides::copy_of(&Path::new("corpus/demo").join(which).join("source-bookshop")))
    };
    let report = [compare(&side("old"), &side("new"), &Options { policy, ..Options::default() })];
    let log = sarif(&report);
    let waived: Vec<&Value> =
        list(&log["runs"][0], "results").iter().filter(|one| !list(one, "suppressions").is_empty()).collect();
    assert_eq!(waived.len(), 1);
    assert_eq!(waived[0]["ruleId"], "stream-removed");
    assert_eq!(text(waived[0], "/suppressions/0/justification"), "agreed");
    assert!(!github(&report).contains("stream-removed"));
    assert!(gitlab(&report).iter().all(|entry| entry["check_name"] != "stream-removed"));
    let page = junit(&report);
    let case = cases(&page).into_iter().find(|case| case.name.starts_with("stream-removed"));
    assert_eq!(case.map(|case| case.result), Some("skipped".to_owned()));
    assert!(github(&[open]).contains("stream-removed"), "the opposite");
}

#[test]
fn a_break_that_is_declared_is_a_warning() {
    let side = |version: &str, streams: &str, releases: &str| {
        let metadata = format!(
            "data:\n  dockerImageTag: {version}\n  dockerRepository: x/source-lantern\n  connectorType: source\n{releases}"
        );
        sides::side("side", &[("metadata.yaml", &metadata), ("catalog.json", streams)])
    };
    let both = r#"{"streams": [{"name": "a", "json_schema": {}}, {"name": "b", "json_schema": {}}]}"#;
    let one = r#"{"streams": [{"name": "a", "json_schema": {}}]}"#;
    let entry = "  releases:\n    breakingChanges:\n      2.0.0:\n        message: Stream b is gone.\n        upgradeDeadline: \"2030-01-01\"\n        deadlineAction: disable\n";
    let old = side("1.0.0", both, "");
    let declared = [compare(&old, &side("2.0.0", one, entry), &Options::default())];
    let silent = [compare(&old, &side("1.0.1", one, ""), &Options::default())];
    let level = |reports: &[ConnectorReport]| {
        let log = sarif(reports);
        let found = list(&log["runs"][0], "results").iter().find(|one| one["ruleId"] == "stream-removed");
        text(found.expect("a result"), "/level").to_owned()
    };
    assert!(Gate::of(&declared[0], FailOn::Undeclared).because.passes() == Some(true), "{declared:#?}");
    assert_eq!((level(&declared), level(&silent)), ("warning".to_owned(), "error".to_owned()));
    assert!(!github(&declared).contains("::error") && github(&silent).contains("::error"));
    assert!(cases(&junit(&declared)).iter().all(|case| case.result != "failure"), "{}", junit(&declared));
    assert_eq!(cases(&junit(&silent)).iter().filter(|case| case.result == "failure").count(), 4);
}

#[test]
fn at_most_ten_of_a_kind_are_annotated_and_the_last_counts_the_rest() {
    let names: Vec<String> = (0..11).map(|number| format!("stream_{number:02}")).collect();
    let streams: Vec<&str> = names.iter().map(String::as_str).collect();
    let report = |connector: &str, count: usize| streams_lose_fields(connector, &streams[..count]);
    let errors = |reports: &[ConnectorReport]| {
        let out = github(reports);
        out.lines().filter(|line| line.starts_with("::error ")).map(str::to_owned).collect::<Vec<_>>()
    };
    // Two errors of the release are errors besides.
    for (count, shown) in [(1, 3), (8, 10), (9, 10)] {
        let found = errors(&[report("source-a", count)]);
        assert_eq!(found.len(), shown, "{found:#?}");
        let breaks = found.iter().take_while(|line| line.contains("field-removed")).count();
        assert_eq!(breaks, count.min(9), "breaks come first: {found:#?}");
        let last = &found[shown - 1];
        assert_eq!(last.contains("more error"), count == 9, "{last}");
    }
    let several = errors(&[report("source-a", 9), report("source-b", 11)]);
    assert_eq!(several.len(), 10);
    assert_eq!(
        several[9],
        "::error title=15 more errors::There is no room for them here (source-a: 2, source-b: 13): see the whole report."
    );
    assert_eq!(github(&[]), "");
    assert_eq!(
        github(&[report("source-a", 1), report("source-b", 1)])
            .lines()
            .take(2)
            .filter(|line| line.contains(": BREAKING: "))
            .count(),
        2
    );
}

/// A case of a JUnit report: its name, and the element that says what came of it.
struct Case {
    name: String,
    result: String,
}

fn cases(page: &str) -> Vec<Case> {
    let document = roxmltree::Document::parse(page).unwrap_or_else(|error| panic!("{error}: {page}"));
    let all = document.descendants().filter(|node| node.has_tag_name("testcase"));
    all.map(|node| Case {
        name: node.attribute("name").expect("a name").to_owned(),
        result: node.first_element_child().expect("a result").tag_name().name().to_owned(),
    })
    .collect()
}

#[test]
fn junit_has_a_case_for_each_rule_and_one_for_the_gate() {
    let reports = corpus();
    for report in &reports {
        let page = junit(std::slice::from_ref(report));
        let cases = cases(&page);
        let passes = Gate::of(report, FailOn::Undeclared).because.passes();
        let expected = match passes {
            Some(true) => "system-out",
            Some(false) => "failure",
            None => "error",
        };
        assert_eq!((cases[0].name.as_str(), cases[0].result.as_str()), ("gate", expected), "{page}");
        let failures = cases[1..].iter().filter(|case| case.result == "failure").count();
        if passes == Some(true) {
            assert_eq!(failures, 0, "what passes has no failure: {page}");
        } else if passes == Some(false) {
            assert!(failures > 0, "what fails says by what: {page}");
        }
        let names: BTreeSet<&str> =
            cases[1..].iter().filter_map(|case| case.name.split(' ').next()).collect();
        let found = report.findings.iter().map(|finding| finding.rule);
        let expected: BTreeSet<&str> = found
            .chain(report.problems.iter().map(|problem| problem.rule.as_str()))
            .chain((!report.unjudged.is_empty()).then_some("unjudged"))
            .collect();
        assert_eq!(names, expected, "{page}");
    }
    let page = junit(&reports);
    let document = roxmltree::Document::parse(&page).expect("XML");
    let suites = document.descendants().filter(|node| node.has_tag_name("testsuite")).count();
    assert_eq!(suites, reports.len());
    let total = document.root_element().attribute("tests").and_then(|tests| tests.parse::<usize>().ok());
    assert_eq!(total, Some(cases(&page).len()));
}

#[test]
fn every_junit_report_follows_jenkins_schema() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/junit-jenkins.xsd");
    let runs = Command::new("xmllint").arg("--version").output().is_ok();
    if !(schema.exists() && runs) {
        let missing = if runs { schema.display().to_string() } else { "xmllint".to_owned() };
        writeln!(io::stderr(), "SKIPPED: no {missing}: JUNIT REPORTS WERE NOT VALIDATED").expect("stderr");
        return;
    }
    let is_valid = |page: &str| {
        let mut program = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(&schema)
            .arg("-")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("xmllint runs");
        program.stdin.take().expect("a pipe").write_all(page.as_bytes()).expect("it reads");
        let output = program.wait_with_output().expect("it ends");
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for reports in [corpus(), vec![report_of(&hostile_names())], Vec::new()] {
        let (is_right, said) = is_valid(&junit(&reports));
        assert!(is_right, "{said}");
    }
    assert!(
        !is_valid(&junit(&[demo()]).replace("<failure ", "<broken ").replace("</failure>", "</broken>")).0
    );
}

#[test]
fn fingerprints_of_gitlab_are_unique() {
    let twice =
        [demo(), demo(), streams_lose_fields("source-a", &["x"]), streams_lose_fields("source-b", &["x"])];
    for reports in [twice.to_vec(), corpus()] {
        let entries = gitlab(&reports);
        let fingerprints: BTreeSet<&str> = entries.iter().map(|one| text(one, "/fingerprint")).collect();
        assert_eq!(fingerprints.len(), entries.len());
        for entry in &entries {
            assert!(!text(entry, "/location/path").is_empty(), "{entry:#}");
            assert!(entry.pointer("/location/lines/begin").and_then(Value::as_u64) >= Some(1), "{entry:#}");
            const SEVERITIES: [&str; 5] = ["info", "minor", "major", "critical", "blocker"];
            assert!(
                SEVERITIES.contains(&text(entry, "/severity")) && !text(entry, "/description").is_empty()
            );
        }
    }
    let alone = gitlab(&[streams_lose_fields("source-a", &["x"])]);
    let beside = gitlab(&[demo(), streams_lose_fields("source-a", &["x"])]);
    let own = |entries: &[Value]| -> BTreeSet<String> {
        entries.iter().map(|one| text(one, "/fingerprint").to_owned()).collect()
    };
    assert!(own(&alone).is_subset(&own(&beside)), "what else is found moves none");
    let quiet = compare(
        &sides::load(sides::copy_of(Path::new("corpus/demo/old/source-bookshop"))),
        &sides::load(sides::copy_of(Path::new("corpus/demo/old/source-bookshop"))),
        &Options::default(),
    );
    assert_eq!(gitlab(&[quiet]), [Value::Null; 0], "where all is well the list is empty");
}

fn hostile_names() -> Vec<String> {
    serde_json::from_str(include_str!("data/hostile_names.json")).expect("a list of names")
}

/// A report in which a field of each of these names goes from a stream of that name, in a connector of the first one, which
/// lies in a folder of that name.
fn report_of(names: &[String]) -> ConnectorReport {
    let side = |version: &str, is_old: bool| {
        let stream = |name: &String| {
            let mut fields = json!({"id": {"type": "integer"}});
            if is_old {
                fields[name] = json!({"type": "string"});
            }
            json!({"name": name, "json_schema": {"type": "object", "properties": fields}})
        };
        let metadata = json!({"data": {"dockerImageTag": version, "connectorType": "source"}});
        let catalog = json!({"streams": names.iter().map(stream).collect::<Vec<_>>()});
        let catalog = serde_json::to_string_pretty(&catalog).expect("JSON");
        let tree = Memory::new(format!("{}/side", names[0]))
            .file("metadata.yaml", metadata.to_string())
            .file("catalog.json", catalog);
        connector_in(&Request { name: Some(names[0].clone()), ..Request::new(tree) })
    };
    compare(&side("1.0.0", true), &side("1.0.1", false), &Options::default())
}

#[test]
fn nothing_in_a_name_makes_a_command_an_element_or_a_link() {
    for name in &hostile_names() {
        let (own, tame) = (report_of(std::slice::from_ref(name)), report_of(&["plain".to_owned()]));
        let commands = |report: &ConnectorReport| {
            let out = github(std::slice::from_ref(report));
            assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{out:?}");
            out.lines()
                .map(|line| {
                    let is_command = line.trim_start().starts_with("::");
                    assert!(!line.contains("##["), "{line}");
                    if is_command {
                        line.split([' ', ',', '=']).next().unwrap_or_default().to_owned()
                    } else {
                        String::new()
                    }
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(commands(&own), commands(&tame), "{name:?}");
        // The properties of a command end at the first pair of colons, and each is ours.
        for line in github(std::slice::from_ref(&own)).lines().filter(|line| line.starts_with("::")) {
            let properties = line.trim_start_matches("::").split("::").next().unwrap_or_default();
            let (_, properties) = properties.split_once(' ').expect("properties");
            let keys: Vec<&str> =
                properties.split(',').map(|one| one.split_once('=').map_or(one, |(key, _)| key)).collect();
            let known = ["file", "line", "endLine", "col", "title"];
            assert!(keys.iter().all(|key| known.contains(key)), "{line}");
            assert_eq!(keys.iter().filter(|key| **key == "title").count(), 1, "{line}");
        }
        let elements = |report: &ConnectorReport| {
            let page = junit(std::slice::from_ref(report));
            let document =
                roxmltree::Document::parse(&page).unwrap_or_else(|error| panic!("{error}: {page}"));
            let names: Vec<String> = document
                .descendants()
                .filter(roxmltree::Node::is_element)
                .map(|node| {
                    format!(
                        "{} {:?}",
                        node.tag_name().name(),
                        node.attributes().map(|one| one.name().to_owned()).collect::<Vec<_>>()
                    )
                })
                .collect();
            names
        };
        assert_eq!(elements(&own), elements(&tame), "{name:?}");
        let log = sarif(std::slice::from_ref(&own));
        for result in list(&log["runs"][0], "results") {
            let message = text(result, "/message/text");
            let is_link = message.match_indices("](").any(|(at, _)| !message[..at].ends_with('\\'));
            assert!(!is_link && message.chars().all(|c| c == '\n' || !c.is_control()), "{message}");
            let uri = text(result, "/locations/0/physicalLocation/artifactLocation/uri");
            assert!(uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~/%".contains(&b)), "{uri}");
        }
    }
}

#[test]
fn services_agree_on_what_is_wrong() {
    for report in corpus() {
        let reports = std::slice::from_ref(&report);
        let log = sarif(reports);
        let results = list(&log["runs"][0], "results");
        let of_level = |level: &str| {
            let open =
                results.iter().filter(|one| one["level"] == level && list(one, "suppressions").is_empty());
            open.count()
        };
        let entries = gitlab(reports);
        let is_answer = |entry: &&Value| entry["check_name"] == "connector-diff";
        let of_severity = |severities: &[&str]| {
            let open = entries.iter().filter(|one| !is_answer(one) && one["check_name"] != "unreadable");
            open.filter(|one| severities.contains(&text(one, "/severity"))).count()
        };
        assert_eq!(of_level("error"), of_severity(&["critical", "major"]), "{}", report.name);
        assert_eq!(of_level("warning"), of_severity(&["minor"]), "{}", report.name);
        let out = github(reports);
        let annotated = |kind: &str| out.lines().filter(|line| line.starts_with(kind)).count();
        let unread = report.errors.len();
        assert_eq!(annotated("::error "), (of_level("error") + unread).min(10), "{out}");
        assert_eq!(annotated("::warning "), of_level("warning").min(10), "{out}");
        let errors =
            report.problems.iter().filter(|one| one.level == Severity::Error && one.waived.is_none());
        assert!(of_level("error") >= errors.count());
    }
}
