//! The cursor component of a stream: its types, and the field it reads.

use serde_json::Value;

use super::component::Component;
use super::interpolation::{Evaluated, evaluate};
use crate::model::Fact;

/// A cursor that is a class of the connector.
pub(super) const CUSTOM_CURSOR: &str = "CustomIncrementalSync";

/// The cursors the CDK knows by type.
pub(super) const CURSORS: [&str; 3] = ["DatetimeBasedCursor", "IncrementingCountCursor", CUSTOM_CURSOR];

/// The field of the cursor, as a path.
pub(super) fn cursor_field(incremental: &Component<'_>) -> Fact<Vec<String>> {
    let Some(node) = incremental.node("cursor_field") else {
        return Fact::Unknown("the incremental_sync component names no cursor_field".to_owned());
    };
    let Some(template) = node.as_text() else {
        return Fact::Unknown("cursor_field is not a text".to_owned());
    };
    if incremental.is("IncrementingCountCursor") && template.contains("{{") {
        return Fact::Unknown(format!(
            "versions of the CDK differ in what they make of {template} in a count cursor"
        ));
    }
    match evaluate(&incremental.resolver, template, &[("parameters", &incremental.parameters)]) {
        Evaluated::Text(text) if is_python_literal(&text) => {
            Fact::Unknown(format!("the CDK reads cursor_field {text} as a Python literal"))
        }
        Evaluated::Text(text) => Fact::Known(vec![text]),
        Evaluated::Node(node) => match node.scalar() {
            Some(Value::String(text)) if !is_python_literal(text) => Fact::Known(vec![text.clone()]),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Fact::Known(vec![value.to_string()]),
            _ => Fact::Unknown(format!("cursor_field {template} is not a text")),
        },
        Evaluated::Unknown(expression) => {
            Fact::Unknown(format!("cursor_field depends on the config: {expression}"))
        }
    }
}

/// Whether a text is a Python literal other than a decimal number: the CDK takes its value, written as Python does.
fn is_python_literal(text: &str) -> bool {
    matches!(text, "True" | "False" | "None")
        || ["0x", "0X", "0o", "0O", "0b", "0B"].iter().any(|prefix| text.starts_with(prefix))
        || text.starts_with(['\'', '"', '[', '(', '{'])
}
