//! The streams a DynamicDeclarativeStream makes for rows that the manifest itself holds.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;
use wildmatch::WildMatch;

use super::component::{Component, Field};
use super::interpolation::{Evaluated, evaluate, mapped};
use super::node::{MapNode, Node};
use super::{Fault, Listed, Listing};
use crate::model::StreamStanding;

/// Fields of a stream that decide what a catalog shows of it.
const FACTS: [&str; 4] = ["$parameters", "incremental_sync", "primary_key", "schema_loader"];

/// Adds the streams to the listing, and what only a config or the API could tell to its reasons.
pub(super) fn resolve<'m>(dynamic: &Component<'m>, listing: &mut Listing<'m>) {
    let name = dynamic.text("name").unwrap_or_else(|| "dynamic_stream".to_owned());
    let Some(resolver) = dynamic.component("components_resolver") else {
        listing.reasons.push(format!("{name}: its components_resolver cannot be read"));
        return;
    };
    let template = dynamic.component("stream_template");
    let add_set = |listing: &mut Listing<'m>| {
        if let Some(template) = &template {
            let (members, unknown) = set_of(&resolver);
            let from = match resolver.kind.as_deref() {
                Some("ConfigComponentsResolver") => "the config",
                Some("HttpComponentsResolver") => "the API",
                _ => "what is known while the connector runs",
            };
            let standing = StreamStanding::Set { from };
            let stands_for = Listed { component: template.clone(), standing, row: None, unknown };
            listing.sets.push((name.clone(), members, stands_for));
        }
    };
    let rows = match rows_of(&resolver) {
        Ok((rows, None)) => rows,
        Ok((rows, Some(reason))) => {
            listing.reasons.push(format!("{name}: {reason}"));
            add_set(listing);
            rows
        }
        Err(reason) => {
            listing.reasons.push(format!("{name}: {reason}"));
            add_set(listing);
            return;
        }
    };
    let Some(template) = template else { return };
    let outer_wins = dynamic.node("use_parent_parameters").is_none_or(|node| node.is_truthy());
    let mut names = BTreeSet::new();
    for row in rows {
        match from_row(&template, &resolver, &row, outer_wins) {
            Ok((component, unknown)) => {
                if let Some(own) = component.text("name")
                    && !names.insert(own.clone())
                {
                    let message = format!("{name}: two of its streams have the name {own}");
                    listing.faults.push(Fault::of(&component, message));
                }
                let row = row.any_value();
                listing.streams.push(Listed { component, standing: StreamStanding::Listed, row, unknown });
            }
            Err(reason) => listing.reasons.push(format!("{name}: {reason}")),
        }
    }
}

/// What decides which streams a set has, and the facts of its streams that a mapping decides, with the mappings. What
/// stands in a row is not known, and what is done with it is written.
fn set_of(resolver: &Component<'_>) -> (String, Vec<(String, String)>) {
    let pointers: Vec<Value> =
        resolver.components("stream_config").iter().filter_map(|one| one.value("configs_pointer")).collect();
    let mut members = format!("{:?} {pointers:?}", resolver.kind);
    let mut unknown = Vec::new();
    for mapping in resolver.components("components_mapping") {
        let written = |field: &str| mapping.value(field).unwrap_or_default();
        let path = written("field_path");
        let first = path.get(0).and_then(Value::as_str).unwrap_or_default().to_owned();
        let text = format!("{path} {} {} {}", written("value"), written("value_type"), written("condition"));
        // A path with a pattern may lead to anything.
        if first == "name" || first.contains(['*', '[', '{']) {
            members.push_str(&text);
        } else if FACTS.contains(&first.as_str()) {
            unknown.push((first, text));
        }
    }
    (members, unknown)
}

/// The rows that are certain, and why there may be more.
///
/// # Errors
/// No row is certain; the text says why.
fn rows_of<'m>(resolver: &Component<'m>) -> Result<(Vec<Rc<MapNode<'m>>>, Option<String>), String> {
    match resolver.kind.as_deref() {
        Some("ParametrizedComponentsResolver") => {
            let parameters = resolver.component("stream_parameters");
            Ok((parameters.map(|p| rows(&p, "list_of_parameters_for_stream")).unwrap_or_default(), None))
        }
        Some("ConfigComponentsResolver") => {
            let reason = "its streams are made from the config";
            match resolver.components("stream_config").as_slice() {
                [one] => Ok((rows(one, "default_values"), Some(reason.to_owned()))),
                // Every row of one list is joined with every row of the others.
                _ => Err(reason.to_owned()),
            }
        }
        Some("HttpComponentsResolver") => Err("its streams are listed by the API".to_owned()),
        other => Err(format!("its streams are made by {}", other.unwrap_or("an unknown resolver"))),
    }
}

fn rows<'m>(component: &Component<'m>, field: &str) -> Vec<Rc<MapNode<'m>>> {
    let Some(Field::List(items)) = component.field(field) else { return Vec::new() };
    items
        .into_iter()
        .filter_map(|item| match item {
            Field::Component(row) => Some(row.map),
            _ => None,
        })
        .collect()
}

/// The template with the mappings of one row applied.
fn from_row<'m>(
    template: &Component<'m>,
    resolver: &Component<'m>,
    row: &MapNode<'m>,
    outer_wins: bool,
) -> Result<(Component<'m>, Vec<(String, String)>), String> {
    let follow = template.resolver;
    let values: BTreeMap<String, Node<'m>> =
        row.keys().iter().filter_map(|key| Some(((*key).to_owned(), row.get(&follow, key)?))).collect();
    let names = [("components_values", &values), ("parameters", &*resolver.parameters)];
    // The first propagation has filled the template's own fields before a mapping can change its parameters.
    let mut map = (*template.map).clone();
    for (key, value) in template.parameters.iter() {
        if !map.get(&follow, key).is_some_and(|own| own.is_truthy()) {
            map = map.with(key, value.clone());
        }
    }
    let mut made = Node::Map(Rc::new(map));
    let mut unknown = Vec::new();
    for mapping in resolver.components("components_mapping") {
        let Some(Value::Array(path)) = mapping.value("field_path") else { continue };
        let path: Option<Vec<String>> = path
            .iter()
            .map(|segment| match evaluate(&follow, segment.as_str()?, &names) {
                Evaluated::Unknown(_) => None,
                evaluated => mapped(evaluated)?.scalar().map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
            })
            .collect();
        let path = path.ok_or("a mapping sets fields that the config decides")?;
        if path.iter().any(|segment| segment == "**" || segment.contains('[') || segment.starts_with('-')) {
            return Err(format!("a mapping sets fields by the pattern {}", path.join("/")));
        }
        let is_name = path == ["name"];
        if mapping.node("condition").is_some_and(|node| node.is_truthy()) {
            return Err("a mapping holds under a condition only".to_owned());
        }
        let value = match mapping.node("value") {
            None => Node::made(Value::Null),
            Some(node) => match node.as_text() {
                None => node,
                Some(text) => match evaluate(&follow, text, &names) {
                    Evaluated::Unknown(expression) if is_name => {
                        return Err(format!("a stream's name depends on the config: {expression}"));
                    }
                    Evaluated::Unknown(expression) => {
                        let field = path.first().cloned().unwrap_or_default();
                        let is_fact = FACTS.contains(&field.as_str());
                        unknown.push((field, expression));
                        if is_fact {
                            continue;
                        }
                        // The same expression over the same row gives the same value.
                        let row = Node::Map(Rc::new(row.clone()));
                        let row = follow.write_out(&row).unwrap_or_default();
                        Node::made(Value::String(format!("{text} with {row}")))
                    }
                    Evaluated::Text(text) if text.trim_start().starts_with('(') => {
                        return Err(format!("a mapping gives {text}, which Python may read as a tuple"));
                    }
                    Evaluated::Text(text) if mapping.text("value_type").as_deref() == Some("string") => {
                        Node::made(Value::String(text))
                    }
                    evaluated => mapped(evaluated).unwrap_or(node),
                },
            },
        };
        let globs: Vec<WildMatch> = path.iter().map(|segment| WildMatch::new(segment)).collect();
        let (changed, matches) = made.with_matches(&follow, &globs, &value);
        let create = mapping.node("create_or_update").is_some_and(|node| node.is_truthy());
        made = match matches {
            0 if create && value.is_truthy() => made.with_path(&follow, &path, &value),
            _ => changed,
        };
    }
    let map = made.as_map().cloned().ok_or("a mapping replaces the stream itself")?;
    let inherited = template.parameters.clone();
    let mut component = Component::new(follow, "DynamicDeclarativeStream.stream_template", map, &inherited);
    if outer_wins {
        let mut parameters = (*component.parameters).clone();
        parameters.extend(inherited.iter().map(|(key, value)| (key.clone(), value.clone())));
        component.parameters = Rc::new(parameters);
    }
    Ok((component, unknown))
}
