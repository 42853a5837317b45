//! From a JSON Schema document to nodes. Everything that is no schema is refused with its place; remote references
//! are named and never fetched.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use num_rational::BigRational;
use num_traits::Zero;
use serde_json::{Map, Value};

use super::arena::{Arena, Atom, Items, Kind, NodeId, Opaque, Properties, Types, Values};
use super::number::exact;
use super::resources::{Resources, Unresolved};
use super::{Draft, Options, SchemaError};
use crate::model::{Pointer, Which};

/// Adds a document to the arena.
///
/// # Errors
/// Something in it is no schema, or refers to nowhere or elsewhere; or it is nested too deep.
pub(super) fn parse(
    document: &Value,
    arena: &mut Arena,
    options: &Options,
    side: Which,
) -> Result<NodeId, Stop> {
    let draft = options.draft.unwrap_or_else(|| Draft::of(document));
    let mut parser = Parser {
        arena,
        draft,
        options,
        side,
        document,
        places: HashMap::new(),
        resources: Resources::of(document, draft),
    };
    parser.schema(document, &At::Root, document, 0)
}

/// Schemas nested deeper than this, through references too, are given up on.
pub(super) const DEEPEST: usize = 5_000;

/// Keywords through which other schemas may look at items and properties, depending on the value.
const MAY_EVALUATE: [&str; 11] = [
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
];

/// What a schema has looked at: everything, or a part.
enum Evaluated<T> {
    All,
    Some(T),
}

/// Where a schema stands, as the way that led there: a pointer is made of it only where something is said about it.
#[derive(Debug, Clone, Copy)]
enum At<'p> {
    Root,
    /// Where a reference led, in its words.
    Reference(&'p str),
    Key(&'p At<'p>, &'p str),
    Item(&'p At<'p>, usize),
}

impl At<'_> {
    fn join<'p>(&'p self, key: &'p str) -> At<'p> {
        At::Key(self, key)
    }

    fn item(&self, index: usize) -> At<'_> {
        At::Item(self, index)
    }

    fn pointer(&self) -> Pointer {
        let (mut at, mut last) = (self, Vec::new());
        let start = loop {
            at = match at {
                At::Root => break Pointer::root(),
                At::Reference(place) => break Pointer::parse(place),
                At::Key(above, key) => {
                    last.push((*key).to_owned());
                    above
                }
                At::Item(above, index) => {
                    last.push(index.to_string());
                    above
                }
            };
        };
        last.reverse();
        start.concat(&Pointer::new(last))
    }
}

enum Place {
    Open(Option<NodeId>),
    Done(NodeId),
}

/// Which readers have a keyword of theirs in a schema: most have few keywords, and each reader looks up a dozen.
#[derive(Default)]
struct Asked {
    any_kind: bool,
    numbers: bool,
    strings: bool,
    arrays: bool,
    objects: bool,
    definitions: bool,
}

impl Asked {
    fn of(map: &Map<String, Value>) -> Self {
        let mut asked = Self::default();
        for keyword in map.keys() {
            let reader = match keyword.as_str() {
                "type" | "enum" | "const" | "allOf" | "anyOf" | "oneOf" | "not" | "if" => &mut asked.any_kind,
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                    &mut asked.numbers
                }
                "minLength" | "maxLength" | "pattern" | "format" => &mut asked.strings,
                "items" | "prefixItems" | "additionalItems" | "minItems" | "maxItems" | "uniqueItems"
                | "contains" | "unevaluatedItems" => &mut asked.arrays,
                "properties"
                | "patternProperties"
                | "additionalProperties"
                | "required"
                | "minProperties"
                | "maxProperties"
                | "propertyNames"
                | "dependencies"
                | "dependentRequired"
                | "dependentSchemas"
                | "unevaluatedProperties" => &mut asked.objects,
                "definitions" | "$defs" => &mut asked.definitions,
                _ => continue,
            };
            *reader = true;
        }
        asked
    }
}

struct Parser<'a, 'p> {
    arena: &'p mut Arena,
    draft: Draft,
    options: &'p Options,
    side: Which,
    document: &'a Value,
    /// Schemas by address: a reference reaches a schema, not a copy of it.
    places: HashMap<*const Value, Place>,
    resources: Resources<'a>,
}

/// Why a document did not become nodes.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is nested too deep to be followed, which says nothing of whether it is a schema.
    TooDeep,
    /// It is no schema.
    NoSchema(SchemaError),
}

type Parsed<T> = Result<T, Stop>;

impl<'a> Parser<'a, '_> {
    fn fail<T>(&self, pointer: &At<'_>, message: String) -> Parsed<T> {
        let (side, pointer) = (self.side, pointer.pointer());
        Err(Stop::NoSchema(SchemaError { side, pointer, message, unresolved: false, elsewhere: false }))
    }

    fn unresolved(&self, pointer: &At<'_>, unresolved: Unresolved) -> Stop {
        let Unresolved { message, elsewhere } = unresolved;
        let (side, pointer) = (self.side, pointer.pointer());
        Stop::NoSchema(SchemaError { side, pointer, message, unresolved: true, elsewhere })
    }

    /// `base` is the document that references inside start from.
    fn schema(
        &mut self,
        value: &'a Value,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
    ) -> Parsed<NodeId> {
        let map = match value {
            Value::Bool(true) => return Ok(Arena::ANYTHING),
            Value::Bool(false) => return Ok(Arena::NOTHING),
            Value::Object(map) => map,
            other => {
                return self.fail(
                    pointer,
                    format!("expected a schema (an object or a boolean), found {}", kind(other)),
                );
            }
        };
        if depth > DEEPEST {
            return Err(Stop::TooDeep);
        }
        match self.places.get_mut(&std::ptr::from_ref(value)) {
            Some(Place::Done(id)) => return Ok(*id),
            Some(Place::Open(reserved)) => {
                return Ok(*reserved.get_or_insert_with(|| self.arena.reserve()));
            }
            None => {}
        }
        self.places.insert(std::ptr::from_ref(value), Place::Open(None));
        let base = if self.resources.is_document(value) { value } else { base };
        let atoms = self.atoms(map, pointer, base, depth)?;
        let hints = hints(map);
        let id = self.arena.node(atoms, hints);
        let done = match self.places.get(&std::ptr::from_ref(value)) {
            Some(Place::Open(Some(reserved))) => {
                let reserved = *reserved;
                self.arena.fill(reserved, id);
                reserved
            }
            _ => id,
        };
        self.places.insert(std::ptr::from_ref(value), Place::Done(done));
        Ok(done)
    }

    fn reference(
        &mut self,
        reference: &str,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
    ) -> Parsed<NodeId> {
        match self.resources.resolve(reference, base) {
            Ok((target, base)) => {
                let place = reference.split_once('#').map_or(At::Root, |(_, place)| At::Reference(place));
                self.schema(target, &place, base, depth + 1)
            }
            Err(unresolved) => Err(self.unresolved(pointer, unresolved)),
        }
    }

    fn atoms(
        &mut self,
        map: &'a Map<String, Value>,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
    ) -> Parsed<Vec<Atom>> {
        let mut atoms = Vec::new();
        if let Some(reference) = map.get("$ref") {
            let Some(text) = reference.as_str() else {
                return self
                    .fail(&pointer.join("$ref"), format!("expected a reference, found {}", kind(reference)));
            };
            let target = self.reference(text, &pointer.join("$ref"), base, depth)?;
            atoms.push(Atom::All(vec![target]));
            if !self.draft.has_siblings_of_ref() {
                return Ok(atoms);
            }
        }
        for keyword in ["$dynamicRef", "$recursiveRef"] {
            if let Some(reference) = map.get(keyword).and_then(Value::as_str).filter(|_| self.draft.is_new())
            {
                // Where one place at most can be meant, there is nothing dynamic about it.
                if self.resources.is_static(reference) {
                    let target = self.reference(reference, &pointer.join(keyword), base, depth)?;
                    atoms.push(Atom::All(vec![target]));
                } else {
                    atoms.push(self.opaque(keyword, None, map));
                }
            }
        }
        let asked = Asked::of(map);
        if asked.any_kind {
            self.any_kind(map, pointer, base, depth, &mut atoms)?;
        }
        if asked.numbers {
            self.numbers(map, pointer, &mut atoms)?;
        }
        if asked.strings {
            self.strings(map, pointer, &mut atoms)?;
        }
        if asked.arrays {
            self.arrays(map, pointer, base, depth, &mut atoms)?;
        }
        if asked.objects {
            self.objects(map, pointer, base, depth, &mut atoms)?;
        }
        if asked.definitions {
            self.unused(map, pointer, base, depth)?;
        }
        Ok(atoms)
    }

    /// A keyword that cannot be decided; one that is written alike, with the same to refer to, means the same.
    fn opaque(&self, keyword: &str, about: Option<Kind>, map: &Map<String, Value>) -> Atom {
        let mut written = Value::Object(map.clone()).to_string();
        if written.contains("$ref") || written.contains("$dynamicRef") || written.contains("$recursiveRef") {
            written.push_str(&self.document.to_string());
        }
        Atom::Opaque(Rc::new(Opaque { keyword: keyword.to_owned(), about, written }))
    }

    /// Definitions that nothing refers to must be schemas all the same.
    fn unused(
        &mut self,
        map: &'a Map<String, Value>,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
    ) -> Parsed<()> {
        for keyword in ["definitions", "$defs"] {
            let Some(found) = map.get(keyword) else { continue };
            let Some(definitions) = found.as_object() else {
                return self.fail(
                    &pointer.join(keyword),
                    format!("expected schemas by name, found {}", kind(found)),
                );
            };
            for (name, schema) in definitions {
                let parsed = self.schema(schema, &pointer.join(keyword).join(name), base, depth + 1);
                // A reference that leads nowhere, in what nothing refers to, is never followed.
                if let Err(Stop::NoSchema(SchemaError { unresolved: true, .. })) = parsed {
                    continue;
                }
                parsed?;
            }
        }
        Ok(())
    }

    fn list(
        &mut self,
        value: &'a Value,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
    ) -> Parsed<Vec<NodeId>> {
        let Some(items) = value.as_array() else {
            return self.fail(pointer, format!("expected a list of schemas, found {}", kind(value)));
        };
        let mut nodes = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            nodes.push(self.schema(item, &pointer.item(index), base, depth + 1)?);
        }
        Ok(nodes)
    }

    fn any_kind(
        &mut self,
        map: &'a Map<String, Value>,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
        atoms: &mut Vec<Atom>,
    ) -> Parsed<()> {
        if let Some(value) = map.get("type") {
            atoms.push(Atom::Types(self.types(value, &pointer.join("type"))?));
        }
        if let Some(value) = map.get("enum") {
            let Some(values) = value.as_array() else {
                return self.fail(
                    &pointer.join("enum"),
                    format!("expected a list of values, found {}", kind(value)),
                );
            };
            atoms.push(Atom::Values(Rc::new(Values::new(values.clone()))));
        }
        if let Some(value) = map.get("const").filter(|_| self.draft != Draft::Draft4) {
            atoms.push(Atom::Values(Rc::new(Values::new(vec![value.clone()]))));
        }
        for (keyword, atom) in [
            ("allOf", Atom::All as fn(Vec<NodeId>) -> Atom),
            ("anyOf", Atom::Any as fn(Vec<NodeId>) -> Atom),
            ("oneOf", Atom::One as fn(Vec<NodeId>) -> Atom),
        ] {
            if let Some(value) = map.get(keyword) {
                atoms.push(atom(self.list(value, &pointer.join(keyword), base, depth)?));
            }
        }
        if let Some(value) = map.get("not") {
            atoms.push(Atom::Not(self.schema(value, &pointer.join("not"), base, depth + 1)?));
        }
        if let Some(value) = map.get("if").filter(|_| self.draft.has_conditions()) {
            let condition = self.schema(value, &pointer.join("if"), base, depth + 1)?;
            let mut branch = |keyword: &str| match map.get(keyword) {
                Some(value) => self.schema(value, &pointer.join(keyword), base, depth + 1),
                None => Ok(Arena::ANYTHING),
            };
            let (then, otherwise) = (branch("then")?, branch("else")?);
            atoms.push(Atom::If { condition, then, otherwise });
        }
        Ok(())
    }

    fn types(&self, value: &Value, pointer: &At<'_>) -> Parsed<Types> {
        let names: Vec<&Value> = match value {
            Value::Array(names) => names.iter().collect(),
            one => vec![one],
        };
        let mut types = Types::default();
        for name in names {
            match name.as_str() {
                Some("null") => types.null = true,
                Some("boolean") => types.boolean = true,
                Some("integer") => types.integer = true,
                Some("number") => types.number = true,
                Some("string") => types.string = true,
                Some("array") => types.array = true,
                Some("object") => types.object = true,
                _ => {
                    let message = format!(
                        "expected null, boolean, integer, number, string, array or object, found {}",
                        name.as_str().map_or_else(|| kind(name).to_owned(), |name| format!("\"{name}\""))
                    );
                    return self.fail(pointer, message);
                }
            }
        }
        types.integer |= types.number;
        Ok(types)
    }

    fn number(
        &self,
        map: &Map<String, Value>,
        keyword: &str,
        pointer: &At<'_>,
    ) -> Parsed<Option<BigRational>> {
        let Some(value) = map.get(keyword) else { return Ok(None) };
        match value.as_number().and_then(exact) {
            Some(number) => Ok(Some(number)),
            None => self.fail(&pointer.join(keyword), format!("expected a number, found {}", kind(value))),
        }
    }

    fn numbers(&self, map: &Map<String, Value>, pointer: &At<'_>, atoms: &mut Vec<Atom>) -> Parsed<()> {
        let flag = |keyword: &str| map.get(keyword).and_then(Value::as_bool);
        if let Some(bound) = self.number(map, "minimum", pointer)? {
            let exclusive = flag("exclusiveMinimum") == Some(true);
            atoms.push(Atom::Minimum { bound, exclusive });
        }
        if let Some(bound) = self.number(map, "maximum", pointer)? {
            let exclusive = flag("exclusiveMaximum") == Some(true);
            atoms.push(Atom::Maximum { bound, exclusive });
        }
        // Draft 4 has flags of these names beside the bounds.
        if flag("exclusiveMinimum").is_none()
            && let Some(bound) = self.number(map, "exclusiveMinimum", pointer)?
        {
            atoms.push(Atom::Minimum { bound, exclusive: true });
        }
        if flag("exclusiveMaximum").is_none()
            && let Some(bound) = self.number(map, "exclusiveMaximum", pointer)?
        {
            atoms.push(Atom::Maximum { bound, exclusive: true });
        }
        if let Some(step) = self.number(map, "multipleOf", pointer)? {
            if step <= BigRational::zero() {
                return self.fail(&pointer.join("multipleOf"), "expected a number above zero".to_owned());
            }
            atoms.push(Atom::MultipleOf(step));
        }
        Ok(())
    }

    fn count(&self, map: &Map<String, Value>, keyword: &str, pointer: &At<'_>) -> Parsed<Option<u64>> {
        let Some(value) = map.get(keyword) else { return Ok(None) };
        let whole = value.as_u64().or_else(|| {
            let number = value.as_number().and_then(exact).filter(|number| number.is_integer())?;
            u64::try_from(number.to_integer()).ok()
        });
        match whole {
            Some(count) => Ok(Some(count)),
            None => {
                let found = match value {
                    Value::Number(number) => number.to_string(),
                    other => kind(other).to_owned(),
                };
                self.fail(&pointer.join(keyword), format!("expected a whole number from 0, found {found}"))
            }
        }
    }

    fn strings(&mut self, map: &Map<String, Value>, pointer: &At<'_>, atoms: &mut Vec<Atom>) -> Parsed<()> {
        if let Some(length) = self.count(map, "minLength", pointer)? {
            atoms.push(Atom::MinLength(length));
        }
        if let Some(length) = self.count(map, "maxLength", pointer)? {
            atoms.push(Atom::MaxLength(length));
        }
        if let Some(value) = map.get("pattern") {
            let place = pointer.join("pattern");
            let Some(source) = value.as_str() else {
                return self.fail(&place, format!("expected a regular expression, found {}", kind(value)));
            };
            // Python reads patterns that ECMAScript does not, such as those with flags.
            atoms.push(match self.arena.patterns.add(source) {
                Ok(pattern) => Atom::Pattern(pattern),
                Err(reason) if fancy_regex::Regex::new(source).is_err() => {
                    return self.fail(&place, format!("{source} is no regular expression: {reason}"));
                }
                Err(_) => Atom::Opaque(Rc::new(Opaque {
                    keyword: format!("the pattern {source}"),
                    about: Some(Kind::String),
                    written: source.to_owned(),
                })),
            });
        }
        if let Some(format) =
            map.get("format").and_then(Value::as_str).filter(|_| self.options.assert_formats)
        {
            atoms.push(Atom::Format(format.to_owned()));
        }
        Ok(())
    }

    fn arrays(
        &mut self,
        map: &'a Map<String, Value>,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
        atoms: &mut Vec<Atom>,
    ) -> Parsed<()> {
        let tuple = if self.draft == Draft::Draft202012 { "prefixItems" } else { "items" };
        let after = if self.draft == Draft::Draft202012 { "items" } else { "additionalItems" };
        let prefix = match map.get(tuple) {
            Some(value @ Value::Array(_)) => self.list(value, &pointer.join(tuple), base, depth)?,
            Some(other) if tuple == "prefixItems" => {
                return self.fail(
                    &pointer.join(tuple),
                    format!("expected a list of schemas, found {}", kind(other)),
                );
            }
            _ => Vec::new(),
        };
        let keyword =
            if tuple == "items" && !map.get("items").is_some_and(Value::is_array) { "items" } else { after };
        // Without a list of items additionalItems says nothing.
        let rest = match map.get(keyword) {
            Some(value) => Some(self.schema(value, &pointer.join(keyword), base, depth + 1)?),
            None => None,
        };
        if !prefix.is_empty() || rest.is_some_and(|rest| rest != Arena::ANYTHING) {
            atoms.push(Atom::Items(Rc::new(Items { prefix, rest })));
        }
        if let Some(count) = self.count(map, "minItems", pointer)? {
            atoms.push(Atom::MinItems(count));
        }
        if let Some(count) = self.count(map, "maxItems", pointer)? {
            atoms.push(Atom::MaxItems(count));
        }
        match map.get("uniqueItems") {
            Some(Value::Bool(true)) => atoms.push(Atom::UniqueItems),
            None | Some(Value::Bool(false)) => {}
            Some(other) => {
                return self.fail(
                    &pointer.join("uniqueItems"),
                    format!("expected a boolean, found {}", kind(other)),
                );
            }
        }
        if let Some(value) = map.get("contains").filter(|_| self.draft != Draft::Draft4) {
            let node = self.schema(value, &pointer.join("contains"), base, depth + 1)?;
            let counted = self.draft.is_new();
            let min = if counted { self.count(map, "minContains", pointer)? } else { None };
            let max = if counted { self.count(map, "maxContains", pointer)? } else { None };
            atoms.push(Atom::Contains { node, min: min.unwrap_or(1), max });
        }
        if let Some(value) = map.get("unevaluatedItems").filter(|_| self.draft.is_new()) {
            let node = self.schema(value, &pointer.join("unevaluatedItems"), base, depth + 1)?;
            atoms.push(match self.evaluated_items(map) {
                Some(Evaluated::All) => Atom::All(Vec::new()),
                Some(Evaluated::Some(length)) => {
                    let prefix = vec![Arena::ANYTHING; length];
                    Atom::Items(Rc::new(Items { prefix, rest: Some(node) }))
                }
                None => self.opaque("unevaluatedItems", Some(Kind::Array), map),
            });
        }
        Ok(())
    }

    /// Which items the other keywords of a schema have looked at, where that is the same for every value.
    fn evaluated_items(&self, map: &Map<String, Value>) -> Option<Evaluated<usize>> {
        if map.keys().any(|keyword| MAY_EVALUATE.contains(&keyword.as_str()) || keyword == "contains") {
            return None;
        }
        let (tuple, after) = match self.draft {
            Draft::Draft202012 => ("prefixItems", "items"),
            _ => ("items", "additionalItems"),
        };
        let list = map.get(tuple).and_then(Value::as_array);
        // Without a list of items additionalItems says nothing, and `items` is about all of them.
        let (rest, whole) = match (tuple, list) {
            ("items", None) => (false, map.contains_key("items")),
            _ => (map.contains_key(after), false),
        };
        if rest || whole {
            return Some(Evaluated::All);
        }
        Some(Evaluated::Some(list.map_or(0, Vec::len)))
    }

    /// `unevaluatedProperties` is `additionalProperties` where nothing else looks at properties but the keywords beside
    /// it.
    fn unevaluated_properties(&mut self, map: &Map<String, Value>, node: NodeId) -> Atom {
        if map.keys().any(|keyword| MAY_EVALUATE.contains(&keyword.as_str())) {
            return self.opaque("unevaluatedProperties", Some(Kind::Object), map);
        }
        if map.contains_key("additionalProperties") {
            return Atom::All(Vec::new());
        }
        let keys =
            |keyword: &str| map.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let named = keys("properties").map(|name| (name.clone(), Arena::ANYTHING)).collect();
        let patterns = keys("patternProperties")
            .filter_map(|source| Some((self.arena.patterns.add(source).ok()?, Arena::ANYTHING)))
            .collect();
        Atom::Properties(Rc::new(Properties { named, patterns, additional: Some(node) }))
    }

    fn named(
        &mut self,
        value: &'a Value,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
    ) -> Parsed<BTreeMap<String, NodeId>> {
        let Some(map) = value.as_object() else {
            return self.fail(pointer, format!("expected schemas by name, found {}", kind(value)));
        };
        let mut named = BTreeMap::new();
        for (name, schema) in map {
            named.insert(name.clone(), self.schema(schema, &pointer.join(name), base, depth + 1)?);
        }
        Ok(named)
    }

    fn names(&self, value: &Value, pointer: &At<'_>) -> Parsed<Vec<String>> {
        let names: Option<Vec<String>> = value
            .as_array()
            .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
        match names {
            Some(names) => Ok(names),
            None => self.fail(pointer, format!("expected a list of property names, found {}", kind(value))),
        }
    }

    fn objects(
        &mut self,
        map: &'a Map<String, Value>,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
        atoms: &mut Vec<Atom>,
    ) -> Parsed<()> {
        let mut named = match map.get("properties") {
            Some(value) => self.named(value, &pointer.join("properties"), base, depth)?,
            None => BTreeMap::new(),
        };
        let mut patterns = Vec::new();
        if let Some(value) = map.get("patternProperties") {
            let place = pointer.join("patternProperties");
            for (source, node) in self.named(value, &place, base, depth)? {
                match self.arena.patterns.add(&source) {
                    Ok(pattern) => patterns.push((pattern, node)),
                    Err(reason) => {
                        let message = format!("{source} is no regular expression: {reason}");
                        return self.fail(&place.join(&source), message);
                    }
                }
            }
        }
        let additional = match map.get("additionalProperties") {
            Some(value) => {
                let node = self.schema(value, &pointer.join("additionalProperties"), base, depth + 1)?;
                Some(node).filter(|node| *node != Arena::ANYTHING)
            }
            None => None,
        };
        if additional.is_none() {
            // A property that may be anything is as good as undeclared.
            named.retain(|_, node| *node != Arena::ANYTHING);
            patterns.retain(|(_, node)| *node != Arena::ANYTHING);
        }
        if !named.is_empty() || !patterns.is_empty() || additional.is_some() {
            atoms.push(Atom::Properties(Rc::new(Properties { named, patterns, additional })));
        }
        if let Some(value) = map.get("required") {
            // Draft 3 had a flag here, and old files still carry it.
            if !value.is_boolean() {
                let mut names = self.names(value, &pointer.join("required"))?;
                names.sort_unstable();
                names.dedup();
                atoms.extend(names.into_iter().map(Atom::Required));
            }
        }
        if let Some(count) = self.count(map, "minProperties", pointer)? {
            atoms.push(Atom::MinProperties(count));
        }
        if let Some(count) = self.count(map, "maxProperties", pointer)? {
            atoms.push(Atom::MaxProperties(count));
        }
        if let Some(value) = map.get("propertyNames").filter(|_| self.draft != Draft::Draft4) {
            let node = self.schema(value, &pointer.join("propertyNames"), base, depth + 1)?;
            atoms.push(Atom::PropertyNames(node));
        }
        self.dependencies(map, pointer, base, depth, atoms)?;
        if let Some(value) = map.get("unevaluatedProperties").filter(|_| self.draft.is_new()) {
            let node = self.schema(value, &pointer.join("unevaluatedProperties"), base, depth + 1)?;
            atoms.push(self.unevaluated_properties(map, node));
        }
        Ok(())
    }

    fn dependencies(
        &mut self,
        map: &'a Map<String, Value>,
        pointer: &At<'_>,
        base: &'a Value,
        depth: usize,
        atoms: &mut Vec<Atom>,
    ) -> Parsed<()> {
        let keywords: &[&str] =
            if self.draft.is_new() { &["dependentRequired", "dependentSchemas"] } else { &["dependencies"] };
        for keyword in keywords {
            let Some(value) = map.get(*keyword) else { continue };
            let place = pointer.join(keyword);
            let Some(dependencies) = value.as_object() else {
                return self.fail(&place, format!("expected dependencies by name, found {}", kind(value)));
            };
            for (name, dependency) in dependencies {
                let place = place.join(name);
                if *keyword == "dependentRequired" || *keyword == "dependencies" && dependency.is_array() {
                    atoms.push(Atom::DependentRequired(name.clone(), self.names(dependency, &place)?));
                } else {
                    let node = self.schema(dependency, &place, base, depth + 1)?;
                    atoms.push(Atom::DependentSchema(name.clone(), node));
                }
            }
        }
        Ok(())
    }
}

/// Values the schema itself proposes, the most telling first.
fn hints(map: &Map<String, Value>) -> Vec<Value> {
    let mut hints = Vec::new();
    if map.get("airbyte_secret") == Some(&Value::Bool(true)) {
        hints.push(Value::from("****"));
    }
    hints.extend(map.get("default").filter(|value| !value.is_null()).cloned());
    match map.get("examples") {
        Some(Value::Array(examples)) => hints.extend(examples.iter().cloned()),
        Some(example) => hints.push(example.clone()),
        None => {}
    }
    hints
}

/// What a value is, for messages.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
