//! Equal things together, in the order of the first of each, without keeping what makes them equal: of many findings that
//! would be as large as they are.

use std::hash::{BuildHasher, Hash, RandomState};

use hashbrown::HashTable;

/// The first of equal things, by number.
#[derive(Default)]
pub(super) struct Firsts {
    /// With the hashes of their keys.
    known: HashTable<(u64, usize)>,
    hashes: RandomState,
}

impl Firsts {
    /// The number of the thing that has this key, `next` where there is none yet. `key_of` makes the key of a known one again.
    pub(super) fn number<K: Hash + Eq>(
        &mut self,
        key: &K,
        next: usize,
        key_of: impl Fn(usize) -> K,
    ) -> usize {
        let hash = self.hashes.hash_one(key);
        let is_it = |&(known, number): &(u64, usize)| known == hash && key_of(number) == *key;
        self.known.entry(hash, is_it, |&(known, _)| known).or_insert((hash, next)).get().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_have_the_number_of_the_first() {
        let words = ["one", "two", "ONE", "three", "Two", "two"];
        let key = |word: &str| word.to_lowercase();
        let mut firsts = Firsts::default();
        let mut found: Vec<&str> = Vec::new();
        let mut number = |word: &'static str| {
            let number = firsts.number(&key(word), found.len(), |known| key(found[known]));
            if number == found.len() {
                found.push(word);
            }
            number
        };
        assert_eq!(words.map(&mut number), [0, 1, 0, 2, 1, 1]);
        assert_eq!(found, ["one", "two", "three"]);
    }
}
