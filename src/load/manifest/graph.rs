//! What the streams of a manifest are built from, read off its references.
//!
//! A part is a place that something refers to, a `$parameters` mapping, or a stream's own entry. What is written in a
//! part ends where another part begins.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::Manifest;
use super::behaviour;
use super::component::Component;
use super::node::Resolver;
use super::raw::{At, Number};
use crate::load::schema_graph::add_schema_file;
use crate::model::{
    Behaviour, BuildGraph, Document, Link, NumberedPlaces, PartIndex, PartKind, PartPlace, Pointer,
};

/// A stream with the component it is.
pub(super) struct BuiltStream<'c, 'm> {
    pub(super) name: Arc<str>,
    pub(super) component: &'c Component<'m>,
    pub(super) schema_file: Option<String>,
    pub(super) row: Option<At<'m>>,
}

struct Builder<'m> {
    manifest: &'m Arc<Manifest>,
    resolver: Resolver<'m>,
    /// What is referred to.
    targets: HashSet<Number>,
    parts: HashMap<Number, PartIndex>,
    /// Parts that are linked to and not walked yet.
    open: Vec<(At<'m>, PartIndex)>,
    graph: BuildGraph,
}

/// The graph of the streams, without what no stream reaches.
pub(super) fn build<'m>(manifest: &'m Arc<Manifest>, streams: &[BuiltStream<'_, 'm>]) -> BuildGraph {
    let resolver = manifest.resolver();
    let mut targets = HashSet::new();
    for text in manifest.raw.texts() {
        targets.extend(resolver.target(text).map(At::number));
    }
    let mut builder = Builder {
        manifest,
        resolver,
        targets,
        parts: HashMap::new(),
        open: Vec::new(),
        graph: BuildGraph::default(),
    };
    for stream in streams {
        builder.stream(stream);
    }
    while let Some((value, part)) = builder.open.pop() {
        let mut hasher = Xxh3::new();
        builder.region(value, part, Link::BuiltFrom, &mut hasher);
        let place = builder.graph.get(part).place.clone();
        builder.graph.describe(part, place, hasher.digest());
    }
    let places = builder.places();
    let mut fields = HashSet::new();
    for stream in streams {
        let behaviour = builder.behaviour(stream, &places, &mut fields);
        builder.graph.behave(&stream.name, behaviour);
    }
    let mut graph = builder.graph;
    for stream in streams {
        parents(stream.component, &stream.name, &mut graph);
    }
    graph
}

impl<'m> Builder<'m> {
    fn stream(&mut self, stream: &BuiltStream<'_, 'm>) {
        let part = self.graph.part(PartKind::Stream, stream.name.clone());
        let entry = stream.component.map.any_value().and_then(At::around);
        // A stream of a template or a condition is written where that is.
        let places: Vec<At<'m>> = entry.into_iter().chain(stream.row.and_then(At::around)).collect();
        let mut hasher = Xxh3::new();
        for &value in &places {
            if self.targets.contains(&value.number()) {
                let target = self.part(value);
                self.graph.link(part, target, Link::BuiltFrom);
            } else {
                self.region(value, part, Link::BuiltFrom, &mut hasher);
            }
        }
        let place = places.last().map(|place| {
            let manifest: Arc<dyn NumberedPlaces> = self.manifest.clone();
            PartPlace::Numbered(manifest, place.number().get())
        });
        self.graph.describe(part, place, hasher.digest());
        if let Some(file) = &stream.schema_file {
            let folder = &self.manifest.schema_folder;
            add_schema_file(&mut self.graph, part, &self.manifest.schemas, folder, file);
        }
    }

    /// The part that is written at a place which something refers to.
    fn part(&mut self, value: At<'m>) -> PartIndex {
        if let Some(&part) = self.parts.get(&value.number()) {
            return part;
        }
        let place = value.pointer();
        let is_parameters = place.segments().last().is_some_and(|last| last == "$parameters");
        let kind = if is_parameters { PartKind::Parameters } else { PartKind::Definition };
        let part = self.graph.part(kind, format!("{}#{place}", self.manifest.document.file));
        self.parts.insert(value.number(), part);
        self.graph.describe(part, Some(PartPlace::In(self.manifest.document.clone(), place)), 0);
        self.open.push((value, part));
        part
    }

    /// The parts by where they are written.
    fn places(&self) -> HashMap<Pointer, PartIndex> {
        let parts = self.graph.parts().filter(|(_, part)| part.kind != PartKind::Stream);
        parts.filter_map(|(index, part)| Some((part.place.as_ref()?.get().1, index))).collect()
    }

    /// What a stream does, with the parts that say so.
    fn behaviour(
        &self,
        stream: &BuiltStream<'_, 'm>,
        places: &HashMap<Pointer, PartIndex>,
        fields: &mut HashSet<Arc<str>>,
    ) -> Box<[Behaviour]> {
        let own = self.graph.find(PartKind::Stream, &stream.name);
        behaviour::of(stream.component)
            .into_iter()
            .map(|found| {
                let mut holder = None;
                let mut referred = BTreeSet::new();
                let mut place = found.raw.map(At::pointer);
                while let (None, Some(at)) = (holder, &place) {
                    holder = places.get(at).copied();
                    place = at.parent();
                }
                let mut open: Vec<At<'_>> = found.raw.into_iter().collect();
                while let Some(value) = open.pop() {
                    let target = value.as_str().and_then(|text| self.resolver.target(text));
                    referred.extend(target.and_then(|target| self.parts.get(&target.number()).copied()));
                    open.extend(value.children());
                }
                Behaviour {
                    aspect: found.aspect,
                    field: shared(found.field, fields),
                    digest: found.digest,
                    written: found.raw.map_or(0, |raw| xxh3_64(raw.json().as_bytes())),
                    holder: holder.or(own).filter(|_| found.raw.is_some()),
                    referred: referred.into_iter().collect(),
                }
            })
            .collect()
    }

    /// Walks what is written in a part.
    fn region(&mut self, value: At<'m>, part: PartIndex, link: Link, hasher: &mut Xxh3) {
        match value.scalar() {
            None if value.is_mapping() => {
                hasher.update(b"{");
                for (key, child) in value.entries() {
                    hasher.update(key.as_bytes());
                    hasher.update(b":");
                    let link = if key == "parent_stream_configs" { Link::Parent } else { link };
                    if key == "$parameters" && child.is_mapping() {
                        let target = self.part(child);
                        self.graph.link(part, target, link);
                    } else {
                        self.child(child, part, link, hasher);
                    }
                }
                hasher.update(b"}");
            }
            None => {
                hasher.update(b"[");
                value.children().for_each(|item| self.child(item, part, link, hasher));
                hasher.update(b"]");
            }
            Some(Value::String(text)) => {
                hasher.update(b"\"");
                hasher.update(text.as_bytes());
                hasher.update(b"\"");
                if let Some(target) = self.resolver.target(text) {
                    let target = self.part(target);
                    self.graph.link(part, target, link);
                } else if text.contains("config") && (text.contains("{{") || text.contains("{%")) {
                    for property in config_properties(text) {
                        let property = self.graph.part(PartKind::SpecProperty, property);
                        self.graph.link(part, property, link);
                    }
                }
            }
            Some(scalar) => hasher.update(scalar.to_string().as_bytes()),
        }
    }

    fn child(&mut self, child: At<'m>, part: PartIndex, link: Link, hasher: &mut Xxh3) {
        if self.targets.contains(&child.number()) {
            let target = self.part(child);
            self.graph.link(part, target, link);
        } else {
            self.region(child, part, link, hasher);
        }
    }
}

/// A name that many have, once.
fn shared(name: String, known: &mut HashSet<Arc<str>>) -> Arc<str> {
    if let Some(known) = known.get(name.as_str()) {
        return known.clone();
    }
    let name: Arc<str> = name.into();
    known.insert(name.clone());
    name
}

impl NumberedPlaces for Manifest {
    fn place(&self, number: u32) -> (Arc<Document>, Pointer) {
        let place = Number::new(number).map(|number| self.raw.at(number));
        (self.document.clone(), place.map_or_else(Pointer::root, At::pointer))
    }
}

/// Parents nest less deep than this; what goes deeper is in a circle.
const DEEPEST: usize = 32;

/// So many routers are looked at for one stream; more are those of a manifest that doubles its references.
const MOST_ROUTERS: usize = 4_096;

/// Links a stream to the streams that its partitions come from.
fn parents(stream: &Component<'_>, name: &str, graph: &mut BuildGraph) {
    let Some(part) = graph.find(PartKind::Stream, name) else { return };
    let halves =
        ["full_refresh_stream", "incremental_stream"].into_iter().filter_map(|half| stream.component(half));
    let mut open: Vec<(Component<'_>, usize)> = std::iter::once(stream.clone())
        .chain(halves)
        .filter_map(|stream| stream.component("retriever"))
        .flat_map(|retriever| retriever.components("partition_router"))
        .map(|router| (router, 0))
        .collect();
    let mut left = MOST_ROUTERS;
    while let Some((router, depth)) = open.pop() {
        if depth > DEEPEST || left == 0 {
            continue;
        }
        left -= 1;
        for field in ["underlying_partition_router", "partition_routers"] {
            open.extend(router.components(field).into_iter().map(|inner| (inner, depth + 1)));
        }
        for config in router.components("parent_stream_configs") {
            let parent = config.component("stream").and_then(|parent| parent.text("name"));
            let parent = parent.and_then(|parent| graph.find(PartKind::Stream, &parent));
            if let Some(parent) = parent {
                graph.link(part, parent, Link::Parent);
            }
        }
    }
}

/// The properties of the config that a template reads: `config['x']`, `config.x`, `config.get('x')`.
fn config_properties(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, word) in template.match_indices("config") {
        // Outside of braces it is a word.
        let inside = |open: &str, close: &str| template[..at].rfind(open) > template[..at].rfind(close);
        if !inside("{{", "}}") && !inside("{%", "%}") {
            continue;
        }
        let before = template[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\'' | '"')) {
            continue;
        }
        let rest = &template[at + word.len()..];
        let quoted = rest.strip_prefix('[').or_else(|| rest.strip_prefix(".get("));
        let name = match quoted {
            Some(inner) => {
                let inner = inner.trim_start();
                let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) else { continue };
                inner[1..].split(quote).next()
            }
            None => rest.strip_prefix('.').map(|inner| {
                let end = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len());
                &inner[..end]
            }),
        };
        found.extend(name.filter(|name| !name.is_empty()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::config_properties;

    #[test]
    fn what_a_template_reads_of_the_config() {
        let read = |text: &str| config_properties(text).join(",");
        assert_eq!(read("{{ config['a'] }}/{{ config[\"b\"]['c'] }}"), "a,b");
        assert_eq!(read("{{ config.start_date or config.get('end', 'x') }}"), "start_date,end");
        assert_eq!(read("{{ parameters['config'] }} {{ my_config['x'] }} {{ config }}"), "");
    }
}
