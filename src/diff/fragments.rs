//! Parts of schemas that differences show, each kept once.

use std::sync::Arc;

use serde_json::Value;

/// Fragments that were shown last. Of many fields most show the same few types, and a map takes a whole leaf of a B-tree for
/// its one keyword.
#[derive(Debug, Default)]
pub(super) struct Fragments(Vec<Arc<Value>>);

/// So many are compared with each new one.
const MOST_KEPT: usize = 16;

impl Fragments {
    /// A fragment, or the equal one that was shown before.
    pub(super) fn shared(&mut self, fragment: Value) -> Arc<Value> {
        if let Some(known) = self.0.iter().find(|known| ***known == fragment) {
            return known.clone();
        }
        let fragment = Arc::new(fragment);
        if self.0.len() == MOST_KEPT {
            self.0.remove(0);
        }
        self.0.push(fragment.clone());
        fragment
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_fragments_are_one_and_others_are_not() {
        let mut fragments = Fragments::default();
        let first = fragments.shared(json!({"type": "string"}));
        let other = fragments.shared(json!({"type": "integer"}));
        let again = fragments.shared(json!({"type": "string"}));
        assert!(Arc::ptr_eq(&first, &again) && !Arc::ptr_eq(&first, &other));
        assert_eq!(*other, json!({"type": "integer"}));
    }

    #[test]
    fn few_are_kept() {
        let mut fragments = Fragments::default();
        let first = fragments.shared(json!(0));
        (1..=MOST_KEPT).for_each(|number| drop(fragments.shared(json!(number))));
        assert_eq!(fragments.0.len(), MOST_KEPT);
        assert!(!Arc::ptr_eq(&first, &fragments.shared(json!(0))), "a new one, with the same value");
    }
}
