//! The graph of what streams are built from, for `graph`.

mod dot;
mod mermaid;
mod svg;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use thiserror::Error;

use crate::load::{PositionRequest, positions};
use crate::model::{BuildGraph, Connector, Link, PartIndex, PartKind, Picture, visible};
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
    /// The parts that are written otherwise than in another version.
    edited: BTreeSet<PartIndex>,
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
            .map(|stream| &*stream.id.name)
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
                    let names = streams.map(|(_, part)| &*part.name).chain(unlinked);
                    let like = nearest(name, names).map(str::to_owned);
                    return Err(NoSuchStream { name: name.to_owned(), like });
                }
            },
        };
        Ok(Self { unlinked, ..Self::of_parts(connector, &kept) })
    }

    fn of_parts(connector: &'c Connector, kept: &BTreeSet<PartIndex>) -> Self {
        let graph = &connector.graph;
        let parts = graph.parts().map(|(index, _)| index).filter(|index| kept.contains(index)).collect();
        let mut links = graph.links();
        links.retain(|(from, to, _)| kept.contains(from) && kept.contains(to));
        Self { graph, parts, links, unlinked: Vec::new(), edited: BTreeSet::new(), connector }
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
                part.name.split_once('#').map_or(&*part.name, |(_, place)| place)
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
        let parts = self.parts.iter().map(|part| Named {
            is_edited: self.edited.contains(part),
            ..Named::of(self.graph.get(*part).kind, self.label(*part))
        });
        let unlinked = self.unlinked.iter().map(|name| Named::of(PartKind::Stream, name));
        let links = self.links.iter().map(|(from, to, link)| (numbers[from], numbers[to], *link));
        Drawn { parts: parts.chain(unlinked).collect(), links: links.collect() }
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
        svg::svg(&self.drawn(), svg::Frame::File)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let placed: Vec<(usize, PositionRequest)> = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(number, part)| {
                let (document, pointer) = self.graph.get(*part).place.as_ref()?.get();
                let range = 0..document.text.len();
                Some((
                    number,
                    PositionRequest { document, range, pointer, offset: None, position: None, entry: None },
                ))
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
            parts.iter().map(|part| self.graph.get(*part).name.to_string()).collect::<Vec<_>>()
        };
        let mut parts: Vec<Value> = self
            .parts
            .iter()
            .enumerate()
            .map(|(number, part)| {
                let part = self.graph.get(*part);
                json!({"kind": part.kind, "name": &*part.name, "origin": origins.get(&number)})
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
                    "from": {"kind": from.kind, "name": &*from.name},
                    "to": {"kind": to.kind, "name": &*to.name},
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

/// A graph of so many parts is drawn as a whole.
const FEW_PARTS: usize = 40;

/// A page holds pictures of so many parts and links: more cannot be read there, and take long to be placed.
const MOST_ON_PAGE: (usize, usize) = (120, 240);

/// What of the new version is built from what was edited, for a page: all of a small graph. `None` where no part of a graph
/// was edited, or where the old version has none to be held against.
pub fn picture(old: &Connector, new: &Connector) -> Option<Picture> {
    let (graph, links) = (&new.graph, new.graph.links());
    let edited: BTreeSet<PartIndex> =
        graph.edited(&old.graph).into_iter().filter_map(|(kind, name)| graph.find(kind, name)).collect();
    if edited.is_empty() || links.is_empty() || old.graph.parts().next().is_none() {
        return None;
    }
    let all: BTreeSet<PartIndex> = graph.parts().map(|(part, _)| part).collect();
    let of = all.len();
    let kept = if of <= FEW_PARTS { all } else { built_from(&edited, &links) };
    let view = GraphView { edited, ..GraphView::of_parts(new, &kept) };
    let (parts, most) = (view.parts.len(), MOST_ON_PAGE);
    let fits = parts <= most.0 && view.links.len() <= most.1;
    let svg = fits.then(|| svg::svg(&view.drawn(), svg::Frame::Page).ok()).flatten();
    Some(Picture { svg, parts, of })
}

/// Parts and all that is built from them.
fn built_from(parts: &BTreeSet<PartIndex>, links: &[(PartIndex, PartIndex, Link)]) -> BTreeSet<PartIndex> {
    let mut users: BTreeMap<PartIndex, Vec<PartIndex>> = BTreeMap::new();
    for (from, to, _) in links {
        users.entry(*to).or_default().push(*from);
    }
    let (mut reached, mut next): (BTreeSet<PartIndex>, Vec<PartIndex>) =
        (parts.clone(), parts.iter().copied().collect());
    while let Some(part) = next.pop() {
        next.extend(users.get(&part).into_iter().flatten().filter(|user| reached.insert(**user)));
    }
    reached
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
    /// Whether it is written otherwise than in another version.
    is_edited: bool,
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
        Self { kind, name: name.to_owned(), label, is_edited: false }
    }
}
