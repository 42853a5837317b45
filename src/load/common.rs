//! What two sides have in common, read off the bytes of their files.
//!
//! A connector is built from the files of its folder, except those that describe it (`metadata.yaml`, docs, icons) or
//! test it. Lock and build files say what else is built in: where only they differ, dependencies may differ and nothing
//! of the connector itself does. Of connectors that are no longer built the repository keeps the metadata alone: nothing
//! that builds them is there, and so nothing of it changes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::cdk_versions::cdk_versions;
use crate::model::{Artifact, BuildChange, Common, Connector, ErrorCause, FaultKind, InputError, Pointer};
use crate::tree::{self, Kind, Tree, TreeError, below};

/// Compares the files of two sides, as far as the question needs it.
pub fn common(old: &Connector, new: &Connector) -> Common {
    let (Some(before), Some(after)) = (&old.tree, &new.tree) else { return Common::default() };
    let files = SameFiles {
        old: before,
        new: after,
        is_one: tree::is_same(before, after),
        most: old.limits.input_bytes.min(new.limits.input_bytes),
    };
    let mut doubts = doubts(old, new);
    if had_spec(old) && has_none(new) {
        let message = "expected a spec, as the other side has one, found none".to_owned();
        let place = old.spec.as_ref().and_then(|spec| spec.locate.locate(&Pointer::root()));
        let file = place.map(|place| place.document.file.clone()).unwrap_or_default();
        doubts.push(doubt(Some(Artifact::Spec), &file, message));
    }
    // What a flag names has to be readable, whatever the other side's flag names.
    if old.has_overrides || new.has_overrides {
        return Common { doubts, ..Common::default() };
    }
    // Where nothing else is there to compare, what cannot be read is what there is to say.
    let is_any = |side: &Connector| is_connector(side) || side.tree.as_deref().is_some_and(holds_connectors);
    if ![old, new].iter().all(|side| is_any(side)) {
        return Common::default();
    }
    match (before.kind(""), after.kind("")) {
        (Ok(Kind::File { .. }), Ok(Kind::File { .. })) => {
            let mut defects = [defects(old), defects(new)].concat();
            // Two large files are not read once more for nothing.
            if !defects.is_empty() && files.is_same("") != Some(true) {
                defects.clear();
            }
            return Common { defects: defects.into_iter().collect(), ..Common::default() };
        }
        (Ok(Kind::Folder), Ok(Kind::Folder)) => {}
        _ => return Common::default(),
    }
    let build = match build_change(&files) {
        BuildChange::None { is_empty: true, dependencies, .. } if !is_archived(old, new, &dependencies) => {
            BuildChange::Unknown
        }
        change => change,
    };
    let theirs: HashSet<InputError> = defects(new).into_iter().collect();
    let mut compared: HashMap<String, bool> = HashMap::new();
    let mut is_shared = |error: &InputError| {
        theirs.contains(error)
            && (matches!(build, BuildChange::None { .. }) || is_decided_by_its_file(error))
            && *compared.entry(error.file.clone()).or_insert_with(|| files.is_same(&error.file) == Some(true))
    };
    let defects = defects(old).into_iter().filter(|error| is_shared(error)).collect();
    Common { build, defects, doubts }
}

/// Whether a side has a spec among the files that it is built from.
fn had_spec(side: &Connector) -> bool {
    side.spec.is_some() && !side.is_spec_golden && !side.layouts.is_empty()
}

/// Whether no file of a side is a spec, though users configure it.
fn has_none(side: &Connector) -> bool {
    side.spec.is_none() && side.spec_reason.is_empty() && !side.is_absent && !says_archived(side)
}

/// Why the new side may be built from other files than those that were read. A change that adds a file chooses no longer
/// what is compared.
fn doubts(old: &Connector, new: &Connector) -> Vec<InputError> {
    let mut doubts = Vec::new();
    let shown =
        |name: &str| if name.is_empty() { "the folder itself".to_owned() } else { format!("{name}/") };
    let came = new.layouts.difference(&old.layouts).next();
    if let (Some(came), false, true) = (came, old.layouts.is_empty(), new.layouts.len() > 1) {
        let all: Vec<String> = new.layouts.iter().map(|name| shown(name)).collect();
        let message = format!(
            "expected one place that the connector is built from, found {}, of which {} is new: leave one of them",
            all.join(" and "),
            shown(came)
        );
        doubts.push(doubt(None, came, message));
    }
    let is_built = !old.layouts.is_empty() && !new.layouts.is_empty();
    if let (Some(came), true) = (new.printed.difference(&old.printed).next(), is_built) {
        let message = "expected what the connector is built from alone, as on the other side, found what it printed beside \
                       it: name that by --old-spec, --new-spec, --old-catalog and --new-catalog"
            .to_owned();
        doubts.push(doubt(None, came, message));
    }
    doubts
}

fn doubt(artifact: Option<Artifact>, file: &str, message: String) -> InputError {
    InputError { cause: ErrorCause::Content, artifact, file: file.to_owned(), line: None, message }
}

/// What cannot be read of a side itself, and what stops it.
fn defects(side: &Connector) -> Vec<InputError> {
    let of_files = side.faults.iter().filter(|fault| fault.kind != FaultKind::Disallowed);
    side.errors.iter().take(side.own_errors).chain(of_files.map(|fault| &fault.error)).cloned().collect()
}

/// Whether the bytes of its file and the absence of another decide an error. What stands in a line of a file does; a
/// limit that was met on the way through other files, or another file that is there as well, does not.
fn is_decided_by_its_file(error: &InputError) -> bool {
    match error.cause {
        ErrorCause::Content => error.line.is_some(),
        ErrorCause::NotAFile | ErrorCause::MissingFile => true,
        // What was cut off may hold what the rest of a change reaches.
        ErrorCause::Outside | ErrorCause::Limit | ErrorCause::Failed => false,
    }
}

/// Whether anything of a connector could be read.
pub fn is_connector(side: &Connector) -> bool {
    side.metadata.is_some()
        || side.has_manifest
        || side.spec.is_some()
        || side.catalog.is_some()
        || !side.states.is_empty()
        || !side.code.is_empty()
}

/// Whether nothing of a connector is left but its metadata, because it is not built any more, or both sides are one.
fn is_archived(old: &Connector, new: &Connector, dependencies: &BTreeSet<String>) -> bool {
    let (Some(before), Some(after)) = (&old.metadata, &new.metadata) else { return false };
    let is_one = before.text() == after.text();
    let is_bare = [old, new].iter().all(|side| side.states.is_empty());
    is_bare && (is_one && dependencies.is_empty() || says_archived(new))
}

fn says_archived(side: &Connector) -> bool {
    side.metadata.as_ref().is_some_and(|metadata| metadata.data["supportLevel"] == "archived")
}

/// Whether a folder holds connectors, and is none itself.
fn holds_connectors(tree: &dyn Tree) -> bool {
    files(tree).is_some_and(|files| files.builds.keys().any(|name| name.ends_with("/metadata.yaml")))
}

/// How deep connectors are looked for, and in how many folders: a repository has many of them.
const DEEPEST: usize = 3;
const MOST_FOLDERS: usize = 2_000;

/// The connectors that lie below a folder which is none itself, by their paths in it.
pub fn connectors_in(tree: &dyn Tree) -> Vec<String> {
    const SIGNS: [&str; 3] = ["metadata.yaml", "metadata.yml", "manifest.yaml"];
    let mut found = Vec::new();
    let mut open = vec![(String::new(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = open.pop() {
        for entry in tree.list(&folder).unwrap_or_default() {
            let is_folder = matches!(entry.kind, Ok(Kind::Folder)) && !entry.is_link;
            let name = below(&folder, &entry.name);
            if !is_folder || role(&format!("{name}/x")) == Role::Beside || seen == MOST_FOLDERS {
                continue;
            }
            seen += 1;
            let is_sign = |sign: &str| matches!(tree.kind(&below(&name, sign)), Ok(Kind::File { .. }));
            if SIGNS.iter().any(|sign| is_sign(sign)) {
                found.push(name);
            } else if depth + 1 < DEEPEST {
                open.push((name, depth + 1));
            }
        }
    }
    found.sort();
    found
}

/// What a file is to its connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Builds,
    /// Says what it is built with.
    Dependencies,
    /// Describes or tests it, or is no part of a checkout.
    Beside,
}

/// Folders of a connector that no image holds.
const NOT_BUILT: [&str; 8] =
    ["tests", "test", "mock_server", "sample_files", "secrets", "docs", "erd", "build"];

/// The same, at whatever depth: no package is called so.
const NOWHERE_BUILT: [&str; 4] = ["unit_tests", "integration_tests", "__pycache__", "node_modules"];

/// Whether a folder of this name holds nothing that belongs to the connector itself.
pub(super) fn is_foreign(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__pycache__" | "node_modules" | "build" | "secrets")
}

/// Whether a file of this path belongs to the tests of a connector.
pub(super) fn is_of_tests(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let top = folder.split('/').next().unwrap_or_default();
    ["tests", "unit_tests", "integration_tests"].contains(&top) || is_source_of_tests(folder)
}

/// Files that say what a connector is built with.
const DEPENDENCIES: [&str; 17] = [
    "poetry.lock",
    "uv.lock",
    "Pipfile",
    "Pipfile.lock",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "gradle.properties",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "build_customization.py",
    "Makefile",
];

/// Whether a file of this path is part of what the connector is built from, or of what it printed.
pub(super) fn builds(path: &str) -> bool {
    role(path) == Role::Builds
}

/// Whether a file of this path says what something is built with.
pub(super) fn pins(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    role(name) == Role::Dependencies
}

fn role(path: &str) -> Role {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let lower = name.to_ascii_lowercase();
    let is_hidden = |segment: &str| segment.starts_with('.') || NOWHERE_BUILT.contains(&segment);
    let top = folder.split('/').next().unwrap_or_default();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    let in_tests = folder.split('/').any(is_hidden) || NOT_BUILT.contains(&top) || is_source_of_tests(folder);
    let describes = ending == "md"
        || name.starts_with('.')
        || folder.is_empty()
            && (["metadata.yaml", "metadata.yml", "conftest.py", "pytest.ini", "PKG-INFO"].contains(&name)
                || name.starts_with("acceptance-test")
                || name.starts_with("LICENSE")
                || matches!(ending, "svg" | "png"));
    // A package may have modules and schemas of these names.
    let is_distribution_info = [".dist-info", ".egg-info"].iter().any(|ending| folder.ends_with(ending));
    let says_dependencies = is_distribution_info && name == "METADATA"
        // The catalog of versions, and Gradle itself.
        || top == "gradle"
        || folder.is_empty()
            && (DEPENDENCIES.contains(&name)
                || ending == "lockfile"
                || name.starts_with("Dockerfile")
                || name.starts_with("requirements") && ending == "txt");
    if in_tests || describes {
        Role::Beside
    } else if says_dependencies {
        Role::Dependencies
    } else if is_distribution_info {
        Role::Beside
    } else {
        Role::Builds
    }
}

/// Gradle's source sets of tests: `src/test`, `src/test-integration`, `src/testFixtures`.
fn is_source_of_tests(folder: &str) -> bool {
    let set = folder.strip_prefix("src/").and_then(|rest| rest.split('/').next());
    set.and_then(|set| set.strip_prefix("test"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c == '-' || c.is_ascii_uppercase()))
}

/// A folder with more files than this is no connector.
const MOST_FILES: usize = 20_000;

fn build_change(both: &SameFiles<'_>) -> BuildChange {
    let (Some(before), Some(after)) = (files(&**both.old), files(&**both.new)) else {
        return BuildChange::Unknown;
    };
    let changed = || BuildChange::Some { code: code_differs(both, &before, &after) };
    if both.differ_at_sight(&before.builds, &after.builds) {
        return changed();
    }
    for name in before.builds.keys() {
        match both.is_same(name) {
            Some(true) => {}
            Some(false) => return changed(),
            None => return BuildChange::Unknown,
        }
    }
    let names: BTreeSet<&String> = before.dependencies.keys().chain(after.dependencies.keys()).collect();
    let differs = |name: &&String| {
        let is_on_both = before.dependencies.contains_key(*name) && after.dependencies.contains_key(*name);
        !is_on_both || both.is_same(name) != Some(true)
    };
    let dependencies: BTreeSet<String> = names.into_iter().filter(differs).cloned().collect();
    BuildChange::None {
        other_cdk: cdk_versions(&**both.old, &dependencies, both.most)
            != cdk_versions(&**both.new, &dependencies, both.most),
        dependencies,
        is_empty: before.builds.is_empty(),
    }
}

/// Whether a file of code came, went or differs.
fn code_differs(both: &SameFiles<'_>, before: &Files, after: &Files) -> bool {
    const CODE: [&str; 11] = ["py", "java", "kt", "groovy", "scala", "ts", "tsx", "js", "mjs", "cjs", "go"];
    let is_code = |name: &str| name.rsplit_once('.').is_some_and(|(_, ending)| CODE.contains(&ending));
    let of = |files: &Files| -> Sizes {
        files
            .builds
            .iter()
            .filter(|(name, _)| is_code(name))
            .map(|(name, size)| (name.clone(), *size))
            .collect()
    };
    let (before, after) = (of(before), of(after));
    both.differ_at_sight(&before, &after) || before.keys().any(|name| both.is_same(name) != Some(true))
}

/// Files by name, with their lengths where these are known without a look into the files.
type Sizes = BTreeMap<String, Option<u64>>;

/// The files of a folder that matter.
#[derive(Default)]
struct Files {
    builds: Sizes,
    dependencies: Sizes,
}

/// `None` where not all of them can be seen, or a link leads to a folder or out of the side.
fn files(tree: &dyn Tree) -> Option<Files> {
    let mut found = Files::default();
    let mut seen = 0;
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        for entry in tree.list(&folder).ok()? {
            seen += 1;
            let name = below(&folder, &entry.name);
            let role = role(&name);
            if seen > MOST_FILES || matches!(entry.kind, Err(TreeError::Name)) {
                return None;
            }
            match entry.kind {
                Ok(Kind::Folder) => {
                    if self::role(&format!("{name}/x")) == Role::Beside {
                        continue;
                    }
                    if entry.is_link {
                        return None;
                    }
                    open.push(name);
                }
                Ok(Kind::File { size }) => {
                    match role {
                        Role::Builds => found.builds.insert(name, size),
                        Role::Dependencies => found.dependencies.insert(name, size),
                        Role::Beside => None,
                    };
                }
                _ if role == Role::Beside => {}
                // A link to nowhere is told by where it leads.
                Err(TreeError::LinkToNowhere { .. }) => {
                    found.builds.insert(name, Some(0));
                }
                _ => return None,
            }
        }
    }
    Some(found)
}

/// Files of two sides, to be held against each other by name.
struct SameFiles<'t> {
    old: &'t Arc<dyn Tree>,
    new: &'t Arc<dyn Tree>,
    /// Whether both sides are the same place.
    is_one: bool,
    /// Bytes that are read of one file.
    most: u64,
}

impl SameFiles<'_> {
    /// Whether names, lengths and the names of contents tell these files apart: most folders that differ do so.
    fn differ_at_sight(&self, before: &Sizes, after: &Sizes) -> bool {
        let is_other_size = |(one, other): (&Option<u64>, &Option<u64>)| match (one, other) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        };
        !before.keys().eq(after.keys())
            || before.values().zip(after.values()).any(is_other_size)
            || before.keys().any(|name| tree::has_same_content(&**self.old, &**self.new, name) == Some(false))
    }

    /// Whether both hold the same bytes; `None` where one of them cannot be read.
    fn is_same(&self, path: &str) -> Option<bool> {
        if self.is_one {
            return Some(true);
        }
        let by_name = tree::has_same_content(&**self.old, &**self.new, path);
        match (self.old.kind(path), self.new.kind(path)) {
            (Ok(Kind::File { size: Some(before) }), Ok(Kind::File { size: Some(after) }))
                if before != after =>
            {
                Some(false)
            }
            (Ok(Kind::File { .. }), Ok(Kind::File { .. })) if by_name.is_some() => by_name,
            (Ok(Kind::File { .. }), Ok(Kind::File { .. })) => {
                let (before, after) = (self.old.read(path, self.most), self.new.read(path, self.most));
                Some(before.ok()?.as_ref() == after.ok()?.as_ref())
            }
            // Two links to nowhere are alike where they lead to the same place.
            (
                Err(TreeError::LinkToNowhere { target: before }),
                Err(TreeError::LinkToNowhere { target: after }),
            ) => Some(before == after),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_has_its_role() {
        for (path, expected) in [
            ("manifest.yaml", Role::Builds),
            ("components.py", Role::Builds),
            ("main.py", Role::Builds),
            ("source_lantern/schemas/users.json", Role::Builds),
            ("src/main/kotlin/Spec.kt", Role::Builds),
            ("src/main/java/io/test/Client.java", Role::Builds),
            ("spec.json", Role::Builds),
            ("state.json", Role::Builds),
            ("third/metadata.yaml", Role::Builds),
            ("pyproject.toml", Role::Dependencies),
            ("poetry.lock", Role::Dependencies),
            ("requirements-dev.txt", Role::Dependencies),
            ("source_lantern/setup.py", Role::Builds),
            ("source_lantern/schemas/package.json", Role::Builds),
            ("src/testimonials/stream.ts", Role::Builds),
            ("src/test/resources/expected_spec.json", Role::Beside),
            ("Dockerfile", Role::Dependencies),
            ("build.gradle", Role::Dependencies),
            ("gradle/libs.versions.toml", Role::Dependencies),
            ("buildscript-gradle.lockfile", Role::Dependencies),
            ("src/main/kotlin/gradle/Wrapper.kt", Role::Builds),
            ("metadata.yaml", Role::Beside),
            ("README.md", Role::Beside),
            ("README.MD", Role::Beside),
            ("icon.svg", Role::Beside),
            ("acceptance-test-config.yml", Role::Beside),
            ("unit_tests/conftest.py", Role::Beside),
            ("integration_tests/spec.json", Role::Beside),
            ("src/test-integration/resources/expected-spec-oss.json", Role::Beside),
            ("src/testFixtures/kotlin/A.kt", Role::Beside),
            (".coveragerc", Role::Beside),
            (".venv/lib/x.py", Role::Beside),
            ("PKG-INFO", Role::Beside),
            ("source_lantern-1.0.0.dist-info/METADATA", Role::Dependencies),
            ("source_lantern-1.0.0.dist-info/RECORD", Role::Beside),
            ("source_lantern.egg-info/SOURCES.txt", Role::Beside),
            ("METADATA", Role::Builds),
        ] {
            assert_eq!(role(path), expected, "{path}");
        }
    }
}
