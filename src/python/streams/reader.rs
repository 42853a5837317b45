//! From the uses of classes to the streams that are built.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::snake_case;
use super::{PythonStream, PythonStreams, Told};
use crate::python::expression::Expression;
use crate::python::uses::{Arguments, Call};
use crate::python::{Code, Definition};

pub(super) struct Reader<'c> {
    pub(super) code: &'c Code,
    pub(super) constants: BTreeMap<&'c str, Vec<&'c Expression>>,
    /// The classes that are streams, by name.
    pub(super) streams: BTreeMap<&'c str, Vec<&'c Definition>>,
}

impl<'c> Reader<'c> {
    pub(super) fn of(code: &'c Code) -> Self {
        let mut constants: BTreeMap<&str, Vec<&Expression>> = BTreeMap::new();
        for module in code.parsed().modules.values() {
            for (name, value) in &module.constants {
                constants.entry(name).or_default().push(value);
            }
        }
        let mut streams: BTreeMap<&str, Vec<&Definition>> = BTreeMap::new();
        for class in code.definitions().filter(|one| one.is_class && is_stream(code, one)) {
            streams.entry(&class.name).or_default().push(class);
        }
        Self { code, constants, streams }
    }

    pub(super) fn read(&self) -> PythonStreams {
        let modules = &self.code.parsed().modules;
        let mut found = PythonStreams {
            streams: Vec::new(),
            unseen: self.unseen(),
            is_open: !self.code.unread().is_empty() || modules.values().any(|module| module.makes_classes),
        };
        let mut built: Vec<(&str, &Option<Call>)> = Vec::new();
        for one in modules.values().flat_map(|module| &module.uses) {
            // What a stream builds is its parent, and not in the catalog for that.
            let is_of_stream = one.class.as_deref().is_some_and(|class| self.streams.contains_key(class));
            let is_parent = one
                .handed_to
                .as_ref()
                .is_some_and(|classes| classes.iter().all(|class| self.streams.contains_key(class.as_str())));
            if !is_of_stream && !is_parent && self.streams.contains_key(one.name.as_str()) {
                built.push((&one.name, &one.call));
            }
        }
        let called: BTreeSet<&str> = built
            .iter()
            .filter(|(_, call)| matches!(call, Some(Call::Builds(_))))
            .map(|(name, _)| *name)
            .collect();
        for (name, call) in &built {
            let arguments = match call {
                Some(Call::Builds(arguments)) => Some(arguments),
                Some(Call::Derives) => {
                    let classes = self.streams.get(name).into_iter().flatten();
                    found.streams.extend(classes.map(|class| self.derived(class)));
                    continue;
                }
                // A name that is handed on and called as well is seen where it is called.
                None if called.contains(name) => continue,
                None => None,
            };
            let classes = self.streams.get(name).into_iter().flatten();
            found.streams.extend(classes.map(|class| self.stream(class, arguments)));
        }
        if found.is_open {
            // Of the classes that nothing is derived from any may be built.
            let bases: BTreeSet<&str> =
                self.code.definitions().flat_map(|one| &one.bases).map(String::as_str).collect();
            let known: BTreeSet<&str> = built.iter().map(|(name, _)| *name).collect();
            let leaves =
                self.streams.iter().filter(|(name, _)| !bases.contains(*name) && !known.contains(*name));
            found
                .streams
                .extend(leaves.flat_map(|(_, classes)| classes).map(|class| self.stream(class, None)));
        }
        // A source whose streams are not seen makes them in another way, or says itself what there is to discover.
        found.is_open |= self.code.sources().any(|source| {
            let discovers =
                self.code.lineage(source).0.iter().any(|class| class.members.contains("discover"));
            discovers || found.streams.is_empty() && !self.code.is_declarative(source)
        });
        found.streams.sort_by(|one, other| {
            (&one.class, &one.names, &one.schemas, &one.file).cmp(&(
                &other.class,
                &other.names,
                &other.schemas,
                &other.file,
            ))
        });
        found.streams.dedup();
        found
    }

    /// The names of streams that classes from outside the package would give.
    fn unseen(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for one in self.code.parsed().modules.values().flat_map(|module| &module.uses) {
            let Some(Call::Builds(arguments)) = &one.call else { continue };
            if !one.name.starts_with(|first: char| first.is_ascii_uppercase())
                || !self.code.defined(&one.name).is_empty()
            {
                continue;
            }
            names.insert(snake_case(&one.name));
            if let Some(Expression::Text(name)) = arguments.keywords.get("name") {
                names.insert(name.clone());
            }
        }
        names
    }

    fn stream(&self, class: &'c Definition, arguments: Option<&'c Arguments>) -> PythonStream {
        let instance = self.instance(class, arguments);
        let (mut names, mut is_open) = self.own(&instance, "name", 0, 0).texts();
        if names.is_empty() && !is_open {
            is_open = true;
        }
        let (schemas, reads_its_name, may_read_another) = self.schemas(&instance);
        // Nothing is called so.
        names.remove("");
        let (primary_key, cursor_field) = (self.key(&instance), self.cursor(&instance));
        let (is_key_open, is_cursor_open) = (primary_key == Told::Open, cursor_field == Told::Open);
        let code_of =
            |member: &str, is_open: bool| is_open.then(|| self.written(&instance, member)).flatten();
        PythonStream {
            class: class.name.clone(),
            file: class.file.clone(),
            offset: class.offset,
            names,
            may_be_named_otherwise: is_open,
            schemas,
            reads_its_name,
            may_read_another,
            primary_key,
            cursor_field,
            schema_code: self.written(&instance, "get_json_schema"),
            primary_key_code: code_of("primary_key", is_key_open),
            cursor_field_code: code_of("cursor_field", is_cursor_open),
        }
    }

    /// A stream of a class that code makes of this one, under a name of its own.
    fn derived(&self, class: &'c Definition) -> PythonStream {
        let stream = self.stream(class, None);
        PythonStream { names: BTreeSet::new(), may_be_named_otherwise: true, ..stream }
    }
}

/// Whether a class looks like a stream's, by the classes above it or by what every stream has, and is no source.
fn is_stream(code: &Code, class: &Definition) -> bool {
    let (inside, outside) = code.lineage(class);
    let has = |member: &str| inside.iter().any(|class| class.members.contains(member));
    let names = inside.iter().map(|class| class.name.as_str()).chain(outside.iter().copied());
    let is_named_so = |name: &str| name.ends_with("Stream") || name.ends_with("Substream");
    let is_source = outside.iter().any(|base| base.ends_with("Source")) || has("streams");
    !is_source && (names.into_iter().any(is_named_so) || has("read_records") && has("primary_key"))
}
