//! Proposals in the forms that people use: a manifest, a JSON patch, and words.

use serde_json::{Map, Value, json};

use super::{Move, Proposal};
use crate::model::{ConfigStepKind, ValueType};
use crate::release::yaml_text;

/// A value of a manifest whose keys keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A text.
    Text(String),
    /// A text between quotes.
    Quoted(String),
    /// A list.
    List(Vec<Written>),
    /// A mapping.
    Map(Vec<(String, Written)>),
}

/// A proposal as a `ConfigMigration`.
pub fn written(proposal: &Proposal) -> Written {
    let text = |text: &str| Written::Text(text.to_owned());
    let path = |path: &[String]| Written::List(path.iter().map(|part| Written::Text(part.clone())).collect());
    let map = |entries: Vec<(&str, Written)>| {
        Written::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let steps = proposal.steps.iter().map(|step| match &step.kind {
        ConfigStepKind::Add { fields, condition } => {
            let fields = fields.iter().map(|field| {
                let mut entries = vec![
                    ("type", text("AddedFieldDefinition")),
                    ("path", path(&field.path)),
                    ("value", Written::Quoted(field.value.clone())),
                ];
                if let Some(kind) = field.value_type {
                    entries.push(("value_type", text(name(kind))));
                }
                map(entries)
            });
            let mut entries =
                vec![("type", text("ConfigAddFields")), ("fields", Written::List(fields.collect()))];
            if !condition.is_empty() {
                entries.push(("condition", Written::Quoted(condition.clone())));
            }
            map(entries)
        }
        ConfigStepKind::Remove { pointers, .. } => map(vec![
            ("type", text("ConfigRemoveFields")),
            ("field_pointers", Written::List(pointers.iter().map(|pointer| path(pointer)).collect())),
        ]),
        ConfigStepKind::Remap { path: field, map: values } => {
            let values = values.iter().map(|(from, to)| {
                (from.clone(), Written::Quoted(to.as_str().map_or_else(|| to.to_string(), str::to_owned)))
            });
            map(vec![
                ("type", text("ConfigRemapField")),
                ("field_path", path(field)),
                ("map", Written::Map(values.collect())),
            ])
        }
        ConfigStepKind::Opaque { what } => map(vec![("type", text(what))]),
    });
    map(vec![
        ("type", text("ConfigMigration")),
        ("description", Written::Quoted(proposal.what.clone())),
        ("transformations", Written::List(steps.collect())),
    ])
}

fn name(kind: ValueType) -> &'static str {
    match kind {
        ValueType::String => "string",
        ValueType::Number => "number",
        ValueType::Integer => "integer",
        ValueType::Boolean => "boolean",
    }
}

/// A proposal as RFC 6902 patches: each is for configs that hold what it moves, and a test in it fails for others. `None`
/// where a value is worked out, which no patch does.
pub fn patch(proposal: &Proposal) -> Option<Vec<Value>> {
    let at = |path: &[String]| {
        path.iter().fold(String::new(), |text, part| {
            format!("{text}/{}", part.replace('~', "~0").replace('/', "~1"))
        })
    };
    let removals = |gone: &[Vec<String>]| -> Vec<Value> {
        gone.iter().map(|path| json!({"op": "remove", "path": at(path)})).collect()
    };
    let mut patches = Vec::new();
    for one in &proposal.moves {
        match one {
            Move::Value { from, to, gone } => {
                let operations = [json!({"op": "move", "from": at(from), "path": at(to)})];
                patches.push(operations.into_iter().chain(removals(gone)).collect());
            }
            Move::Into { holder, constants, values, gone } => {
                let moved = |(from, to, _): &(Vec<String>, Vec<String>, bool)| json!({"op": "move", "from": at(from), "path": at(to)});
                let always = values.iter().filter(|(_, _, required)| *required);
                let mut operations = vec![json!({"op": "add", "path": at(holder), "value": {}})];
                operations.extend(
                    constants
                        .iter()
                        .map(|(path, value)| json!({"op": "add", "path": at(path), "value": value})),
                );
                operations.extend(always.map(moved));
                let optional: Vec<_> = values.iter().filter(|(_, _, required)| !required).collect();
                if optional.is_empty() {
                    operations.extend(removals(gone));
                    patches.push(Value::Array(operations));
                    continue;
                }
                // A value that is not there fails the patch that moves it, and so it has a patch of its own. A copy of the
                // holder onto itself fails where it was not made.
                patches.push(Value::Array(operations));
                let made = || json!({"op": "copy", "from": at(holder), "path": at(holder)});
                patches.extend(optional.into_iter().map(|one| json!([made(), moved(one)])));
                patches.extend(removals(gone).into_iter().map(|removal| json!([made(), removal])));
            }
            Move::IntoItself { path, constants, to } => {
                let beside = format!("{}~1migrated", at(path));
                let inner = |path_in: &[String]| format!("{beside}{}", at(&path_in[path.len()..]));
                let object: Map<String, Value> = constants
                    .iter()
                    .filter_map(|(path, value)| Some((path.last()?.clone(), value.clone())))
                    .collect();
                patches.push(json!([
                    {"op": "add", "path": beside, "value": object},
                    {"op": "move", "from": at(path), "path": inner(to)},
                    {"op": "move", "from": beside, "path": at(path)},
                ]));
            }
            Move::IntoList { path } => {
                let beside = format!("{}~1migrated", at(path));
                patches.push(json!([
                    {"op": "add", "path": beside, "value": []},
                    {"op": "move", "from": at(path), "path": format!("{beside}/-")},
                    {"op": "move", "from": beside, "path": at(path)},
                ]));
            }
            Move::IntoListAt { from, to, gone } => {
                let operations = [
                    json!({"op": "add", "path": at(to), "value": []}),
                    json!({"op": "move", "from": at(from), "path": format!("{}/-", at(to))}),
                ];
                patches.push(operations.into_iter().chain(removals(gone)).collect());
            }
            Move::Set { path, value } => {
                patches.push(json!([{"op": "add", "path": at(path), "value": value}]));
            }
            Move::Remove { path } => patches.push(json!([{"op": "remove", "path": at(path)}])),
            Move::Replace { path, map } => patches.extend(map.iter().map(|(old, new)| {
                json!([
                    {"op": "test", "path": at(path), "value": old},
                    {"op": "replace", "path": at(path), "value": new},
                ])
            })),
            Move::Computed { .. } => return None,
        }
    }
    Some(patches)
}

/// A proposal in words, for connectors whose migrations are code.
pub fn recipe(proposal: &Proposal) -> Vec<String> {
    let shown =
        |path: &[String]| path.iter().fold("config".to_owned(), |text, part| format!("{text}[{:?}]", part));
    let mut lines = Vec::new();
    for one in &proposal.moves {
        match one {
            Move::Value { from, to, .. } => lines.push(format!(
                "If {} is there and {} is not: copy the value, then delete {}.",
                shown(from),
                shown(to),
                shown(from)
            )),
            Move::Into { holder, constants, values, .. } => {
                let always = values.iter().filter(|(_, _, required)| *required);
                let from: Vec<String> = always.map(|(from, _, _)| shown(from)).collect();
                lines.push(format!("If {} is there:", from.join(" and ")));
                lines.push(format!("  Make {} if it is not there.", shown(holder)));
                lines.extend(
                    constants
                        .iter()
                        .map(|(path, value)| format!("  Set {} to {value} if it is not there.", shown(path))),
                );
                lines.extend(values.iter().map(|(from, to, required)| {
                    let if_there = if *required { "" } else { "it is there and " };
                    format!(
                        "  Copy {} to {} if {if_there}that is not there, then delete {}.",
                        shown(from),
                        shown(to),
                        shown(from)
                    )
                }));
            }
            Move::IntoItself { path, constants, to } => {
                lines.push(format!("If {} is no object: put it into a new object there,", shown(path)));
                lines.push(format!("  as {}.", shown(to)));
                lines.extend(
                    constants.iter().map(|(path, value)| format!("  Set {} to {value}.", shown(path))),
                );
            }
            Move::IntoList { path } => {
                lines.push(format!("If {} is there and is no list: put it into a list.", shown(path)));
            }
            Move::IntoListAt { from, to, .. } => lines.push(format!(
                "If {} is there and {} is not: put the value into a list there, then delete {}.",
                shown(from),
                shown(to),
                shown(from)
            )),
            Move::Set { path, value } => {
                lines.push(format!("If {} is not there: set it to {value}.", shown(path)));
            }
            Move::Remove { path } => lines.push(format!("Delete {} if it is there.", shown(path))),
            Move::Replace { path, map } => lines.extend(
                map.iter().map(|(old, new)| format!("If {} is {old}: set it to {new}.", shown(path))),
            ),
            Move::Computed { path } => {
                lines.push(format!(
                    "{} Work it out from {} where it has the old type.",
                    proposal.what,
                    shown(path)
                ));
            }
        }
    }
    lines.push(
        "Save the config, and do nothing where there is nothing to do: it runs at every start.".to_owned(),
    );
    lines
}

/// An item of a list in block style.
pub(super) fn lines(written: &Written) -> String {
    let mut out = String::new();
    item(written, 0, &mut out);
    out
}

fn item(written: &Written, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    match written {
        Written::Map(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                let mark = if index == 0 { "- " } else { "  " };
                entry(key, value, &format!("{margin}{mark}"), indent + 2, out);
            }
        }
        other => out.push_str(&format!("{margin}- {}\n", flow(other))),
    }
}

fn entry(key: &str, value: &Written, start: &str, indent: usize, out: &mut String) {
    let key = yaml_text::scalar(key);
    match value {
        Written::Map(entries) => {
            out.push_str(&format!("{start}{key}:\n"));
            let margin = " ".repeat(indent + 2);
            entries.iter().for_each(|(key, value)| entry(key, value, &margin, indent + 2, out));
        }
        Written::List(items) if items.iter().any(|item| matches!(item, Written::Map(_))) => {
            out.push_str(&format!("{start}{key}:\n"));
            items.iter().for_each(|one| item(one, indent + 2, out));
        }
        other => out.push_str(&format!("{start}{key}: {}\n", flow(other))),
    }
}

fn flow(written: &Written) -> String {
    match written {
        Written::Text(text) => yaml_text::scalar(text),
        Written::Quoted(text) => yaml_text::quoted(text),
        Written::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Written::Map(entries) => {
            let entries =
                entries.iter().map(|(key, value)| format!("{}: {}", yaml_text::scalar(key), flow(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
