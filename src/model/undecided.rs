//! Facts of a stream that the files do not show, by what decides them.

use std::collections::BTreeMap;

use serde::Serialize;

/// A fact of a stream that a catalog shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamFact {
    /// Which streams a set makes, and how they are named.
    Members,
    /// The schema of its records.
    Schema,
    /// Its primary key.
    PrimaryKey,
    /// Its cursor.
    Cursor,
}

impl StreamFact {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Members => "the names",
            Self::Schema => "the schema",
            Self::PrimaryKey => "the primary key",
            Self::Cursor => "the cursor",
        }
    }
}

/// What decides a fact that is not known. It is only compared: if it is equal on both sides, the fact is too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undecided {
    /// What is written: a template, the arguments of a component, or what code is known by.
    pub written: String,
    /// A class of the connector that decides it too.
    pub class: Option<String>,
}

/// The facts of a stream that are not known.
pub type UndecidedFacts = BTreeMap<StreamFact, Undecided>;
