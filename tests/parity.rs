//! Low-code manifests against the real CDK: every side that holds a manifest gives the spec and the catalog that
//! `parity/expected.json` records from airbyte-cdk, or says what it cannot know.
//!
//! A case is `parity/cases/<case>.md`, or a side of a corpus case. `parity/cdk.py record` writes what the CDK prints. A
//! block `## Not known` in a case lists what cannot be read off the files, one a line: `orders default_cursor_field`,
//! a stream's name alone, or `refused` where the CDK refuses the manifest for a reason that is not looked for.

#[path = "support/sides.rs"]
mod sides;
#[allow(dead_code, reason = "cases are not written to a disk")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use connector_diff::model::StreamStanding;
use connector_diff::report::snapshot;
use connector_diff::tree::Memory;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn recorded() -> Map<String, Value> {
    let text = fs::read_to_string(root().join("parity/expected.json")).expect("what the CDK printed");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    value["sides"].as_object().expect("sides by name").clone()
}

/// The files of a side by its recorded name: `case`, or `rule/case old`.
fn files(side: &str) -> Vec<(String, String)> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        support::sections(&text)
    };
    match side.split_once(' ') {
        None => read(root().join("parity/cases").join(format!("{side}.md"))),
        Some((case, side)) => read(root().join("corpus").join(format!("{case}.md")))
            .into_iter()
            .filter_map(|(name, body)| Some((name.strip_prefix(side)?.strip_prefix('/')?.to_owned(), body)))
            .collect(),
    }
}

/// Flags that are false where they are absent.
const FLAGS: [&str; 3] = ["is_resumable", "is_file_based", "source_defined_cursor"];

/// A stream without what says nothing; the CDK prints numbers where the protocol has names.
fn normal(stream: &Value) -> BTreeMap<String, Value> {
    fn names(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(names).collect(),
            Value::Number(number) => number.to_string().into(),
            other => other.clone(),
        }
    }
    let mut kept = BTreeMap::new();
    for (key, value) in stream.as_object().into_iter().flatten() {
        let says_nothing = value.is_null()
            || FLAGS.contains(&key.as_str()) && *value == false
            || key != "json_schema" && value.as_array().is_some_and(Vec::is_empty);
        if !says_nothing {
            let value = if key == "json_schema" { value.clone() } else { names(value) };
            kept.insert(key.clone(), value);
        }
    }
    kept
}

/// A spec without what is null or false by default.
fn normal_spec(spec: &Value) -> Value {
    fn without_nulls(value: &Value) -> Value {
        match value {
            Value::Object(map) => Value::Object(
                map.iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key.clone(), without_nulls(value)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }
    let mut kept = spec.clone();
    if let Some(map) = kept.as_object_mut() {
        map.retain(|_, value| !value.is_null() && *value != false);
        if let Some(auth) = map.get_mut("advanced_auth") {
            *auth = without_nulls(auth);
        }
    }
    kept
}

fn side_is_as_the_cdk_prints_it(name: &str, cdk: &Value) -> Result<(), Failed> {
    let mut tree = Memory::new(name);
    let mut known_gaps = BTreeSet::new();
    for (file, body) in files(name) {
        if file == "Not known" {
            known_gaps.extend(body.lines().map(str::to_owned));
        } else {
            tree = tree.file(&file, body);
        }
    }
    let side = sides::load(tree);
    // The CDK was handed a manifest that no code of the package loads.
    if side.code.loads_a_manifest() == Some(false) {
        return Ok(());
    }
    let snapshot = snapshot(&side, false);
    let mut gaps = BTreeSet::new();
    let mut wrong = Vec::new();

    let error = cdk["catalog_error"].as_str();
    // What an older image refuses this CDK is not asked about.
    let is_of_image = |message: &str| message.contains("and the image runs CDK");
    let seen = side.faults.iter().any(|fault| !is_of_image(&fault.error.message)) || !side.errors.is_empty();
    // Older versions take a custom cursor, and not every side says which version it runs on.
    let older = |error: &str| error.contains("'CustomIncrementalSync' is not one of") && !seen;
    let refused = error.is_some_and(|error| !error.starts_with("Dynamic") && !older(error));
    match (refused, seen) {
        (true, false) => {
            gaps.insert("refused".to_owned());
        }
        (false, true) => wrong.push(format!("the CDK takes it, and here: {}", snapshot["errors"])),
        _ => {}
    }
    let empty = Vec::new();
    let theirs = cdk["streams"].as_array().unwrap_or(&empty);
    // Streams that Python builds, or may build: the CDK was given none.
    let in_python: BTreeSet<&str> = side
        .catalog
        .iter()
        .flat_map(|catalog| &catalog.streams)
        .filter(|stream| !stream.standing().is_listed())
        .map(|stream| stream.id.name.as_ref())
        .collect();
    let mut ours: Vec<BTreeMap<String, Value>> = snapshot["catalog"]["streams"]
        .as_array()
        .unwrap_or(&empty)
        .iter()
        .map(normal)
        .filter(|stream| !stream["name"].as_str().is_some_and(|name| in_python.contains(name)))
        .collect();
    for stream in theirs.iter().map(normal) {
        let label = stream["name"].as_str().unwrap_or_default().to_owned();
        let Some(at) = ours
            .iter()
            .position(|own| *own == stream)
            .or_else(|| ours.iter().position(|own| own["name"] == stream["name"]))
        else {
            gaps.insert(label);
            continue;
        };
        let own = ours.remove(at);
        for key in stream.keys().chain(own.keys()).collect::<BTreeSet<_>>() {
            match (stream.get(key), own.get(key)) {
                (Some(theirs), Some(ours)) if theirs == ours => {}
                (Some(_), None) => {
                    gaps.insert(format!("{label} {key}"));
                }
                (theirs, ours) => wrong.push(format!(
                    "{label}.{key}: the CDK has {}, here is {}",
                    theirs.unwrap_or(&Value::Null),
                    ours.unwrap_or(&Value::Null)
                )),
            }
        }
    }
    // Where the CDK built every stream there is no other; where it failed, more may be known here than there.
    if error.is_none() {
        let by_config: BTreeSet<&str> = side
            .catalog
            .iter()
            .flat_map(|catalog| &catalog.streams)
            .filter(|stream| matches!(stream.standing(), StreamStanding::Conditional(_)))
            .map(|stream| stream.id.name.as_ref())
            .collect();
        let names = ours.iter().filter_map(|stream| stream["name"].as_str());
        let surplus = names.filter(|name| !by_config.contains(name));
        wrong.extend(surplus.map(|name| format!("the CDK has no stream {name}")));
    }
    match (cdk.get("spec"), snapshot.get("spec").filter(|spec| !spec.is_null())) {
        (Some(theirs), Some(ours)) if normal_spec(theirs) != normal_spec(ours) => wrong.push(format!(
            "the spec: the CDK has {}, here is {}",
            normal_spec(theirs),
            normal_spec(ours)
        )),
        (Some(theirs), None) => wrong.push(format!("the CDK has the spec {theirs}, here is none")),
        _ => {}
    }
    if gaps != known_gaps {
        wrong.push(format!("not known here: {gaps:?}; the case says {known_gaps:?}"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// Every case and every corpus manifest is recorded, and nothing else is.
fn all_are_recorded(recorded: &BTreeSet<String>) -> Result<(), Failed> {
    let markdown = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
            .collect()
    };
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut there: BTreeSet<String> =
        markdown(&root().join("parity/cases")).iter().map(|path| stem(path)).collect();
    for rule in fs::read_dir(root().join("corpus"))?.flatten().map(|entry| entry.path()) {
        for path in markdown(&rule) {
            for side in ["old", "new"] {
                let has_manifest = support::sections(&fs::read_to_string(&path)?)
                    .iter()
                    .any(|(name, _)| name.starts_with(side) && name.ends_with("/manifest.yaml"));
                if has_manifest {
                    there.insert(format!("{}/{} {side}", stem(&rule), stem(&path)));
                }
            }
        }
    }
    let differing: Vec<&String> = there.symmetric_difference(recorded).collect();
    match differing.is_empty() {
        true => Ok(()),
        false => Err(format!("run `python parity/cdk.py record`: {differing:?}").into()),
    }
}

fn main() {
    let arguments = Arguments::from_args();
    let recorded = recorded();
    let names: BTreeSet<String> = recorded.keys().cloned().collect();
    let mut trials: Vec<Trial> = recorded
        .into_iter()
        .map(|(name, cdk)| Trial::test(name.clone(), move || side_is_as_the_cdk_prints_it(&name, &cdk)))
        .collect();
    trials.push(Trial::test("all_are_recorded", move || all_are_recorded(&names)));
    libtest_mimic::run(&arguments, trials).exit();
}
