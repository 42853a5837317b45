//! Counts and lists of names, as every format words them.

use crate::model::Scope;

/// Names listed before "and N more".
const MOST_NAMES: usize = 8;

/// Whom it reaches, in words.
pub(in crate::report) fn reach(scope: &Scope) -> String {
    let list = names(scope.streams.iter().map(String::as_str));
    if scope.everyone {
        let whom = scope.only.clone().unwrap_or_else(|| "every user".to_owned());
        return match scope.streams.len() {
            0 => whom,
            _ => format!("{whom}, and the streams {list}"),
        };
    }
    let only = scope.only.as_ref().map(|only| format!(" ({only})")).unwrap_or_default();
    let files = names(scope.unlisted_streams_of.iter().map(String::as_str));
    let others =
        if files.is_empty() { String::new() } else { format!(", and perhaps others built from {files}") };
    match scope.streams.len() {
        0 => "nobody".to_owned(),
        count => format!("{}{only}: {list}{others}", self::count(count, "stream")),
    }
}

/// A list of names, cut with a count.
pub(in crate::report) fn names<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let shown: Vec<&str> = names.take(MOST_NAMES).collect();
    let list = shown.join(", ");
    if count > MOST_NAMES { format!("{list}, … {} more", count - MOST_NAMES) } else { list }
}

/// `1 thing` or `2 things`.
pub(in crate::report) fn count(number: usize, thing: &str) -> String {
    match (number, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{number} {stem}ies"),
        _ => format!("{number} {thing}s"),
    }
}

/// As many names as fit, at least one, and how many more there are.
pub(in crate::report) fn names_within(names: &[String], width: usize) -> String {
    let mut list = String::new();
    for (shown, name) in names.iter().enumerate() {
        let more = format!(", … {} more", names.len() - shown);
        let last = shown + 1 == names.len();
        let room = if last { 0 } else { more.chars().count() };
        if shown > 0 && list.chars().count() + 2 + name.chars().count() + room > width {
            list.push_str(&more);
            break;
        }
        if shown > 0 {
            list.push_str(", ");
        }
        list.push_str(name);
    }
    list
}
