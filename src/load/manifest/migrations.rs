//! The config migrations that a manifest declares.

use serde_json::Value;

use super::component::Component;
use crate::model::ConfigMigration;

/// The steps of all migrations, in the order in which the CDK takes them.
pub(super) fn of(spec: &Component<'_>) -> Vec<ConfigMigration> {
    let rules = spec.component("config_normalization_rules");
    let migrations = rules.map(|rules| rules.components("config_migrations")).unwrap_or_default();
    migrations
        .iter()
        .flat_map(|migration| migration.components("transformations"))
        .flat_map(|step| steps(&step))
        .collect()
}

fn steps(step: &Component<'_>) -> Vec<ConfigMigration> {
    let unknown = |what: &str| vec![ConfigMigration::Unknown { what: what.to_owned() }];
    let kind = step.kind.as_deref().unwrap_or_default();
    match kind {
        "ConfigRemapField" => {
            let path = step.value("field_path").as_ref().and_then(path);
            let map = step.value("map").and_then(|map| map.as_object().cloned());
            match (path, map) {
                (Some(path), Some(map)) if map.values().all(|to| to.as_str().is_none_or(stays_a_text)) => {
                    let map = map.into_iter().map(|(from, to)| (Value::String(from), to)).collect();
                    vec![ConfigMigration::Remap { path, map }]
                }
                _ => unknown("a ConfigRemapField over templates"),
            }
        }
        "ConfigRemoveFields" => {
            let pointers = step.value("field_pointers");
            let paths: Option<Vec<Vec<String>>> =
                pointers.as_ref().and_then(Value::as_array).and_then(|all| all.iter().map(path).collect());
            match paths {
                Some(paths) if condition(step).is_none() => {
                    paths.into_iter().map(|path| ConfigMigration::Remove { path }).collect()
                }
                // A field that may be left is as good as not removed; the old spec says what it holds.
                Some(_) => unknown("a ConfigRemoveFields under a condition"),
                None => unknown("a ConfigRemoveFields over templates"),
            }
        }
        "ConfigAddFields" => {
            let condition = condition(step);
            step.components("fields")
                .iter()
                .map(|field| added(field, condition.as_deref()))
                .map(|step| {
                    step.unwrap_or(ConfigMigration::Unknown {
                        what: "a ConfigAddFields over templates".to_owned(),
                    })
                })
                .collect()
        }
        _ => unknown(&step.text("class_name").unwrap_or_else(|| kind.to_owned())),
    }
}

fn added(field: &Component<'_>, condition: Option<&str>) -> Option<ConfigMigration> {
    let path = field.value("path").as_ref().and_then(path)?;
    // The CDK takes texts only.
    let text = field.text("value")?;
    let as_text = match field.text("value_type").as_deref() {
        None => false,
        Some("string") => true,
        Some(_) => return None,
    };
    if let Some(from) = config_path(&text) {
        let only_where_set = match condition.map(config_path) {
            None => false,
            Some(Some(asked)) if asked == from => true,
            Some(_) => return None,
        };
        return Some(ConfigMigration::Copy { path, from, only_where_set, as_text });
    }
    let stays_text = is_literal(&text) && (as_text || stays_a_text(&text));
    (condition.is_none() && stays_text).then_some(ConfigMigration::Set { path, value: text.into() })
}

/// Whether a rendered text stays one: the CDK reads it as a Python literal where it is one.
pub(crate) fn stays_a_text(text: &str) -> bool {
    let starts_a_name = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '@' | ' '));
    starts_a_name && plain && !["True", "False", "None"].contains(&text)
}

fn condition(step: &Component<'_>) -> Option<String> {
    step.text("condition").filter(|condition| !condition.trim().is_empty())
}

fn is_literal(text: &str) -> bool {
    !text.contains("{{") && !text.contains("{%") && !text.contains("{#")
}

fn path(value: &Value) -> Option<Vec<String>> {
    let segments = value.as_array()?.iter().map(|segment| segment.as_str().map(str::to_owned));
    let path: Vec<String> = segments.collect::<Option<_>>()?;
    let plain = path.iter().all(|segment| !segment.contains(['*', '{', '?', '[']));
    (!path.is_empty() && plain).then_some(path)
}

/// `{{ config['a']['b'] }}`, `{{ config.a }}` or `{{ config.get('a') }}` as a path.
fn config_path(template: &str) -> Option<Vec<String>> {
    let expression = template.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let mut rest = expression.strip_prefix("config")?;
    let mut path = Vec::new();
    while !rest.is_empty() {
        let (quoted, closing) = match (rest.strip_prefix('['), rest.strip_prefix(".get(")) {
            (Some(inner), _) => (inner, ']'),
            (_, Some(inner)) => (inner, ')'),
            _ => {
                let name = rest.strip_prefix('.')?;
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let plain =
                    !name[..end].is_empty() && name[..end].chars().all(|c| c.is_alphanumeric() || c == '_');
                path.push(plain.then(|| name[..end].to_owned())?);
                rest = &name[end..];
                continue;
            }
        };
        let (name, after) = quoted.split_once(closing)?;
        let quote = name.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        path.push(name.strip_prefix(quote)?.strip_suffix(quote)?.to_owned());
        rest = after;
    }
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::config_path;

    #[test]
    fn a_template_that_reads_one_field() {
        let read = |text: &str| config_path(text).map(|path| path.join("."));
        assert_eq!(read("{{ config['a']['b'] }}").as_deref(), Some("a.b"));
        assert_eq!(read("{{ config.get('a') }}").as_deref(), Some("a"));
        assert_eq!(read("{{config.a.b}}").as_deref(), Some("a.b"));
        assert_eq!(read("{{ config['a'] or 'x' }}"), None);
        assert_eq!(read("config['a']"), None);
    }
}
