//! What each stream is built from: streams, definitions, parameters, schema files and properties of the spec, and which
//! is built from which.
//!
//! A part's digest covers what is written in the part itself, with every other part cut out of it. So the parts whose
//! digests differ between two versions are the places that someone edited, and what reaches an edited part is what the
//! edit may have changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use serde::Serialize;

use super::{Document, Pointer};

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// A stream, by its name.
    Stream,
    /// A place of the manifest that is referred to, such as `manifest.yaml#/definitions/base_stream`.
    Definition,
    /// A `$parameters` mapping, by its place.
    Parameters,
    /// A schema file.
    SchemaFile,
    /// A property of the config, by its name.
    SpecProperty,
}

/// A node of the graph.
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// What it is called in reports.
    pub name: Arc<str>,
    /// Where it is written.
    pub place: Option<PartPlace>,
    /// A digest of what is written in it, other parts left out.
    pub digest: u64,
}

/// Where a part is written.
#[derive(Debug, Clone)]
pub enum PartPlace {
    /// A place in a file.
    In(Arc<Document>, Pointer),
    /// A value that its file finds by a number. A manifest has many streams, and few of them are shown.
    Numbered(Arc<dyn NumberedPlaces>, u32),
}

/// A file whose values have numbers.
pub trait NumberedPlaces: fmt::Debug + Send + Sync {
    /// Where the value of a number is written.
    fn place(&self, number: u32) -> (Arc<Document>, Pointer);
}

impl PartPlace {
    /// The file, and the place in it.
    pub fn get(&self) -> (Arc<Document>, Pointer) {
        match self {
            Self::In(document, pointer) => (document.clone(), pointer.clone()),
            Self::Numbered(places, number) => places.place(*number),
        }
    }
}

/// Why one part leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// It is built from it.
    BuiltFrom,
    /// Its partitions come from it: a parent stream.
    Parent,
}

/// What a stream does that no catalog shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// What is asked: address, path, method, parameters, headers, body.
    Request,
    /// How it signs in.
    Authentication,
    /// What it does about errors.
    ErrorHandling,
    /// How it turns pages.
    Pagination,
    /// Which records it takes out of an answer.
    RecordSelection,
    /// What it does to records.
    Transformations,
    /// What it asks once per each of.
    Partitions,
    /// Where an incremental sync starts and ends, and in which steps it goes.
    IncrementalWindow,
    /// Everything else about reading.
    Retrieval,
}

impl Aspect {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Authentication => "authentication",
            Self::ErrorHandling => "error handling",
            Self::Pagination => "pagination",
            Self::RecordSelection => "record selection",
            Self::Transformations => "transformations",
            Self::Partitions => "partitions",
            Self::IncrementalWindow => "incremental window",
            Self::Retrieval => "retrieval",
        }
    }
}

/// One field of what a stream does, to be compared with another version's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// What it is about.
    pub aspect: Aspect,
    /// The field of the component.
    pub field: Arc<str>,
    /// A digest of its value, with everything it refers to.
    pub digest: u64,
    /// A digest of what is written in the field itself, references unfollowed.
    pub written: u64,
    /// The part that holds the field; `None` where a parameter fills it.
    pub holder: Option<PartIndex>,
    /// The parts that the field refers to.
    pub referred: Box<[PartIndex]>,
}

/// A part of a [`BuildGraph`].
pub type PartIndex = NodeIndex;

/// The graph of one side.
#[derive(Debug, Clone, Default)]
pub struct BuildGraph {
    graph: DiGraph<Part, Link>,
    by_name: BTreeMap<(PartKind, Arc<str>), NodeIndex>,
    linked: HashSet<(NodeIndex, NodeIndex, Link)>,
    behaviours: BTreeMap<Arc<str>, Box<[Behaviour]>>,
}

impl BuildGraph {
    /// Adds a part, or finds it.
    pub fn part(&mut self, kind: PartKind, name: impl Into<Arc<str>>) -> PartIndex {
        let graph = &mut self.graph;
        let name: Arc<str> = name.into();
        *self
            .by_name
            .entry((kind, name.clone()))
            .or_insert_with(|| graph.add_node(Part { kind, name, place: None, digest: 0 }))
    }

    /// Says where a part is written, and the digest of what is.
    pub fn describe(&mut self, part: PartIndex, place: Option<PartPlace>, digest: u64) {
        self.graph[part].place = place;
        self.graph[part].digest = digest;
    }

    /// Says that one part is built from another.
    pub fn link(&mut self, from: PartIndex, to: PartIndex, link: Link) {
        if self.linked.insert((from, to, link)) {
            self.graph.add_edge(from, to, link);
        }
    }

    /// Says what a stream does.
    pub fn behave(&mut self, stream: &str, behaviour: Box<[Behaviour]>) {
        let part = self.find(PartKind::Stream, stream);
        let name = part.map_or_else(|| stream.into(), |part| self.graph[part].name.clone());
        self.behaviours.insert(name, behaviour);
    }

    /// What each stream does, by its name, where that is known.
    pub fn behaviours(&self) -> &BTreeMap<Arc<str>, Box<[Behaviour]>> {
        &self.behaviours
    }

    /// A part by its kind and name.
    pub fn find(&self, kind: PartKind, name: &str) -> Option<PartIndex> {
        self.by_name.get(&(kind, name.into())).copied()
    }

    /// What a part is.
    pub fn get(&self, part: PartIndex) -> &Part {
        &self.graph[part]
    }

    /// All parts, in the order of their kinds and names.
    pub fn parts(&self) -> impl Iterator<Item = (PartIndex, &Part)> {
        self.by_name.values().map(|&index| (index, &self.graph[index]))
    }

    /// The names of definitions and parameters by where they are written: the file and the place in it.
    pub fn places(&self) -> HashMap<(&str, &Pointer), &str> {
        let in_manifest = |part: &&Part| matches!(part.kind, PartKind::Definition | PartKind::Parameters);
        let parts = self.graph.node_weights().filter(in_manifest);
        parts
            .filter_map(|part| {
                let Some(PartPlace::In(document, pointer)) = &part.place else { return None };
                Some(((document.file.as_str(), pointer), &*part.name))
            })
            .collect()
    }

    /// All links, in the order of the parts.
    pub fn links(&self) -> Vec<(PartIndex, PartIndex, Link)> {
        let mut links = Vec::with_capacity(self.graph.edge_count());
        for (index, _) in self.parts() {
            let mut own: Vec<(PartIndex, Link)> =
                self.graph.edges(index).map(|edge| (edge.target(), *edge.weight())).collect();
            own.sort_by_key(|&(target, link)| (self.key(target), link));
            links.extend(own.into_iter().map(|(target, link)| (index, target, link)));
        }
        links
    }

    fn key(&self, part: PartIndex) -> (PartKind, Arc<str>) {
        (self.graph[part].kind, self.graph[part].name.clone())
    }

    /// Everything a part is built from, nearest first, itself included. Links for which `follow` is false are not
    /// followed.
    pub fn built_from(&self, part: PartIndex, follow: impl Fn(Link) -> bool) -> Vec<PartIndex> {
        let mut seen = BTreeSet::from([part]);
        let mut reached = vec![part];
        let mut next = 0;
        while let Some(&at) = reached.get(next) {
            next += 1;
            let mut targets: Vec<PartIndex> = self
                .graph
                .edges(at)
                .filter(|edge| follow(*edge.weight()))
                .map(|edge| edge.target())
                .collect();
            targets.sort_by_key(|&target| self.key(target));
            for target in targets {
                if seen.insert(target) {
                    reached.push(target);
                }
            }
        }
        reached
    }

    /// Groups of parts that are built from each other, in the order of their names; a part that is built from itself is
    /// a group of one.
    pub fn recursive(&self) -> Vec<Vec<PartIndex>> {
        let mut groups: Vec<Vec<PartIndex>> = tarjan_scc(&self.graph)
            .into_iter()
            .filter(|group| match group.as_slice() {
                [one] => self.graph.contains_edge(*one, *one),
                _ => true,
            })
            .collect();
        for group in &mut groups {
            group.sort_by_key(|&part| self.key(part));
        }
        groups.sort_by_key(|group| group.first().map(|&part| self.key(part)));
        groups
    }

    /// The parts that are written otherwise than their namesakes in another graph, or that have none there.
    pub fn edited<'g>(&'g self, other: &BuildGraph) -> BTreeSet<(PartKind, &'g str)> {
        self.graph
            .node_weights()
            .filter(|part| {
                let namesake = other.by_name.get(&(part.kind, part.name.clone()));
                namesake.is_none_or(|&index| other.graph[index].digest != part.digest)
            })
            .map(|part| (part.kind, &*part.name))
            .collect()
    }
}
