//! What is not kept of a saved state that holds very much: hashes of it, so that it stays known what is among it.
//!
//! Two keys, or two kinds of partition, of one 64 bit hash would be taken for one.

use std::collections::{BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::state_form::{Form, PartitionForm, shown_key};

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = Xxh3::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Keys that are not kept. Ids may stand where names of fields do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnreadKeys(Option<Arc<Keys>>);

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

    fn keys(&mut self) -> &mut Keys {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// Leaves a key out, with a value of this form.
    pub fn add(&mut self, key: &str, form: u64) {
        self.add_name(key);
        self.keys().looks.insert(Self::look(key, form));
    }

    /// Leaves a key out that nothing is compared with.
    pub fn add_name(&mut self, key: &str) {
        self.keys().names.insert(xxh3_64(key.as_bytes()));
    }

    /// Whether the key was left out.
    pub fn has(&self, key: &str) -> bool {
        self.0.as_ref().is_some_and(|keys| keys.names.contains(&xxh3_64(key.as_bytes())))
    }

    /// Whether all keys are kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a key was left out here and there.
    pub fn meets(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(keys), Some(others)) => !keys.names.is_disjoint(&others.names),
            _ => false,
        }
    }

    /// Whether something here looks like nothing that was left out there, nor like anything that is shown there.
    pub fn differs(&self, other: &Self, shown: &HashSet<u64>) -> bool {
        let is_left_out = |look: &u64| other.0.as_ref().is_some_and(|keys| keys.looks.contains(look));
        let mut looks = self.0.iter().flat_map(|keys| &keys.looks);
        looks.any(|look| !is_left_out(look) && !shown.contains(look))
    }

    /// Adds what another sample leaves out.
    pub fn join(&mut self, other: &Self) {
        if let Some(others) = &other.0 {
            let keys = self.keys();
            keys.names.extend(&others.names);
            keys.looks.extend(&others.looks);
        }
    }
}

/// Kinds of partition that are not kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnreadPartitions(BTreeSet<u64>);

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
        let mut left: BTreeSet<u64> = self.0.difference(&other.0).copied().collect();
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
