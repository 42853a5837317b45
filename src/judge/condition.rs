//! Whether a stream is gone for saved configs because the condition that it stands under is another one.
//!
//! Conditions are decided where each asks for the truth of one key of the config. The CDK reads a key that is not there as
//! undefined, which is false, and saved configs hold what the old spec declares, if that.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::inclusion::Asked;
use crate::diff::{CatalogChange, Change, Delta};
use crate::migration::DICT_METHODS;
use crate::model::{Connector, Decision, Fragment};

/// Decides the conditions that changed. Another spelling of the same is no difference.
pub(super) fn decide(deltas: &mut Vec<Asked>, old: &Connector, new: &Connector) {
    let conditions = |delta: &Delta| -> Option<[Option<Condition>; 2]> {
        if delta.change != Change::Catalog(CatalogChange::ConditionChanged) {
            return None;
        }
        let read =
            |value: &Option<Fragment>| value.as_deref().and_then(Value::as_str).and_then(Condition::read);
        Some([read(&delta.old), read(&delta.new)])
    };
    deltas.retain_mut(|one| {
        let Some([Some(was), Some(is)]) = conditions(&one.delta) else { return true };
        one.decision = between(&was, &is, old, new);
        was != is
    });
}

fn between(was: &Condition, is: &Condition, old: &Connector, new: &Connector) -> Option<Decision> {
    let Condition::Key { key: needed, holds } = is else { return None };
    // Migrations and code may write the key.
    let may_be_written = !new.config_rules.is_empty()
        || new.config_normalization.as_ref().is_some_and(|rules| !rules.is_null())
        || new.code_words.has_python && new.code.only_loads_a_manifest() != Some(true);
    if may_be_written {
        return None;
    }
    let spec = &old.spec.as_ref()?.value["connectionSpecification"];
    let mut config = Map::new();
    let mut save = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            config.insert(key.to_owned(), value);
        }
    };
    match was {
        // The same key asks for the opposite now.
        Condition::Key { key, holds: held } if key == needed => save(key, saved(spec, key, *held)?),
        Condition::Key { key, holds: held } => {
            save(key, saved(spec, key, *held)?);
            save(needed, saved(spec, needed, !holds)?);
        }
        Condition::Always => save(needed, saved(spec, needed, !holds)?),
    }
    let message = format!(
        "the old condition holds for it, and `{needed}` {} in it",
        if *holds { "is not true" } else { "is true" }
    );
    Some(Decision::Witness { value: Value::Object(config), message })
}

#[derive(Debug, PartialEq, Eq)]
enum Condition {
    Always,
    /// The value of a key is true, or false.
    Key {
        key: String,
        holds: bool,
    },
}

impl Condition {
    /// `None` where it asks for anything else.
    fn read(text: &str) -> Option<Self> {
        static KEY: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(
                r#"^\{\{\s*(not\s+)?(?:config\.get\(\s*(?:'([^']*)'|"([^"]*)")\s*\)|config\[\s*(?:'([^']*)'|"([^"]*)")\s*\]|config\.([A-Za-z_][A-Za-z_0-9]*))\s*\}\}$"#,
            )
            .expect("a valid pattern")
        });
        if text == "always" {
            return Some(Self::Always);
        }
        let found = KEY.captures(text.trim())?;
        let key = (2..=6).find_map(|group| found.get(group))?.as_str().to_owned();
        // Jinja takes a method of the mapping for such an attribute.
        if found.get(6).is_some() && DICT_METHODS.contains(&key.as_str()) {
            return None;
        }
        Some(Self::Key { key, holds: found.get(1).is_none() })
    }
}

/// What a config holds under a key so that it is true, or false: `Some(None)` where it lacks the key. `None` where no saved
/// config is known to do so.
fn saved(spec: &Value, key: &str, is_true: bool) -> Option<Option<Value>> {
    let properties = spec.get("properties")?.as_object()?;
    // What else the spec asks of a config as a whole, nothing here can promise.
    const OF_THE_WHOLE: [&str; 12] = [
        "oneOf",
        "anyOf",
        "allOf",
        "not",
        "$ref",
        "if",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "minProperties",
        "propertyNames",
        "patternProperties",
    ];
    if OF_THE_WHOLE.iter().any(|keyword| spec.get(*keyword).is_some()) {
        return None;
    }
    let is_required = spec["required"].as_array().is_some_and(|names| names.iter().any(|name| name == key));
    let Some(property) = properties.get(key) else {
        // The form writes nothing that the spec does not declare.
        return (!is_true && !is_required).then_some(None);
    };
    const SAY_NOTHING: [&str; 11] = [
        "type",
        "title",
        "description",
        "default",
        "examples",
        "order",
        "group",
        "airbyte_secret",
        "always_show",
        "display_type",
        "multiline",
    ];
    let is_free = property
        .as_object()
        .is_some_and(|property| property.keys().all(|keyword| SAY_NOTHING.contains(&keyword.as_str())));
    match property["type"].as_str() {
        Some("boolean") if is_free => Some(Some(Value::Bool(is_true))),
        Some("string") if is_free && is_true => Some(Some("text".into())),
        // What the form hides or fixes is saved all the same.
        _ if is_free && !is_true && !is_required => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_asks_for_one_key() {
        for (text, expected) in [
            ("{{ config['beta'] }}", Some(("beta", true))),
            ("{{config[\"beta\"]}}", Some(("beta", true))),
            ("{{ config.get('beta') }}", Some(("beta", true))),
            ("{{ not config.beta }}", Some(("beta", false))),
            ("{{ config['a'] and config['b'] }}", None),
            ("{{ config['a']['b'] }}", None),
            ("{{ config.get('a', True) }}", None),
            ("{{ config['a'] == 'x' }}", None),
            ("{{ notconfig.a }}", None),
            ("{{ config.items }}", None),
            ("{{ config['items'] }}", Some(("items", true))),
        ] {
            let key = expected.map(|(key, holds)| Condition::Key { key: key.to_owned(), holds });
            assert_eq!(Condition::read(text), key, "{text}");
        }
    }
}
