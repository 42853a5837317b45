//! Whether two JSON texts are one value, written another way: other blanks, another order of keys, other escapes.
//!
//! Both are hashed as they are read and no value is built. The order of keys does not count, and that of lists does. The key
//! of the hash is drawn anew by each process, so nobody can write two texts that meet in it. An object with equal keys
//! has no hash: which of them counts is for others to say.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Whether two texts are one value; `false` too where that is not sure.
pub(super) fn same(old: &str, new: &str) -> bool {
    if !have_same_letters(old, new) {
        return false;
    }
    let keys = RandomState::new();
    hash(old, &keys).is_some_and(|before| hash(new, &keys) == Some(before))
}

/// Whether two texts have each letter as often, which one value has however it is laid out, unless escapes stand for some.
/// Most edits are told by that, at a fraction of what it takes to read them.
fn have_same_letters(old: &str, new: &str) -> bool {
    let mut more = [0_i64; 256];
    old.bytes().for_each(|byte| more[usize::from(byte)] += 1);
    let escapes = more[usize::from(b'\\')];
    new.bytes().for_each(|byte| more[usize::from(byte)] -= 1);
    let has_escapes = escapes != 0 || more[usize::from(b'\\')] != 0;
    // A number may have its exponent in either case.
    let letters = (b'a'..=b'z').chain(b'A'..=b'Z').filter(|letter| !matches!(letter, b'e' | b'E'));
    has_escapes || letters.into_iter().all(|letter| more[usize::from(letter)] == 0)
}

fn hash(text: &str, keys: &RandomState) -> Option<u64> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let hash = Hashed { keys }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(hash)
}

/// Says of what type a value is, so that equal bytes of two types are not one value.
#[derive(Hash)]
enum Kind {
    Null,
    Boolean,
    Unsigned,
    Signed,
    Float,
    Text,
    List,
    Object,
}

#[derive(Clone, Copy)]
struct Hashed<'k> {
    keys: &'k RandomState,
}

impl<'de> DeserializeSeed<'de> for Hashed<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Hashed<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(self.keys.hash_one(Kind::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<u64, E> {
        Ok(self.keys.hash_one((Kind::Boolean, value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<u64, E> {
        Ok(self.keys.hash_one((Kind::Unsigned, value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<u64, E> {
        Ok(self.keys.hash_one((Kind::Signed, value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<u64, E> {
        Ok(self.keys.hash_one((Kind::Float, value.to_bits())))
    }

    fn visit_str<E>(self, value: &str) -> Result<u64, E> {
        Ok(self.keys.hash_one((Kind::Text, value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
        let mut hash = self.keys.hash_one(Kind::List);
        while let Some(item) = items.next_element_seed(self)? {
            hash = self.keys.hash_one((hash, item));
        }
        Ok(hash)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u64, A::Error> {
        let mut keys = Vec::with_capacity(8);
        let mut sum = 0_u64;
        while let Some(key) = map.next_key_seed(self)? {
            let value = map.next_value_seed(self)?;
            keys.push(key);
            sum = sum.wrapping_add(self.keys.hash_one((key, value)));
        }
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(A::Error::custom("equal keys"));
        }
        Ok(self.keys.hash_one((Kind::Object, sum)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_may_be_written_in_many_ways() {
        for (old, new) in [
            ("{\"a\":[1,2],\"b\":null}", "{ \"b\" : null,\n\"\\u0061\": [1, 2] }"),
            ("\"\\u00e9\"", "\"é\""),
            ("[]", " [ ] "),
            ("1e2", "100.0"),
            ("{\"Type\":1E2}", "{\"Type\": 1e2}"),
        ] {
            assert!(same(old, new), "{old} {new}");
        }
    }

    #[test]
    fn letters_tell_edits_and_never_another_layout() {
        assert!(!have_same_letters("{\"type\":\"string\"}", "{\"type\":\"integer\"}"));
        assert!(have_same_letters(
            "{\"type\":\"string\",\"a\":1E5}",
            "{ \"a\": 100000.0, \"type\": \"string\" }"
        ));
        assert!(have_same_letters("\"a\"", "\"\\u0061\""), "an escape may stand for it");
    }

    #[test]
    fn two_values_are_not_one() {
        for (old, new) in [
            ("[1,2]", "[2,1]"),
            ("[[1],2]", "[1,[2]]"),
            ("[]", "{}"),
            ("1", "1.0"),
            ("1", "\"1\""),
            ("null", "false"),
            ("{\"a\":\"b\"}", "{\"b\":\"a\"}"),
            ("{\"a\":{\"b\":1},\"c\":{\"d\":1}}", "{\"a\":{\"d\":1},\"c\":{\"b\":1}}"),
        ] {
            assert!(!same(old, new), "{old} {new}");
        }
        // What is sure of neither is not the same, though the bytes are.
        for text in ["{\"a\":1,\"a\":1}", "{\"a\":", "1 2", "1e999"] {
            assert!(!same(text, text), "{text}");
        }
    }
}
