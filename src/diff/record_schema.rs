//! Differences between two record schemas, field by field, as Airbyte types.
//!
//! A field is a set of alternatives: its schema with references followed and unions opened. Its type is the union
//! of theirs, its fields all of theirs, so that spellings of one type compare equal. The walk is breadth first and
//! visits each pair of places once: a shared definition that changed is told once per stream, at its shortest path,
//! and a recursive schema ends.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::delta::{CatalogChange, SchemaBound};
use super::fragments::Fragments;
use crate::model::{AirbyteType, JsonType, Pointer, RecordSchema, Scalar, SchemaNode, Sides};
use crate::schema::{Inclusion, Options, includes};

/// A difference at a place of a record schema.
#[derive(Debug)]
pub(super) struct FieldDelta {
    pub(super) field: Vec<String>,
    pub(super) pointer: Sides<Option<Pointer>>,
    pub(super) change: CatalogChange,
    pub(super) old: Option<Arc<Value>>,
    pub(super) new: Option<Arc<Value>>,
}

/// Unions inside unions are opened this many times.
const DEEPEST_UNION: usize = 32;

/// A field of more options than this, those of unions inside unions included, is not compared.
const MOST_OPENED: usize = 2_000;

/// The keywords that list alternatives. Airbyte reads `allOf` as one too.
pub(super) const UNIONS: [&str; 3] = ["oneOf", "anyOf", "allOf"];

/// The differences between two schemas, down to that many levels. Their places start with `root`.
pub(super) fn diff(
    (old, new): (&RecordSchema, &RecordSchema),
    root: &Pointer,
    most_levels: u64,
    fragments: &mut Fragments,
) -> Vec<FieldDelta> {
    let references = has_references(old.root().value()) || has_references(new.root().value());
    let mut walk = Walk {
        deltas: Vec::new(),
        seen: HashMap::new(),
        again: Vec::new(),
        queue: VecDeque::new(),
        references,
        most_levels,
        roots: (old.root(), new.root()),
        read_alike: None,
        fragments,
    };
    let place = Rc::new(Place { field: Vec::new(), level: 0, old: root.clone(), new: root.clone() });
    walk.pair(&View::of(&[(old.root(), Vec::new())]), &View::of(&[(new.root(), Vec::new())]), &place);
    while let Some(pending) = walk.queue.pop_front() {
        walk.pair(&rebased(&pending.old), &rebased(&pending.new), &Rc::new(pending.place()));
    }
    let Walk { mut deltas, again, .. } = walk;
    repeat_in_other_columns(&mut deltas, again);
    deltas
}

/// Copies of one stream's differences, at most.
const MOST_COPIES: usize = 2_000;

/// A shared definition that changed is told at its shortest path, and once more in every other column that it is
/// part of: each of them changes for users. `again` pairs the place where a definition was walked with one where it
/// stands too.
fn repeat_in_other_columns(deltas: &mut Vec<FieldDelta>, mut again: Vec<(Place, Place)>) {
    // From the deepest definition out, so that what is copied is complete.
    again.sort_by_key(|(first, _)| std::cmp::Reverse(first.field.len()));
    let mut by_field: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    let mut told: HashSet<(usize, String)> = HashSet::new();
    let mut origin: Vec<usize> = (0..deltas.len()).collect();
    for (index, delta) in deltas.iter().enumerate() {
        by_field.entry(delta.field.clone()).or_default().push(index);
        told.extend(delta.field.first().map(|column| (index, column.clone())));
    }
    let limit = deltas.len() + MOST_COPIES;
    for (first, other) in again {
        let Some(column) = other.field.first() else { continue };
        if first.field.first() == Some(column) || first.field.is_empty() {
            continue;
        }
        let below = by_field
            .range(first.field.clone()..)
            .take_while(|(field, _)| field.starts_with(&first.field))
            .flat_map(|(_, indexes)| indexes.clone())
            .collect::<Vec<_>>();
        for index in below {
            if deltas.len() >= limit || !told.insert((origin[index], column.clone())) {
                continue;
            }
            let Some(copy) = deltas[index].moved(&first, &other) else { continue };
            by_field.entry(copy.field.clone()).or_default().push(deltas.len());
            origin.push(origin[index]);
            deltas.push(copy);
        }
    }
}

impl FieldDelta {
    /// The same difference where the definition it is in stands too.
    fn moved(&self, first: &Place, other: &Place) -> Option<Self> {
        let moved = |pointer: &Option<Pointer>, from: &Pointer, to: &Pointer| match pointer {
            None => Some(None),
            Some(pointer) => {
                let tail = pointer.segments().strip_prefix(from.segments())?;
                Some(Some(to.concat(&Pointer::new(tail.iter().cloned()))))
            }
        };
        let mut field = other.field.clone();
        field.extend(self.field.strip_prefix(first.field.as_slice())?.iter().cloned());
        Some(Self {
            field,
            pointer: Sides {
                old: moved(&self.pointer.old, &first.old, &other.old)?,
                new: moved(&self.pointer.new, &first.new, &other.new)?,
            },
            change: self.change.clone(),
            old: self.old.clone(),
            new: self.new.clone(),
        })
    }
}

/// What a field's name becomes in destinations that fold case and replace symbols.
pub(super) fn column_key(name: &str) -> String {
    if name.is_ascii() {
        let letter = |byte: u8| if byte.is_ascii_alphanumeric() { byte.to_ascii_lowercase() } else { b'_' };
        return name.bytes().map(|byte| char::from(letter(byte))).collect();
    }
    name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).flat_map(char::to_lowercase).collect()
}

/// Whether a schema declares the field at this path; `None` where it does not say which fields there are.
pub(super) fn declares(schema: &RecordSchema, path: &[String]) -> Option<bool> {
    let mut view = View::of(&[(schema.root(), Vec::new())]);
    for name in path {
        if view.unresolved {
            return None;
        }
        match view.properties()?.get(name.as_str()) {
            Some(ways) => view = rebased(ways),
            None => return Some(false),
        }
    }
    Some(true)
}

/// The JSON types that a schema declares for a field, null left out; `None` where it does not say.
pub(super) fn json_types(schema: &RecordSchema, path: &[String]) -> Option<BTreeSet<JsonType>> {
    let mut view = View::of(&[(schema.root(), Vec::new())]);
    for name in path {
        if view.unresolved {
            return None;
        }
        view = rebased(view.properties()?.get(name.as_str())?);
    }
    let mut types = BTreeSet::new();
    for (node, _) in &view.alternatives {
        let names = match node.value().get("type")? {
            Value::Array(names) => names.iter().collect(),
            name => vec![name],
        };
        for name in names {
            types.insert(match name.as_str()? {
                "null" => continue,
                "string" => JsonType::Text,
                "integer" | "number" => JsonType::Number,
                "boolean" => JsonType::Boolean,
                "array" => JsonType::List,
                "object" => JsonType::Object,
                _ => return None,
            });
        }
    }
    (!view.unresolved && !types.is_empty()).then_some(types)
}

fn has_references(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => map.contains_key("$ref") || map.values().any(has_references),
        Value::Array(items) => items.iter().any(has_references),
        _ => false,
    }
}

/// A place, by its pointer on either side.
#[derive(Debug, Clone)]
struct Place {
    field: Vec<String>,
    /// How many fields and lists it lies in.
    level: u64,
    old: Pointer,
    new: Pointer,
}

/// A field, or the items of a list, that is still to be compared. Its place is made and its views are opened when its turn
/// comes: of many fields they are large.
struct Pending<'a> {
    within: Rc<Place>,
    /// `None` for items.
    field: Option<&'a str>,
    old: Vec<Way<'a>>,
    new: Vec<Way<'a>>,
}

impl Pending<'_> {
    fn place(&self) -> Place {
        let Place { field, level, old, new } = &*self.within;
        let mut field = field.clone();
        field.extend(self.field.map(str::to_owned));
        let is_same_way = |(one, other): (&Way<'_>, &Way<'_>)| one.1 == other.1;
        let before = at(old, &self.old);
        let after = match old == new && self.old.first().zip(self.new.first()).is_some_and(is_same_way) {
            true => before.clone(),
            false => at(new, &self.new),
        };
        Place { field, level: level + 1, old: before, new: after }
    }
}

/// The place that the first of some ways leads to.
fn at(side: &Pointer, ways: &[Way<'_>]) -> Pointer {
    let way = ways.first().map(|(_, way)| way.as_slice()).unwrap_or_default();
    side.concat(&Pointer::new(way.iter().cloned()))
}

/// A field seen as its alternatives.
struct View<'a> {
    /// Each with its way from the field's own place.
    alternatives: Vec<Way<'a>>,
    /// A reference in it cannot be followed, or something that is no schema stands where one belongs.
    unresolved: bool,
    /// It is no schema itself: a text, say.
    is_no_schema: bool,
    kind: AirbyteType,
    /// The schemas as they stand, unions unopened.
    whole: Vec<&'a Value>,
    /// Where they stand.
    nodes: Vec<SchemaNode<'a>>,
    opened: usize,
    /// Why the union was given up on.
    too_large: Option<SchemaBound>,
}

/// A schema with its way from the place that is looked at.
type Way<'a> = (SchemaNode<'a>, Vec<Cow<'a, str>>);

impl<'a> View<'a> {
    fn of(nodes: &[Way<'a>]) -> Self {
        let mut whole: Vec<&'a Value> = Vec::new();
        for (node, _) in nodes {
            let value = node.resolve().map_or(node.value(), SchemaNode::value);
            if !whole.contains(&value) {
                whole.push(value);
            }
        }
        let mut view = View {
            alternatives: Vec::new(),
            unresolved: false,
            is_no_schema: false,
            kind: AirbyteType::default(),
            whole,
            nodes: nodes.iter().map(|(node, _)| *node).collect(),
            opened: 0,
            too_large: None,
        };
        for (index, (node, way)) in nodes.iter().enumerate() {
            if !nodes[..index].iter().any(|(earlier, _)| earlier.value() == node.value()) {
                view.open(*node, way, 0, false);
            }
        }
        view
    }

    /// Adds a schema and the options of its unions. Beside a `type` options only add fields and items: the type is
    /// said already.
    fn open(&mut self, node: SchemaNode<'a>, way: &[Cow<'a, str>], depth: usize, typed: bool) {
        let Ok(node) = node.resolve() else {
            self.unresolved = true;
            return;
        };
        let schema = match node.value() {
            Value::Object(schema) => schema,
            Value::Bool(_) => return,
            _ => {
                self.unresolved = true;
                self.is_no_schema |= depth == 0;
                return;
            }
        };
        let own = AirbyteType::of_node(node);
        self.opened += 1;
        // Past these bounds a schema is hostile rather than large.
        let beyond = match self.opened {
            _ if depth > DEEPEST_UNION => Some(SchemaBound::Unions(DEEPEST_UNION)),
            opened if opened > MOST_OPENED => Some(SchemaBound::Options(MOST_OPENED)),
            _ => None,
        };
        if beyond.is_some() {
            self.unresolved = true;
            self.too_large = beyond;
            return;
        }
        for keyword in UNIONS.into_iter().filter(|keyword| schema.contains_key(*keyword)) {
            let Some(options) = node.child(keyword) else { continue };
            let count = options.value().as_array().map_or(0, Vec::len);
            for index in 0..count {
                let index = index.to_string();
                if let Some(option) = options.child(&index) {
                    let mut way = way.to_vec();
                    way.extend([keyword.into(), index.into()]);
                    self.open(option, &way, depth + 1, typed || !own.is_unknown());
                }
                if self.unresolved {
                    return;
                }
            }
        }
        let null_only = own.is_unknown() && own.nullable;
        let is_union = own.is_unknown() && !self.alternatives.is_empty() && is_pure_union(schema);
        if !typed {
            self.kind.join(own);
        }
        if !null_only && !is_union {
            self.alternatives.push((node, way.to_vec()));
        }
        if self.kind.members.contains(&Scalar::Number) {
            self.kind.members.remove(&Scalar::Integer);
        }
    }

    /// The fields of the object alternatives; `None` where none declares any.
    fn properties(&self) -> Option<BTreeMap<&'a str, Vec<Way<'a>>>> {
        let fields = |(node, way): &Way<'a>| {
            let map = node.child("properties").and_then(|map| map.resolve().ok());
            let way = way.clone();
            map.into_iter().flat_map(SchemaNode::entries).map(move |(name, child)| {
                let mut way = way.clone();
                way.extend(["properties".into(), name.into()]);
                (name, child, way)
            })
        };
        let properties: BTreeMap<&'a str, Vec<Way<'a>>> = match self.alternatives.as_slice() {
            // Nearly every object is of one schema, whose fields are in order.
            [one] => fields(one).map(|(name, child, way)| (name, vec![(child, way)])).collect(),
            many => {
                let mut properties: BTreeMap<&'a str, Vec<Way<'a>>> = BTreeMap::new();
                for (name, child, way) in many.iter().flat_map(fields) {
                    properties.entry(name).or_default().push((child, way));
                }
                properties
            }
        };
        (!properties.is_empty()).then_some(properties)
    }

    /// Whether an object alternative declares a field.
    fn has_properties(&self) -> bool {
        self.alternatives.iter().any(|(node, _)| {
            let map = node.child("properties").and_then(|map| map.resolve().ok());
            map.is_some_and(|map| map.value().as_object().is_some_and(|names| !names.is_empty()))
        })
    }

    /// The items of the array alternatives; a list of items means a union, not a tuple.
    fn items(&self) -> Option<Vec<Way<'a>>> {
        let mut items = Vec::new();
        for (node, way) in &self.alternatives {
            let Some(child) = node.child("items") else { continue };
            let mut way = way.clone();
            way.push("items".into());
            match child.value() {
                Value::Array(list) => {
                    for index in 0..list.len() {
                        let index = index.to_string();
                        if let Some(item) = child.child(&index) {
                            let mut way = way.clone();
                            way.push(index.into());
                            items.push((item, way));
                        }
                    }
                }
                Value::Object(map) if map.is_empty() => {}
                Value::Bool(_) => {}
                _ => items.push((child, way)),
            }
        }
        (!items.is_empty()).then_some(items)
    }

    /// The type, with the names of the fields it declares.
    fn shape(&self) -> Value {
        let mut shown = self.fragment();
        if let (Some(fields), Some(shown)) = (self.properties(), shown.as_object_mut()) {
            shown.insert("properties".to_owned(), json!(fields.keys().collect::<Vec<_>>()));
        }
        shown
    }

    /// Whether two views read alike, and what they refer to.
    fn reads_like(&self, other: &View<'_>) -> bool {
        self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(|(one, other)| one.reads_like(*other))
    }

    /// What makes two views the same place.
    fn addresses(&self) -> Vec<usize> {
        self.whole.iter().map(|schema| std::ptr::from_ref(*schema) as usize).collect()
    }

    /// The keywords that make the type, short enough to show.
    fn fragment(&self) -> Value {
        let one = |node: &SchemaNode<'_>| -> Value {
            let schema = node.value().as_object();
            let keys = ["type", "format", "airbyte_type", "contentEncoding"];
            let mut shown: Map<String, Value> =
                keys.iter().filter_map(|key| Some(((*key).to_owned(), schema?.get(*key)?.clone()))).collect();
            if let Some(items) = node.child("items").and_then(|items| items.resolve().ok())
                && let Some(kind) = items.value().get("type")
            {
                shown.insert("items".to_owned(), json!({"type": kind}));
            }
            Value::Object(shown)
        };
        match self.alternatives.as_slice() {
            [] => json!({}),
            [(node, _)] => one(node),
            many => json!({"oneOf": many.iter().map(|(node, _)| one(node)).collect::<Vec<_>>()}),
        }
    }
}

/// A node that is nothing but a choice: its options speak for it.
fn is_pure_union(schema: &Map<String, Value>) -> bool {
    UNIONS.iter().any(|keyword| schema.contains_key(*keyword))
        && !schema.contains_key("properties")
        && !schema.contains_key("items")
}

struct Walk<'a> {
    deltas: Vec<FieldDelta>,
    /// Pairs of places that were walked, and where.
    seen: HashMap<(Vec<usize>, Vec<usize>), Place>,
    /// Where such a pair was met again.
    again: Vec<(Place, Place)>,
    queue: VecDeque<Pending<'a>>,
    references: bool,
    most_levels: u64,
    roots: (SchemaNode<'a>, SchemaNode<'a>),
    /// Whether the whole schemas read alike, once that was asked.
    read_alike: Option<bool>,
    fragments: &'a mut Fragments,
}

impl<'a> Walk<'a> {
    fn push(&mut self, place: &Place, change: CatalogChange, old: Option<Value>, new: Option<Value>) {
        let pointer = Sides { old: Some(place.old.clone()), new: Some(place.new.clone()) };
        let (old, new) = (self.shared(old), self.shared(new));
        self.deltas.push(FieldDelta { field: place.field.clone(), pointer, change, old, new });
    }

    fn shared(&mut self, fragment: Option<Value>) -> Option<Arc<Value>> {
        fragment.map(|fragment| self.fragments.shared(fragment))
    }

    fn pair(&mut self, old: &View<'a>, new: &View<'a>, place: &Rc<Place>) {
        if self.references {
            match self.seen.entry((old.addresses(), new.addresses())) {
                Entry::Occupied(first) => return self.again.push((first.get().clone(), (**place).clone())),
                Entry::Vacant(free) => {
                    free.insert((**place).clone());
                }
            }
        }
        // What was published without a schema had no type: the column held anything.
        if old.is_no_schema && old.nodes.len() == 1 && !new.unresolved && !new.kind.is_unknown() {
            let change =
                CatalogChange::TypeChanged { old: old.kind.clone(), new: new.kind.clone(), items: false };
            return self.push(place, change, old.whole.first().map(|v| (*v).clone()), Some(new.fragment()));
        }
        if old.unresolved || new.unresolved {
            // What was given up on, or refers elsewhere, may differ anywhere below, unless all of it reads alike.
            let too_large = old.too_large.or(new.too_large);
            let opaque = too_large.is_some() || self.references;
            let unknown = opaque && old.addresses() != new.addresses() && !old.reads_like(new);
            if unknown || old.unresolved != new.unresolved || old.whole != new.whole {
                // The side that cannot be followed shows what stands there.
                let shown =
                    |view: &View<'_>| view.whole.first().filter(|_| view.unresolved).map(|v| (*v).clone());
                let change = too_large.map_or(CatalogChange::SchemaUnresolved, CatalogChange::SchemaTooLarge);
                self.push(place, change, shown(old), shown(new));
            }
            return;
        }
        if place.level > self.most_levels {
            let (old, new) = self.roots;
            if !*self.read_alike.get_or_insert_with(|| old.reads_like(new)) {
                let bound = SchemaBound::Depth(self.most_levels);
                self.push(place, CatalogChange::SchemaTooLarge(bound), None, None);
            }
            return;
        }
        let root = place.field.is_empty() && place.level == 0;
        let empty = root && is_empty(old) && is_empty(new);
        if root && !empty {
            match (is_empty(old), is_empty(new)) {
                (true, _) => return self.push(place, CatalogChange::SchemaGained, None, None),
                (_, true) => return self.push(place, CatalogChange::SchemaLost, None, None),
                _ => {}
            }
        }
        let unsaid = empty && (old.kind.is_unknown() || new.kind.is_unknown());
        if old.kind.members != new.kind.members && !unsaid && !(root && same_records(old, new)) {
            // A field may be called so too.
            let items = place.old.segments().last().is_some_and(|last| last == "items")
                && place.old.parent().is_none_or(|parent| !parent.is_property_map());
            let change = CatalogChange::TypeChanged { old: old.kind.clone(), new: new.kind.clone(), items };
            return self.push(place, change, Some(old.fragment()), Some(new.fragment()));
        }
        let nullability = old.kind.nullable != new.kind.nullable && !root;
        if nullability {
            let change = CatalogChange::NullabilityChanged { added: new.kind.nullable };
            self.push(place, change, Some(old.fragment()), Some(new.fragment()));
        }
        let told = (self.deltas.len(), self.queue.len());
        // What no reader understands, and which field belongs to which option, is compared whatever else differs.
        if malformed(old) != malformed(new) {
            self.push(place, CatalogChange::SchemaUnresolved, None, None);
        } else if options_differ(old, new) && !equivalent(old, new) {
            self.push(place, CatalogChange::UnionOptionsChanged, None, None);
        }
        self.node(old, new, place);
        self.fields(old, new, place, root);
        self.items(old, new, place);
        // What is left changes no type, field or keyword that is known here, and is said all the same.
        if told == (self.deltas.len(), self.queue.len()) && !nullability && old.whole != new.whole {
            let options =
                [old, new].iter().any(|view| view.whole.iter().any(|schema| schema.get("allOf").is_some()))
                    || [old, new].iter().any(|view| view.alternatives.len() > 1 && has_container(&view.kind));
            let sorted = |view: &View<'a>| {
                let texts = view.alternatives.iter().map(|(node, _)| node.value().to_string());
                let mut texts: Vec<String> = texts.collect();
                texts.sort();
                texts
            };
            let options = options && sorted(old) != sorted(new);
            let change = match options && !equivalent(old, new) {
                true => CatalogChange::UnionOptionsChanged,
                false => CatalogChange::SpellingChanged,
            };
            self.push(place, change, None, None);
        }
    }

    fn fields(&mut self, old: &View<'a>, new: &View<'a>, place: &Rc<Place>, root: bool) {
        let (mut old_fields, mut new_fields) = match (old.properties(), new.properties()) {
            (None, None) => return,
            (Some(_), None) => {
                if root {
                    return self.push(place, CatalogChange::SchemaLost, None, None);
                }
                return self.push(
                    place,
                    CatalogChange::ObjectShapeDropped,
                    Some(old.shape()),
                    Some(new.shape()),
                );
            }
            (None, Some(_)) => {
                if root {
                    return self.push(place, CatalogChange::SchemaGained, None, None);
                }
                return self.push(
                    place,
                    CatalogChange::ObjectShapeIntroduced,
                    Some(old.shape()),
                    Some(new.shape()),
                );
            }
            (Some(old), Some(new)) => (old, new),
        };
        for (name, ways) in &mut old_fields {
            match new_fields.get_mut(name) {
                Some(new_ways) => {
                    if self.references || !equal(ways, new_ways) {
                        let (old, new) = (std::mem::take(ways), std::mem::take(new_ways));
                        self.queue.push_back(Pending { within: place.clone(), field: Some(name), old, new });
                    }
                }
                None => {
                    let mut field = place.field.clone();
                    field.push((*name).to_owned());
                    let pointer = Sides { old: Some(at(&place.old, ways)), new: None };
                    let old = self.shared(Some(rebased(ways).fragment()));
                    self.deltas.push(FieldDelta {
                        field,
                        pointer,
                        change: CatalogChange::FieldRemoved,
                        old,
                        new: None,
                    });
                }
            }
        }
        // Only fields of the record become columns.
        let mut columns: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        if root {
            for name in new_fields.keys() {
                columns.entry(column_key(name)).or_default().push(name);
            }
        }
        for (name, ways) in &new_fields {
            if old_fields.contains_key(name) {
                continue;
            }
            let mut field = place.field.clone();
            field.push((*name).to_owned());
            let pointer = Sides { old: None, new: Some(at(&place.new, ways)) };
            let new = self.shared(Some(rebased(ways).fragment()));
            let collides = columns
                .get(&column_key(name))
                .and_then(|names| names.iter().find(|other| *other != name))
                .map(|other| (*other).to_owned());
            self.deltas.push(FieldDelta {
                field,
                pointer,
                change: CatalogChange::FieldAdded { collides },
                old: None,
                new,
            });
        }
    }

    fn items(&mut self, old: &View<'a>, new: &View<'a>, place: &Rc<Place>) {
        match (old.items(), new.items()) {
            (None, None) => {}
            (Some(_), None) => {
                self.push(place, CatalogChange::ArrayItemsDropped, Some(old.shape()), Some(new.shape()));
            }
            (None, Some(_)) => {
                self.push(place, CatalogChange::ArrayItemsIntroduced, Some(old.shape()), Some(new.shape()));
            }
            (Some(old), Some(new)) => {
                if self.references || !equal(&old, &new) {
                    self.queue.push_back(Pending { within: place.clone(), field: None, old, new });
                }
            }
        }
    }

    /// What differs at this very node and changes no type.
    fn node(&mut self, old: &View<'a>, new: &View<'a>, place: &Place) {
        let options = |view: &View<'a>| {
            let mut options: Vec<&'a Value> =
                view.alternatives.iter().map(|(node, _)| node.value()).collect();
            if options.len() > 1 {
                options.sort_by_cached_key(|option| option.to_string());
            }
            options
        };
        let (before, after) = (options(old), options(new));
        if before.len() == after.len() && !before.is_empty() {
            for (before, after) in before.into_iter().zip(after) {
                if let (Value::Object(before), Value::Object(after)) = (before, after) {
                    self.keywords(before, after, old, new, place);
                }
            }
        } else if old.whole != new.whole {
            let change = if old.kind.is_unknown() {
                CatalogChange::ConstraintsChanged
            } else if old.kind.members.contains(&Scalar::Object) {
                CatalogChange::UnionOptionsChanged
            } else {
                CatalogChange::SpellingChanged
            };
            let told =
                self.deltas.last().is_some_and(|delta| delta.field == place.field && delta.change == change);
            if !told {
                self.push(place, change, None, None);
            }
        }
    }

    /// The keywords of two schemas that stand for the same type.
    fn keywords(
        &mut self,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
        old: &View<'a>,
        new: &View<'a>,
        place: &Place,
    ) {
        let mut constraints = BTreeSet::new();
        let mut annotations = BTreeSet::new();
        let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (was, is) = (before.get(key), after.get(key));
            if was == is {
                continue;
            }
            let both = |change, walk: &mut Self| walk.push(place, change, was.cloned(), is.cloned());
            match key.as_str() {
                "properties" | "items" | "oneOf" | "anyOf" | "allOf" | "$ref" | "definitions" | "$defs" => {}
                "type" => {
                    let nullability = old.kind.nullable != new.kind.nullable;
                    if [before, after].iter().any(|schema| !malformed_keywords(schema).is_empty()) {
                        // Said already.
                    } else if !nullability || place.field.is_empty() {
                        both(CatalogChange::SpellingChanged, self);
                    }
                }
                "format" => both(CatalogChange::UnknownFormatChanged, self),
                "airbyte_type" => both(CatalogChange::TypeHintSpelled, self),
                "required" => both(CatalogChange::RequiredChanged, self),
                "additionalProperties"
                    if !matches!((was, is), (Some(Value::Object(_)), _) | (_, Some(Value::Object(_)))) =>
                {
                    let closed = |value: Option<&Value>| value.is_some_and(|value| *value == false);
                    if closed(was) == closed(is) {
                        annotations.insert(key);
                    } else {
                        both(CatalogChange::ClosedChanged { closed: closed(is) }, self);
                    }
                }
                "title" | "description" | "examples" | "example" | "default" | "$schema" | "$id"
                | "$comment" | "id" | "name" | "deprecated" | "readOnly" | "writeOnly" | "order"
                | "group" | "airbyte_secret" => {
                    annotations.insert(key);
                }
                _ => {
                    constraints.insert(key);
                }
            }
        }
        for (keys, change) in [
            (constraints, CatalogChange::ConstraintsChanged),
            (annotations, CatalogChange::AnnotationsChanged),
        ] {
            if keys.is_empty() {
                continue;
            }
            let pick = |side: &Map<String, Value>| {
                let picked: Map<String, Value> =
                    keys.iter().filter_map(|key| Some(((*key).clone(), side.get(*key)?.clone()))).collect();
                Some(Value::Object(picked))
            };
            self.push(place, change, pick(before), pick(after));
        }
    }
}

/// Which fields stand together in one option. Fields that came or went are told by themselves.
fn options_differ(old: &View<'_>, new: &View<'_>) -> bool {
    if old.alternatives.len() < 2 && new.alternatives.len() < 2 {
        return false;
    }
    let (Some(before), Some(after)) = (old.properties(), new.properties()) else { return false };
    let groups = |view: &View<'_>| {
        let mut groups: Vec<BTreeSet<String>> = view
            .alternatives
            .iter()
            .filter_map(|(node, _)| {
                let map = node.child("properties")?.resolve().ok()?;
                let names = map.value().as_object()?.keys();
                Some(
                    names
                        .filter(|name| {
                            before.contains_key(name.as_str()) && after.contains_key(name.as_str())
                        })
                        .cloned()
                        .collect(),
                )
            })
            .filter(|names: &BTreeSet<String>| !names.is_empty())
            .collect();
        groups.sort();
        groups.dedup();
        groups
    };
    groups(old) != groups(new)
}

/// Steps for showing that two spellings mean the same.
const EQUIVALENCE_STEPS: u64 = 20_000;

/// Whether both schemas accept the same values, as far as that can be shown without following references.
fn equivalent(old: &View<'_>, new: &View<'_>) -> bool {
    let ([before], [after]) = (old.whole.as_slice(), new.whole.as_slice()) else { return false };
    if has_references(before) || has_references(after) {
        return false;
    }
    let options = Options { steps: EQUIVALENCE_STEPS, ..Options::default() };
    let within = |a: &Value, b: &Value| includes(a, b, &options) == Ok(Inclusion::Included);
    within(before, after) && within(after, before)
}

/// The keywords of a field that hold something no reader knows what to do with.
fn malformed<'a>(view: &View<'a>) -> Vec<(&'a String, &'a Value)> {
    let schemas = view.whole.iter().filter_map(|schema| schema.as_object());
    let mut found: Vec<(&String, &Value)> = schemas.flat_map(malformed_keywords).collect();
    found.sort_by_key(|(key, _)| key.as_str());
    found
}

fn malformed_keywords(schema: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let known = |name: &Value| {
        const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];
        name.as_str().is_some_and(|name| TYPES.contains(&name))
    };
    let is_malformed = |key: &str, value: &Value| match key {
        "type" => !(known(value) || value.as_array().is_some_and(|names| names.iter().all(known))),
        "properties" => !value.is_object(),
        "items" => !(value.is_object() || value.is_array() || value.is_boolean()),
        "$ref" => !value.is_string(),
        key if UNIONS.contains(&key) => !value.is_array(),
        _ => false,
    };
    schema.iter().filter(|(key, value)| is_malformed(key, value)).collect()
}

/// A root without fields or items: it says nothing of the records.
fn is_empty(view: &View<'_>) -> bool {
    !view.has_properties() && view.items().is_none()
}

fn has_container(kind: &AirbyteType) -> bool {
    kind.members.iter().any(|member| member.is_container())
}

/// Records are objects whatever else the root's type lists.
fn same_records(old: &View<'_>, new: &View<'_>) -> bool {
    old.kind.members.contains(&Scalar::Object) && new.kind.members.contains(&Scalar::Object)
}

/// The alternatives as a field of their own: ways start again at the field.
fn rebased<'a>(ways: &[Way<'a>]) -> View<'a> {
    View::of(&of_itself(ways))
}

/// Ways that start again at the field.
fn of_itself<'a>(ways: &[Way<'a>]) -> Vec<Way<'a>> {
    ways.iter().map(|(node, _)| (*node, Vec::new())).collect()
}

fn equal(old: &[Way<'_>], new: &[Way<'_>]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|((old, _), (new, _))| old.value() == new.value())
}
