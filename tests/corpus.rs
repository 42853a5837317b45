//! The corpus: every case is a test of its own, and every rule runs over every case.
//!
//! A case is `corpus/<rule>/<case>.md`, or a directory `corpus/<rule>/<case>/` with a `README.md`, `old/` and `new/`.
//! In a Markdown case a fenced block after a heading `old/…` or `new/…` is that file, one after `old-output/…` or `new-output/…`
//! is a file that a flag names as output, and the block under `Expected`
//! lists every finding, one a line; a side without a file is absent on purpose. A case whose name starts with `near-miss` looks like a case for the rule and is
//! none. Below its title a case says in a sentence or two why its result is right. `UPDATE_CORPUS=1` writes the
//! expectations; read the diff before committing it.

#[path = "support/sides.rs"]
mod sides;
mod support;

#[path = "support/report_schema.rs"]
mod report_schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use connector_diff::load::{Request, Side, connector, connector_in};
use connector_diff::model::{Connector, ConnectorReport, Level, Outcome};
use connector_diff::policy::{FailOn, PolicyFile};
use connector_diff::release::Gate;
use connector_diff::report::{Asked, Mark, View};
use connector_diff::tree::Tree;
use connector_diff::{Options, compare, rules};
use libtest_mimic::{Arguments, Failed, Trial};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

struct Case {
    name: String,
    rule: String,
    path: PathBuf,
}

impl Case {
    /// The Markdown file with the title, the sentence below it and what is expected.
    fn document(&self) -> PathBuf {
        if self.path.is_dir() { self.path.join("README.md") } else { self.path.clone() }
    }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in sorted(&corpus()).into_iter().filter(|path| path.is_dir()) {
        let rule = folder.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        if rule == "demo" {
            continue;
        }
        for path in sorted(&folder) {
            let stem = path.file_stem().expect("a case has a name").to_string_lossy().into_owned();
            cases.push(Case { name: format!("{rule}/{stem}"), rule: rule.clone(), path });
        }
    }
    cases
}

const EXPECTED: &str = "## Expected";

/// The files of both sides of a Markdown case.
fn unpack(text: &str, into: &Path) {
    for (name, body) in support::sections(text) {
        if ["old/", "new/", "old-output/", "new-output/"].iter().any(|folder| name.starts_with(folder)) {
            support::write(into, &name, &body);
        }
    }
}

struct Loaded {
    _folder: Option<tempfile::TempDir>,
    old: Connector,
    new: Connector,
    /// The same sides, read from memory.
    memory: [Connector; 2],
    expected: String,
}

fn load(case: &Case) -> Loaded {
    let text = fs::read_to_string(case.document()).expect("the case's text");
    let (folder, root) = if case.path.is_dir() {
        (None, case.path.clone())
    } else {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().to_path_buf();
        unpack(&text, &root);
        (Some(folder), root)
    };
    // A case without a file on one side is about a connector that was added or removed.
    let is_absent = |name: &str| !root.join(name).exists();
    let outputs = |name: &str| -> Vec<PathBuf> {
        Some(root.join(format!("{name}-output"))).filter(|folder| folder.exists()).into_iter().collect()
    };
    let side = |name: &str| match is_absent(name) {
        true => Connector::absent(),
        false => connector(&Side { path: root.join(name), outputs: outputs(name), ..Side::default() }),
    };
    let expected = text
        .split_once(EXPECTED)
        .map(|(_, rest)| rest.trim().trim_start_matches("```").trim_end_matches("```").trim().to_owned())
        .unwrap_or_default();
    let memory = ["old", "new"].map(|name| match is_absent(name) {
        true => Connector::absent(),
        false => {
            let copy = |folder: &PathBuf| Arc::new(sides::copy_of(folder)) as Arc<dyn Tree>;
            let outputs = outputs(name).iter().map(copy).collect();
            connector_in(&Request { outputs, ..Request::new(sides::copy_of(&root.join(name))) })
        }
    });
    Loaded { old: side("old"), new: side("new"), memory, _folder: folder, expected }
}

/// What the first line says is what the default gate does.
fn first_line_agrees_with_the_gate(report: &ConnectorReport) -> Result<(), Failed> {
    let gate = Gate::of(report, FailOn::Undeclared).because.passes();
    let mark = View::of(report, Asked::default()).answer.mark;
    let agrees = match mark {
        Mark::Fine | Mark::Declared => gate == Some(true),
        Mark::Undeclared => gate == Some(false),
        Mark::ToReview => gate == Some(true),
        Mark::Unread => gate.is_none(),
    };
    if agrees { Ok(()) } else { Err(format!("{mark:?}, and the gate {gate:?}").into()) }
}

/// Where a policy waives all that was found, nothing of it breaks, and all of it is listed.
fn what_is_waived_breaks_nobody(loaded: &Loaded, report: &ConnectorReport) -> Result<(), Failed> {
    let found = report.findings.iter().map(|finding| finding.rule);
    let rules: BTreeSet<&str> =
        found.chain(report.problems.iter().map(|problem| problem.rule.as_str())).collect();
    // A major version without an entry is what a release is where its break is waived.
    let follows = "meta-major-without-entry";
    let waiver = |rule: &&str| format!("[[waivers]]\nrule = \"{rule}\"\nreason = \"agreed\"\n");
    let policy = rules.iter().copied().chain([follows]).map(|rule| waiver(&rule)).collect::<String>();
    let policy = PolicyFile::parse(&policy, "policy").expect("a policy").policy(None);
    let waived = compare(&loaded.old, &loaded.new, &Options { policy, ..Options::default() });
    let ids = |report: &ConnectorReport| -> Vec<String> {
        report.findings.iter().map(|finding| finding.id.clone()).collect()
    };
    let is_listed = ids(&waived) == ids(report) && waived.findings.iter().all(|one| one.waived.is_some());
    let fails = Gate::of(&waived, FailOn::Undeclared).because.passes() == Some(false);
    if !is_listed || fails || waived.verdict.outcome == Outcome::Breaking {
        return Err(format!("waived as a whole, it is {:?}:\n{}", waived.verdict, lines(&waived)).into());
    }
    first_line_agrees_with_the_gate(&waived)?;
    match report_schema::refused(waived) {
        refused if refused.is_empty() => Ok(()),
        refused => Err(format!("the schema refuses what is waived:\n{}", refused.join("\n")).into()),
    }
}

fn json(reports: Vec<ConnectorReport>) -> String {
    connector_diff::report::json(&connector_diff::report(reports))
}

fn lines(report: &ConnectorReport) -> String {
    let mut lines: Vec<String> = report
        .findings
        .iter()
        .map(|finding| {
            let stream = finding.stream.as_ref().map(|stream| format!(" {stream}")).unwrap_or_default();
            let field = if finding.field.is_empty() {
                String::new()
            } else {
                format!(" {}", finding.field.join("/"))
            };
            let branch = finding.branch.as_ref().map(|branch| format!(" ({branch})")).unwrap_or_default();
            let related = finding
                .related
                .iter()
                .map(|related| {
                    let name = related.stream.clone().unwrap_or_else(|| related.field.join("/"));
                    format!(", {} {name}", related.kind.describe())
                })
                .collect::<String>();
            format!("{} {}{stream}{field}{branch}{related}", finding.level.name(), finding.rule)
        })
        .collect();
    lines.extend(report.unjudged.iter().map(|delta| format!("unjudged {}", delta.change)));
    lines.extend(report.errors.iter().map(|error| format!("error {}: {}", error.side, error.message)));
    if lines.is_empty() { "nothing".to_owned() } else { lines.join("\n") }
}

fn run(case: &Case) -> Result<(), Failed> {
    let loaded = load(case);
    let report = compare(&loaded.old, &loaded.new, &Options::default());
    first_line_agrees_with_the_gate(&report)?;
    let refused = report_schema::refused(report.clone());
    if !refused.is_empty() {
        return Err(format!("the schema of the JSON report refuses it:\n{}", refused.join("\n")).into());
    }
    what_is_waived_breaks_nobody(&loaded, &report)?;
    let nowhere = report.findings.iter().find(|one| one.origin.old.is_none() && one.origin.new.is_none());
    if let Some(finding) = nowhere {
        return Err(format!("{} does not say where it stands", finding.rule).into());
    }
    let found = lines(&report);
    let fires = report.findings.iter().any(|finding| finding.rule == case.rule);
    let is_near_miss = case.name.contains("/near-miss");
    if fires == is_near_miss {
        return Err(format!(
            "{} must {}fire here; found:\n{found}",
            case.rule,
            if fires { "not " } else { "" }
        )
        .into());
    }
    for (side, name) in [(&loaded.old, "old"), (&loaded.new, "new")] {
        let same = compare(side, side, &Options::default());
        if !same.findings.is_empty() || !same.unjudged.is_empty() {
            return Err(format!("{name} compared with itself differs:\n{}", lines(&same)).into());
        }
    }
    let from_memory = compare(&loaded.memory[0], &loaded.memory[1], &Options::default());
    if json(vec![report.clone()]) != json(vec![from_memory]) {
        return Err("the report of the same files in memory is another".into());
    }
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        let path = case.document();
        let text = fs::read_to_string(&path).expect("the case's text");
        let head = text.split(EXPECTED).next().unwrap_or_default().trim_end();
        fs::write(path, format!("{head}\n\n{EXPECTED}\n\n```\n{found}\n```\n")).expect("the case's text");
        return Ok(());
    }
    if found == loaded.expected {
        Ok(())
    } else {
        Err(format!("expected:\n{}\n\nfound:\n{found}", loaded.expected).into())
    }
}

/// Each rule has a case that fires it and a near miss, and each folder is a rule's.
fn every_rule_is_covered() -> Result<(), Failed> {
    let mut firing: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases() {
        let count = firing.entry(case.rule.clone()).or_default();
        if case.name.contains("/near-miss") { count.1 += 1 } else { count.0 += 1 }
    }
    let ids: BTreeSet<String> = rules::all().iter().map(|rule| rule.id.to_owned()).collect();
    let mut wrong: Vec<String> = firing
        .keys()
        .filter(|rule| !ids.contains(*rule))
        .map(|rule| format!("corpus/{rule} is no rule"))
        .collect();
    for id in &ids {
        match firing.get(id) {
            Some((1.., 1..)) => {}
            _ => wrong.push(format!("corpus/{id} needs a case that fires and a near miss")),
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Fewer words leave out who sees what; more are no longer a sentence or two.
const WORDS_OF_WHY: RangeInclusive<usize> = 6..=50;

/// What a case says between its title and its first file, on one line.
fn why(text: &str) -> String {
    let lines = text.lines().skip(1).take_while(|line| !line.starts_with("## "));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// What is wrong with what a case says of its result.
fn lacks_why(text: &str) -> Option<String> {
    let why = why(text);
    let words = why.split_whitespace().count();
    let (least, most) = (WORDS_OF_WHY.start(), WORDS_OF_WHY.end());
    if words == 0 {
        Some("says nothing between its title and its first `## ` heading".to_owned())
    } else if !WORDS_OF_WHY.contains(&words) {
        Some(format!("says why in {words} words, expected {least} to {most}: \"{why}\""))
    } else if !why.ends_with('.') {
        Some(format!("does not end what it says with a full stop: \"{why}\""))
    } else {
        None
    }
}

/// Each case says in a sentence or two why its result is right, so that the corpus reads as documentation.
fn every_case_says_why() -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for case in cases() {
        let text = fs::read_to_string(case.document()).expect("the case's text");
        if let Some(fault) = lacks_why(&text) {
            wrong.push(format!("corpus/{} {fault}", case.name));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    wrong.push(
        "Write a sentence below the title that says why the expected result is right: what users, destinations, the \
         platform or the CDK do or see. For a near miss say what keeps the rule from firing."
            .to_owned(),
    );
    Err(wrong.join("\n").into())
}

/// A rule's file is named after it, and its texts are there.
fn every_rule_is_in_order() -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let files: BTreeSet<String> = sorted(&folder)
        .into_iter()
        .filter(|path| path.is_dir())
        .flat_map(|path| sorted(&path))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().replace('_', "-")))
        .filter(|name| name != "mod")
        .collect();
    let ids: BTreeSet<String> = rules::ids().map(str::to_owned).collect();
    if files != ids {
        let apart: Vec<&String> = files.symmetric_difference(&ids).collect();
        return Err(format!("files and rules differ: {apart:?}").into());
    }
    if !rules::checks().is_sorted_by_key(|check| check.id) {
        return Err("the checks are looked up by id, and their list is not sorted by it".into());
    }
    for check in rules::checks() {
        for text in [check.title, check.checks, check.why, check.action] {
            if text.trim().is_empty() {
                return Err(format!("{} lacks a text", check.id).into());
            }
        }
    }
    for rule in rules::all() {
        let (effect, action) = (rule.effect.in_general().to_string(), rule.action_in_general().to_string());
        for text in [rule.title, rule.checks, rule.why, &rule.example.markdown(), &effect, &action] {
            if text.trim().is_empty() {
                return Err(format!("{} lacks a text", rule.id).into());
            }
        }
        if rule.level == Level::Breaking && rule.breaking_type.is_none() && rule.id != "manifest-invalid" {
            return Err(format!("{} breaks and has no breaking type", rule.id).into());
        }
    }
    Ok(())
}

fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> =
        cases().into_iter().map(|case| Trial::test(case.name.clone(), move || run(&case))).collect();
    trials.push(Trial::test("every_rule_is_covered", every_rule_is_covered));
    trials.push(Trial::test("every_rule_is_in_order", every_rule_is_in_order));
    trials.push(Trial::test("every_case_says_why", every_case_says_why));
    libtest_mimic::run(&arguments, trials).exit();
}
