//! Where a spec has secrets.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::migration::EACH;
use crate::model::Pointer;

/// Where a spec has secrets, by names of properties; [`EACH`] stands for the items of a list and the values of a map.
pub(super) fn secrets(spec: &Value) -> Vec<Vec<String>> {
    fn walk(
        schema: &Value,
        root: &Value,
        path: &mut Vec<String>,
        found: &mut BTreeSet<Vec<String>>,
        (depth, left): (usize, &mut usize),
    ) {
        *left = left.saturating_sub(1);
        if depth > 12 || found.len() > 256 || *left == 0 {
            return;
        }
        if schema.get("airbyte_secret") == Some(&Value::Bool(true)) {
            found.insert(path.clone());
        }
        // Items of a list, and values of a map.
        path.push(EACH.to_owned());
        for keyword in ["items", "additionalItems", "additionalProperties"] {
            if let Some(inner) = schema.get(keyword).filter(|inner| inner.is_object()) {
                walk(inner, root, path, found, (depth + 1, left));
            }
        }
        for keyword in ["items", "prefixItems"] {
            for inner in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                walk(inner, root, path, found, (depth + 1, left));
            }
        }
        for inner in schema
            .get("patternProperties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|map| map.values())
        {
            walk(inner, root, path, found, (depth + 1, left));
        }
        path.pop();
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        if let Some(target) = reference.and_then(|path| Pointer::parse(path).get(root)) {
            walk(target, root, path, found, (depth + 1, left));
        }
        for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            path.push(name.clone());
            walk(inner, root, path, found, (depth + 1, left));
            path.pop();
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for option in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                walk(option, root, path, found, (depth + 1, left));
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(spec, spec, &mut Vec::new(), &mut found, (0, &mut 20_000));
    found.into_iter().collect()
}
