//! Counts and lists of names, as every format words them.

use crate::model::{Limit, Scope, Waived, Words};

/// How many names of a list are shown.
pub(in crate::report) const MOST_NAMES: usize = 8;

/// The streams of a scope, with their number.
pub(in crate::report) fn streams(scope: &Scope, most: usize) -> Words {
    let count = scope.streams.len();
    let words = Words::from(self::count(count, "stream")).and_text(": ");
    words.and(&names(scope.streams.iter().map(String::as_str), most))
}

/// The streams of a scope; their number only where not all are named.
pub(in crate::report) fn names_counted_if_cut(scope: &Scope, most: usize) -> Words {
    match scope.streams.len() > most.saturating_add(1) {
        true => streams(scope, most),
        false => names(scope.streams.iter().map(String::as_str), most),
    }
}

/// How it is told that nobody can list all streams that a scope reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Unlisted {
    /// Beside those that are known.
    Noted,
    /// As a question of its own.
    Asked,
}

/// Whom it reaches, in words; `told` says whether the streams that nobody can list are mentioned.
pub(in crate::report) fn reach_of(scope: &Scope, most: usize, told: Unlisted) -> Words {
    match told {
        Unlisted::Asked if !scope.everyone && !scope.streams.is_empty() => {
            reach(&Scope { unlisted_streams_of: Default::default(), ..scope.clone() }, most)
        }
        _ => reach(scope, most),
    }
}

/// Whom it reaches, in words.
pub(in crate::report) fn reach(scope: &Scope, most: usize) -> Words {
    if scope.everyone {
        let whom = scope.only.as_ref().map_or_else(|| Words::marked("every user"), limit);
        return match scope.streams.len() {
            0 => whom,
            _ => whom.and_text(", and ").and(&streams(scope, most)),
        };
    }
    let mut words = match scope.streams.len() {
        0 if scope.unlisted_streams_of.is_empty() => return Words::marked("nobody"),
        0 => Words::marked("streams that are not known"),
        _ => streams(scope, most),
    };
    if let Some(only) = &scope.only {
        words = words.and_text(" (").and(&limit(only)).and_text(")");
    }
    if !scope.unlisted_streams_of.is_empty() {
        words = words.and_text(" (").and(&unlisted(scope, most)).and_text(")");
    }
    words
}

/// So many schema files are named in a line about streams.
const MOST_FILES: usize = 2;

/// Why the list of streams may be too short.
fn unlisted(scope: &Scope, most: usize) -> Words {
    let most = if most > MOST_NAMES { most } else { MOST_FILES };
    match own_files(scope) {
        Some(files) => Words::marked("only code tells which others use ").and_text(files),
        None => others(scope.unlisted_streams_of.iter(), most),
    }
}

/// The schema files that streams may be built from which nobody can list; `None` where there are none.
pub(in crate::report) fn files(scope: &Scope) -> Option<Words> {
    let files = &scope.unlisted_streams_of;
    let named = || names(files.iter().map(String::as_str), MOST_FILES);
    (!files.is_empty()).then(|| own_files(scope).map_or_else(named, Words::marked))
}

/// Schema files that are called as the streams of the list: they are not named again.
fn own_files(scope: &Scope) -> Option<&'static str> {
    let files = &scope.unlisted_streams_of;
    let is_own = |file: &String| file.strip_suffix(".json").is_some_and(|name| scope.streams.contains(name));
    match files.len() {
        count if count != scope.streams.len() || !files.iter().all(is_own) => None,
        1 => Some("its schema file"),
        _ => Some("their schema files"),
    }
}

/// Why nobody can list the streams that are built from schema files: code names them, and is not read as a whole.
pub(in crate::report) fn others<'f>(files: impl ExactSizeIterator<Item = &'f String>, most: usize) -> Words {
    Words::marked("only code tells which others use ").and(&names(files.map(String::as_str), most))
}

/// What limits whom it reaches, in words.
pub(in crate::report) fn limit(limit: &Limit) -> Words {
    Words::foreign(limit.to_string())
}

/// Whom a scope reaches that another does not, in words; `None` where there is nobody.
pub(in crate::report) fn beyond(scope: &Scope, known: &Scope, most: usize, told: Unlisted) -> Option<Words> {
    if known.everyone && known.only.is_none() {
        return None;
    }
    let all = scope.everyone && !(known.everyone && known.only == scope.only);
    let is_new = |stream: &&String| !known.streams.contains(*stream);
    let others = Scope {
        everyone: all,
        streams: scope.streams.iter().filter(is_new).cloned().collect(),
        // What limits the users of all streams limits none of one.
        only: scope.only.clone().filter(|_| all || !scope.everyone),
        unlisted_streams_of: scope
            .unlisted_streams_of
            .difference(&known.unlisted_streams_of)
            .cloned()
            .collect(),
    };
    let is_empty = !all && others.streams.is_empty() && others.unlisted_streams_of.is_empty();
    (!is_empty).then(|| reach_of(&others, most, told))
}

/// Why something is waived, and until when.
pub(in crate::report) fn waived(waived: &Waived) -> Words {
    let reason = Words::foreign(&waived.reason);
    match &waived.until {
        Some(until) => reason.and_text(" (until ").and_foreign(until).and_text(")"),
        None => reason,
    }
}

/// A list of names, cut with a count.
pub(in crate::report) fn names<'n>(names: impl ExactSizeIterator<Item = &'n str>, most: usize) -> Words {
    list(names.map(Words::name), most)
}

/// A list, cut with a count. One more than fits is shown rather than counted.
pub(in crate::report) fn list(items: impl ExactSizeIterator<Item = Words>, most: usize) -> Words {
    list_by(", ", items, most)
}

/// The same with another sign between the items.
pub(in crate::report) fn list_by(
    sign: &'static str,
    items: impl ExactSizeIterator<Item = Words>,
    most: usize,
) -> Words {
    let count = items.len();
    let shown = if count <= most.saturating_add(1) { count } else { most };
    let words = Words::joined(items.take(shown), sign);
    match count > shown {
        true => words.and_text(sign).and_text("… ").and_number(count - shown).and_text(" more"),
        false => words,
    }
}

/// `1 thing` or `2 things`.
pub(in crate::report) fn count(number: usize, thing: &str) -> String {
    match (number, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{number} {stem}ies"),
        _ => format!("{number} {thing}s"),
    }
}
