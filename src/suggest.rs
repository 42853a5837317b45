//! Suggestions for mistyped names.

/// Names less alike than this are not proposed.
const LEAST_SIMILARITY: f64 = 0.75;

/// The known name that is most like a mistyped one, if any is like it at all.
pub(crate) fn nearest<'n>(word: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .map(|name| (strsim::jaro_winkler(word, name), name))
        .filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, name)| name)
}
