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
    let before = found(old, &LOOKED_THROUGH, Sought::Secrets);
    if before.is_empty() {
        return;
    }
    let after = found(new, &LOOKED_THROUGH, Sought::Secrets);
    if before.keys().all(|path| after.contains_key(path)) {
        return;
    }
    let kept = found(new, &COMBINED, Sought::Properties);
    for (path, place) in &before {
        let is_told = |delta: &Delta| {
            delta.change == Change::Spec(SpecChange::SecretFlagDropped) && delta.field == *path
        };
        let Some(now) = kept.get(path) else { continue };
        if after.contains_key(path) || deltas.iter().any(is_told) {
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

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sought {
    Secrets,
    Properties,
}

/// Places by the path in the config.
type Found = BTreeMap<Vec<String>, Pointer>;

fn found(spec: &Value, left_out: &[&str], sought: Sought) -> Found {
    let mut walk = Walk {
        left_out,
        sought,
        path: Vec::new(),
        at: vec!["connectionSpecification".to_owned()],
        found: Found::new(),
    };
    walk.schema(&spec["connectionSpecification"]);
    walk.found
}

struct Walk<'w> {
    left_out: &'w [&'w str],
    sought: Sought,
    path: Vec<String>,
    at: Vec<String>,
    found: Found,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &Value) {
        match schema {
            Value::Object(map) => {
                let is_secret = || map.get("airbyte_secret") == Some(&Value::Bool(true));
                if (self.sought == Sought::Properties || is_secret()) && !self.found.contains_key(&self.path)
                {
                    self.found.insert(self.path.clone(), Pointer::new(self.at.iter().cloned()));
                }
                // No config holds what stands in a definition.
                let is_schema = self.at.last().is_none_or(|key| key != "properties");
                for (key, value) in map {
                    if is_schema && ["definitions", "$defs"].contains(&key.as_str())
                        || !value.is_object() && !value.is_array()
                    {
                        continue;
                    }
                    let is_named = !self.left_out.contains(&key.as_str());
                    if is_named {
                        self.path.push(key.clone());
                    }
                    self.at.push(key.clone());
                    self.schema(value);
                    self.at.pop();
                    if is_named {
                        self.path.pop();
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.at.push(index.to_string());
                    self.schema(item);
                    self.at.pop();
                }
            }
            _ => {}
        }
    }
}
