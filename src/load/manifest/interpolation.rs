//! The part of a manifest's templates that needs no config: literals and `parameters`.
//!
//! The CDK renders Jinja and reads the result as a Python literal. What can be known from the manifest alone is
//! text without braces, and expressions over constants, `parameters` and `components_values` joined by `or` and `+`.
//! All else is unknown, and said to be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::node::{Node, Resolver};
use crate::limits::Limits;
use crate::load::yaml;

/// The names an expression may read, each a mapping.
pub(super) type Names<'a, 'm> = &'a [(&'a str, &'a BTreeMap<String, Node<'m>>)];

/// A template's value, if the manifest alone decides it.
#[derive(Debug, Clone)]
pub(super) enum Evaluated<'m> {
    Node(Node<'m>),
    Text(String),
    /// The expression that could not be evaluated.
    Unknown(String),
}

/// Evaluates a template.
pub(super) fn evaluate<'m>(resolver: &Resolver<'m>, template: &str, names: Names<'_, 'm>) -> Evaluated<'m> {
    if template.contains("{%") || template.contains("{#") {
        return Evaluated::Unknown(template.to_owned());
    }
    let trimmed = template.trim();
    let only = trimmed.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    if let Some(expression) = only
        && !expression.contains("{{")
    {
        return match value_of(resolver, expression, names) {
            Some(Some(node)) => Evaluated::Node(node),
            Some(None) => Evaluated::Text(String::new()),
            None => Evaluated::Unknown(template.to_owned()),
        };
    }
    let mut text = String::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { return Evaluated::Unknown(template.to_owned()) };
        text.push_str(&rest[..start]);
        match value_of(resolver, &rest[start + 2..start + length], names) {
            Some(None) => {}
            Some(Some(node)) => match node.scalar() {
                Some(Value::String(part)) => text.push_str(part),
                Some(Value::Number(number)) => text.push_str(&number.to_string()),
                _ => return Evaluated::Unknown(template.to_owned()),
            },
            None => return Evaluated::Unknown(template.to_owned()),
        }
        rest = &rest[start + length + 2..];
    }
    text.push_str(rest);
    Evaluated::Text(text)
}

/// `None`: not decidable. `Some(None)`: decidable and undefined.
#[allow(clippy::option_option, reason = "three answers: unknown, undefined, a value")]
fn value_of<'m>(resolver: &Resolver<'m>, expression: &str, names: Names<'_, 'm>) -> Option<Option<Node<'m>>> {
    let mut last = None;
    for alternative in expression.split(" or ") {
        last = sum(resolver, alternative.trim(), names)?;
        if last.as_ref().is_some_and(Node::is_truthy) {
            break;
        }
    }
    Some(last)
}

/// Operands joined by `+`: texts or numbers.
#[allow(clippy::option_option, reason = "as value_of")]
fn sum<'m>(resolver: &Resolver<'m>, text: &str, names: Names<'_, 'm>) -> Option<Option<Node<'m>>> {
    let parts: Vec<&str> = text.split('+').map(str::trim).collect();
    if parts.len() == 1 || quoted(text).is_some() {
        return operand(resolver, text, names);
    }
    let mut total: Option<Value> = None;
    for part in parts {
        let node = operand(resolver, part, names)??;
        total = Some(match (total, node.scalar()?) {
            (None, value) => value.clone(),
            (Some(Value::String(left)), Value::String(right)) => Value::String(left + right),
            (Some(Value::Number(left)), Value::Number(right)) => {
                Value::from(left.as_i64()?.checked_add(right.as_i64()?)?)
            }
            // Python refuses to add these.
            _ => return None,
        });
    }
    Some(total.map(Node::made))
}

#[allow(clippy::option_option, reason = "as value_of")]
fn operand<'m>(resolver: &Resolver<'m>, text: &str, names: Names<'_, 'm>) -> Option<Option<Node<'m>>> {
    if let Some(literal) = quoted(text) {
        return Some(Some(Node::made(Value::from(literal))));
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(Some(Node::made(Value::from(number))));
    }
    for (name, values) in names {
        let Some(path) = text.strip_prefix(name) else { continue };
        let (keys, default) = path_of(path)?;
        let (first, rest) = keys.split_first()?;
        let mut node = values.get(*first).cloned();
        for key in rest {
            node = node.and_then(|node| node.as_map()?.get(resolver, key));
        }
        return Some(node.or_else(|| default.map(|text| Node::made(Value::from(text)))));
    }
    None
}

/// What a component mapping puts in its place: the rendered text read as a Python literal, and what is a text still,
/// as YAML.
pub(super) fn mapped<'m>(evaluated: Evaluated<'m>) -> Option<Node<'m>> {
    let (text, written) = match evaluated {
        Evaluated::Unknown(_) => return None,
        Evaluated::Text(text) => (text, None),
        Evaluated::Node(node) => match node.as_text() {
            Some(text) => (text.to_owned(), Some(node)),
            None => return Some(node),
        },
    };
    if text.trim() == "None" {
        return Some(Node::made(Value::Null));
    }
    // Python reads an exponent without a dot as a number, YAML 1.1 does not.
    let has_exponent =
        text.contains(['e', 'E']) && text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let float = text.parse::<f64>().ok().filter(|_| has_exponent);
    let read = float.map(Value::from).or_else(|| yaml::parse(&text, &Limits::default()).ok());
    let read = read.unwrap_or_else(|| Value::from(text.as_str()));
    // What is the text it was keeps its place in the file.
    match written {
        Some(node) if read == text.as_str() => Some(node),
        _ => Some(Node::made(read)),
    }
}

/// Reads `['a']['b']`, `.a.b`, `.get('a')` and `.get('a', 'b')` into keys and a default.
pub(super) fn path_of(path: &str) -> Option<(Vec<&str>, Option<&str>)> {
    let mut keys = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix(".get(") {
            let (arguments, tail) = inner.split_once(')')?;
            if !tail.is_empty() {
                return None;
            }
            let (key, default) = match arguments.split_once(',') {
                Some((key, default)) => (key, Some(quoted(default.trim())?)),
                None => (arguments, None),
            };
            keys.push(quoted(key.trim())?);
            return Some((keys, default));
        }
        if let Some(inner) = rest.strip_prefix('[') {
            let (key, tail) = inner.split_once(']')?;
            keys.push(quoted(key.trim())?);
            rest = tail;
        } else {
            let inner = rest.strip_prefix('.')?;
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            let key = &inner[..end];
            if key.is_empty() || !key.chars().all(|c| c.is_alphanumeric() || c == '_') {
                return None;
            }
            keys.push(key);
            rest = &inner[end..];
        }
    }
    Some((keys, None))
}

fn quoted(text: &str) -> Option<&str> {
    let inner = ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))?;
    (!inner.contains(['\'', '"', '\\'])).then_some(inner)
}
