//! The options of a spec's `oneOf`, and which old option is which new one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::spec_edit::contains_references;
use crate::model::SpecBranch;

/// The options of a schema.
pub(super) struct Options<'s> {
    /// `oneOf` or `anyOf`.
    pub(super) keyword: &'static str,
    /// The options.
    pub(super) items: &'s [Value],
}

/// The options of a schema that has some.
pub(super) fn options(schema: &Value) -> Option<Options<'_>> {
    ["oneOf", "anyOf"].into_iter().find_map(|keyword| {
        let items = schema.get(keyword)?.as_array()?;
        (!items.is_empty()).then_some(Options { keyword, items })
    })
}

/// Which options are the same, by their places in the two lists.
pub(super) struct Matched {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
    discriminator: Option<String>,
}

impl Matched {
    /// The discriminator and its value in an option.
    pub(super) fn label(&self, option: &Value) -> Option<SpecBranch> {
        let property = self.discriminator.clone()?;
        let value = constant(option.get("properties")?.get(&property)?)?;
        Some(SpecBranch { property, value: text(value) })
    }
}

/// Pairs options by their discriminator's value, then by title, then by equality, then by type. A value, title or type
/// that several options have pairs nothing; options that are equal may be taken for each other.
pub(super) fn pair(old: &[Cow<'_, Value>], new: &[Cow<'_, Value>]) -> Matched {
    let discriminator = discriminator(old, new);
    let mut matched = Matched { pairs: Vec::new(), removed: Vec::new(), added: Vec::new(), discriminator };
    let mut free_old: Vec<usize> = (0..old.len()).collect();
    let mut free_new: Vec<usize> = (0..new.len()).collect();
    let by_label = |option: &Value| matched.label(option).map(|label| label.value);
    let by_title = |option: &Value| option.get("title").and_then(Value::as_str).map(str::to_owned);
    let by_value = |option: &Value| Some(option.to_string());
    let by_type = |option: &Value| option.get("type").map(Value::to_string);
    type Key<'k> = &'k dyn Fn(&Value) -> Option<String>;
    let keys: [(Key<'_>, bool); 4] =
        [(&by_label, false), (&by_title, false), (&by_value, true), (&by_type, false)];
    let mut pairs = Vec::new();
    let mut taken = BTreeSet::new();
    for (key, is_equality) in keys {
        let mut places: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
        for &index in &free_new {
            if let Some(key) = key(&new[index]) {
                places.entry(key).or_default().push_back(index);
            }
        }
        free_old.retain(|&old_index| {
            let Some(candidates) = key(&old[old_index]).and_then(|key| places.get_mut(&key)) else {
                return true;
            };
            if candidates.len() > 1 && !is_equality {
                return true;
            }
            let Some(new_index) = candidates.pop_front() else { return true };
            taken.insert(new_index);
            pairs.push((old_index, new_index));
            false
        });
        free_new.retain(|index| !taken.contains(index));
    }
    pairs.sort_unstable();
    matched.pairs = pairs;
    matched.removed = free_old;
    matched.added = free_new;
    matched
}

/// The property that tells options apart: the one with most different constants, on the side where they differ most. The
/// first by name of equals.
fn discriminator(old: &[Cow<'_, Value>], new: &[Cow<'_, Value>]) -> Option<String> {
    let mut constants: BTreeMap<&str, [BTreeSet<String>; 2]> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (options, side) in [(old, 0), (new, 1)] {
        for option in options {
            let Some(properties) = option.get("properties").and_then(Value::as_object) else { continue };
            for (name, schema) in properties {
                if let Some(value) = constant(schema) {
                    constants.entry(name).or_default()[side].insert(value.to_string());
                    *counts.entry(name).or_default() += 1;
                }
            }
        }
    }
    let rank = |name: &str, values: &[BTreeSet<String>; 2]| {
        (values.iter().map(BTreeSet::len).max(), counts.get(name).copied())
    };
    let most = constants.iter().map(|(name, values)| rank(name, values)).max()?;
    let found = constants.iter().find(|(name, values)| rank(name, values) == most);
    found.map(|(name, _)| (*name).to_owned())
}

fn constant(schema: &Value) -> Option<&Value> {
    if let Some(value) = schema.get("const") {
        return Some(value);
    }
    match schema.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What to call an option: its title, or all of it as it is written, or flattened where it refers to what stands elsewhere.
pub(super) fn name(flat: &Value, written: &Value) -> Value {
    let all = if contains_references(written) { flat } else { written };
    flat.get("title").unwrap_or(all).clone()
}

/// The names of all options.
pub(super) fn summary(schema: &Value) -> Option<Value> {
    Some(Value::Array(options(schema)?.items.iter().map(|option| name(option, option)).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Flattened, a schema may have lost what stands in the file, and a reference has what it refers to.
    #[test]
    fn an_option_is_called_by_its_title_or_as_it_is_written() {
        let written = json!({"oneOf": [{"type": "string"}, {"type": "null"}]});
        let flat = json!({"type": "string", "nullable": true});
        assert_eq!(name(&flat, &written), written);
        assert_eq!(name(&json!({"title": "Key"}), &written), json!("Key"));
        let reference = json!({"$ref": "#/definitions/key"});
        assert_eq!(name(&flat, &reference), flat);
        assert_eq!(name(&flat, &json!({"allOf": [reference]})), flat);
    }
}
