//! A manifest's values with `$ref` followed on demand.
//!
//! A resolved mapping is a stack of raw mappings, own keys first: `$ref` merges its target shallowly underneath.
//! Nothing is copied, so a manifest that would grow a hundredfold when written out stays its own size, and a value's
//! number in the document ([`super::raw`]) still says where it was written.
//!
//! The algorithm is the CDK's reference resolver: any text that starts with `#/` is a reference, wherever it
//! stands; a path is looked up in the raw document and a key that holds slashes matches when it is the whole rest
//! of the path; siblings of a reference to something other than a mapping are dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use serde_json::{Map, Value};
use wildmatch::WildMatch;

use super::raw::At;
use crate::nesting;

/// A resolved value.
#[derive(Debug, Clone)]
pub(super) enum Node<'m> {
    Map(Rc<MapNode<'m>>),
    List(At<'m>),
    /// A list that stands nowhere in the document, such as one that a mapping changed.
    MadeList(Rc<Vec<Node<'m>>>),
    Scalar(At<'m>),
    /// A scalar that stands nowhere in the document, such as the result of a mapping.
    Made(Rc<Value>),
}

/// A mapping: what was set on top, then its own keys, then those of what it refers to.
#[derive(Debug, Clone, Default)]
pub(super) struct MapNode<'m> {
    overlay: BTreeMap<String, Node<'m>>,
    layers: Vec<At<'m>>,
    /// A reference below could not be followed: a key that is not here may be there.
    pub(super) broken: bool,
}

/// Follows references in one raw document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver<'m> {
    root: At<'m>,
    /// A value that is written out has at most so many values inside.
    pub(super) most_values: u64,
    /// What a value grew past: whoever asks for it may take it for absent.
    exceeded: &'m Exceeded,
}

/// Why a value cannot be written out with its references followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unbounded {
    /// It would have more values than the limit allows.
    Values,
    /// It would nest deeper than JSON readers allow.
    Depth,
}

/// Which bounds the values of a manifest grew past.
#[derive(Debug, Default)]
pub(super) struct Exceeded {
    values: AtomicBool,
    depth: AtomicBool,
}

impl Exceeded {
    fn of(&self, bound: Unbounded) -> &AtomicBool {
        match bound {
            Unbounded::Values => &self.values,
            Unbounded::Depth => &self.depth,
        }
    }

    /// One of the bounds that a value grew past.
    pub(super) fn any(&self) -> Option<Unbounded> {
        [Unbounded::Values, Unbounded::Depth]
            .into_iter()
            .find(|bound| self.of(*bound).load(Ordering::Relaxed))
    }
}

/// Chains of references are cut here; circles are found before, by [`Resolver::check`].
const LONGEST_CHAIN: usize = 128;

impl<'m> Resolver<'m> {
    pub(super) fn new(root: At<'m>, most_values: u64, exceeded: &'m Exceeded) -> Self {
        Self { root, most_values, exceeded }
    }

    pub(super) fn root(&self) -> Node<'m> {
        self.resolve(self.root)
    }

    /// Checks every reference of the document, used or not, as the CDK does before anything else.
    ///
    /// Returns what is wrong: a reference to nowhere or in a circle, with the reference as written.
    pub(super) fn check(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        let mut graph = DiGraph::<&'m str, ()>::new();
        let mut nodes: BTreeMap<&'m str, petgraph::graph::NodeIndex> = BTreeMap::new();
        let mut open: Vec<&'m str> = Vec::new();
        let mut queue = references_in(self.root);
        queue.reverse();
        open.append(&mut queue);
        let mut edges = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(reference) = open.pop() {
            if !seen.insert(reference) {
                continue;
            }
            nodes.entry(reference).or_insert_with(|| graph.add_node(reference));
            match self.look_up(reference) {
                Some(target) => {
                    for inner in references_in(target) {
                        edges.push((reference, inner));
                        open.push(inner);
                    }
                }
                None => faults.push((reference.to_owned(), "there is nothing there".to_owned())),
            }
        }
        for (from, to) in edges {
            if let (Some(&from), Some(&to)) = (nodes.get(from), nodes.get(to)) {
                graph.update_edge(from, to, ());
            }
        }
        for circle in tarjan_scc(&graph) {
            let first = circle.iter().map(|&node| graph[node]).min();
            let is_circle =
                circle.len() > 1 || circle.first().is_some_and(|&node| graph.contains_edge(node, node));
            if let (true, Some(first)) = (is_circle, first) {
                faults.push((first.to_owned(), "it leads in a circle".to_owned()));
            }
        }
        faults.sort();
        faults
    }

    /// A raw value with its reference followed.
    pub(super) fn resolve(&self, value: At<'m>) -> Node<'m> {
        self.resolve_chain(value, 0).unwrap_or(Node::Scalar(value))
    }

    /// `None` where the value is a reference to nowhere or in a circle, which stops the CDK.
    fn resolve_chain(&self, value: At<'m>, depth: usize) -> Option<Node<'m>> {
        if depth > LONGEST_CHAIN {
            return None;
        }
        if value.is_mapping() {
            let own = MapNode { layers: vec![value], ..MapNode::default() };
            let Some(reference) = value.get("$ref") else { return Some(Node::Map(Rc::new(own))) };
            return match self.resolve_chain(reference, depth + 1) {
                Some(Node::Map(base)) => {
                    let mut layers = vec![value];
                    layers.extend(&base.layers);
                    let overlay = base.overlay.clone();
                    Some(Node::Map(Rc::new(MapNode { overlay, layers, broken: base.broken })))
                }
                Some(other) => Some(other),
                // The rest of the mapping is still read; what it lacks may stand in the missing part.
                None => Some(Node::Map(Rc::new(MapNode { broken: true, ..own }))),
            };
        }
        match value.as_str() {
            Some(text) if text.starts_with("#/") => self.resolve_chain(self.look_up(text)?, depth + 1),
            None if value.is_list() => Some(Node::List(value)),
            _ => Some(Node::Scalar(value)),
        }
    }

    /// The whole document, as it is written.
    pub(super) fn document(&self) -> At<'m> {
        self.root
    }

    /// What a text refers to, if it is a reference.
    pub(super) fn target(&self, text: &str) -> Option<At<'m>> {
        if text.starts_with("#/") { self.look_up(text) } else { None }
    }

    fn look_up(&self, reference: &str) -> Option<At<'m>> {
        let mut rest = reference.strip_prefix("#/")?.split('\n').next()?;
        let mut here = self.root;
        while !rest.is_empty() {
            if let Some(found) = here.get(rest) {
                return Some(found);
            }
            let (head, tail) = rest.split_once('/').unwrap_or((rest, ""));
            here = if here.is_list() {
                let index: i64 = head.parse().ok()?;
                let length = i64::try_from(here.len()).ok()?;
                let index = if index < 0 { index.checked_add(length)? } else { index };
                here.item(usize::try_from(index).ok()?)?
            } else {
                here.get(head)?
            };
            rest = tail;
        }
        Some(here)
    }

    /// The value written out, with every reference replaced by its target.
    ///
    /// # Errors
    /// It grows past a bound.
    pub(super) fn write_out(&self, node: &Node<'m>) -> Result<Value, Unbounded> {
        let written = self.write(node, &mut 0, 0);
        if let Err(bound) = written {
            self.exceeded.of(bound).store(true, Ordering::Relaxed);
        }
        written
    }

    fn write(&self, node: &Node<'m>, size: &mut u64, depth: usize) -> Result<Value, Unbounded> {
        *size += 1;
        if depth >= nesting::levels() {
            return Err(Unbounded::Depth);
        }
        if *size > self.most_values {
            return Err(Unbounded::Values);
        }
        Ok(match node {
            Node::Scalar(value) => value.scalar().cloned().unwrap_or_default(),
            Node::Made(value) => (**value).clone(),
            Node::List(items) => Value::Array(
                items
                    .children()
                    .map(|item| self.write(&self.resolve(item), size, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            Node::MadeList(items) => Value::Array(
                items.iter().map(|item| self.write(item, size, depth + 1)).collect::<Result<_, _>>()?,
            ),
            Node::Map(map) => {
                let mut written = Map::new();
                for key in map.keys() {
                    // A key that it lists is there.
                    let Some(child) = map.get(self, key) else { continue };
                    written.insert(key.to_owned(), self.write(&child, size, depth + 1)?);
                }
                Value::Object(written)
            }
        })
    }
}

/// Every reference written below a value, in order, each once per place.
fn references_in(value: At<'_>) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        found.extend(value.as_str().filter(|text| text.starts_with("#/")));
        open.extend(value.children());
    }
    found
}

impl<'m> MapNode<'m> {
    /// The resolved value of a key.
    pub(super) fn get(&self, resolver: &Resolver<'m>, key: &str) -> Option<Node<'m>> {
        if let Some(node) = self.overlay.get(key) {
            return Some(node.clone());
        }
        Some(resolver.resolve(self.raw(key)?))
    }

    /// The raw value of a key, where the document has it.
    pub(super) fn raw(&self, key: &str) -> Option<At<'m>> {
        if key == "$ref" || self.overlay.contains_key(key) {
            return None;
        }
        self.layers.iter().find_map(|layer| layer.get(key))
    }

    /// A raw value of the mapping, to tell where it stands.
    pub(super) fn any_value(&self) -> Option<At<'m>> {
        self.layers.iter().find_map(|layer| layer.children().next())
    }

    /// All keys but `$ref`, sorted.
    pub(super) fn keys(&self) -> BTreeSet<&str> {
        let layered = self.layers.iter().flat_map(|layer| layer.entries().map(|(key, _)| key));
        layered.chain(self.overlay.keys().map(String::as_str)).filter(|key| *key != "$ref").collect()
    }

    /// This mapping with one key set.
    pub(super) fn with(&self, key: &str, value: Node<'m>) -> Self {
        let mut copy = self.clone();
        copy.overlay.insert(key.to_owned(), value);
        copy
    }
}

impl<'m> Node<'m> {
    /// A value that stands nowhere in the document.
    pub(super) fn made(value: Value) -> Self {
        match value {
            Value::Object(map) => {
                let overlay = map.into_iter().map(|(key, value)| (key, Self::made(value))).collect();
                Self::Map(Rc::new(MapNode { overlay, ..MapNode::default() }))
            }
            Value::Array(items) => Self::MadeList(Rc::new(items.into_iter().map(Self::made).collect())),
            scalar => Self::Made(Rc::new(scalar)),
        }
    }

    /// The elements of a list, resolved.
    pub(super) fn elements(&self, resolver: &Resolver<'m>) -> Option<Vec<Node<'m>>> {
        match self {
            Node::List(items) => Some(items.children().map(|item| resolver.resolve(item)).collect()),
            Node::MadeList(items) => Some((**items).clone()),
            _ => None,
        }
    }

    /// This value with everything that a path of globs matches set; the number says how often it did.
    pub(super) fn with_matches(
        &self,
        resolver: &Resolver<'m>,
        path: &[WildMatch],
        value: &Node<'m>,
    ) -> (Self, usize) {
        let Some((first, rest)) = path.split_first() else { return (value.clone(), 1) };
        let mut count = 0;
        let mut set = |child: &Node<'m>| {
            let (changed, times) = child.with_matches(resolver, rest, value);
            count += times;
            (times > 0).then_some(changed)
        };
        if let Some(items) = self.elements(resolver) {
            let matching = |index: usize| first.matches(&index.to_string());
            let items = items
                .into_iter()
                .enumerate()
                .map(|(index, item)| matching(index).then(|| set(&item)).flatten().unwrap_or(item))
                .collect();
            return (Node::MadeList(Rc::new(items)), count);
        }
        let Node::Map(map) = self else { return (self.clone(), 0) };
        let mut changed = (**map).clone();
        for key in map.keys().into_iter().filter(|key| first.matches(key)) {
            if let Some(child) = map.get(resolver, key).and_then(|child| set(&child)) {
                changed.overlay.insert(key.to_owned(), child);
            }
        }
        (Node::Map(Rc::new(changed)), count)
    }

    /// This value with a path made where it was not there.
    pub(super) fn with_path(&self, resolver: &Resolver<'m>, path: &[String], value: &Node<'m>) -> Self {
        let (Some((first, rest)), Node::Map(map)) = (path.split_first(), self) else { return value.clone() };
        let child = map.get(resolver, first).unwrap_or_else(|| Self::made(Value::Object(Map::new())));
        let child = if rest.is_empty() { value.clone() } else { child.with_path(resolver, rest, value) };
        Node::Map(Rc::new(map.with(first, child)))
    }

    pub(super) fn as_map(&self) -> Option<&Rc<MapNode<'m>>> {
        match self {
            Node::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        self.scalar().and_then(Value::as_str)
    }

    /// A value that is no list and no mapping.
    pub(super) fn scalar(&self) -> Option<&Value> {
        match self {
            Node::Scalar(value) => value.scalar(),
            Node::Made(value) => Some(value),
            _ => None,
        }
    }

    /// Python's truth: not empty, not zero, not null.
    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Node::Map(map) => !map.keys().is_empty(),
            Node::List(items) => items.len() > 0,
            Node::MadeList(items) => !items.is_empty(),
            Node::Scalar(value) => value.scalar().is_some_and(truthy),
            Node::Made(value) => truthy(value),
        }
    }
}

/// Whether Python takes a value for true.
pub(super) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}
