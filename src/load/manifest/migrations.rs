//! `config_normalization_rules`, as a manifest writes them.

use serde_json::Value;

use super::component::Component;
use crate::model::{
    AddedConfigField, ConfigRules, ConfigStep, ConfigStepKind, ConfigValidation, Pointer, ValueType,
};

const RULES: &str = "config_normalization_rules";

/// What the manifest does to a config, in the order in which the CDK does it.
pub(super) fn of(spec: &Component<'_>) -> ConfigRules {
    let Some(rules) = spec.component(RULES) else { return ConfigRules::default() };
    let steps = |holder: &Component<'_>, place: &[String]| -> Vec<ConfigStep> {
        let all = holder.components("transformations").into_iter().enumerate();
        all.map(|(index, step)| {
            let own = ["transformations".to_owned(), index.to_string()];
            ConfigStep {
                pointer: Pointer::new([RULES.to_owned()].iter().chain(place).chain(&own).cloned()),
                kind: kind(&step),
            }
        })
        .collect()
    };
    let migrations = rules.components("config_migrations").into_iter().enumerate();
    ConfigRules {
        migrations: migrations
            .flat_map(|(index, migration)| {
                steps(&migration, &["config_migrations".to_owned(), index.to_string()])
            })
            .collect(),
        transformations: steps(&rules, &[]),
        validations: rules.components("validations").iter().map(validation).collect(),
    }
}

fn kind(step: &Component<'_>) -> ConfigStepKind {
    let opaque = |what: &str| ConfigStepKind::Opaque { what: what.to_owned() };
    let name = step.kind.as_deref().unwrap_or_default();
    match name {
        "ConfigRemapField" => {
            let path = step.value("field_path").as_ref().and_then(path);
            match (path, step.value("map")) {
                (Some(path), Some(Value::Object(map))) => {
                    ConfigStepKind::Remap { path, map: map.into_iter().collect() }
                }
                // The CDK takes a text here and then fails to go through it.
                _ => opaque("a ConfigRemapField without a map"),
            }
        }
        "ConfigRemoveFields" => {
            let pointers = step.value("field_pointers");
            let pointers: Option<Vec<Vec<String>>> =
                pointers.as_ref().and_then(Value::as_array).and_then(|all| all.iter().map(path).collect());
            match (pointers, condition(step)) {
                (Some(pointers), Some(condition)) => ConfigStepKind::Remove { pointers, condition },
                _ => opaque("a ConfigRemoveFields with a field of another type"),
            }
        }
        "ConfigAddFields" => {
            let fields: Option<Vec<AddedConfigField>> = step.components("fields").iter().map(added).collect();
            match (fields, condition(step)) {
                (Some(fields), Some(condition)) => ConfigStepKind::Add { fields, condition },
                _ => opaque("a ConfigAddFields with a field of another type"),
            }
        }
        _ => match step.text("class_name") {
            Some(class) => opaque(&class),
            None => opaque(if name.is_empty() { "a step without a type" } else { name }),
        },
    }
}

/// The condition of a step; empty where it has none, `None` where it is no text.
fn condition(step: &Component<'_>) -> Option<String> {
    match step.value("condition") {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text),
        Some(_) => None,
    }
}

fn added(field: &Component<'_>) -> Option<AddedConfigField> {
    let value_type = match field.value("value_type") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(match name.as_str() {
            "string" => ValueType::String,
            "number" => ValueType::Number,
            "integer" => ValueType::Integer,
            "boolean" => ValueType::Boolean,
            _ => return None,
        }),
        Some(_) => return None,
    };
    // The CDK takes texts only.
    Some(AddedConfigField {
        path: field.value("path").as_ref().and_then(path)?,
        value: field.text("value")?,
        value_type,
    })
}

fn path(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|segment| segment.as_str().map(str::to_owned)).collect()
}

fn validation(validation: &Component<'_>) -> ConfigValidation {
    let strategy = validation.component("validation_strategy");
    let strategy = strategy.filter(|strategy| strategy.is("ValidateAdheresToSchema"));
    let schema = strategy.and_then(|strategy| strategy.value("base_schema"));
    let path = validation.value("field_path").as_ref().and_then(path);
    let plain =
        |path: &Vec<String>| !path.is_empty() && path.iter().all(|part| !part.contains(['*', '?', '[', '{']));
    match (path.filter(plain), schema) {
        (Some(path), Some(schema)) if validation.is("DpathValidator") => {
            ConfigValidation::Schema { path, schema }
        }
        _ => {
            let class = validation.component("validation_strategy").and_then(|one| one.text("class_name"));
            let what = class.or_else(|| validation.kind.clone());
            ConfigValidation::Opaque {
                what: what.unwrap_or_else(|| "a validation without a type".to_owned()),
            }
        }
    }
}
