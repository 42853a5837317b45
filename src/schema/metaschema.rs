//! Whether a document is a schema by the metaschema of its draft.
//!
//! Python's `jsonschema.validate` asks this before it looks at a value, and refuses every value where the answer is no
//! (`check_schema`, jsonschema 4.26). Its draft is the one that `$schema` names, else the newest. Draft 3 is not known here.

use serde_json::Value;

use super::SchemaError;
use crate::model::{Pointer, Which};

/// The first keyword that the metaschema refuses; `None` where the document is a schema.
pub fn metaschema_fault(document: &Value, side: Which) -> Option<SchemaError> {
    let uri = document.get("$schema").and_then(Value::as_str).unwrap_or_default();
    let validator = match uri.trim_end_matches('#') {
        "http://json-schema.org/draft-03/schema" => return None,
        "http://json-schema.org/draft-04/schema" => jsonschema::draft4::meta::validator(),
        "http://json-schema.org/draft-06/schema" => jsonschema::draft6::meta::validator(),
        "http://json-schema.org/draft-07/schema" => jsonschema::draft7::meta::validator(),
        "https://json-schema.org/draft/2019-09/schema" => jsonschema::draft201909::meta::validator(),
        _ => jsonschema::draft202012::meta::validator(),
    };
    // The list of what is wrong costs several times what it costs to see that nothing is.
    if validator.is_valid(document) {
        return None;
    }
    // Patterns are read by an engine of another language, and asked about elsewhere.
    let is_format =
        |error: &jsonschema::ValidationError<'_>| error.schema_path().as_str().ends_with("/format");
    let error = validator.iter_errors(document).find(|error| !is_format(error))?;
    let pointer = Pointer::parse(error.instance_path().as_str());
    // A part of a schema may be long, and its place says which it is.
    let message = error.masked_with("it").to_string();
    Some(SchemaError { side, pointer, message, unresolved: false, elsewhere: false })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What `jsonschema.validate` of Python did with each, 4.26.
    #[test]
    fn a_schema_is_refused_as_python_refuses_it() {
        const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";
        let tuple = json!({"items": [{"type": "string"}]});
        for (uri, property, expected) in [
            (DRAFT_7, json!({"type": "string", "required": true}), "/properties/a/required"),
            ("", json!({"type": "string", "required": true}), "/properties/a/required"),
            (DRAFT_7, json!({"type": "string", "examples": "x"}), "/properties/a/examples"),
            (DRAFT_7, json!({"required": ["a", "a"]}), "/properties/a/required"),
            ("", tuple.clone(), "/properties/a/items"),
            (DRAFT_7, tuple.clone(), ""),
            ("http://json-schema.org/schema#", tuple, "/properties/a/items"),
            ("https://lantern.test/own", json!({"required": true}), "/properties/a/required"),
            (DRAFT_7, json!({"title": 3}), "/properties/a/title"),
            (DRAFT_7, json!({"enum": []}), ""),
            (DRAFT_7, json!({"enum": [1, 1]}), ""),
            (DRAFT_7, json!({"format": 3}), "/properties/a/format"),
            (DRAFT_7, json!({"description": ["x"]}), "/properties/a/description"),
            (DRAFT_7, json!({"default": 3, "order": "x", "airbyte_secret": "yes"}), ""),
            (DRAFT_7, json!({"minimum": "3"}), "/properties/a/minimum"),
            (DRAFT_7, json!({"$ref": "#/nowhere"}), ""),
            ("http://json-schema.org/draft-07/schema", json!({"required": true}), "/properties/a/required"),
            (DRAFT_7, json!({"$ref": "#/definitions/x", "examples": "x"}), "/properties/a/examples"),
        ] {
            let mut schema = json!({"properties": {"a": property}});
            if !uri.is_empty() {
                schema["$schema"] = json!(uri);
            }
            let found = metaschema_fault(&schema, Which::New).map(|fault| fault.pointer.to_string());
            assert_eq!(found.unwrap_or_default(), expected, "{schema}");
        }
    }
}
