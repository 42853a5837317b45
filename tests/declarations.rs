//! Declarations against Airbyte's own checks: small changes of invented declarations, and what Airbyte's checks answered
//! to each (`parity/declarations/answers.jsonl`, written by `parity/declarations.py record`). Each case is rebuilt here
//! from literal replacements and compared with the version before it, and what we say is held against the answers.
//! `parity/disagreements.toml` says which of our checks stand for which of theirs, which are not written yet, and where the
//! two differ on purpose.

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use chrono::NaiveDate;
use connector_diff::model::{Connector, Severity};
use connector_diff::policy::Policy;
use connector_diff::rules::find_check;
use connector_diff::tree::Memory;
use connector_diff::{Options, compare};
use serde::Deserialize;
use serde_json::Value;

const SPEC: &str = r#"{"connectionSpecification": {"type": "object"}}"#;

/// The files of a side: `metadata.yaml`, `guide.md`, `page.md`, `pyproject.toml`.
type Files = BTreeMap<String, String>;

/// What Airbyte's checks answered, by check; those that passed are left out.
type Answers = BTreeMap<String, String>;

struct Base {
    old: Files,
    new: Files,
    operations: Vec<Operation>,
}

/// What stands in a file, and what comes instead: without the first the whole file is meant, without the second it is
/// removed.
struct Operation {
    kind: String,
    file: String,
    old: Option<String>,
    new: Option<String>,
}

impl Operation {
    /// Whether it applies; then it is done.
    fn apply(&self, files: &mut Files) -> bool {
        let Some(text) = files.get_mut(&self.file) else { return false };
        match (&self.old, &self.new) {
            (None, None) => files.remove(&self.file).is_some(),
            (None, Some(new)) => {
                text.clone_from(new);
                true
            }
            (Some(old), new) => {
                let applies = text.contains(old.as_str());
                *text = text.replacen(old.as_str(), new.as_deref().unwrap_or_default(), 1);
                applies
            }
        }
    }
}

struct Case {
    base: String,
    operations: Vec<usize>,
    answers: Answers,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    pending: BTreeSet<String>,
    warnings: BTreeSet<String>,
    checks: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    disagreement: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    check: Vec<String>,
    theirs: String,
    ours: Vec<String>,
    #[serde(default)]
    when: BTreeMap<String, String>,
    bases: Option<Vec<String>>,
    mutations: Option<Vec<String>>,
    right: String,
    /// Whether a report has to say that theirs will refuse it.
    #[serde(default)]
    says: bool,
    /// Whether ours is at fault.
    #[serde(default)]
    mend: bool,
    /// Whether it is of real declarations, which are not here.
    #[serde(default)]
    real: bool,
    why: String,
}

struct Recorded {
    today: NaiveDate,
    bases: BTreeMap<String, Base>,
    cases: Vec<Case>,
    table: Table,
}

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("parity").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn bases() -> BTreeMap<String, Base> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("parity/declarations/bases");
    let mut bases = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the bases") {
        let name = entry.expect("a base").file_name().into_string().expect("a name");
        let name = name.strip_suffix(".md").expect("a Markdown file").to_owned();
        let mut base = Base { old: Files::new(), new: Files::new(), operations: Vec::new() };
        for (heading, body) in support::sections(&read(&format!("declarations/bases/{name}.md"))) {
            let (side, file) = heading.split_once('/').expect("a side and a file");
            let side = if side == "old" { &mut base.old } else { &mut base.new };
            side.insert(file.to_owned(), body);
        }
        bases.insert(name, base);
    }
    for line in read("declarations/operations.jsonl").lines() {
        type Line = (String, String, String, Option<String>, Option<String>);
        let (base, kind, file, old, new): Line = serde_json::from_str(line).expect("an operation");
        bases.get_mut(&base).expect("a base").operations.push(Operation { kind, file, old, new });
    }
    bases
}

static RECORDED: LazyLock<Recorded> = LazyLock::new(|| {
    let answers = read("declarations/answers.jsonl");
    let mut lines = answers.lines();
    let head: Value = serde_json::from_str(lines.next().expect("a head")).expect("JSON");
    let today = head["today"].as_str().and_then(|day| day.parse().ok()).expect("the day of the recording");
    let mut cases = Vec::new();
    for line in lines {
        let (base, answers, each): (String, Answers, Vec<Vec<usize>>) =
            serde_json::from_str(line).expect("an answer");
        cases.extend(each.into_iter().map(|operations| Case {
            base: base.clone(),
            operations,
            answers: answers.clone(),
        }));
    }
    let table = toml::from_str(&read("disagreements.toml")).expect("the table");
    Recorded { today, bases: bases(), cases, table }
});

impl Case {
    /// The files of the new side; panics where an operation does not apply.
    fn files(&self) -> Files {
        let base = &RECORDED.bases[&self.base];
        let mut files = base.new.clone();
        for index in &self.operations {
            let operation = &base.operations[*index];
            assert!(operation.apply(&mut files), "{} {:?}: {}", self.base, self.operations, operation.kind);
        }
        files
    }

    fn kinds(&self) -> Vec<&str> {
        let operations = &RECORDED.bases[&self.base].operations;
        self.operations.iter().map(|index| operations[*index].kind.as_str()).collect()
    }

    fn theirs(&self, check: &str) -> &str {
        self.answers.get(check).map_or("pass", String::as_str)
    }

    /// What we say: our checks, `!` before an error and `~` before a warning, and `!unread` where a file cannot be read.
    fn ours(&self, old: &Connector) -> BTreeSet<String> {
        let new = side("new", &self.base, &self.files());
        let options = Options { today: Some(RECORDED.today), ..Options::default() };
        let report = compare(old, &new, &options);
        let problem = |problem: &connector_diff::model::Problem| {
            let level = if problem.level == Severity::Error { '!' } else { '~' };
            format!("{level}{}", problem.rule)
        };
        let mut said: BTreeSet<String> = report.problems.iter().map(problem).collect();
        if !report.errors.is_empty() {
            said.insert("!unread".to_owned());
        }
        said
    }
}

/// A connector in a repository with docs.
fn side(name: &str, connector: &str, files: &Files) -> Connector {
    let (kind, short) = connector.split_once('-').expect("a kind and a name");
    let mut own = Memory::new(name).file("spec.json", SPEC);
    let mut repository = Memory::new("repository");
    for (file, text) in files {
        match file.as_str() {
            "guide.md" => {
                repository =
                    repository.file(&format!("docs/integrations/{kind}s/{short}-migrations.md"), text);
            }
            "page.md" => repository = repository.file(&format!("docs/integrations/{kind}s/{short}.md"), text),
            _ => own = own.file(file, text),
        }
    }
    sides::load(own.within(repository))
}

/// How an answer of theirs and what we say go together.
#[derive(PartialEq)]
enum Judged {
    Agree,
    /// Not compared: theirs was not asked, or its answer is not ours to give.
    NotAsked,
    /// What we say, where theirs says otherwise.
    Differ(String),
}

impl Table {
    fn rules(&self, check: &str) -> BTreeSet<&str> {
        self.checks[check].values().flatten().map(String::as_str).filter(|rule| *rule != "pass").collect()
    }

    /// The checks of theirs for which all of ours are written.
    fn compared(&self) -> Vec<&str> {
        let is_written = |check: &&str| self.rules(check).iter().all(|rule| !self.pending.contains(*rule));
        self.checks.keys().map(String::as_str).filter(is_written).collect()
    }

    /// The checks of ours that stand for an answer.
    fn meant(&self, check: &str, theirs: &str) -> &[String] {
        let fits = |(answer, _): &(&String, &Vec<String>)| Policy::is_match(answer, theirs);
        let longest = self.checks[check].iter().filter(fits).max_by_key(|(answer, _)| answer.len());
        let (_, rules) =
            longest.unwrap_or_else(|| panic!("disagreements.toml has no line for {check}: {theirs}"));
        rules
    }

    /// The answer of a check, as far as it is about the declaration.
    fn theirs<'c>(&self, check: &str, case: &'c Case) -> &'c str {
        match case.theirs(check) {
            theirs @ ("pass" | "skip" | "-") => theirs,
            theirs if self.meant(check, theirs) == ["pass"] => "pass",
            theirs => theirs,
        }
    }

    fn judged(&self, check: &str, case: &Case, ours: &BTreeSet<String>) -> Judged {
        let theirs = self.theirs(check, case);
        if ours.contains("!unread") {
            let refuse = |answer: &String| answer.starts_with("fail") || answer.starts_with("crash");
            return match case.answers.values().any(refuse) {
                true => Judged::Agree,
                false => Judged::Differ("!unread".to_owned()),
            };
        }
        if ["skip", "-"].contains(&theirs) {
            return Judged::NotAsked;
        }
        let answers = &self.checks[check];
        let is_fault = |said: &str| said.starts_with('!') || self.warnings.contains(&said[1..]);
        let own = |said: &&String| is_fault(said) && answers["pass"].iter().any(|one| *one == said[1..]);
        let errors: Vec<&str> = ours.iter().filter(own).map(String::as_str).collect();
        if theirs == "pass" {
            return match errors.is_empty() {
                true => Judged::Agree,
                false => Judged::Differ(errors.join(" ")),
            };
        }
        let rules = self.meant(check, theirs);
        if rules.is_empty() {
            return Judged::NotAsked;
        }
        let is_meant = |said: &String| {
            let is_enough = is_fault(said) || theirs.starts_with("crash");
            is_enough && rules.iter().any(|one| *one == said[1..])
        };
        // Another fault of the same file is as good: theirs stops at the first.
        if ours.iter().any(is_meant) || !errors.is_empty() {
            return Judged::Agree;
        }
        let is_warned = |said: &&String| answers["pass"].iter().any(|one| *one == said[1..]);
        let warned: Vec<&str> = ours.iter().filter(is_warned).map(String::as_str).collect();
        Judged::Differ(if warned.is_empty() { "silent".to_owned() } else { warned.join(" ") })
    }

    /// The known disagreement that this is.
    fn explained(&self, check: &str, case: &Case, ours: &str) -> Option<usize> {
        let theirs = self.theirs(check, case);
        let kinds = case.kinds();
        self.disagreement.iter().position(|known| {
            let says_so =
                ours.split(' ').all(|said| known.ours.iter().any(|pattern| Policy::is_match(pattern, said)));
            says_so
                && !known.real
                && known.check.iter().any(|one| one == check || one == "*")
                && Policy::is_match(&known.theirs, theirs)
                && known.when.iter().all(|(other, answer)| Policy::is_match(answer, case.theirs(other)))
                && known
                    .bases
                    .as_ref()
                    .is_none_or(|bases| bases.iter().any(|one| Policy::is_match(one, &case.base)))
                && known.mutations.as_ref().is_none_or(|patterns| {
                    kinds.iter().any(|kind| patterns.iter().any(|pattern| Policy::is_match(pattern, kind)))
                })
        })
    }
}

#[test]
fn a_check_is_pending_until_it_is_written() {
    let table = &RECORDED.table;
    for rule in table.checks.keys().flat_map(|check| table.rules(check)) {
        match (table.pending.contains(rule), find_check(rule).is_some()) {
            (true, true) => {
                panic!("{rule} is written: take it out of `pending` in parity/disagreements.toml")
            }
            (false, false) => panic!("{rule} is no check: parity/disagreements.toml names it"),
            _ => {}
        }
    }
    for known in &table.disagreement {
        assert!(["ours", "theirs", "both"].contains(&known.right.as_str()), "{}", known.why);
        // What theirs lets pass stops no release, so that nobody has to be told.
        assert!(!known.says || known.theirs != "pass", "{}", known.why);
        assert!(!known.mend || known.right != "ours", "{}", known.why);
        for check in &known.check {
            assert!(check == "*" || table.checks.contains_key(check), "{check}: {}", known.why);
        }
    }
}

#[test]
fn what_we_say_of_a_declaration_is_what_airbytes_checks_answer() {
    let Recorded { bases, cases, table, .. } = &*RECORDED;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let old: BTreeMap<&str, Connector> =
        bases.iter().map(|(name, base)| (name.as_str(), side("old", name, &base.old))).collect();
    let ours: Vec<BTreeSet<String>> = std::thread::scope(|scope| {
        let old = &old;
        let share = |cases: &'static [Case]| {
            scope.spawn(move || {
                cases.iter().map(|case| case.ours(&old[case.base.as_str()])).collect::<Vec<_>>()
            })
        };
        let shares: Vec<_> = cases.chunks(cases.len().div_ceil(threads)).map(share).collect();
        shares.into_iter().flat_map(|share| share.join().expect("no panic")).collect()
    });
    let compared = table.compared();
    let mut hits = BTreeSet::new();
    let mut unknown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (case, ours) in cases.iter().zip(&ours) {
        for check in &compared {
            let Judged::Differ(said) = table.judged(check, case, ours) else { continue };
            match table.explained(check, case, &said) {
                Some(index) => {
                    // Theirs stops a release that ours lets pass: somebody has to be told.
                    let known = &table.disagreement[index];
                    assert!(!known.says || known.mend || said != "silent", "{}", known.why);
                    hits.insert(index);
                }
                None => {
                    let class = format!("{check}: theirs {}, ours {said}", table.theirs(check, case));
                    unknown.entry(class).or_default().push(format!(
                        "{}: {}",
                        case.base,
                        case.kinds().join(" + ")
                    ));
                }
            }
        }
    }
    let mut told = String::new();
    for (class, cases) in &unknown {
        // The case with the fewest operations says most.
        let example = cases.iter().min_by_key(|case| case.len()).expect("a case");
        let _ = writeln!(told, "{:5} {class} (as in {example})", cases.len());
    }
    for (index, known) in table.disagreement.iter().enumerate() {
        let is_compared = known.check.iter().all(|check| check == "*" || compared.contains(&check.as_str()));
        if is_compared && !known.real && !hits.contains(&index) {
            let _ = writeln!(told, "no case of this one: {}", known.why);
        }
    }
    assert!(told.is_empty(), "parity/disagreements.toml does not know:\n{told}");
}
