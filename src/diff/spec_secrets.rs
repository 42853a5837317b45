//! Secrets that the CDK no longer finds.
//!
//! The CDK masks in logs what stands at the paths of `airbyte_secret: true`, and looks through `properties` and `oneOf`
//! alone (`get_secret_paths` of airbyte-cdk 7.39.1): below `anyOf`, `allOf` or a reference, or written as a text, the
//! flag is there and nothing is masked.

use std::collections::BTreeMap;

use serde_json::Value;

use super::delta::{Beside, Change, Delta, SpecChange};
use crate::model::{Artifact, Pointer, Sides};

/// Adds the secrets that only the old spec shows to the CDK, and that the new one still has.
pub(super) fn diff(old: &Value, new: &Value, deltas: &mut Vec<Delta>) {
    let (before, after) = (found(old, &LOOKED_THROUGH), found(new, &LOOKED_THROUGH));
    if before.secrets.keys().all(|path| after.secrets.contains_key(path)) {
        return;
    }
    let kept = found(new, &COMBINED);
    for (path, place) in &before.secrets {
        let is_told = |delta: &Delta| {
            delta.change == Change::Spec(SpecChange::SecretFlagDropped) && delta.field == *path
        };
        let Some(now) = kept.properties.get(path) else { continue };
        if after.secrets.contains_key(path) || deltas.iter().any(is_told) {
            continue;
        }
        let pointer = Sides { old: place.clone(), new: now.clone() };
        deltas.push(Delta {
            field: path.clone(),
            pointer: Sides { old: Some(pointer.old.clone()), new: Some(pointer.new.clone()) },
            beside: Beside::Config(pointer),
            ..Delta::new(Artifact::Spec, Change::Spec(SpecChange::SecretFlagDropped))
        });
    }
}

/// What the CDK leaves out of a path.
const LOOKED_THROUGH: [&str; 2] = ["properties", "oneOf"];

/// What stands between a property and those inside it, whoever looks.
const COMBINED: [&str; 4] = ["properties", "oneOf", "anyOf", "allOf"];

/// Places by the path in the config.
#[derive(Default)]
struct Found {
    secrets: BTreeMap<Vec<String>, Pointer>,
    properties: BTreeMap<Vec<String>, Pointer>,
}

fn found(spec: &Value, left_out: &[&str]) -> Found {
    let mut found = Found::default();
    let root = Pointer::new(["connectionSpecification"]);
    walk(&spec["connectionSpecification"], &mut Vec::new(), &root, left_out, &mut found);
    found
}

fn walk(schema: &Value, path: &mut Vec<String>, at: &Pointer, left_out: &[&str], found: &mut Found) {
    match schema {
        Value::Object(map) => {
            if schema.get("airbyte_secret") == Some(&Value::Bool(true)) {
                found.secrets.entry(path.clone()).or_insert_with(|| at.clone());
            }
            found.properties.entry(path.clone()).or_insert_with(|| at.clone());
            // No config holds what stands in a definition.
            let is_schema = at.segments().last().is_none_or(|key| key != "properties");
            let inner = map
                .iter()
                .filter(|(key, _)| !(is_schema && ["definitions", "$defs"].contains(&key.as_str())));
            for (key, value) in inner {
                let is_named = !left_out.contains(&key.as_str());
                if is_named {
                    path.push(key.clone());
                }
                walk(value, path, &at.join(key.as_str()), left_out, found);
                if is_named {
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, path, &at.join(index.to_string()), left_out, found);
            }
        }
        _ => {}
    }
}
