//! Configs that leave a property out are not reached by what changes of its value.
//!
//! A form writes the default of a property into a config, so only what has none is left out.

use std::sync::Arc;

use serde_json::Value;

use crate::diff::{Change, Delta, SpecChange};
use crate::model::{Connector, Finding, Level, Limit, Pointer};
use crate::rules::{self, Affects};

/// Limits findings of the spec to the configs that set what was edited, where the old spec lets them leave it out.
pub(super) fn limit(findings: &mut [Finding], deltas: &[Delta], old: &Connector) {
    let Some(spec) = &old.spec else { return };
    for (finding, delta) in findings.iter_mut().zip(deltas) {
        let is_of_config =
            rules::find(finding.rule).is_some_and(|rule| rule.affects == Affects::ConfigBranch);
        if !is_of_config || !matches!(finding.level, Level::Breaking | Level::Review) {
            continue;
        }
        let Some((property, is_in_option)) = left_out(&spec.value, delta) else { continue };
        let scope = Arc::make_mut(&mut finding.scope);
        let only = scope.only.take();
        scope.only = Some(match only {
            Some(limit) if is_in_option => limit.and_set(&property),
            // Who has an option sets the object that it is of.
            Some(limit) => limit,
            None => Limit::set(&property),
        });
    }
}

/// The path of the innermost property around a change that configs may leave out, and whether only an option has it.
fn left_out(spec: &Value, delta: &Delta) -> Option<(String, bool)> {
    let Change::Spec(change) = &delta.change else { return None };
    // What is asked for reaches the configs that do not set it, among those that have the object it is in.
    let is_asked_for = matches!(change, SpecChange::PropertyAdded { .. } | SpecChange::PropertyMadeRequired);
    let place = delta.config_place()?;
    let mut steps = properties(spec, &place.old)?;
    if is_asked_for
        && steps.last().is_some_and(|step| Some(step.name) == delta.field.last().map(String::as_str))
    {
        steps.pop();
    }
    let innermost = steps.iter().rposition(|step| step.is_optional)?;
    let path: Vec<&str> = steps[..=innermost].iter().map(|step| step.name).collect();
    Some((path.join("."), steps[innermost].is_in_option))
}

/// A property on the way to a place.
struct Step<'s> {
    name: &'s str,
    is_optional: bool,
    is_in_option: bool,
}

/// Parts of schemas are followed so deep into each other.
const DEEPEST: usize = 16;

/// A schema with all that holds at the same place of a config: what it refers to, the parts of its `allOf`, and the choices
/// among them.
#[derive(Default)]
struct Holders<'s> {
    schemas: Vec<&'s Value>,
    choices: Vec<&'s Vec<Value>>,
}

impl<'s> Holders<'s> {
    /// Adds a schema; `None` where it refers to what is not found.
    fn add(&mut self, root: &'s Value, schema: &'s Value, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.schemas.push(schema);
        if let Some(reference) = schema.get("$ref") {
            let path = reference.as_str()?.strip_prefix('#')?;
            self.add(root, Pointer::parse(path).get(root)?, depth)?;
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.add(root, part, depth)?;
        }
        let choices = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array());
        self.choices.extend(choices);
        Some(())
    }

    fn of(root: &'s Value, schemas: impl IntoIterator<Item = &'s Value>) -> Option<Self> {
        let mut all = Self::default();
        for schema in schemas {
            all.add(root, schema, DEEPEST)?;
        }
        Some(all)
    }

    fn requires(&self, root: &Value, name: &str) -> bool {
        let requires = |schema: &Value| {
            let names = schema.get("required").and_then(Value::as_array);
            names.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
        };
        let whole = |option: &Value| {
            Holders::of(root, [option]).is_some_and(|all| all.schemas.into_iter().any(requires))
        };
        self.schemas.iter().any(|schema| requires(schema))
            || self.choices.iter().any(|options| !options.is_empty() && options.iter().all(whole))
    }

    /// Whether a form writes a property: it has a default or is a constant, or the default of the object has it.
    fn writes(&self, name: &str) -> bool {
        let in_default =
            |schema: &&Value| schema.get("default").is_some_and(|default| default.get(name).is_some());
        let is_written =
            |property: &&Value| ["default", "const"].iter().any(|key| property.get(key).is_some());
        self.schemas.iter().any(in_default) || self.properties(name).iter().any(is_written)
    }

    fn properties(&self, name: &str) -> Vec<&'s Value> {
        self.schemas.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
    }
}

/// The properties on the way to a place in a spec; `None` where the way leads through what is no part of a config, such as a
/// condition, or what it refers to is not found.
fn properties<'s>(spec: &'s Value, place: &'s Pointer) -> Option<Vec<Step<'s>>> {
    let mut segments = place.segments().iter().map(String::as_str).peekable();
    let root = match segments.peek() {
        Some(&"connectionSpecification") => spec.get(segments.next()?)?,
        _ => spec,
    };
    let mut here = Holders::of(root, [root])?;
    let mut steps = Vec::new();
    // The schema that the pointer leads to, whatever holds beside it.
    let mut written = root;
    let mut is_in_option = false;
    while let Some(segment) = segments.next() {
        match segment {
            "properties" => {
                let Some(name) = segments.next() else { break };
                let is_optional = !here.requires(root, name) && !here.writes(name);
                steps.push(Step { name, is_optional, is_in_option });
                let properties = here.properties(name);
                let Some(first) = properties.first() else { break };
                written = first;
                here = Holders::of(root, properties)?;
            }
            "oneOf" | "anyOf" | "allOf" => {
                is_in_option |= segment != "allOf";
                let index = segments.next()?.parse::<usize>().ok()?;
                // Where the choice stands behind a reference, any part of this place may have it.
                let options = here.schemas.iter().find_map(|schema| schema.get(segment)?.get(index));
                let Some(option) = written.get(segment).and_then(|options| options.get(index)).or(options)
                else {
                    break;
                };
                here.add(root, option, DEEPEST)?;
                written = option;
            }
            "items" => {
                let items: Vec<&Value> =
                    here.schemas.iter().filter_map(|schema| schema.get("items")).collect();
                let Some(first) = items.first() else { break };
                written = first;
                here = Holders::of(root, items)?;
            }
            "not" | "if" | "then" | "else" | "dependencies" | "dependentSchemas" | "dependentRequired"
            | "patternProperties" | "propertyNames" | "contains" => return None,
            // A keyword of the schema.
            _ => break,
        }
    }
    Some(steps)
}
