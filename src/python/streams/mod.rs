//! The streams that the Python of a package builds, read without running it.
//!
//! A stream is a class that code builds. The CDK names it after the class unless the class says otherwise, reads its
//! schema from the file of that name unless the class says otherwise, and takes its key and cursor from attributes
//! (`airbyte_cdk.sources.streams.core` 7.39.1). Each of these is followed as far as it is written: literals, attributes
//! of the class and of those above it, what a constructor is called with. What is decided while the code runs is
//! unknown.

mod answer;
mod instance;
mod listing;
mod reader;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Definition};
pub use listing::{ListedFact, Listing};
use reader::Reader;

/// What code tells of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told<T> {
    /// The value.
    Known(T),
    /// It is decided while the code runs.
    Open,
}

impl<T> Told<T> {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Open => None,
        }
    }
}

/// A stream that Python builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonStream {
    /// Its class.
    pub class: String,
    /// The file of the class.
    pub file: String,
    /// The byte of the file at which the class starts.
    pub offset: usize,
    /// Its names: more than one where a condition decides.
    pub names: BTreeSet<String>,
    /// Whether it may have another name.
    pub may_be_named_otherwise: bool,
    /// The names of the schema files it is built from, without their ending.
    pub schemas: BTreeSet<String>,
    /// Whether it is built from the schema file of its name.
    pub reads_its_name: bool,
    /// Whether it may be built from another schema file, whatever its name.
    pub may_read_another: bool,
    /// Its primary key: a list of paths.
    pub primary_key: Told<Vec<Vec<String>>>,
    /// Its cursor; empty for none.
    pub cursor_field: Told<Vec<String>>,
    /// What the code is known by that makes or changes the schema; `None` where there is none.
    pub schema_code: Option<String>,
    /// What the code is known by that decides the primary key, where that is not known.
    pub primary_key_code: Option<String>,
    /// What the code is known by that decides the cursor, where that is not known.
    pub cursor_field_code: Option<String>,
}

/// The streams of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PythonStreams {
    /// Those whose class is known, by class and name.
    pub streams: Vec<PythonStream>,
    /// Names that classes from elsewhere would give, or that streams have which others are built from: whether there is a
    /// stream of that name is not known.
    pub unseen: BTreeSet<String>,
    /// There may be others: code cannot be read, or makes classes while it runs.
    pub is_open: bool,
}

/// The streams that are built from one schema file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileStreams<'s> {
    /// Those that are known, by name.
    pub known: BTreeMap<&'s str, Vec<&'s PythonStream>>,
    /// There may be one of the name of the file: a stream whose name is not known reads the file of its name.
    pub may_have_own: bool,
    /// There may be others, under whatever name.
    pub is_open: bool,
}

impl PythonStream {
    /// What streams are sorted by.
    fn order(&self) -> (&str, &BTreeSet<String>, &BTreeSet<String>, &str) {
        (&self.class, &self.names, &self.schemas, &self.file)
    }
}

impl PythonStreams {
    /// The streams that are built from the schema file of this name.
    pub fn of_file(&self, schema: &str) -> FileStreams<'_> {
        let may_have_own = self.unseen.contains(schema);
        let mut found = FileStreams { is_open: self.is_open, may_have_own, ..FileStreams::default() };
        for stream in &self.streams {
            if stream.schemas.contains(schema) {
                found.is_open |= stream.may_be_named_otherwise;
                for name in &stream.names {
                    found.known.entry(name).or_default().push(stream);
                }
            } else if stream.reads_its_name {
                found.may_have_own |= stream.may_be_named_otherwise;
                if let Some(name) = stream.names.get(schema) {
                    found.known.entry(name).or_default().push(stream);
                }
            }
            found.is_open |= stream.may_read_another;
        }
        found
    }

    /// Whether streams are built whose names are not known.
    pub fn has_unnamed(&self) -> bool {
        self.streams.iter().any(|stream| stream.may_be_named_otherwise)
    }

    /// Whether a stream of this name is built; `None` where that is not known.
    pub fn builds(&self, name: &str) -> Option<bool> {
        self.builds_after(name, &Self::default())
    }

    /// Whether a stream of this name, which the code of `old` built, is built still; `None` where that is not known. A
    /// class whose name is decided while the code runs, and that was there before, never had this name: no two streams
    /// have one name.
    pub fn builds_after(&self, name: &str, old: &Self) -> Option<bool> {
        if self.streams.iter().any(|stream| stream.names.contains(name)) {
            return Some(true);
        }
        let was_there = |class: &str| {
            old.streams.iter().any(|stream| stream.may_be_named_otherwise && stream.class == class)
        };
        let may_have_it = |stream: &PythonStream| stream.may_be_named_otherwise && !was_there(&stream.class);
        let is_open = self.is_open || self.unseen.contains(name) || self.streams.iter().any(may_have_it);
        (!is_open).then_some(false)
    }
}

impl Code {
    /// The streams that the code builds.
    pub fn streams(&self) -> &PythonStreams {
        self.streams.get_or_init(|| Reader::of(self).read())
    }

    /// Whether the code is a low-code connector's that adds no stream: every class that is a source only names a
    /// manifest. `None` where it cannot be read.
    pub fn only_loads_a_manifest(&self) -> Option<bool> {
        if self.is_empty() || !self.unread().is_empty() {
            return None;
        }
        let sources: Vec<&Definition> = self.sources().collect();
        Some(
            !sources.is_empty()
                && sources.iter().all(|source| self.is_declarative(source) && !self.lists_streams(source)),
        )
    }

    /// The YAML files that the code names, but for `manifest.yaml`: what stands in them is not read.
    pub fn names_another_manifest(&self) -> bool {
        let mut texts = self.definitions().flat_map(|one| &one.texts);
        texts.any(|text| {
            let file = text.rsplit('/').next().unwrap_or(text);
            (file.ends_with(".yaml") || file.ends_with(".yml"))
                && file != "manifest.yaml"
                && !file.starts_with("spec")
        })
    }

    /// Whether some source of the package may load a manifest; `None` where the code cannot be read.
    pub fn loads_a_manifest(&self) -> Option<bool> {
        if self.is_empty() || !self.unread().is_empty() {
            return None;
        }
        let sources: Vec<&Definition> = self.sources().collect();
        // What a class from elsewhere does nobody can say.
        let is_python = |source: &&Definition| {
            let outside = self.lineage(source).1;
            !outside.is_empty() && outside.iter().all(|base| PYTHON_SOURCES.contains(base))
        };
        let names_one = || {
            let mut texts = self.definitions().flat_map(|one| &one.texts);
            texts.any(|text| text.ends_with(".yaml") || text.ends_with(".yml") || text.contains("manifest"))
                || self.definitions().any(|one| one.names.iter().any(|name| is_declarative_base(name)))
        };
        let imports_one = || {
            let mut imports = self.parsed().modules.values().flat_map(|module| &module.imports);
            imports.any(|import| is_declarative_base(&import.original))
        };
        Some(sources.is_empty() || !sources.iter().all(is_python) || names_one() || imports_one())
    }

    /// Classes that are sources: the CDK's own classes above them say so, or they list streams.
    fn sources(&self) -> impl Iterator<Item = &Definition> {
        self.definitions().filter(|one| one.is_class).filter(|class| {
            let (inside, outside) = self.lineage(class);
            outside.iter().any(|base| base.ends_with("Source") || is_declarative_base(base))
                || inside.iter().any(|class| class.members.contains("streams"))
        })
    }

    fn is_declarative(&self, class: &Definition) -> bool {
        self.lineage(class).1.iter().any(|base| is_declarative_base(base))
    }

    fn lists_streams(&self, class: &Definition) -> bool {
        let adds = ["streams", "read", "discover"];
        self.lineage(class).0.iter().any(|class| adds.iter().any(|name| class.members.contains(*name)))
    }
}

/// Classes of the CDK, and of Python, that load no manifest.
const PYTHON_SOURCES: [&str; 7] = [
    "AbstractSource",
    "ConcurrentSourceAdapter",
    "Source",
    "FileBasedSource",
    "ABC",
    "object",
    "BaseConnector",
];

fn is_declarative_base(name: &str) -> bool {
    name.ends_with("DeclarativeSource")
}
