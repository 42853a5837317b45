//! Edits of a YAML text that leave every other byte as it is.
//!
//! A parser says where values stand; what is added is written in the style of its neighbours. Each edit is read again as
//! Python's safe loader reads it, and the old value with what was meant has to be the new value: what a parser
//! misplaces is an error and never a file.

mod document;
mod node;
mod value;

use serde_json::Value;
use thiserror::Error;

use super::text::line_at;
use crate::load;
use document::Document;
pub(super) use value::Yaml;

/// Why a YAML text is not edited.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub(super) struct YamlEditError {
    /// The line, from 1.
    pub(super) line: usize,
    /// What was expected, what was found, what to do.
    pub(super) message: String,
}

impl YamlEditError {
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// What an edit does. Paths are keys from the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit {
    /// Gives a key a value: in place of a scalar or of nothing, or as a new key with the mappings above it.
    Set(Vec<String>, Yaml),
    /// Adds items to the end of a list.
    Append(Vec<String>, Vec<Yaml>),
    /// Takes a key away.
    Remove(Vec<String>),
}

impl Edit {
    fn path(&self) -> &[String] {
        match self {
            Self::Set(path, _) | Self::Append(path, _) | Self::Remove(path) => path,
        }
    }

    /// Does the same to a value.
    fn apply(&self, value: &mut Value) {
        match self {
            Self::Set(path, set) => *reach(value, path) = set.to_value(),
            Self::Append(path, added) => {
                let list = reach(value, path);
                let added = added.iter().map(Yaml::to_value);
                match list {
                    Value::Array(items) => items.extend(added),
                    other => *other = added.collect(),
                }
            }
            Self::Remove(path) => {
                if let Some((last, above)) = path.split_last()
                    && let Value::Object(map) = reach(value, above)
                {
                    map.remove(last);
                }
            }
        }
    }
}

/// The value at a path, which is there afterwards.
fn reach<'v>(value: &'v mut Value, path: &[String]) -> &'v mut Value {
    path.iter().fold(value, |value, key| {
        // An item of a list, by its number.
        let at = value.as_array().and_then(|items| key.parse().ok().filter(|at: &usize| *at < items.len()));
        if let Some(at) = at {
            return &mut value[at];
        }
        if !value.is_object() {
            *value = Value::Object(serde_json::Map::new());
        }
        &mut value[key.as_str()]
    })
}

/// The text with an edit made.
///
/// # Errors
/// The text is no YAML, the place is an alias, is shared or comes through a merge key, or holds another kind of value; or
/// what comes out is not what was meant.
pub(super) fn edited(text: &str, edit: &Edit) -> Result<String, YamlEditError> {
    let mut meant = value(text)?;
    if let Some(at) = text.find('\u{85}') {
        let message = "expected lines that end with a line feed, found U+0085, where Python's reader of YAML ends one too: \
                       write a line feed in its place";
        return Err(YamlEditError::at(line_at(text, at), message));
    }
    let root = node::read(text)?;
    let document = Document::new(text, &root);
    document.check(edit.path(), &meant)?;
    let new = match edit {
        Edit::Set(path, value) => document.set(path, value)?,
        Edit::Append(path, added) => document.append(path, added)?,
        Edit::Remove(path) => document.remove(path)?,
    };
    edit.apply(&mut meant);
    let is_meant = value(&new).is_ok_and(|value| value == meant);
    if is_meant {
        return Ok(new);
    }
    let message = format!(
        "{} cannot be edited and leave everything else as it is: edit it by hand",
        edit.path().join(".")
    );
    Err(YamlEditError::at(1, message))
}

/// The value of a text.
fn value(text: &str) -> Result<Value, YamlEditError> {
    load::parse_yaml(text).map_err(|error| YamlEditError::at(error.position.line, error.message))
}

#[cfg(test)]
mod tests;
