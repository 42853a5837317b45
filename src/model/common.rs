//! What two sides have in common, whatever could be read of them.

use std::collections::{BTreeSet, HashSet};

use super::{Connector, InputError};

/// Two versions of a connector.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'c> {
    /// The old version.
    pub old: &'c Connector,
    /// The new version.
    pub new: &'c Connector,
    /// What they have in common.
    pub common: &'c Common,
}

/// What two sides have in common.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// Whether the connector is built from the same files.
    pub build: BuildChange,
    /// What cannot be read, or is wrong, in the same way in the same bytes of the same file.
    pub defects: HashSet<InputError>,
    /// Why the new side may be built from other files than those that were read.
    pub doubts: Vec<InputError>,
}

impl Common {
    /// Whether a defect of one side is the other's too.
    pub fn has(&self, defect: &InputError) -> bool {
        self.defects.contains(defect)
    }

    /// Whether nothing that builds the connector changed.
    pub fn is_same_build(&self) -> bool {
        matches!(self.build, BuildChange::None { .. })
    }
}

/// What happened to the files that a connector is built from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum BuildChange {
    /// Every one of them is the same, byte for byte.
    None {
        /// Lock and build files that differ: the connector may be built with other dependencies.
        dependencies: BTreeSet<String>,
        /// Whether these name another version of a CDK, so that what is built differs all the same.
        other_cdk: bool,
        /// Whether there are none.
        is_empty: bool,
    },
    /// One of them differs.
    Some {
        /// Whether one that differs is code.
        code: bool,
    },
    /// A side is no folder, or holds more than its files.
    #[default]
    Unknown,
}
