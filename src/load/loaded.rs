//! What loaders find, and how it comes together.
//!
//! A loader returns what it found and changes nothing else. [`Loaded::add`] is the one rule by which two finds become one:
//! an artifact comes with all that belongs to it, and takes the place of an earlier one or leaves it; samples, errors and
//! faults add up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::manifest::{Manifest, ManifestCatalog};
use crate::model::{
    BuildGraph, Catalog, CodeWords, ConfigRules, ConfigSample, ConfigStep, ConfigStepKind, Connector,
    GoldenSpec, InputError, LoadFault, Metadata, Pointer, RecordSchema, ReleaseFiles, Spec, StateSample,
    WrittenFormat,
};
use crate::python::Code;

/// What a loader found.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) name: Option<String>,
    /// The folders that it may be built from, and the files that hold what it printed.
    pub(super) layouts: BTreeSet<String>,
    pub(super) printed: BTreeSet<String>,
    /// The version, where no metadata says another.
    pub(super) version: Option<String>,
    pub(super) metadata: Option<Metadata>,
    pub(super) spec: FoundSpec,
    pub(super) golden_specs: Vec<GoldenSpec>,
    pub(super) catalog: FoundCatalog,
    pub(super) states: Vec<StateSample>,
    pub(super) written: WrittenFormat,
    pub(super) configs: Vec<ConfigSample>,
    pub(super) code: Code,
    /// Words of the code.
    pub(super) words: CodeWords,
    pub(super) release_files: ReleaseFiles,
    pub(super) errors: Vec<InputError>,
    pub(super) faults: Vec<LoadFault>,
    pub(super) unread_beside: Vec<InputError>,
}

/// A spec, and what is done to configs before they are held against it.
#[derive(Debug, Default)]
pub(super) struct FoundSpec {
    pub(super) spec: Option<Spec>,
    /// Whether the tests of the connector keep it.
    pub(super) is_golden: bool,
    /// Why there is none, or why not all of it.
    pub(super) reason: String,
    /// The file of code that builds it, where no file has it.
    pub(super) in_code: Option<String>,
    /// The manifest whose config migrations run. It stays where a spec from elsewhere takes the place of its own, because
    /// the connector is still built from it.
    pub(super) manifest: Option<Arc<Manifest>>,
    /// Whether the spec was given beside the side.
    pub(super) is_given: bool,
}

/// A catalog, and what its streams are built from.
#[derive(Debug, Default)]
pub(super) struct FoundCatalog {
    pub(super) catalog: Option<Catalog>,
    /// Why there is none.
    pub(super) reason: String,
    /// The manifest that is written for its streams, whether it lists them or not.
    pub(super) manifest: Option<Arc<Manifest>>,
    pub(super) graph: BuildGraph,
    pub(super) unlisted_parents: BTreeMap<String, RecordSchema>,
    /// Why a stream cannot be built.
    pub(super) faults: Vec<LoadFault>,
    /// What of the streams cannot be read.
    pub(super) errors: Vec<InputError>,
}

/// Which of two finds holds where both have an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precedence {
    /// What was there before.
    Earlier,
    /// What comes now.
    Later,
}

impl Loaded {
    /// Nothing but an error.
    pub(super) fn error(error: InputError) -> Self {
        Self { errors: vec![error], ..Self::default() }
    }

    /// Adds what another loader found.
    pub(super) fn add(&mut self, found: Self, precedence: Precedence) {
        let takes = |is_there: bool| precedence == Precedence::Later || !is_there;
        if found.name.is_some() && takes(self.name.is_some()) {
            self.name = found.name;
        }
        if found.version.is_some() && takes(self.version.is_some()) {
            self.version = found.version;
        }
        if found.metadata.is_some() && takes(self.metadata.is_some()) {
            self.metadata = found.metadata;
        }
        let is_there = self.spec.spec.is_some();
        self.spec.add(found.spec, takes(is_there));
        let is_there = self.catalog.catalog.is_some();
        self.catalog.add(found.catalog, takes(is_there));
        if !found.code.is_empty() || !found.words.is_empty() {
            self.code = found.code;
            self.words = found.words;
        }
        let files = &mut self.release_files;
        files.docs = found.release_files.docs.or(files.docs.take());
        files.levels = files.levels.max(found.release_files.levels);
        files.pyproject = found.release_files.pyproject.or(files.pyproject.take());
        files.release_block = found.release_files.release_block.or(files.release_block.take());
        self.golden_specs.extend(found.golden_specs);
        self.states.extend(found.states);
        self.written.add(found.written);
        self.configs.extend(found.configs);
        self.errors.extend(found.errors);
        self.faults.extend(found.faults);
        self.unread_beside.extend(found.unread_beside);
    }

    /// The words of the code and of the manifest.
    pub(super) fn words(&self) -> CodeWords {
        let mut words = self.words.clone();
        if let Some(manifest) = &self.catalog.manifest {
            manifest.add_words(&mut words);
        }
        words
    }

    /// Everything as one connector.
    pub(super) fn into_connector(self) -> Connector {
        let config_rules = self.spec.config_rules();
        // What normalizes configs is the connector's, whichever spec is held against it.
        let normalization = self.spec.manifest.as_ref().map(|manifest| manifest.config_normalization());
        let Self { spec, catalog, words: mut code_words, .. } = self;
        if let Some(manifest) = &catalog.manifest {
            manifest.add_words(&mut code_words);
        }
        let mut errors: Vec<InputError> = self.errors.into_iter().chain(catalog.errors).collect();
        // What was cut off reads as absent, so that it is said whatever else is wrong, and once for each file.
        let manifests = [&catalog.manifest, &spec.manifest].into_iter().flatten();
        for exceeding in manifests.filter_map(|manifest| manifest.exceeding()) {
            let is_same = |error: &InputError| error.cause == exceeding.cause && error.file == exceeding.file;
            if !errors.iter().any(is_same) {
                errors.push(exceeding);
            }
        }
        Connector {
            name: self.name,
            layouts: self.layouts,
            printed: self.printed,
            version: self.version,
            metadata: self.metadata,
            // A file that was found elsewhere is what the connector prints.
            is_spec_given: spec.is_given,
            spec_in_code: spec.in_code.filter(|_| spec.spec.is_none()),
            spec: spec.spec,
            golden_specs: self.golden_specs,
            is_spec_golden: spec.is_golden,
            spec_reason: spec.reason,
            catalog: catalog.catalog,
            catalog_reason: catalog.reason,
            config_rules,
            config_normalization: normalization,
            graph: catalog.graph,
            unlisted_parents: catalog.unlisted_parents,
            has_manifest: catalog.manifest.is_some(),
            manifest_version: catalog.manifest.and_then(|manifest| manifest.version()),
            states: self.states,
            written: self.written,
            configs: self.configs,
            code: self.code,
            code_words,
            release_files: self.release_files,
            errors,
            faults: self.faults.into_iter().chain(catalog.faults).collect(),
            unread_beside: self.unread_beside,
            ..Connector::default()
        }
    }
}

impl FoundSpec {
    fn add(&mut self, found: Self, takes: bool) {
        if !found.reason.is_empty() {
            self.reason = found.reason;
        }
        self.in_code = found.in_code.or(self.in_code.take());
        if takes && found.spec.is_some() {
            self.spec = found.spec;
            self.is_golden = found.is_golden;
            self.is_given = found.is_given;
        }
        if takes && found.manifest.is_some() {
            self.manifest = found.manifest;
        }
    }

    /// What is done to saved configs. A spec that is given and that the manifest does not print is of another version, as
    /// far as anybody knows: nobody can say that the manifest's migrations lead to it.
    fn config_rules(&self) -> ConfigRules {
        let Some(manifest) = &self.manifest else { return ConfigRules::default() };
        let rules = manifest.config_rules();
        if rules.is_empty() || !self.is_given {
            return rules;
        }
        let schema = |spec: &Spec| spec.value["connectionSpecification"].clone();
        let own = manifest.spec().and_then(Result::ok);
        if own.as_ref().map(schema) == self.spec.as_ref().map(schema) {
            return rules;
        }
        let what = format!("those of {}, which prints another spec", manifest.file());
        let step = ConfigStep { pointer: Pointer::root(), kind: ConfigStepKind::Opaque { what } };
        ConfigRules { migrations: vec![step], ..ConfigRules::default() }
    }

    /// Makes room for a spec that is given instead.
    pub(super) fn clear(&mut self) {
        *self = Self { manifest: self.manifest.take(), ..Self::default() };
    }
}

impl FoundCatalog {
    /// Takes the streams of its manifest; the files that they are built from are returned.
    pub(super) fn list(&mut self, read: ManifestCatalog) -> BTreeSet<String> {
        self.catalog = Some(read.catalog);
        self.graph = read.graph;
        self.unlisted_parents = read.unlisted_parents;
        self.faults = read.faults;
        self.errors = read.errors;
        read.claimed_files
    }

    fn add(&mut self, found: Self, takes: bool) {
        if !found.reason.is_empty() {
            self.reason = found.reason;
        }
        if !takes {
            return;
        }
        if found.manifest.is_some() {
            *self = Self { reason: std::mem::take(&mut self.reason), ..found };
        } else if found.catalog.is_some() {
            // What was printed is still built from what lies beside it.
            self.catalog = found.catalog;
            if found.graph.parts().next().is_some() {
                self.graph = found.graph;
            }
        }
    }
}
