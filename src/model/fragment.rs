//! A value that a difference shows.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Pointer;

/// A value that a difference shows: one of its own, or a part of a document that is there anyway. Parts may be as large as all of
/// the document, and many differences may lie in each other.
#[derive(Debug, Clone)]
pub struct Fragment(Held);

#[derive(Debug, Clone)]
enum Held {
    Own(Arc<Value>),
    // Of catalogs there are as many fragments as findings, and hardly any is a part: one pointer is enough for it.
    Part(Arc<Part>),
}

#[derive(Debug)]
struct Part {
    document: Arc<Value>,
    place: Pointer,
}

impl Fragment {
    /// A value of its own.
    pub fn own(value: Value) -> Self {
        Self(Held::Own(Arc::new(value)))
    }

    /// The same value, as a part of a document where that has it at a place. Only lists and objects are.
    pub fn within(self, document: &Arc<Value>, place: &Pointer) -> Self {
        let is_large = matches!(*self, Value::Object(_) | Value::Array(_));
        match is_large && place.get(document) == Some(&*self) {
            true => Self(Held::Part(Arc::new(Part { document: document.clone(), place: place.clone() }))),
            false => self,
        }
    }
}

impl Deref for Fragment {
    type Target = Value;

    fn deref(&self) -> &Value {
        match &self.0 {
            Held::Own(value) => value,
            // It was there when it was made, and nobody changes a document that is shared.
            Held::Part(part) => part.place.get(&part.document).unwrap_or(&Value::Null),
        }
    }
}

impl From<Arc<Value>> for Fragment {
    fn from(value: Arc<Value>) -> Self {
        Self(Held::Own(value))
    }
}

/// By what they show, and not by where it is held.
impl PartialEq for Fragment {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for Fragment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fragment_is_the_same_wherever_it_is_held() {
        let document = Arc::new(json!({"a": {"b": [1, 2]}, "c": "text"}));
        let place = |segments: &[&str]| Pointer::new(segments.iter().copied());
        for (value, at, is_part) in [
            (json!([1, 2]), place(&["a", "b"]), true),
            (json!({"b": [1, 2]}), place(&["a"]), true),
            (json!([1]), place(&["a", "b"]), false),
            (json!([1, 2]), place(&["a", "x"]), false),
            (json!("text"), place(&["c"]), false),
        ] {
            let own = Fragment::own(value.clone());
            let within = own.clone().within(&document, &at);
            assert_eq!(matches!(within.0, Held::Part(..)), is_part, "{value}");
            assert!(within == own && *within == value, "{value}");
            assert_eq!(serde_json::to_value(&within).expect("a value"), value);
        }
    }
}
