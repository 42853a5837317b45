//! A connector directory: which files it holds, by layout.
//!
//! The layouts are those of the connector repository and of published packages: manifest-only (a `manifest.yaml` at
//! the root), a Python package (`source_x/` with a manifest, `schemas/` or a spec file), the same flattened into
//! one folder, the Java and Kotlin layout (`src/main/resources/spec.json`), the TypeScript one (`resources/` beside
//! `package.json`), and a bare folder of captured files or with an export of the builder. A root manifest beside `schemas/` is a flattened package unless the metadata's tags say `language:manifest-only`.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::folder::{Directory, is_unseen};
use super::kind::{self, FileKind};
use super::loaded::{Loaded, Precedence};
use super::{common, distribution, docs, golden, package, read, spec_code, spec_files, written};
use crate::limits::Limits;
use crate::model::{
    Artifact, ConfigSample, ConnectorType, Document, ErrorCause, InputError, Metadata, StateSample,
};
use crate::tree::{Entry, Kind, Tree, below};

/// Reads everything a connector directory holds. `given` is metadata that is named beside it.
/// `reads_printed` is whether what a connector printed counts beside what it is built from.
pub(super) fn load(
    tree: &Arc<dyn Tree>,
    limits: &Limits,
    given: Option<&Metadata>,
    reads_printed: bool,
) -> Loaded {
    let directory = Directory::new(tree, limits);
    let mut found = Loaded { metadata: given.cloned(), ..Loaded::default() };
    if let Some(name) = ["metadata.yaml", "metadata.yml"].into_iter().find(|name| directory.has(name)) {
        let mut metadata = match directory.document(name) {
            Ok(document) => (FileKind::Metadata.reader().read)(&document, limits),
            Err(unread) => Loaded::error(unread.of(Artifact::Metadata)),
        };
        metadata.errors.iter_mut().for_each(|error| {
            error.artifact.get_or_insert(Artifact::Metadata);
        });
        found.add(metadata, Precedence::Later);
    }
    let is_java = JAVA_SPECS.iter().any(|name| directory.has(name));
    let layouts = directory.layouts(is_java, &mut found.errors);
    let package = layouts.package.clone();
    found.layouts = layouts.all;
    found.name =
        found.metadata.as_ref().and_then(|metadata| metadata.name().map(str::to_owned)).or_else(|| {
            package
                .as_ref()
                .filter(|package| !package.is_empty() && *package != TYPESCRIPT)
                .map(|name| name.replace('_', "-"))
        });
    found.add(distribution::load(&directory), Precedence::Later);
    let captured = match reads_printed || found.layouts.is_empty() {
        true => directory.captured(package.is_none(), &mut found.errors),
        false => Vec::new(),
    };
    if let Some(package) = &package {
        let package = package::load(&directory, package, found.metadata.as_ref());
        found.add(package, Precedence::Later);
    }
    let is_bare =
        !is_java && captured.iter().all(|(_, kind)| matches!(kind, FileKind::Manifest | FileKind::Spec));
    let mut printed: Option<String> = None;
    for (document, kind) in captured {
        let is_spec = matches!(kind, FileKind::Spec | FileKind::Registry);
        // A package has its own manifest; in a folder without one the builder's export stands under any name.
        let is_export = kind == FileKind::Manifest;
        if is_spec && found.spec.spec.is_some() || is_export && (package.is_some() || !is_bare) {
            continue;
        }
        let mut read = (kind.reader().read)(&document, limits);
        if package.is_none() && !is_java {
            directory.complete_spec(&mut read, &document.file);
        }
        let has_catalog = read.catalog.catalog.is_some();
        if has_catalog || read.spec.spec.is_some() {
            found.printed.insert(document.file.clone());
        }
        found.add(read, if is_spec { Precedence::Earlier } else { Precedence::Later });
        match &printed {
            Some(first) if has_catalog => found.errors.push(InputError {
                cause: ErrorCause::Content,
                artifact: Some(Artifact::Catalog),
                file: document.file.clone(),
                line: None,
                message: format!(
                    "expected one catalog, found another in {first}: name the right one by flag"
                ),
            }),
            None if has_catalog => printed = Some(document.file.clone()),
            _ => {}
        }
    }
    if found.spec.spec.is_none() {
        found.add(directory.java_spec(), Precedence::Earlier);
    }
    if found.spec.spec.is_none()
        && !is_java
        && let Some(file) = spec_code::find(&directory)
    {
        found.spec.reason = format!("the spec is built in code ({file})");
        found.spec.in_code = Some(file);
    }
    let golden = golden::load(&directory, found.spec.spec.is_some());
    found.add(golden, Precedence::Earlier);
    found.add(directory.samples_of_users(), Precedence::Later);
    let has_streams = found.catalog.catalog.is_some() || found.catalog.manifest.is_some();
    let (name, spec) = (found.name.clone(), found.spec.spec.as_ref());
    let kind = super::connector_type(found.metadata.as_ref(), name.as_deref(), spec, has_streams);
    // Sources keep expected records too, of what they read.
    if kind == ConnectorType::Destination {
        found.add(written::load(&directory, name.as_deref()), Precedence::Later);
    }
    let docs = docs::find(tree, limits, found.name.as_deref(), found.metadata.as_ref());
    found.add(docs, Precedence::Later);
    found.add(docs::beside(&**tree, limits), Precedence::Later);
    forget_repeated(&mut found.errors);
    found
}

/// What several readers met is said once.
fn forget_repeated(errors: &mut Vec<InputError>) {
    let mut seen = HashSet::new();
    errors.retain(|error| seen.insert(error.clone()));
}

/// Where Java and Kotlin connectors keep their spec.
const JAVA_SPECS: [&str; 2] = ["src/main/resources/spec.json", "src/main/resources/spec.yaml"];

/// The folder that they lie in.
const JAVA_RESOURCES: &str = "src/main/resources";

/// The folder of specs and schemas where the code is TypeScript. Source: `faros-airbyte-cdk`, whose connectors read
/// `resources/spec.json` and `resources/schemas/`.
pub(super) const TYPESCRIPT: &str = "resources";

/// Where a connector may be built from.
struct Layouts {
    /// The folder of its package, relative to the root: empty where the root is the package itself, `None` where there is
    /// no package at all.
    package: Option<String>,
    /// Every folder that may be it, and that of a Java spec. Where there are several, conventions choose.
    all: BTreeSet<String>,
}

impl Directory<'_> {
    /// The layouts of the directory. A package that cannot be looked into is an error.
    fn layouts(&self, is_java: bool, errors: &mut Vec<InputError>) -> Layouts {
        const MARKERS: [&str; 6] =
            ["manifest.yaml", "spec.json", "spec.yaml", "spec.yml", "source.py", "spec.py"];
        let is_marker = |entry: &Entry| match &entry.kind {
            Ok(Kind::Folder) => entry.name == "schemas",
            Err(error) if is_unseen(error) && entry.name == "schemas" => true,
            _ => MARKERS.contains(&entry.name.as_str()),
        };
        let root = self.entries("", errors);
        let is_named = |name: &str| name.starts_with("source_") || name.starts_with("destination_");
        let mut all = BTreeSet::new();
        for entry in root.iter().filter(|entry| is_named(&entry.name)) {
            let is_package = match &entry.kind {
                Ok(Kind::Folder) => self.entries(&entry.name, errors).iter().any(is_marker),
                Err(error) if is_unseen(error) && !entry.name.contains('.') => {
                    errors.push(read::not_given(&entry.name, error));
                    false
                }
                _ => false,
            };
            if is_package {
                all.insert(entry.name.clone());
            }
        }
        let named = all.first().cloned().filter(|_| !self.has("manifest.yaml"));
        let is_root = root.iter().any(is_marker);
        let is_typescript =
            self.has("package.json") && self.entries(TYPESCRIPT, errors).iter().any(is_marker);
        let typescript = || is_typescript.then(|| TYPESCRIPT.to_owned());
        let package = named.or_else(|| is_root.then(String::new)).or_else(typescript);
        all.extend(is_root.then(String::new));
        all.extend(typescript());
        all.extend(is_java.then(|| JAVA_RESOURCES.to_owned()));
        Layouts { package, all }
    }

    /// Captured files directly below the root: output, specs and catalogs. What a name promises and the content
    /// does not keep is an error; other files are none of ours. In a folder without a package output may have any name.
    fn captured(&self, is_bare: bool, errors: &mut Vec<InputError>) -> Vec<(Arc<Document>, FileKind)> {
        let mut found = Vec::new();
        for entry in self.entries("", errors) {
            let name = entry.name;
            let lower = name.to_ascii_lowercase();
            let (stem, extension) = lower.rsplit_once('.').unwrap_or((&lower, ""));
            if is_bare
                && matches!(extension, "" | "out" | "stdout")
                && !matches!(entry.kind, Ok(Kind::Folder))
            {
                match self.document(&name) {
                    Ok(document) => match kind::of_document(&document, self.limits) {
                        Ok(Some(kind @ FileKind::Messages)) => found.push((document, kind)),
                        _ if is_named_for_output(stem) => errors.push(not_printed(&name)),
                        _ => {}
                    },
                    Err(unread) if unread.cause.is_of_this_run() && common::builds(&name) => {
                        errors.push(unread.of(Artifact::Catalog));
                    }
                    Err(_) => {}
                }
                continue;
            }
            let known =
                ["metadata", "manifest", "package", "tsconfig", "acceptance-test-config", "pyproject"];
            if !matches!(extension, "json" | "jsonl" | "ndjson" | "log" | "txt" | "yaml" | "yml")
                || known.contains(&stem)
                || is_state_file(stem, extension)
                || stem.starts_with("invalid_")
            {
                continue;
            }
            let promises = extension == "jsonl"
                || ["spec", "catalog", "discover"].iter().any(|word| stem.contains(word));
            if matches!(entry.kind, Ok(Kind::Folder)) {
                continue;
            }
            let document = match self.document(&name) {
                Ok(document) => document,
                // Only what it holds tells what it is: a file that this run does not read may be the catalog.
                Err(unread) if promises || unread.cause.is_of_this_run() && common::builds(&name) => {
                    let artifact = if stem.contains("spec") { Artifact::Spec } else { Artifact::Catalog };
                    let unread =
                        if unread.cause == ErrorCause::Content { unread } else { unread.of(artifact) };
                    errors.push(unread);
                    continue;
                }
                Err(_) => continue,
            };
            if stem.starts_with("spec") && matches!(extension, "json" | "yaml" | "yml") {
                continue;
            }
            match kind::of_document(&document, self.limits) {
                Ok(Some(
                    kind @ (FileKind::Messages
                    | FileKind::Catalog
                    | FileKind::Spec
                    | FileKind::Registry
                    | FileKind::Manifest),
                )) if !kind::is_wrapped_catalog(&document) => {
                    found.push((document, kind));
                }
                Ok(None) if is_named_for_output(stem) => errors.push(not_printed(&name)),
                Ok(_) => {}
                Err(error) if promises || error.cause.is_of_this_run() && common::builds(&name) => {
                    errors.push(error);
                }
                Err(_) => {}
            }
        }
        found
    }

    /// Files beside the connector that show what users have saved, by the stem and ending of their names.
    fn samples(&self, is_sample: fn(&str, &str) -> bool, errors: &mut Vec<InputError>) -> Vec<String> {
        let mut found = Vec::new();
        for folder in ["", "integration_tests", "sample_files"] {
            for name in self.names(folder, errors) {
                let lower = name.to_ascii_lowercase();
                let Some((stem, ending)) = lower.rsplit_once('.') else { continue };
                if is_sample(stem, ending) && !stem.starts_with("invalid") && !stem.contains("catalog") {
                    found.push(below(folder, &name));
                }
            }
        }
        found
    }

    /// Reads the samples of saved state and of configs. Nobody named them, so one that cannot be read is not wrong
    /// input: it is not seen. One that this run may not read is an error all the same.
    fn samples_of_users(&self) -> Loaded {
        let mut found = Loaded::default();
        let unread = |unread: InputError| match unread.cause.is_of_this_run() {
            true => Loaded::error(unread),
            false => Loaded { unread_beside: vec![unread], ..Loaded::default() },
        };
        for name in self.samples(is_state_file, &mut found.errors) {
            let document = match self.document(&name) {
                // Notes on something else may have the word in their name.
                Ok(document)
                    if name.rsplit_once('.').is_some_and(|(_, ending)| is_prose(ending))
                        && !matches!(
                            kind::of_document(&document, self.limits),
                            Ok(Some(FileKind::State | FileKind::Messages))
                        ) =>
                {
                    continue;
                }
                Ok(document) => document,
                Err(error) => {
                    found.add(unread(error.of(Artifact::State)), Precedence::Later);
                    continue;
                }
            };
            let mut sample = (FileKind::State.reader().read)(&document, self.limits);
            sample.states.iter_mut().for_each(|state| state.found_by_name = true);
            if is_made_up(&name) {
                sample.states.iter_mut().for_each(StateSample::forget_values);
            }
            for mut error in std::mem::take(&mut sample.errors) {
                error.artifact.get_or_insert(Artifact::State);
                found.add(unread(error), Precedence::Later);
            }
            found.add(sample, Precedence::Later);
        }
        let is_config = |stem: &str, ending: &str| stem.contains("config") && ending == "json";
        for name in self.samples(is_config, &mut found.errors) {
            match read::value_at(self.tree(), &name, Artifact::Spec, self.limits) {
                Ok((value, _)) => found.configs.push(ConfigSample { file: name, value }),
                Err(error) => found.add(unread(error.of(Artifact::Spec)), Precedence::Later),
            }
        }
        found
    }

    /// The spec of a Java or Kotlin connector.
    fn java_spec(&self) -> Loaded {
        let Some(name) = JAVA_SPECS.into_iter().find(|name| self.has(name)) else { return Loaded::default() };
        match self.document(name) {
            Ok(document) => (FileKind::Spec.reader().read)(&document, self.limits),
            Err(unread) => Loaded::error(unread.of(Artifact::Spec)),
        }
    }

    /// Puts the files in that the spec of a file refers to.
    fn complete_spec(&self, found: &mut Loaded, file: &str) {
        let Some(spec) = found.spec.spec.take_if(|spec| spec_files::refers_to_files(&spec.value)) else {
            return;
        };
        found.spec.reason.clear();
        match spec_files::put_together(spec, file, self) {
            Ok(spec) => found.spec.spec = Some(spec),
            Err(error) => found.errors.push(error),
        }
    }
}

/// Whether the stem of a file's name says that it holds what a connector printed, and nothing else.
fn is_named_for_output(stem: &str) -> bool {
    ["spec", "catalog", "discover"].contains(&stem)
}

fn not_printed(name: &str) -> InputError {
    InputError {
        cause: ErrorCause::Content,
        artifact: Some(if name.starts_with("spec") { Artifact::Spec } else { Artifact::Catalog }),
        file: name.to_owned(),
        line: Some(1),
        message: "expected what a connector prints, found something else".to_owned(),
    }
}

/// Whether the stem and the ending of a file's name say that it holds saved state.
fn is_state_file(stem: &str, ending: &str) -> bool {
    stem.contains("state")
        && !["catalog", "config"].iter().any(|other| stem.contains(other))
        && (matches!(ending, "json" | "jsonl" | "ndjson" | "yaml" | "yml") || is_prose(ending))
}

/// Whether a sample of saved state was written for a test of positions that no sync reaches: its keys are those of real
/// state, its values are not.
fn is_made_up(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    name.split(['_', '-', '.']).any(|word| ["abnormal", "future"].contains(&word))
}

/// Whether files of this ending may hold anything.
fn is_prose(ending: &str) -> bool {
    matches!(ending, "log" | "txt")
}
