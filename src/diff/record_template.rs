//! Templates that transformations make fields of records with.

use std::sync::LazyLock;

use regex::Regex;

/// Whether a template is a field of the record, with filters behind it at most: `{{ record['a'] | int }}`. What has a value
/// for a record without the field is something else.
pub(super) fn is_of_itself(template: &str, path: &[String]) -> bool {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r#"^\{\{\s*record((?:\[\s*(?:'[^']*'|"[^"]*")\s*\]|\.get\(\s*(?:'[^']*'|"[^"]*")\s*\)|\.[A-Za-z_][A-Za-z0-9_]*)+)\s*((?:\|[^|{}]*)*)\}\}$"#,
        )
        .expect("a valid pattern")
    });
    static STEP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\[\s*(?:'([^']*)'|"([^"]*)")\s*\]|\.get\(\s*(?:'([^']*)'|"([^"]*)")\s*\)|\.([A-Za-z_][A-Za-z0-9_]*)"#)
            .expect("a valid pattern")
    });
    let Some(found) = FIELD.captures(template.trim()) else { return false };
    let part = |group: usize| found.get(group).map(|part| part.as_str()).unwrap_or_default();
    let steps = STEP.captures_iter(part(1)).filter_map(|step| (1..=5).find_map(|group| step.get(group)));
    let names =
        |word: &str| part(2).split(|one: char| !one.is_alphanumeric() && one != '_').any(|one| one == word);
    steps.map(|step| step.as_str()).eq(path.iter().map(String::as_str))
        && !["default", "d", "or", "if", "else"].into_iter().any(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_itself_has_no_fallback() {
        let path = ["a".to_owned(), "b".to_owned()];
        for (template, expected) in [
            ("{{ record['a']['b'] }}", true),
            ("{{ record.a.b | int }}", true),
            ("{{ record.get('a').b | string | upper }}", true),
            ("{{ record['a']['b'] or 1 }}", false),
            ("{{ record['a']['b'] | default(1) }}", false),
            ("{{ record['a']['b'] if record['a'] else 1 }}", false),
            ("{{ record['a'] }}", false),
            ("{{ record['a']['b-c'] }}", false),
            ("{{ stream_slice.record.a.b }}", false),
            ("record.a.b", false),
        ] {
            assert_eq!(is_of_itself(template, &path), expected, "{template}");
        }
    }
}
