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
    // Where a condition does not hold, the value is nothing: no other value comes in its place.
    static OR_NOTHING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^(\{\{.*?)\s+if\s+[^{}]*\s+else\s+(?:none|None|null|''|"")\s*\}\}$"#)
            .expect("a valid pattern")
    });
    let template = OR_NOTHING.replace(template.trim(), "$1 }}");
    let Some(found) = FIELD.captures(&template) else { return false };
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
            ("{{ record['a']['b'] | int if record.get('a') else none }}\n", true),
            ("{{ record.a.b if record.c else '' }}", true),
            ("{{ record.a.b if record.c else record.d }}", false),
            ("{{ record.c if record.a.b else none }}", false),
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
