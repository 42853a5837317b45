//! A side held against itself is silent, whatever it holds, provided anything of it can be read; and so is one of which only the version, the changelog, the
//! lock file and the base image moved.
//!
//! The sides of the corpus are always tried; those of published connectors lie beside the repository, and where they are
//! absent this says so.

#[path = "support/mod.rs"]
mod support;

#[path = "support/report_schema.rs"]
mod report_schema;

use std::fs;
use std::path::{Path, PathBuf};

use connector_diff::load::{Side, connector};
use connector_diff::model::{Connector, ConnectorReport, Level, Outcome, Severity};
use connector_diff::{Options, compare};
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;

fn load(path: &Path) -> Connector {
    connector(&Side { path: path.to_path_buf(), ..Side::default() })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a temporary folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a temporary file");
            let mut permissions = fs::metadata(&target).expect("a temporary file").permissions();
            #[allow(clippy::permissions_set_readonly_false, reason = "it is deleted at once")]
            permissions.set_readonly(false);
            fs::set_permissions(&target, permissions).expect("a temporary file");
        }
    }
}

/// What is said that should not be.
fn noise(report: &ConnectorReport) -> Vec<String> {
    let findings = report.findings.iter().filter(|finding| finding.level != Level::Cosmetic);
    let problems = report.problems.iter().filter(|problem| problem.level == Severity::Error);
    let mut noise: Vec<String> = findings.map(|one| format!("{} {}", one.level.name(), one.rule)).collect();
    noise.extend(problems.map(|problem| problem.message.clone()));
    noise.extend(report.errors.iter().map(|error| error.message.clone()));
    noise.extend(report.unjudged.iter().map(|one| one.change.clone()));
    if report.verdict.outcome != Outcome::Compatible {
        noise.push(report.verdict.outcome.name().to_owned());
    }
    noise
}

/// Images of which at least one loads the manifest of whoever moves to it.
const CDK_VERSIONS: [&str; 5] = ["7.39.1", "6.61.0", "6.48.16", "5.17.0", "4.6.2"];

/// The metadata with the next version, and with another base image where there is one.
fn moved(metadata: &str, cdk: Option<&str>) -> String {
    let mut text = String::new();
    for line in metadata.lines() {
        let (key, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim().trim_matches(['"', '\'']);
        let indent = &key[..key.len() - key.trim_start().len()];
        match key.trim() {
            "dockerImageTag" if value.split('.').count() == 3 => {
                let (head, patch) = value.rsplit_once('.').expect("three numbers");
                let patch: String = patch.chars().take_while(char::is_ascii_digit).collect();
                let next = patch.parse::<u64>().unwrap_or_default() + 1;
                text.push_str(&format!("{indent}dockerImageTag: \"{head}.{next}\"\n"));
            }
            "baseImage" if cdk.is_some() => {
                let name = value.rsplit_once(':').map_or(value, |(name, _)| name);
                let name = name.split('@').next().unwrap_or(name);
                let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
                text.push_str(&format!("{indent}baseImage: {name}:{}\n", cdk.unwrap_or_default()));
            }
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

/// Whether nothing of a connector could be read.
fn shows_nothing(side: &Connector) -> bool {
    side.metadata.is_none()
        && side.spec.is_none()
        && side.catalog.is_none()
        && side.states.is_empty()
        && side.code.is_empty()
        && !side.has_manifest
}

/// Tries one side; what it says that it should not.
fn tried(side: &Path) -> Vec<String> {
    let mut failures = Vec::new();
    let old = load(side);
    if shows_nothing(&old) {
        let outcome = compare(&old, &load(side), &Options::default()).verdict.outcome;
        let is_said = outcome == Outcome::Inconclusive;
        return if is_said { failures } else { vec![format!("{}: {}", side.display(), outcome.name())] };
    }
    let mut held = |what: &str, new: &Connector| {
        let report = compare(&old, new, &Options::default());
        let said = [noise(&report), report_schema::refused(report)].concat();
        if !said.is_empty() {
            failures.push(format!("{} {what}: {}", side.display(), said.join("; ")));
        }
    };
    held("against itself", &load(side));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let released = folder.path().join(side.file_name().expect("a side has a name"));
    copy(side, &released);
    held("against a copy", &load(&released));
    let path = released.join("metadata.yaml");
    let Ok(metadata) = fs::read_to_string(&path) else { return failures };
    // Where nothing is there but the metadata of a connector that is still built, a release of it shows nothing.
    let is_alone = shows_nothing(&Connector { metadata: None, ..old.clone() });
    let is_archived =
        old.metadata.as_ref().is_some_and(|metadata| metadata.data["supportLevel"] == "archived");
    if old.metadata.is_none() || is_alone && !is_archived {
        return failures;
    }
    fs::write(&path, moved(&metadata, None)).expect("a temporary file");
    // A release moves the version wherever it stands.
    let package = released.join("pyproject.toml");
    if let (Ok(text), Some(version)) = (fs::read_to_string(&package), &old.version) {
        let next = load(&released).version.unwrap_or_default();
        let lines = text.lines().map(|line| match line.starts_with("version") {
            true => format!("{}\n", line.replacen(version.as_str(), &next, 1)),
            false => format!("{line}\n"),
        });
        fs::write(&package, lines.collect::<String>()).expect("a temporary file");
    }
    fs::write(released.join("CHANGELOG.md"), "# Changelog\n").expect("a temporary file");
    fs::write(released.join("poetry.lock"), "# Another lock file\n").expect("a temporary file");
    held("against its next release", &load(&released));
    // An image whose CDK refuses the manifest is another matter.
    for cdk in CDK_VERSIONS {
        fs::write(&path, moved(&metadata, Some(cdk))).expect("a temporary file");
        let new = load(&released);
        if new.faults.len() <= old.faults.len() {
            held(&format!("on CDK {cdk}"), &new);
            return failures;
        }
    }
    failures
}

fn all_are_silent(sides: &[PathBuf], at_least: usize) -> Result<(), Failed> {
    if sides.len() < at_least {
        return Err(format!("only {} sides are there", sides.len()).into());
    }
    let failures: Vec<String> = sides.par_iter().flat_map(|side| tried(side)).collect();
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} of {}:
{}",
        failures.len(),
        sides.len(),
        failures.join(
            "
"
        )
    )
    .into())
}

fn folders(below: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(below).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn sides_of_the_corpus() -> Result<(), Failed> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let unpacked = tempfile::tempdir().expect("a temporary folder");
    let mut sides = Vec::new();
    for rule in folders(&corpus) {
        for case in fs::read_dir(&rule).expect("a folder").flatten() {
            let path = case.path();
            let root = if path.is_dir() {
                path
            } else {
                let name = rule.file_name().expect("a rule has a name");
                let root = unpacked.path().join(name).join(path.file_stem().expect("a case has a name"));
                let text = fs::read_to_string(&path).expect("a case");
                for (name, body) in support::sections(&text) {
                    if name.starts_with("old/") || name.starts_with("new/") {
                        support::write(&root, &name, &body);
                    }
                }
                root
            };
            sides.extend(["old", "new"].iter().map(|side| root.join(side)).filter(|side| side.is_dir()));
        }
    }
    all_are_silent(&sides, 900)
}

fn sides_of_published_pairs(folder: &Path) -> Result<(), Failed> {
    let sides: Vec<PathBuf> = folders(folder).iter().flat_map(|pair| folders(pair)).collect();
    all_are_silent(&sides, 100)
}

fn heads_of_the_monorepo(folder: &Path) -> Result<(), Failed> {
    all_are_silent(&folders(folder), 200)
}

fn sides_of_transitions(folder: &Path) -> Result<(), Failed> {
    let mut sides: Vec<PathBuf> = Vec::new();
    for transition in folders(folder) {
        for side in ["old", "new"] {
            sides.extend(folders(&transition.join(side)));
        }
    }
    all_are_silent(&sides, 200)
}

fn sides_of_small_inputs(folder: &Path) -> Result<(), Failed> {
    let mut sides: Vec<PathBuf> = folders(folder).iter().flat_map(|case| folders(case)).collect();
    // Some hold several pairs.
    let is_pair = |path: &PathBuf| path.join("old").is_dir() && path.join("new").is_dir();
    let (pairs, alone): (Vec<PathBuf>, Vec<PathBuf>) = sides.into_iter().partition(is_pair);
    sides = alone.into_iter().chain(pairs.iter().flat_map(|pair| folders(pair))).collect();
    all_are_silent(&sides, 150)
}

type Group = (&'static str, &'static str, fn(&Path) -> Result<(), Failed>);

/// The sides that lie beside the repository.
const BESIDE: [Group; 4] = [
    ("sides_of_published_pairs", "real/pairs", sides_of_published_pairs),
    ("heads_of_the_monorepo", "history/heads", heads_of_the_monorepo),
    ("sides_of_transitions", "history/transitions", sides_of_transitions),
    ("sides_of_small_inputs", "cases", sides_of_small_inputs),
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("sides_of_the_corpus", sides_of_the_corpus)];
    for (name, folder, test) in BESIDE {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder);
        let in_ci = std::env::var_os("CI").is_some();
        if folder.is_dir() || in_ci {
            trials.push(Trial::test(name, move || test(&folder)));
        } else {
            #[allow(clippy::print_stderr, reason = "a test that is left out has to be seen")]
            {
                eprintln!("SKIPPED {name}: {} is absent, so NOTHING OF IT WAS CHECKED", folder.display());
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}
