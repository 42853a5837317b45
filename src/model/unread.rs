//! What is not kept of a saved state that holds very much: hashes of it, so that it stays known what is among it.
//!
//! Two keys, or two kinds of partition, of one 64 bit hash would be taken for one.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::state::{Form, PartitionForm, shown_key};

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = Xxh3::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Keys that are not kept. Ids may stand where names of fields do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnreadKeys(Arc<Keys>);

#[derive(Debug, Clone, Default, PartialEq)]
struct Keys {
    names: HashSet<u64>,
    looks: HashSet<u64>,
}

impl UnreadKeys {
    /// Stands for the form of a value, whatever it is.
    pub const ANY_FORM: u64 = 0;

    /// What the form of a value is known by.
    pub fn form(form: &Form) -> u64 {
        hash_of(form)
    }

    /// What a key with a value of this form looks like. Ids look alike.
    pub fn look(key: &str, form: u64) -> u64 {
        xxh3_64(shown_key(key).as_bytes()).rotate_left(1) ^ form
    }

    /// Leaves a key out, with a value of this form.
    pub fn add(&mut self, key: &str, form: u64) {
        let keys = Arc::make_mut(&mut self.0);
        keys.names.insert(xxh3_64(key.as_bytes()));
        keys.looks.insert(Self::look(key, form));
    }

    /// Whether the key was left out.
    pub fn has(&self, key: &str) -> bool {
        !self.is_empty() && self.0.names.contains(&xxh3_64(key.as_bytes()))
    }

    /// Whether all keys are kept.
    pub fn is_empty(&self) -> bool {
        self.0.names.is_empty()
    }

    /// Whether a key was left out here and there.
    pub fn meets(&self, other: &Self) -> bool {
        !self.0.names.is_disjoint(&other.0.names)
    }

    /// Whether something here looks like nothing that was left out there, nor like anything that is shown there.
    pub fn differs(&self, other: &Self, shown: &HashSet<u64>) -> bool {
        self.0.looks.iter().any(|look| !other.0.looks.contains(look) && !shown.contains(look))
    }

    /// Adds what another sample leaves out.
    pub fn join(&mut self, other: &Self) {
        if !other.is_empty() {
            let keys = Arc::make_mut(&mut self.0);
            keys.names.extend(&other.0.names);
            keys.looks.extend(&other.0.looks);
        }
    }
}

/// Kinds of partition that are not kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnreadPartitions(HashSet<u64>);

impl UnreadPartitions {
    /// Leaves a kind of partition out.
    pub fn add(&mut self, form: &PartitionForm) {
        self.0.insert(hash_of(form));
    }

    /// Whether this kind was left out.
    pub fn has(&self, form: &PartitionForm) -> bool {
        !self.is_empty() && self.0.contains(&hash_of(form))
    }

    /// Whether all kinds are kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a kind here was neither left out there nor is shown there.
    pub fn differs<'f>(&self, other: &Self, shown: impl IntoIterator<Item = &'f PartitionForm>) -> bool {
        let mut left: HashSet<u64> = self.0.difference(&other.0).copied().collect();
        if !left.is_empty() {
            for form in shown {
                left.remove(&hash_of(form));
            }
        }
        !left.is_empty()
    }

    /// Adds what another sample leaves out.
    pub fn join(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }
}
