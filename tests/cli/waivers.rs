//! Waivers: what they accept, when they end, and what is said of those that are of no use.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use super::{DEMO, run, stdout};

/// The demo under a policy.
pub(super) struct Shop {
    _folder: tempfile::TempDir,
    policy: PathBuf,
}

impl Shop {
    pub(super) fn with(policy: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("policy.toml");
        std::fs::write(&path, policy).expect("the policy file");
        Self { _folder: folder, policy: path }
    }

    fn check(&self, more: &[&str]) -> Output {
        let policy = self.policy.to_str().expect("UTF-8");
        let day = ["--today", "2027-03-01"];
        run(&[&["check", DEMO[0], DEMO[1], "--config", policy], &day[..], more].concat())
    }

    pub(super) fn report(&self) -> Value {
        let output = self.check(&["--format", "json"]);
        let report: Value = serde_json::from_str(&stdout(&output)).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
        });
        report["connectors"][0].clone()
    }

    /// What it says as text, with the policy file by its name alone.
    fn says(&self, more: &[&str]) -> String {
        let folder = format!("{}/", self.policy.parent().expect("a folder").display());
        stdout(&self.check(more)).replace(&folder, "")
    }
}

/// What has this rule, in the findings or the problems.
pub(super) fn of_rule<'r>(report: &'r Value, list: &str, rule: &str) -> Vec<&'r Value> {
    report[list].as_array().expect("a list").iter().filter(|one| one["rule"] == rule).collect()
}

pub(super) fn waived(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings").iter();
    let waived = findings.filter(|finding| !finding["waived"].is_null());
    waived.map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect()
}

fn waiver(keys: &str) -> String {
    format!("[[waivers]]\nreason = \"the API dropped it\"\n{keys}\n")
}

/// The three rules that break in the demo.
const BREAKS: [&str; 3] = ["spec-enum-value-removed", "stream-removed", "field-type-widened-to-string"];

#[test]
fn a_waiver_accepts_what_it_names_and_nothing_else() {
    let plain = Shop::with("").report();
    let id = of_rule(&plain, "findings", "stream-removed")[0]["id"].as_str().expect("an id").to_owned();
    let zip = "field-type-widened-to-string";
    for (keys, expected) in [
        (format!("id = \"{id}\""), vec!["stream-removed"]),
        (format!("id = \"{}\"", &id[..8]), vec!["stream-removed"]),
        ("id = \"k0000000000\"".to_owned(), vec![]),
        ("rule = \"stream-removed\"".to_owned(), vec!["stream-removed"]),
        ("rule = \"stream-removed\"\nstream = \"rev*\"".to_owned(), vec!["stream-removed"]),
        ("rule = \"stream-removed\"\nstream = \"rev\"".to_owned(), vec![]),
        ("rule = \"stream-added\"\nstream = \"reviews\"".to_owned(), vec![]),
        (format!("rule = \"{zip}\""), vec![zip, zip]),
        (format!("rule = \"{zip}\"\nfield = \"bill_to/zip\""), vec![zip]),
        (format!("rule = \"{zip}\"\nfield = \"*_to/z?p\"\nstream = \"orders\""), vec![zip, zip]),
        (format!("rule = \"{zip}\"\nfield = \"ship_to\""), vec![zip]),
        (format!("rule = \"{zip}\"\nfield = \"zip\""), vec![]),
        (format!("rule = \"{zip}\"\nfield = \"bill_to/zip/code\""), vec![]),
        (format!("rule = \"{zip}\"\nfield = \"bill_to\"\nstream = \"order\""), vec![]),
        (
            "rule = \"spec-enum-value-removed\"\nfield = \"region\"".to_owned(),
            vec!["spec-enum-value-removed"],
        ),
        ("rule = \"spec-enum-value-removed\"\nstream = \"*\"".to_owned(), vec![]),
        ("rule = \"stream-removed\"\nconnector = \"source-*\"".to_owned(), vec!["stream-removed"]),
        ("rule = \"stream-removed\"\nconnector = \"source-book\"".to_owned(), vec![]),
    ] {
        let report = Shop::with(&waiver(&keys)).report();
        assert_eq!(waived(&report), expected, "{keys}");
        assert_eq!(report["summary"]["waived"], expected.len(), "{keys}");
    }
}

#[test]
fn what_is_waived_stays_listed_and_counts_in_nothing() {
    let rest = Shop::with(&BREAKS.map(|rule| waiver(&format!("rule = \"{rule}\""))).concat());
    let report = rest.report();
    let verdict = &report["verdict"];
    assert_eq!(verdict["outcome"], "compatible");
    assert_eq!(verdict["breaking_types"].as_array().map(Vec::len), Some(0));
    assert_eq!(verdict["scope"]["everyone"], false);
    assert_ne!(verdict["required_bump"], "major");
    assert_eq!(report["summary"]["breaking"], 0);
    let one = of_rule(&report, "findings", "stream-removed")[0];
    assert_eq!(one["level"], "breaking");
    assert_eq!(one["waived"], serde_json::json!({"reason": "the API dropped it", "until": null}));
    assert!(of_rule(&report, "problems", "meta-breaking-entry-missing").is_empty());
    for gate in ["undeclared", "breaking"] {
        assert_eq!(rest.check(&["--fail-on", gate]).status.code(), Some(0), "{gate}");
    }
    let text = rest.says(&[]);
    assert!(text.contains("ok: nothing breaks besides what is waived"), "{text}");
    assert!(text.contains("\nwaived breaking[stream-removed] a stream was removed\n  reviews\n"), "{text}");
    assert!(text.contains("  waived: the API dropped it\n"), "{text}");
    assert!(text.contains("passes (--fail-on undeclared); 4 findings waived"), "{text}");
    let concise = rest.says(&["--format", "concise"]);
    let line = concise.lines().find(|line| line.contains("stream-removed")).expect("a line");
    let (said, id) = line.rsplit_once(' ').expect("an id");
    assert!(
        said.ends_with(
            "waived breaking[stream-removed] a stream was removed: reviews (waived: the API dropped it)"
        ),
        "{line}"
    );
    assert_eq!(one["id"], id);
    let markdown = rest.says(&["--format", "markdown"]);
    assert!(markdown.contains("<summary>3 waived</summary>"), "{markdown}");
    assert!(
        markdown.contains("A stream was removed: `reviews`<br>waived: the API dropped it\n"),
        "{markdown}"
    );

    let equivalent = rest.check(&["--equivalent"]);
    assert_eq!(equivalent.status.code(), Some(1), "what is safe is another one all the same");

    let one = Shop::with(&waiver("rule = \"spec-enum-value-removed\""));
    let report = one.report();
    assert_eq!(
        (&report["verdict"]["scope"]["everyone"], &report["verdict"]["outcome"]),
        (&false.into(), &"breaking".into())
    );
}

#[test]
fn a_waiver_ends_with_its_version_or_after_its_day() {
    for (until, holds) in [
        ("until = \"1.5.1\"", true),
        ("until = \"1.5.0\"", false),
        ("until = \"1.5.0-rc.1\"", false),
        ("until = \"2.0.0\"", true),
        ("until = \"2027-03-01\"", true),
        ("until = 2027-03-01", true),
        ("until = \"2027-02-28\"", false),
    ] {
        let shop = Shop::with(&waiver(&format!("rule = \"stream-removed\"\n{until}")));
        let report = shop.report();
        assert_eq!(waived(&report).len(), usize::from(holds), "{until}");
        assert_eq!(of_rule(&report, "problems", "waiver-expired").len(), usize::from(!holds), "{until}");
    }
}

#[test]
fn what_a_waiver_accepted_that_ended_counts_again() {
    let all = BREAKS.map(|rule| waiver(&format!("rule = \"{rule}\"\nuntil = \"2027-02-28\""))).concat();
    let shop = Shop::with(&all);
    assert_eq!(shop.check(&[]).status.code(), Some(1));
    let report = shop.report();
    let expired = of_rule(&report, "problems", "waiver-expired");
    assert_eq!((report["summary"]["breaking"].as_u64(), expired.len()), (Some(4), 3));
    assert_eq!((&expired[1]["level"], &expired[1]["origin"]["line"]), (&"error".into(), &5.into()));
    let text = shop.says(&[]);
    let said = "error[waiver-expired] policy.toml:5: the waiver at policy.toml:5 ended after 2027-02-28, and today is \
                2027-03-01, so stream-removed of reviews (k8657865e4b) counts again: undo or declare the change, or set \
                another until and say why in reason\n";
    assert!(text.contains(said), "{text}");
    assert!(
        text.contains(
            "field-type-widened-to-string of orders/bill_to/zip (ka6ce35f6ae) and 1 more count again"
        ),
        "{text}"
    );

    // A finding that breaks nobody fails the gate too: somebody accepted it for a time.
    let quiet = waiver("rule = \"spec-annotation-only\"\nuntil = \"1.0.0\"");
    let others = BREAKS.map(|rule| waiver(&format!("rule = \"{rule}\""))).concat();
    let shop = Shop::with(&format!("{quiet}{others}"));
    assert_eq!(shop.check(&[]).status.code(), Some(1));
    let text = shop.says(&[]);
    assert!(text.contains("fails: 1 error, which --fail-on undeclared counts"), "{text}");

    // One that holds accepts it, and the other is over.
    let both = format!(
        "{}{}",
        waiver("rule = \"stream-removed\"\nuntil = \"1.0.0\""),
        waiver("rule = \"stream-removed\"")
    );
    let report = Shop::with(&both).report();
    assert_eq!(waived(&report), ["stream-removed"]);
    assert!(of_rule(&report, "problems", "waiver-expired").is_empty());

    let softer = format!("[rules]\nwaiver-expired = \"warning\"\n{all}");
    let report = Shop::with(&softer).report();
    let expired = of_rule(&report, "problems", "waiver-expired");
    assert!(expired.iter().all(|problem| problem["level"] == "warning"), "{expired:?}");
    let off = format!("[rules]\nwaiver-expired = \"off\"\n{all}");
    assert!(of_rule(&Shop::with(&off).report(), "problems", "waiver-expired").is_empty());
}

#[test]
fn a_waiver_by_version_needs_a_version() {
    let shop = Shop::with(&waiver("rule = \"field-removed\"\nuntil = \"3.0.0\""));
    let catalog = |name: &str, fields: &str| {
        let path = shop.policy.with_file_name(name);
        let schema = format!("{{\"type\": \"object\", \"properties\": {{{fields}}}}}");
        let stream = format!(
            "{{\"name\": \"users\", \"json_schema\": {schema}, \"supported_sync_modes\": [\"full_refresh\"]}}"
        );
        std::fs::write(&path, format!("{{\"streams\": [{stream}]}}")).expect("a catalog");
        path.display().to_string()
    };
    let old = catalog("old.json", "\"id\": {\"type\": \"integer\"}, \"zip\": {\"type\": \"string\"}");
    let new = catalog("new.json", "\"id\": {\"type\": \"integer\"}");
    let policy = shop.policy.to_str().expect("UTF-8");
    let output = run(&["check", &old, &new, "--config", policy]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("holds below 3.0.0, and the new version is not known, so field-removed of users/zip"),
        "{text}"
    );
    assert!(
        text.contains("name the metadata with --new-metadata, or let the waiver end with a day"),
        "{text}"
    );
}

#[test]
fn a_waiver_of_no_use_is_named_where_it_is_meant_for_the_connector() {
    let unused = |policy: &str| {
        let shop = Shop::with(policy);
        let report = shop.report();
        let problems = of_rule(&report, "problems", "waiver-unused");
        problems.iter().map(|problem| problem["origin"]["line"].as_u64().expect("a line")).collect::<Vec<_>>()
    };
    let gone = "rule = \"field-removed\"\nstream = \"books\"";
    let shared = "[connectors.source-harbour]\n";
    assert_eq!(unused(&waiver(gone)), [0; 0], "the file may be of many connectors");
    assert_eq!(
        unused(&format!("{shared}{}", waiver(&format!("{gone}\nconnector = \"source-bookshop\"")))),
        [2]
    );
    assert_eq!(unused(&format!("{shared}{}", waiver(&format!("{gone}\nconnector = \"source-*\"")))), [0; 0]);
    assert_eq!(
        unused(&format!("{shared}{}", waiver(gone).replace("waivers", "connectors.source-bookshop.waivers"))),
        [2]
    );
    assert_eq!(unused(&format!("[connectors.source-bookshop]\n{}", waiver(gone))), [2], "it names no other");
    let over = waiver(&format!("{gone}\nconnector = \"source-bookshop\"\nuntil = \"1.0.0\""));
    assert_eq!(unused(&over), [1], "what ended and matches nothing is of no use");
    assert!(of_rule(&Shop::with(&over).report(), "problems", "waiver-expired").is_empty());
    let used = waiver("rule = \"stream-removed\"\nconnector = \"source-bookshop\"");
    assert_eq!(unused(&used), [0; 0]);
    assert_eq!(unused(&format!("[rules]\nwaiver-unused = \"off\"\n{over}")), [0; 0]);

    let shop = Shop::with(&waiver(gone));
    let said = String::from_utf8(shop.check(&["-v"]).stderr).expect("UTF-8");
    assert!(said.ends_with("policy.toml:1: the waiver of field-removed, stream books matches nothing in this change of source-bookshop\n"), "{said}");
    assert_eq!(String::from_utf8(shop.check(&[]).stderr).expect("UTF-8"), "");
    let typo = Shop::with(&waiver(&format!("{gone}\nconnector = \"source-bookshp\"")));
    let said = String::from_utf8(typo.check(&[]).stderr).expect("UTF-8");
    assert!(said.ends_with("policy.toml:1: the waiver is for source-bookshp and not for source-bookshop: did you mean source-bookshop?\n"), "{said}");
}

#[test]
fn a_policy_in_the_folder_of_a_connector_is_meant_for_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(Path::new(DEMO[1]), folder.path());
    let policy = folder.path().join(".connector-diff.toml");
    std::fs::write(&policy, waiver("id = \"k0000000000\"")).expect("the policy file");
    let new = folder.path().to_str().expect("UTF-8");
    let said = |old: &str| stdout(&run(&["check", old, new, "--config", policy.to_str().expect("UTF-8")]));
    assert!(said(DEMO[0]).contains("warning[waiver-unused]"), "{}", said(DEMO[0]));
    // What cannot be read may hold what it is for.
    std::fs::write(folder.path().join("catalog.json"), "{\"streams\": [").expect("a broken file");
    assert!(!said(DEMO[0]).contains("waiver-unused"), "{}", said(DEMO[0]));
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}

#[test]
fn problems_are_waived_by_their_fingerprint_or_their_check() {
    let plain = Shop::with("").report();
    let problem = |rule: &str| of_rule(&plain, "problems", rule)[0]["id"].as_str().expect("an id").to_owned();
    let entry = waiver(&format!("id = \"{}\"", problem("meta-breaking-entry-missing")));
    let shop = Shop::with(&entry);
    let report = shop.report();
    assert_eq!(
        of_rule(&report, "problems", "meta-breaking-entry-missing")[0]["waived"]["reason"],
        "the API dropped it"
    );
    assert_eq!(shop.check(&[]).status.code(), Some(1), "the version is too small a step all the same");
    let both = format!("{entry}{}", waiver("rule = \"meta-bump-too-small\"\nuntil = \"2.0.0\""));
    let shop = Shop::with(&both);
    assert_eq!(shop.check(&[]).status.code(), Some(0));
    assert_eq!(shop.check(&["--fail-on", "breaking"]).status.code(), Some(1), "users break");
    let text = shop.says(&[]);
    assert!(text.contains(": breaking: allowed values were removed (region), a field became text (zip in 2 places), and a stream was removed (reviews); what its declaration lacks is waived [passes]\n"), "{text}");
    assert!(
        text.contains("  waived error[meta-bump-too-small] ")
            && text.contains("    waived: the API dropped it (until 2.0.0)\n"),
        "{text}"
    );
    assert!(text.contains("passes (--fail-on undeclared): what the declaration of the break lacks is waived; 2 problems waived"), "{text}");
    assert!(!text.contains("to declare it"), "{text}");
}

#[test]
fn what_is_off_is_left_out_and_counted() {
    let shop = Shop::with("[rules]\nstream-removed = \"off\"\nmeta-bump-too-small = \"off\"\n");
    let report = shop.report();
    assert!(of_rule(&report, "findings", "stream-removed").is_empty());
    assert!(of_rule(&report, "problems", "meta-bump-too-small").is_empty());
    assert_eq!(report["summary"]["ignored"], 1);
    let text = shop.says(&[]);
    assert!(
        text.lines()
            .next()
            .is_some_and(|line| line.ends_with("; 1 finding left out by the policy file [fails]")),
        "{text}"
    );
}

#[test]
fn a_declared_break_that_is_waived_is_confirmed() {
    let shop = Shop::with(&BREAKS.map(|rule| waiver(&format!("rule = \"{rule}\""))).concat());
    let metadata = std::fs::read_to_string(Path::new(DEMO[1]).join("metadata.yaml")).expect("the demo");
    let entry =
        "  releases:\n    breakingChanges:\n      2.0.0: {message: x, upgradeDeadline: \"2030-01-01\"}\n";
    let path = shop.policy.with_file_name("metadata.yaml");
    std::fs::write(&path, metadata.replace("1.5.0", "2.0.0") + entry).expect("metadata");
    let report = shop.check(&["--format", "json", "--new-metadata", path.to_str().expect("UTF-8")]);
    let report: Value = serde_json::from_str(&stdout(&report)).expect("JSON");
    let verdict = &report["connectors"][0]["verdict"];
    assert_eq!((&verdict["outcome"], &verdict["declaration"]), (&"compatible".into(), &"complete".into()));
}

#[test]
fn a_reason_says_no_more_than_it_is() {
    let reason = r###"reason = "\u001b[31mred\u001b[0m\n::error::x ##[group] <h1> | `a` @team [x](http://y) \u202e\u2028end""###;
    let shop = Shop::with(&format!("[[waivers]]\nrule = \"stream-removed\"\n{reason}\n"));
    for format in ["text", "concise", "markdown"] {
        let said = shop.says(&["--format", format, "-v"]);
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{2028}']), "{format}: {said}");
        assert!(!said.contains("##[group]") && !said.contains("\n::error"), "{format}: {said}");
        let line = said.lines().find(|line| line.contains("waived: ")).expect("a line");
        assert!(line.contains("red") && line.contains("end"), "{format}: {line}");
    }
    let markdown = shop.says(&["--format", "markdown"]);
    assert!(markdown.contains("waived: ``\\u{1b}[31mred\\u{1b}[0m ::error::x "), "{markdown}");
}

#[test]
fn a_test_that_is_turned_off_waives_only_where_the_policy_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(Path::new(DEMO[1]), folder.path());
    let policy = folder.path().join("policy.toml");
    let new = folder.path().to_str().expect("UTF-8").to_owned();
    let report = |config: &str, switch: &str| -> Value {
        std::fs::write(folder.path().join("acceptance-test-config.yml"), config)
            .expect("the config of the tests");
        std::fs::write(&policy, switch).expect("the policy file");
        let path = policy.to_str().expect("UTF-8");
        let output = run(&["check", DEMO[0], &new, "--config", path, "--format", "json"]);
        serde_json::from_str::<Value>(&stdout(&output)).expect("JSON")["connectors"][0].clone()
    };
    let config = |section: &str, version: &str| {
        let entry = format!("backward_compatibility_tests_config: {{disable_for_version: {version}}}");
        format!("acceptance_tests:\n  {section}:\n    tests:\n      - config_path: a\n        {entry}\n")
    };
    let (check, waive) =
        ("compatibility-test-disabled", "[switches]\ndisabled-compatibility-tests = \"waive\"\n");
    let plain = report(&config("spec", "1.4.2"), "");
    let problem = of_rule(&plain, "problems", check)[0];
    assert_eq!(waived(&plain), [""; 0]);
    assert_eq!((&problem["level"], &problem["origin"]["line"]), (&"warning".into(), &5.into()));
    let said = "acceptance-test-config.yml turns off Airbyte's own backward compatibility test of the spec for 1.4.2: \
                findings count all the same, unless the policy file waives them";
    assert_eq!(problem["message"], said);

    let unread = report("acceptance_tests: [\n", "");
    let said = of_rule(&unread, "problems", check)[0]["message"].as_str().expect("a message").to_owned();
    assert!(
        said.starts_with("acceptance-test-config.yml:1 cannot be read, and so it is not known"),
        "{said}"
    );
    let spec = report(&config("spec", "\"1.4.2\""), waive);
    assert_eq!(
        waived(&spec),
        ["spec-enum-value-removed"],
        "nothing of the catalog, and nothing that breaks nobody"
    );
    let reason = "acceptance-test-config.yml:5 turns off Airbyte's own backward compatibility test of the spec for 1.4.2";
    assert_eq!(of_rule(&spec, "findings", "spec-enum-value-removed")[0]["waived"]["reason"], reason);
    let catalog = report(&config("discovery", "1.4.2"), waive);
    assert_eq!(waived(&catalog).len(), 3, "{:?}", waived(&catalog));
    assert!(!waived(&catalog).contains(&"spec-enum-value-removed".to_owned()));
    for other in [config("spec", "1.4.1"), config("basic_read", "1.4.2"), config("spec", "1.5.0")] {
        let report = report(&other, waive);
        assert_eq!((waived(&report).len(), of_rule(&report, "problems", check).len()), (0, 0), "{other}");
    }
    let over = format!("{waive}{}", waiver("rule = \"spec-enum-value-removed\"\nuntil = \"1.0.0\""));
    let both = report(&config("spec", "1.4.2"), &over);
    assert_eq!((waived(&both).len(), of_rule(&both, "problems", "waiver-expired").len()), (1, 0));
    let off = report(&config("spec", "1.4.2"), "[rules]\ncompatibility-test-disabled = \"off\"\n");
    assert!(of_rule(&off, "problems", check).is_empty());
}
