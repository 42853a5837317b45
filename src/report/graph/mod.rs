//! The graph of what streams are built from, for `graph`.

mod dot;
mod mermaid;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use thiserror::Error;

use crate::load::{PositionRequest, positions};
use crate::model::{BuildGraph, Connector, Link, PartIndex, PartKind, visible};
use crate::suggest::nearest;

/// The part of a connector's graph that is shown.
#[derive(Debug)]
pub struct GraphView<'c> {
    graph: &'c BuildGraph,
    /// In the order of kinds and names.
    parts: Vec<PartIndex>,
    links: Vec<(PartIndex, PartIndex, Link)>,
    /// Streams of the catalog that nothing is known of.
    unlinked: Vec<&'c str>,
    connector: &'c Connector,
}

/// Why a graph of one stream cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no stream {name}{}", like.as_ref().map(|like| format!("; did you mean {like}?")).unwrap_or_default())]
pub struct NoSuchStream {
    /// The name that was asked for.
    pub name: String,
    /// One that is much like it.
    pub like: Option<String>,
}

/// Why a graph cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PictureError {
    /// It has too many parts or links.
    #[error(
        "too many parts for a picture: {parts} parts with {links} links, and a picture holds up to {} parts with {} links",
        svg::MOST_PARTS,
        svg::MOST_LINKS
    )]
    TooLarge {
        /// How many parts it has.
        parts: usize,
        /// How many links it has.
        links: usize,
    },
    /// Its links lead past too many other parts.
    #[error("too many links lead past other parts for a picture of {parts} parts with {links} links")]
    TooTangled {
        /// How many parts it has.
        parts: usize,
        /// How many links it has.
        links: usize,
    },
    /// The layout refuses it.
    #[error("the picture cannot be drawn: {0}")]
    Refused(String),
}

impl<'c> GraphView<'c> {
    /// Everything, or one stream with all that it is built from.
    ///
    /// # Errors
    /// There is no stream of that name.
    pub fn of(connector: &'c Connector, stream: Option<&str>) -> Result<Self, NoSuchStream> {
        let graph = &connector.graph;
        let in_catalog = connector.catalog.iter().flat_map(|catalog| &catalog.streams);
        let mut unlinked: Vec<&str> = in_catalog
            .map(|stream| stream.id.name.as_str())
            .filter(|name| graph.find(PartKind::Stream, name).is_none())
            .collect();
        unlinked.sort_unstable();
        unlinked.dedup();
        let kept: BTreeSet<PartIndex> = match stream {
            None => graph.parts().map(|(index, _)| index).collect(),
            Some(name) => match graph.find(PartKind::Stream, name) {
                Some(part) => {
                    unlinked.clear();
                    graph.built_from(part, |_| true).into_iter().collect()
                }
                None if unlinked.contains(&name) => {
                    unlinked.retain(|other| *other == name);
                    BTreeSet::new()
                }
                None => {
                    let streams = graph.parts().filter(|(_, part)| part.kind == PartKind::Stream);
                    let names = streams.map(|(_, part)| part.name.as_str()).chain(unlinked);
                    let like = nearest(name, names).map(str::to_owned);
                    return Err(NoSuchStream { name: name.to_owned(), like });
                }
            },
        };
        let parts = graph.parts().map(|(index, _)| index).filter(|index| kept.contains(index)).collect();
        let mut links = graph.links();
        links.retain(|(from, to, _)| kept.contains(from) && kept.contains(to));
        Ok(Self { graph, parts, links, unlinked, connector })
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.unlinked.is_empty()
    }

    /// What a part is called where it is shown: the file is left out where there is one manifest only.
    fn label(&self, part: PartIndex) -> &'c str {
        let part = self.graph.get(part);
        match part.kind {
            PartKind::Definition | PartKind::Parameters => {
                part.name.split_once('#').map_or(part.name.as_str(), |(_, place)| place)
            }
            _ => &part.name,
        }
    }

    /// How many links there are.
    pub fn links(&self) -> usize {
        self.links.len()
    }

    /// What a picture shows.
    fn drawn(&self) -> Drawn {
        let numbers: BTreeMap<PartIndex, usize> =
            self.parts.iter().enumerate().map(|(number, part)| (*part, number)).collect();
        let parts = self.parts.iter().map(|part| (self.graph.get(*part).kind, self.label(*part)));
        let unlinked = self.unlinked.iter().map(|name| (PartKind::Stream, *name));
        let links = self.links.iter().map(|(from, to, link)| (numbers[from], numbers[to], *link));
        Drawn {
            parts: parts.chain(unlinked).map(|(kind, name)| Named::of(kind, name)).collect(),
            links: links.collect(),
        }
    }

    /// In Graphviz's language.
    pub fn dot(&self) -> String {
        dot::dot(&self.drawn())
    }

    /// In Mermaid's language.
    pub fn mermaid(&self) -> String {
        mermaid::mermaid(&self.drawn())
    }

    /// As a picture.
    ///
    /// # Errors
    /// The graph is too large for one.
    pub fn svg(&self) -> Result<String, PictureError> {
        svg::svg(&self.drawn())
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let placed: Vec<(usize, PositionRequest)> = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(number, part)| {
                let (document, pointer) = self.graph.get(*part).place.clone()?;
                let range = 0..document.text.len();
                Some((number, PositionRequest { document, range, pointer, offset: None }))
            })
            .collect();
        let requests: Vec<PositionRequest> = placed.iter().map(|(_, request)| request.clone()).collect();
        let mut origins: BTreeMap<usize, Value> = BTreeMap::new();
        for ((number, request), position) in placed.iter().zip(positions(&requests)) {
            let origin = json!({
                "file": request.document.file,
                "pointer": request.pointer.to_string(),
                "line": position.map(|position| position.line),
            });
            origins.insert(*number, origin);
        }
        let names = |parts: &[PartIndex]| {
            parts.iter().map(|part| self.graph.get(*part).name.clone()).collect::<Vec<_>>()
        };
        let mut parts: Vec<Value> = self
            .parts
            .iter()
            .enumerate()
            .map(|(number, part)| {
                let part = self.graph.get(*part);
                json!({"kind": part.kind, "name": part.name, "origin": origins.get(&number)})
            })
            .collect();
        parts.extend(
            self.unlinked.iter().map(|name| json!({"kind": PartKind::Stream, "name": name, "origin": null})),
        );
        let links: Vec<Value> = self
            .links
            .iter()
            .map(|(from, to, link)| {
                let (from, to) = (self.graph.get(*from), self.graph.get(*to));
                json!({
                    "from": {"kind": from.kind, "name": from.name},
                    "to": {"kind": to.kind, "name": to.name},
                    "link": link,
                })
            })
            .collect();
        let shown: BTreeSet<&PartIndex> = self.parts.iter().collect();
        let recursive: Vec<Vec<String>> = self
            .graph
            .recursive()
            .into_iter()
            .filter(|group| group.iter().all(|part| shown.contains(part)))
            .map(|group| names(&group))
            .collect();
        json!({
            "name": self.connector.name,
            "source": self.connector.source,
            "parts": parts,
            "links": links,
            "recursive": recursive,
        })
    }
}

/// What a picture shows, whatever it is written in.
struct Drawn {
    parts: Vec<Named>,
    /// From which part to which, by their numbers.
    links: Vec<(usize, usize, Link)>,
}

/// A part with its name as people can read it.
struct Named {
    kind: PartKind,
    name: String,
    /// The name where it is short, its start and end where it is long.
    label: String,
}

/// The longest name that a picture shows whole, in characters.
const LONGEST: usize = 60;

impl Named {
    fn of(kind: PartKind, name: &str) -> Self {
        let name = visible(name);
        // A shape without a name looks like a mistake, and Mermaid refuses it.
        let name = if name.is_empty() { "\"\"" } else { &*name };
        let characters: Vec<char> = name.chars().collect();
        let label = if characters.len() > LONGEST {
            // Names of one place differ at their ends.
            let (start, end) =
                (&characters[..LONGEST / 2 - 1], &characters[characters.len() - LONGEST / 2..]);
            start.iter().chain(&['\u{2026}']).chain(end).collect()
        } else {
            name.to_owned()
        };
        Self { kind, name: name.to_owned(), label }
    }
}
