//! From the uses of classes to the streams that are built.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::answer::snake_case;
use super::{PythonStream, PythonStreams, Told};
use crate::python::expression::Expression;
use crate::python::uses::{Arguments, Call, Fate, Use};
use crate::python::{Code, Definition, Module};

/// Classes whose instances are no streams.
const NO_STREAMS: [&str; 14] = [
    "ABC",
    "object",
    "Enum",
    "str",
    "int",
    "dict",
    "list",
    "Exception",
    "ValueError",
    "RuntimeError",
    "NamedTuple",
    "TypedDict",
    "BaseModel",
    "Protocol",
];

/// Modules of Python itself, and of libraries that connectors use.
const STANDARD: [&str; 20] = [
    "google",
    "isodate",
    "pendulum",
    "pydantic",
    "requests",
    "requests_cache",
    "urllib",
    "urllib3",
    "abc",
    "collections",
    "copy",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "itertools",
    "json",
    "logging",
    "re",
    "typing",
];

pub(super) struct Reader<'c> {
    pub(super) code: &'c Code,
    pub(super) constants: BTreeMap<&'c str, Vec<&'c Expression>>,
    /// The classes that are streams, by name.
    pub(super) streams: BTreeMap<&'c str, Vec<&'c Definition>>,
}

/// A name that is built, with the file that does it.
type BuiltName<'c> = (&'c str, &'c str, &'c Option<Call>);

/// Names that are built, each way once.
#[derive(Default)]
struct Built<'c> {
    in_order: Vec<BuiltName<'c>>,
    seen: HashSet<BuiltName<'c>>,
}

impl<'c> Built<'c> {
    fn add(&mut self, one: BuiltName<'c>) {
        if self.seen.insert(one) {
            self.in_order.push(one);
        }
    }
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
            is_open: !self.code.unread().is_empty() || modules.values().any(|module| module.makes_classes),
            ..PythonStreams::default()
        };
        let mut built = Built::default();
        for (file, module) in modules {
            for one in &module.uses {
                self.add_use(file, module, one, &mut built, &mut found);
            }
        }
        let called: BTreeSet<&str> = built
            .in_order
            .iter()
            .filter(|(_, _, call)| matches!(call, Some(Call::Builds(_))))
            .map(|(_, name, _)| *name)
            .collect();
        for (file, name, call) in &built.in_order {
            let classes = self.classes_of(name, file);
            let streams = classes.into_iter().filter_map(|class| match call {
                Some(Call::Builds(arguments)) => Some(self.stream(class, Some(arguments))),
                Some(Call::Derives) => Some(self.derived(class)),
                // A name that is handed on and called as well is seen where it is called.
                None => (!called.contains(name)).then(|| self.stream(class, None)),
            });
            found.streams.extend(streams);
        }
        if found.is_open {
            // Of the classes that nothing is derived from any may be built.
            let bases: BTreeSet<&str> =
                self.code.definitions().flat_map(|one| &one.bases).map(String::as_str).collect();
            let known: BTreeSet<&str> = built.in_order.iter().map(|(_, name, _)| *name).collect();
            let leaves =
                self.streams.iter().filter(|(name, _)| !bases.contains(*name) && !known.contains(*name));
            found
                .streams
                .extend(leaves.flat_map(|(_, classes)| classes).map(|class| self.stream(class, None)));
        }
        // A source whose streams are not seen makes them in another way, or says itself what there is to discover; and
        // what it gives another name to keeps none that a manifest says.
        let renames = self.code.assigns("name");
        found.is_open |= self.code.sources().any(|source| {
            let is_declarative = self.code.is_declarative(source);
            let discovers =
                self.code.lineage(source).0.iter().any(|class| class.members.contains("discover"));
            discovers
                || found.streams.is_empty() && !is_declarative
                || renames && is_declarative && self.code.lists_streams(source)
        });
        found.streams.sort_by(|one, other| one.order().cmp(&other.order()));
        found.streams.dedup();
        forget_what_differs(&mut found.streams);
        found
    }

    /// Takes a use of a name.
    fn add_use(
        &self,
        file: &'c str,
        module: &'c Module,
        one: &'c Use,
        built: &mut Built<'c>,
        found: &mut PythonStreams,
    ) {
        let name = module.original(&one.name);
        let of_stream = one.class.as_deref().is_some_and(|class| self.streams.contains_key(class));
        if !self.streams.contains_key(name) {
            let may_be_one = match one.call {
                Some(Call::Builds(_)) => name.starts_with(|first: char| first.is_ascii_uppercase()),
                Some(Call::Derives) => true,
                None => false,
            };
            if may_be_one && !of_stream {
                self.add_unknown(module, one, name, found);
            }
            return;
        }
        let handed_on = match &one.fate {
            Fate::Handed(classes) => classes.iter().all(|class| self.streams.contains_key(class.as_str())),
            Fate::LookedAt => true,
            Fate::Kept => false,
        };
        // What a stream builds is its parent, and not in the catalog for that; nor is what is only handed to one.
        if of_stream || handed_on {
            found.unseen.insert(snake_case(name));
            let makes_a_list = of_stream && one.is_element && matches!(one.call, Some(Call::Builds(_)));
            // A class method may list the streams.
            found.is_open |= makes_a_list && !handed_on;
        } else {
            built.add((file, name, &one.call));
        }
    }

    /// Takes a class that no definition of a stream is known of.
    fn add_unknown(&self, module: &Module, one: &Use, name: &str, found: &mut PythonStreams) {
        let definitions = self.code.defined(name);
        let is_plain = |definition: &Definition| {
            let (inside, outside) = self.code.lineage(definition);
            let modules = || inside.iter().filter_map(|class| self.code.parsed().modules.get(&class.file));
            outside.iter().all(|base| {
                NO_STREAMS.contains(base)
                    || base.ends_with("Source")
                    || modules().any(|module| module.origin_of(base).is_some_and(is_of_library))
            })
        };
        if matches!(one.call, Some(Call::Derives)) {
            // A class whose base is a variable may be anything.
            found.is_open |= definitions.is_empty() && module.origin_of(&one.name).is_none();
            return;
        }
        if !definitions.is_empty() && definitions.iter().all(is_plain) {
            return;
        }
        found.unseen.insert(snake_case(name));
        if let Some(Call::Builds(arguments)) = &one.call
            && let Some(Expression::Text(name)) = arguments.keywords.get("name")
        {
            found.unseen.insert(name.clone());
        }
        // What a list takes from another package may be a stream of any name.
        let is_from_elsewhere = match module.origin_of(&one.name) {
            Some(from) => !is_of_library(from),
            None => false,
        };
        found.is_open |=
            one.is_element && one.fate == Fate::Kept && (is_from_elsewhere || !definitions.is_empty());
    }

    /// The classes of streams that a name stands for in a file: of several the one that it imports, where that shows.
    pub(super) fn classes_of(&self, name: &str, file: &str) -> Vec<&'c Definition> {
        let all = self.streams.get(name).map(Vec::as_slice).unwrap_or_default();
        pick(all, name, file, self.code)
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
    let is_source = outside.iter().any(|base| base.ends_with("Source"))
        || inside.iter().any(|class| class.has_method("streams"));
    !is_source && (names.into_iter().any(is_named_so) || has("read_records") && has("primary_key"))
}

/// Whether a module is the CDK's, whose streams are called so, or of a library without any.
fn is_of_library(from: &str) -> bool {
    from.starts_with("airbyte")
        || STANDARD.iter().any(|module| from == *module || from.starts_with(&format!("{module}.")))
}

/// Of several definitions of a name the one that a file defines or imports; all of them where that does not show.
pub(super) fn pick<'c>(all: &[&'c Definition], name: &str, file: &str, code: &Code) -> Vec<&'c Definition> {
    if all.len() < 2 {
        return all.to_vec();
    }
    if let Some(own) = all.iter().find(|one| one.file == file) {
        return vec![own];
    }
    let from = code.parsed().modules.get(file).and_then(|module| module.origin_of(name));
    let path = from.map(|from| from.trim_start_matches('.').replace('.', "/"));
    let is_there = |one: &&&Definition| {
        let stem = one.file.trim_end_matches(".py").trim_end_matches("/__init__");
        path.as_deref().is_some_and(|path| stem == path || stem.ends_with(&format!("/{path}")))
    };
    match all.iter().filter(is_there).collect::<Vec<_>>().as_slice() {
        [one] => vec![**one],
        _ => all.to_vec(),
    }
}

/// Of streams of one name that are built in several ways, keeps what all ways agree on.
fn forget_what_differs(streams: &mut [PythonStream]) {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, stream) in streams.iter().enumerate() {
        for name in &stream.names {
            by_name.entry(name.clone()).or_default().push(index);
        }
    }
    for indices in by_name.into_values().filter(|indices| indices.len() > 1) {
        let first = streams[indices[0]].clone();
        let (mut key, mut cursor) = (true, true);
        for &index in &indices {
            key &= streams[index].primary_key == first.primary_key;
            cursor &= streams[index].cursor_field == first.cursor_field;
        }
        for &index in &indices {
            if !key {
                streams[index].primary_key = Told::Open;
            }
            if !cursor {
                streams[index].cursor_field = Told::Open;
            }
        }
    }
}
