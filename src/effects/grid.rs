//! The grid as data, and what it says of one change in one destination.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::change::{FieldType, NamedChange, SourceChange};
use crate::model::{DestinationEffect, EffectEvidence, InDestination};

/// What destinations do, read when it is first asked for.
static GRID: LazyLock<Result<Grid, String>> =
    LazyLock::new(|| toml::from_str(include_str!("grid.toml")).map_err(|error| error.to_string()));

/// What destinations do where a source changes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    links: BTreeMap<String, Link>,
    /// Cells that hold for every destination.
    every: Vec<Cell>,
    /// The destinations, by name.
    pub destinations: BTreeMap<String, Destination>,
}

/// A file or a page that says something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The day on which it was last known to say so.
    pub seen: String,
    /// The address.
    pub url: String,
}

/// A destination.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Destination {
    /// Its name for people.
    pub title: String,
    /// The connector.
    pub connector: String,
    /// The version that was looked at.
    pub version: String,
    /// Its day.
    pub seen: String,
    /// How it changes what it holds.
    pub how: String,
    /// The type of column, by type of field.
    pub columns: BTreeMap<FieldType, String>,
    columns_link: String,
    /// The script that asks an engine with its statements.
    pub experiment: Option<String>,
    /// What says that nothing happens where two types share a column; the experiment where nothing is named.
    same_column: Option<String>,
    /// Whether a union that is spelled `type: [a, b]` is a column of its widest member.
    #[serde(default)]
    pub type_lists_are_widest: bool,
    /// Whether an array without `items` and an object without `properties` are a column of text.
    #[serde(default)]
    pub shapeless_is_text: bool,
    cells: Vec<Cell>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cell {
    #[serde(default)]
    from: Vec<FieldType>,
    #[serde(default)]
    to: Vec<FieldType>,
    #[serde(default)]
    changes: Vec<NamedChange>,
    effect: DestinationEffect,
    otherwise: Option<DestinationEffect>,
    link: Option<String>,
    why: String,
}

impl Cell {
    fn is_for(&self, change: SourceChange) -> bool {
        match change {
            SourceChange::Retype { old, new } => self.from.contains(&old) && self.to.contains(&new),
            SourceChange::Named(named) => self.changes.contains(&named),
        }
    }
}

/// What is said of two types that share a column.
const SAME_COLUMN: &str = "Both types are stored in the same type of column: nothing is altered, and stored values stay as they are.";

/// What is said of a change without a cell.
const UNKNOWN: &str =
    "Nobody has run or read what this destination does here: try it on a copy of a connection.";

/// What is said where a union may be spelled in another way, which decides its column.
pub(super) const RESPELLED: &str = "The alternatives are spelled otherwise: as `type: [a, b]` the column has the widest type, as \
     `oneOf` it holds JSON.";

/// What is said where the change itself is not known.
pub(super) const UNTOLD: &str =
    "The schema cannot be read on one side, or its columns are not known: so is what becomes of them.";

/// What is said of a field whose name came back in another case, and with another type or more than once.
pub(super) const CONTESTED: &str = "The name came back in another case, with another type or more than once: where case does not \
     count, nobody says which of them the column follows.";

/// What is said where nothing is known.
pub(super) fn nobody_knows(name: &'static str, note: &'static str) -> InDestination {
    InDestination {
        name,
        effect: DestinationEffect::Unknown,
        otherwise: None,
        evidence: EffectEvidence::Unknown,
        reference: None,
        seen: None,
        note,
    }
}

impl Grid {
    /// The grid.
    ///
    /// # Errors
    /// The data of the program is broken, which no test lets pass.
    pub fn get() -> Result<&'static Self, &'static str> {
        GRID.as_ref().map_err(String::as_str)
    }

    /// The links, by name.
    pub fn links(&self) -> impl Iterator<Item = (&str, &Link)> {
        self.links.iter().map(|(name, link)| (name.as_str(), link))
    }

    /// The link of the columns of a destination.
    pub fn columns_link(&self, destination: &Destination) -> Option<&Link> {
        self.links.get(&destination.columns_link)
    }

    /// Whether a destination stores two types alike.
    pub fn shares_column(&self, name: &str, old: FieldType, new: FieldType) -> bool {
        let found = self.destinations.get(name);
        found.is_some_and(|found| found.columns.get(&old) == found.columns.get(&new))
    }

    /// What a change comes to in a destination.
    pub fn effect(&'static self, name: &'static str, change: SourceChange) -> InDestination {
        let Some(destination) = self.destinations.get(name) else { return nobody_knows(name, UNKNOWN) };
        if let SourceChange::Retype { old, new } = change
            && self.shares_column(name, old, new)
        {
            let link = destination.same_column.as_deref();
            let effect = DestinationEffect::None;
            return InDestination { effect, note: SAME_COLUMN, ..self.known(name, destination, link) };
        }
        let mut cells = destination.cells.iter().chain(&self.every);
        let Some(cell) = cells.find(|cell| cell.is_for(change)) else { return nobody_knows(name, UNKNOWN) };
        let known = self.known(name, destination, cell.link.as_deref());
        InDestination { effect: cell.effect, otherwise: cell.otherwise, note: &cell.why, ..known }
    }

    /// The evidence: a link, else the experiment of the destination.
    fn known(
        &'static self,
        name: &'static str,
        destination: &'static Destination,
        link: Option<&str>,
    ) -> InDestination {
        let unknown = nobody_knows(name, UNKNOWN);
        match (link.map(|link| self.links.get(link)), destination.experiment.as_deref()) {
            (Some(Some(link)), _) => InDestination {
                evidence: EffectEvidence::Source,
                reference: Some(&link.url),
                seen: Some(&link.seen),
                ..unknown
            },
            (None, Some(script)) => {
                InDestination { evidence: EffectEvidence::Experiment, reference: Some(script), ..unknown }
            }
            // What nobody can open proves nothing. No such cell is in the grid: a test says so.
            (Some(None), _) | (None, None) => unknown,
        }
    }

    /// How many cells say something of a change in a destination: one, or none where nobody knows.
    pub fn cells(&self, name: &str, change: SourceChange) -> usize {
        let Some(destination) = self.destinations.get(name) else { return 0 };
        let shared = match change {
            SourceChange::Retype { old, new } => self.shares_column(name, old, new),
            SourceChange::Named(_) => false,
        };
        let cells = destination.cells.iter().chain(&self.every);
        usize::from(shared) + cells.filter(|cell| cell.is_for(change)).count()
    }
}
