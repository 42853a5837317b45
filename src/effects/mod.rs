//! What a change of a source comes to in the destinations it is synced to.
//!
//! `grid.toml` says it, cell by cell, each with its evidence: an experiment (`parity/destinations` asks the engines), or the
//! destination's code and documentation. It is read only where destinations are asked about.

mod change;
mod grid;

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use crate::diff::{CatalogChange, Change, Delta};
use crate::model::{Finding, InDestination, RelatedKind, StreamId, clipped};
use crate::suggest;
use change::Seen;
pub use change::{FieldType, NamedChange, SourceChange};
pub use grid::{Destination, Grid, Link};

/// A destination that the grid knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DestinationName(&'static str);

impl DestinationName {
    /// As `--destinations` names it.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Every destination of the grid.
    ///
    /// # Errors
    /// The data of the program is broken, which no test lets pass.
    pub fn all() -> Result<Vec<Self>, &'static str> {
        Ok(Grid::get()?.destinations.keys().map(|name| Self(name)).collect())
    }

    /// The destinations of a list of names: each once, in the order of the list; `all` stands for every one.
    ///
    /// # Errors
    /// The name that no destination has, with those it may stand for.
    pub fn of_list<'n>(names: impl Iterator<Item = &'n str>) -> Result<Vec<Self>, UnknownDestination> {
        let all = Self::all().map_err(|error| UnknownDestination(error.to_owned()))?;
        let mut found: Vec<Self> = Vec::new();
        for name in names.map(str::trim) {
            let named: Vec<Self> = match name {
                "all" => all.clone(),
                _ => all.iter().copied().filter(|known| known.0 == name).collect(),
            };
            if named.is_empty() {
                return Err(UnknownDestination::new(name, &all));
            }
            found.extend(named.into_iter().filter(|one| !found.contains(one)).collect::<Vec<_>>());
        }
        Ok(found)
    }
}

impl fmt::Display for DestinationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A name that no destination of the grid has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownDestination(String);

impl UnknownDestination {
    fn new(name: &str, all: &[DestinationName]) -> Self {
        let known: Vec<&str> = all.iter().map(|known| known.0).collect();
        let bare = name.strip_prefix("destination-").unwrap_or(name);
        // `s3-data-lake` is what `iceberg` was read from, and `avro` is meant for `s3-avro`.
        let is_connector = |known: &&str| {
            let found = Grid::get().ok().and_then(|grid| grid.destinations.get(*known));
            found
                .and_then(|found| found.connector.strip_prefix("destination-"))
                .is_some_and(|own| own == bare)
        };
        let is_part = |known: &&str| bare.len() > 2 && known.split('-').any(|part| part == bare);
        let pick = |is_meant: &dyn Fn(&&str) -> bool| -> Vec<&str> {
            known.iter().copied().filter(|known| is_meant(known)).collect()
        };
        let nearest = || suggest::nearest(bare, known.iter().copied()).into_iter().collect();
        let by_name = [pick(&|known| *known == bare), pick(&is_connector), pick(&is_part)];
        let close: Vec<&str> = by_name.into_iter().find(|found| !found.is_empty()).unwrap_or_else(nearest);
        let shown = clipped(name, 80);
        let list = known.join(", ");
        Self(match close.is_empty() {
            true => format!("no destination is called {shown:?}: expected all, or names of {list}"),
            false => {
                let close = close.join(" or ");
                format!(
                    "no destination is called {shown:?}: did you mean {close}? Expected all, or names of {list}"
                )
            }
        })
    }
}

/// Says of each finding what it comes to in the destinations, as far as they see it.
pub(crate) fn annotate(findings: &mut [Finding], deltas: &[Delta], destinations: &[DestinationName]) {
    // The grid is not read for nobody.
    if destinations.is_empty() {
        return;
    }
    let Ok(grid) = Grid::get() else { return };
    let recased = recased(deltas);
    for (finding, delta) in findings.iter_mut().zip(deltas) {
        let recased = Recased::of(delta).and_then(|place| recased.get(&place));
        let is_renamed = delta.field.is_empty()
            && finding.related.iter().any(|one| one.kind == RelatedKind::RenamedTo && one.stream.is_some());
        let seen = match recased {
            Some(Recasing::Contested) => Some(Seen::Contested),
            recased => Seen::of(delta, recased.is_some() || is_renamed),
        };
        let Some(seen) = seen else { continue };
        let in_one = |name: &DestinationName| in_destination(grid, name.0, seen);
        finding.destinations = destinations.iter().map(in_one).collect();
    }
}

fn in_destination(grid: &'static Grid, name: &'static str, seen: Seen) -> InDestination {
    let is_so = |ask: fn(&Destination) -> bool| grid.destinations.get(name).is_some_and(ask);
    let takes_widest = is_so(|found| found.type_lists_are_widest);
    match seen {
        Seen::Change { by_text, .. } if is_so(|found| found.shapeless_is_text) => grid.effect(name, by_text),
        Seen::Change { by_widest, .. } if takes_widest => match by_widest {
            Some(change) => grid.effect(name, change),
            None => grid::nobody_knows(name, grid::RESPELLED),
        },
        Seen::Change { change, .. } => grid.effect(name, change),
        Seen::Items { old, new } if grid.shares_column(name, old, new) => {
            grid.effect(name, SourceChange::Retype { old, new })
        }
        Seen::Items { .. } => grid.effect(name, SourceChange::Named(NamedChange::ArrayItemsRetyped)),
        Seen::Untold => grid::nobody_knows(name, grid::UNTOLD),
        Seen::Contested => grid::nobody_knows(name, grid::CONTESTED),
    }
}

/// A top-level field by its name in one case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Recased<'d> {
    stream: Option<&'d StreamId>,
    name: String,
}

impl<'d> Recased<'d> {
    fn of(delta: &'d Delta) -> Option<Self> {
        let [name] = delta.field.as_slice() else { return None };
        Some(Self { stream: delta.stream.as_ref(), name: name.to_lowercase() })
    }
}

/// What became of a field whose name came back in another case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recasing {
    /// It is the same field under one other name.
    Same,
    /// It is of another type, or several fields have the name now: which of them a column follows is not said.
    Contested,
}

/// Fields that are gone under one name and new under another that differs from it in case only.
fn recased(deltas: &[Delta]) -> HashMap<Recased<'_>, Recasing> {
    let mut fates: HashMap<Recased<'_>, [Vec<Option<Value>>; 2]> = HashMap::new();
    for delta in deltas {
        let (side, schema) = match &delta.change {
            Change::Catalog(CatalogChange::FieldRemoved) => (0, &delta.old),
            Change::Catalog(CatalogChange::FieldAdded { .. }) => (1, &delta.new),
            _ => continue,
        };
        if let Some(place) = Recased::of(delta) {
            fates.entry(place).or_default()[side].push(schema.as_deref().map(without_words));
        }
    }
    let recasing = |[removed, added]: [Vec<Option<Value>>; 2]| match (removed.as_slice(), added.as_slice()) {
        ([], _) | (_, []) => None,
        ([was], [is]) if was == is => Some(Recasing::Same),
        _ => Some(Recasing::Contested),
    };
    fates.into_iter().filter_map(|(place, fate)| Some((place, recasing(fate)?))).collect()
}

/// A schema without what only people read.
fn without_words(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(map) = schema.as_object_mut() {
        map.retain(|key, _| !["title", "description", "$comment", "examples"].contains(&key.as_str()));
    }
    schema
}
