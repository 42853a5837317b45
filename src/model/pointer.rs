//! A place inside a JSON or YAML value.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A JSON pointer (RFC 6901), kept as its segments: property names are arbitrary text, so a joined string is
/// only ever made for display. Copies share them: a difference, its finding and their places have the same ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(Arc<[String]>);

impl Pointer {
    /// The whole value.
    pub fn root() -> Self {
        Self::default()
    }

    /// A pointer made of these segments, unescaped.
    pub fn new<S: Into<String>>(segments: impl IntoIterator<Item = S>) -> Self {
        Self(segments.into_iter().map(Into::into).collect())
    }

    /// Reads the text form, `/a~1b/0`. Text that does not start with `/` is read as if it did.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('/').unwrap_or(text);
        if text.is_empty() {
            return Self::root();
        }
        Self(text.split('/').map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect())
    }

    /// Whether this is the value of a keyword that holds properties by name: what stands below is a name and no
    /// keyword. Keyword and name alternate, so that a property called `properties` is told from the keyword.
    pub fn is_property_map(&self) -> bool {
        let mut is_map = false;
        for segment in &*self.0 {
            is_map = !is_map && segment == "properties";
        }
        is_map
    }

    /// This pointer, one segment deeper.
    pub fn join(&self, segment: impl Into<String>) -> Self {
        Self(self.0.iter().cloned().chain([segment.into()]).collect())
    }

    /// This pointer followed by another.
    pub fn concat(&self, tail: &Pointer) -> Self {
        if self.0.is_empty() || tail.0.is_empty() {
            return if self.0.is_empty() { tail.clone() } else { self.clone() };
        }
        Self(self.0.iter().chain(&*tail.0).cloned().collect())
    }

    /// The unescaped segments.
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// The pointer without its last segment; the root has no parent.
    pub fn parent(&self) -> Option<Pointer> {
        let (_, parent) = self.0.split_last()?;
        Some(Self(parent.into()))
    }

    /// The value at this place, to be changed.
    pub fn get_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        self.0.iter().try_fold(value, |value, segment| match value {
            Value::Object(map) => map.get_mut(segment),
            Value::Array(items) => items.get_mut(segment.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The value at this place.
    pub fn get<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(value, |value, segment| match value {
            Value::Object(map) => map.get(segment),
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &*self.0 {
            f.write_str("/")?;
            let mut rest = segment.as_str();
            while let Some(at) = rest.find(['~', '/']) {
                f.write_str(&rest[..at])?;
                f.write_str(if rest[at..].starts_with('~') { "~0" } else { "~1" })?;
                rest = &rest[at + 1..];
            }
            f.write_str(rest)?;
        }
        Ok(())
    }
}

impl Serialize for Pointer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_survive_the_text_form() {
        let pointer = Pointer::new(["a/b", "~", "", "0"]);
        assert_eq!(pointer.to_string(), "/a~1b/~0//0");
        assert_eq!(Pointer::parse(&pointer.to_string()), pointer);
        assert_eq!(Pointer::parse(""), Pointer::root());
    }
}
