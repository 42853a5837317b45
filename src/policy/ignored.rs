//! What a policy leaves out, without asking each pattern of each finding.
//!
//! A pattern is found by the text before its first `*` or `?`: only those that start as a name does are asked about it.

use std::collections::{BTreeSet, HashMap};

use super::{FieldPattern, Glob, Policy};
use crate::model::StreamId;

/// The streams and fields that a policy leaves out.
#[derive(Debug)]
pub struct Ignored<'p> {
    streams: Starts<&'p Glob>,
    fields: Starts<&'p FieldPattern>,
}

/// Patterns by how they start.
#[derive(Debug)]
struct Starts<P> {
    patterns: HashMap<String, Vec<P>>,
    /// How many bytes the starts have.
    lengths: BTreeSet<usize>,
}

impl<P> Starts<P> {
    /// Patterns with what stands before their start and the start.
    fn of<'k>(patterns: impl Iterator<Item = (P, Option<&'k str>, &'k str)>) -> Self {
        let mut starts = Self { patterns: HashMap::new(), lengths: BTreeSet::new() };
        for (pattern, group, start) in patterns {
            starts.lengths.insert(start.len());
            starts.patterns.entry(key(group, start)).or_default().push(pattern);
        }
        starts
    }

    /// The patterns that may fit a name, of those of a group.
    fn of_name(&self, group: Option<&str>, name: &str) -> impl Iterator<Item = &P> {
        let starts = self.lengths.iter().map_while(move |length| match name.get(..*length) {
            Some(start) => Some(Some(start)),
            // It ends here, or within a character.
            None => (*length < name.len()).then_some(None),
        });
        starts.flatten().filter_map(move |start| self.patterns.get(&key(group, start))).flatten()
    }
}

/// Patterns of a stream with a name are a group of their own; those that are about several are one together.
fn key(group: Option<&str>, start: &str) -> String {
    match group {
        Some(stream) => format!("{stream}\n{start}"),
        None => start.to_owned(),
    }
}

impl<'p> Ignored<'p> {
    /// What a policy leaves out.
    pub fn of(policy: &'p Policy) -> Self {
        let streams = policy.ignored_streams.iter().map(|glob| (&glob.value, None, glob.value.start()));
        let fields = policy.ignored_fields.iter().map(|pattern| {
            let pattern = &pattern.value;
            let start = pattern.fields.first().map_or("", Glob::start);
            (pattern, Some(pattern.stream.only().unwrap_or(ANY)), start)
        });
        Self { streams: Starts::of(streams), fields: Starts::of(fields) }
    }

    /// Whether what is said of a field, or of a stream where there is none, is to be left out.
    pub fn has(&self, stream: Option<&StreamId>, field: &[String]) -> bool {
        let Some(stream) = stream else { return false };
        let covers = |field_name: &String| {
            [&*stream.name, ANY]
                .into_iter()
                .flat_map(|group| self.fields.of_name(Some(group), field_name))
                .any(|pattern| pattern.covers(&stream.name, field))
        };
        self.has_stream(&stream.name) || field.first().is_some_and(covers)
    }

    /// Whether everything about a stream is to be left out.
    pub fn has_stream(&self, name: &str) -> bool {
        self.streams.of_name(None, name).any(|glob| glob.matches(name))
    }
}

/// The group of patterns whose stream is a pattern too.
const ANY: &str = "*";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::{SetBy, Setting};
    use super::*;

    fn set<T>(value: T) -> Arc<Setting<T>> {
        Arc::new(Setting { value, set_by: SetBy::Default })
    }

    #[test]
    fn patterns_are_found_by_their_start_as_if_each_was_asked() {
        let fields =
            ["s/a", "s/a/b", "s/a*", "s/*z", "s/?", "*/c", "t?/d*", "s/é", "s/é?", "s/\u{1f980}", "s~1t/x"];
        let streams = ["tmp_*", "x", "*y", "é*", "?"];
        let policy = Policy {
            ignored_streams: streams.iter().map(|text| set(Glob::new(*text))).collect(),
            ignored_fields: fields
                .iter()
                .map(|text| set(FieldPattern::parse(text).expect("a pattern")))
                .collect(),
            ..Policy::default()
        };
        let ignored = Ignored::of(&policy);
        let mut seen = BTreeSet::new();
        for stream in ["s", "t", "tx", "tmp_1", "tmp", "xy", "éa", "e", "s/t", "", "abc", "*", "orders"] {
            let id = StreamId { name: stream.into(), namespace: None };
            for path in
                ["", "a", "a/b", "ab", "az", "zz", "b", "c", "d", "dd", "é", "éa", "è", "\u{1f980}", "x"]
            {
                let field: Vec<String> =
                    path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
                let by_stream = policy.ignored_streams.iter().any(|glob| glob.value.matches(stream));
                let by_field = policy.ignored_fields.iter().any(|one| one.value.covers(stream, &field));
                assert_eq!(ignored.has_stream(stream), by_stream, "{stream}");
                assert_eq!(ignored.has(Some(&id), &field), by_stream || by_field, "{stream} {path}");
                seen.insert((by_stream, by_field));
            }
        }
        assert!(
            seen.len() >= 3,
            "some are left out by their stream, some by their field, some not: {seen:?}"
        );
        assert!(!ignored.has(None, &["a".to_owned()]));
    }
}
