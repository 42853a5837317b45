//! Configs that leave a property out are not reached by what changes of its value.
//!
//! A form writes the default of a property into a config, so only what has none is left out.

use serde_json::Value;

use crate::diff::{Change, Delta, SpecChange};
use crate::model::{Connector, Finding, Level, Limit, Pointer};
use crate::rules::{self, Affects};

/// Limits findings of the spec to the configs that set what was edited, where the old spec lets them leave it out.
pub(super) fn limit(findings: &mut [Finding], deltas: &[Delta], old: &Connector) {
    let Some(spec) = &old.spec else { return };
    for (finding, delta) in findings.iter_mut().zip(deltas) {
        let is_of_config =
            rules::find(&finding.rule).is_some_and(|rule| rule.affects == Affects::ConfigBranch);
        if !is_of_config || !matches!(finding.level, Level::Breaking | Level::Review) {
            continue;
        }
        let Some(property) = left_out(&spec.value, delta) else { continue };
        finding.scope.only = Some(match finding.scope.only.take() {
            Some(limit) => limit.and_set(&property),
            None => Limit::set(&property),
        });
    }
}

/// The path of the innermost property around a change that configs may leave out.
fn left_out(spec: &Value, delta: &Delta) -> Option<String> {
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
    Some(path.join("."))
}

/// A property on the way to a place.
struct Step<'s> {
    name: &'s str,
    is_optional: bool,
}

/// The properties on the way to a place in a schema; `None` where the way leads through what is no part of a config, such as a
/// condition.
fn properties<'s>(root: &'s Value, place: &'s Pointer) -> Option<Vec<Step<'s>>> {
    let mut steps = Vec::new();
    let mut schema = root;
    let mut segments = place.segments().iter().map(String::as_str);
    while let Some(segment) = segments.next() {
        match segment {
            "properties" => {
                let Some(name) = segments.next() else { break };
                let requires = |names: &Value| {
                    names.as_array().is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)))
                };
                let is_required = schema.get("required").is_some_and(requires);
                let property = schema.get("properties").and_then(|properties| properties.get(name));
                // A form writes constants, too.
                let is_written = property.is_some_and(|property| {
                    ["default", "const"].iter().any(|key| property.get(key).is_some())
                });
                steps.push(Step { name, is_optional: !is_required && !is_written });
                match property {
                    Some(property) => schema = property,
                    None => break,
                }
            }
            "oneOf" | "anyOf" | "allOf" => {
                let Some(index) = segments.next() else { break };
                match schema.get(segment).and_then(|options| options.get(index.parse::<usize>().ok()?)) {
                    Some(option) => schema = option,
                    None => break,
                }
            }
            "connectionSpecification" | "connection_specification" | "items" => match schema.get(segment) {
                Some(inner) => schema = inner,
                None => break,
            },
            "not" | "if" | "then" | "else" | "dependencies" | "dependentSchemas" | "dependentRequired"
            | "patternProperties" | "propertyNames" | "contains" => return None,
            // A keyword of the schema.
            _ => break,
        }
    }
    Some(steps)
}
