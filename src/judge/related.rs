//! Possible renames and moves: something that is gone beside something new that looks like it.
//!
//! Neither is ever certain, so it is a note on the removal and on the addition and changes no level. Each note says
//! what speaks for it: a similar name, an equal schema, the same place.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::diff::{CatalogChange, Change, Delta, SpecChange};
use crate::model::{
    Action, Connector, Finding, Likeness, Related, RelatedKind, SpecBranch, StepKind, StreamId, Words,
};

/// Names less alike than this are no rename by themselves.
const LEAST_SIMILARITY: f64 = 0.7;

/// Streams that share at least this part of their fields may be one stream under two names.
const LEAST_SHARED_FIELDS: f64 = 0.8;

/// Streams of fewer fields than this share them by chance.
const FEWEST_FIELDS: usize = 4;

/// More candidates than this below one parent are not paired: comparing all with all would take too long, and a
/// rename among hundreds is a guess.
const MOST_CANDIDATES: usize = 60;

/// Properties inside an added or removed section are looked for down to this depth.
const DEEPEST_SECTION: usize = 8;

/// Adds possible renames and moves to the findings. `deltas` are the differences in the findings' order.
pub(super) fn annotate(findings: &mut [Finding], deltas: &[Delta], old: &Connector, new: &Connector) {
    let fields = StreamFields::of(deltas, old, new);
    let mut paired = BTreeSet::new();
    for (removed, added) in siblings(deltas).into_values() {
        ask_about_renames(findings, deltas, &removed, &added);
        if removed.len().max(added.len()) > MOST_CANDIDATES {
            continue;
        }
        for pair in pairs(&removed, &added, deltas, &fields) {
            paired.extend([pair.from, pair.to]);
            let note = |kind, other: &Delta| Related {
                kind,
                stream: other
                    .field
                    .is_empty()
                    .then(|| other.stream.as_ref().map(|stream| stream.name.to_string()))
                    .flatten(),
                field: other.field.clone(),
                part: Vec::new(),
                similarity: pair.similarity,
                because: pair.because.clone(),
            };
            let (to, from) = (&deltas[pair.to], &deltas[pair.from]);
            findings[pair.from].related.push(note(RelatedKind::RenamedTo, to));
            findings[pair.to].related.push(note(RelatedKind::RenamedFrom, from));
        }
    }
    for (from, to, from_field, to_field, because) in moves(deltas, &paired) {
        let note = |kind, at: usize, own: &[String], other: &[String]| Related {
            kind,
            stream: None,
            field: other.to_vec(),
            part: if deltas[at].field == own { Vec::new() } else { own.to_vec() },
            similarity: 1.0,
            because: because.clone(),
        };
        findings[from].related.push(note(RelatedKind::MovedTo, from, &from_field, &to_field));
        findings[to].related.push(note(RelatedKind::MovedFrom, to, &to_field, &from_field));
    }
}

/// So many streams are named that may be others under a new name.
const MOST_NAMED: usize = 3;

/// Asks whether what was removed has a new name, where something was added beside it, and only there.
fn ask_about_renames(findings: &mut [Finding], deltas: &[Delta], removed: &[usize], added: &[usize]) {
    let Some((_, what)) = removed.first().and_then(|first| came_or_went(&deltas[*first])) else { return };
    let is_asked = match (what, added) {
        (What::Property, _) | (What::Field, [_, ..]) => return,
        (What::Stream, [_, ..]) => true,
        (What::Field | What::Stream, []) => false,
    };
    let asked = |action: &Action| match is_asked {
        true => action.clone().preceded_by(StepKind::Check, new_streams(deltas, removed, added)),
        false => action.clone().without_rename(),
    };
    // Most say the same, and share it.
    let mut last: Option<(Action, Action)> = None;
    for at in removed {
        let action = &mut findings[*at].action;
        let said = match &last {
            Some((before, after)) if before == action => after.clone(),
            _ => asked(action),
        };
        let before = std::mem::replace(action, said.clone());
        last = Some((before, said));
    }
}

/// `Find out whether a is the new name of b.`, or `Check whether a stream is renamed: a and b were added.`
fn new_streams(deltas: &[Delta], removed: &[usize], added: &[usize]) -> Words {
    let words = Words::marked("Check whether a stream is renamed: ");
    let names = |of: &[usize]| of.iter().filter_map(|at| deltas[*at].stream.as_ref()).collect::<Vec<_>>();
    let name = |stream: &StreamId| Words::name(stream.to_string());
    if let ([old], [new]) = (names(removed).as_slice(), names(added).as_slice()) {
        let words = Words::marked("Find out whether ").and(&name(new)).and_text(" is the new name of ");
        return words.and(&name(old)).and_text(".");
    }
    let names = names(added);
    match names.as_slice() {
        [one] => words.and(&name(one)).and_text(" was added."),
        [others @ .., last] if names.len() <= MOST_NAMED => {
            let others = Words::joined(others.iter().map(|one| name(one)), ", ");
            words.and(&others).and_text(" and ").and(&name(last)).and_text(" were added.")
        }
        names => words.and_number(names.len()).and_text(" streams were added."),
    }
}

/// What came or went, by place in the list of differences: removed first, then added.
type Candidates = (Vec<usize>, Vec<usize>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Stream,
    Field,
    Property,
}

/// Whether a difference is a removal (true) or an addition, and of what.
fn came_or_went(delta: &Delta) -> Option<(bool, What)> {
    Some(match &delta.change {
        Change::Catalog(CatalogChange::FieldRemoved) => (true, What::Field),
        Change::Catalog(CatalogChange::FieldAdded { .. }) => (false, What::Field),
        Change::Catalog(CatalogChange::StreamRemoved(_)) => (true, What::Stream),
        Change::Catalog(CatalogChange::StreamAdded { .. }) => (false, What::Stream),
        Change::Spec(SpecChange::PropertyRemoved { .. }) => (true, What::Property),
        Change::Spec(SpecChange::PropertyAdded { .. }) => (false, What::Property),
        _ => return None,
    })
}

/// What siblings share: what they are, their stream, the path of their parent and the option of the spec.
type Parent<'d> = (What, Option<&'d StreamId>, &'d [String], Option<&'d SpecBranch>);

/// Candidates below one parent.
fn siblings(deltas: &[Delta]) -> BTreeMap<Parent<'_>, Candidates> {
    let mut groups: BTreeMap<Parent<'_>, Candidates> = BTreeMap::new();
    for (index, delta) in deltas.iter().enumerate() {
        let Some((is_removed, what)) = came_or_went(delta) else { continue };
        let parent = delta.field.split_last().map_or(&[][..], |(_, parent)| parent);
        let stream = if what == What::Stream { None } else { delta.stream.as_ref() };
        let group = groups.entry((what, stream, parent, delta.branch.as_deref())).or_default();
        if is_removed { group.0.push(index) } else { group.1.push(index) }
    }
    groups
}

struct Pair {
    from: usize,
    to: usize,
    similarity: f64,
    because: Vec<Likeness>,
}

/// The likeliest pairs, each side at most once.
fn pairs(removed: &[usize], added: &[usize], deltas: &[Delta], fields: &StreamFields) -> Vec<Pair> {
    let mut candidates: Vec<Pair> = Vec::new();
    for &from in removed {
        for &to in added {
            if let Some((similarity, because)) = alike(&deltas[from], &deltas[to], fields) {
                candidates.push(Pair { from, to, similarity, because });
            }
        }
    }
    candidates.sort_by(|a, b| {
        b.similarity.total_cmp(&a.similarity).then(a.from.cmp(&b.from)).then(a.to.cmp(&b.to))
    });
    let mut used = BTreeSet::new();
    candidates.retain(|pair| {
        let free = !used.contains(&pair.from) && !used.contains(&pair.to);
        if free {
            used.extend([pair.from, pair.to]);
        }
        free
    });
    candidates.sort_by_key(|pair| (pair.from, pair.to));
    candidates
}

/// How alike two siblings are, and by what; `None` where nothing speaks for one being the other.
fn alike(from: &Delta, to: &Delta, fields: &StreamFields) -> Option<(f64, Vec<Likeness>)> {
    let name = |delta: &Delta| {
        let stream = || delta.stream.as_ref().map(|stream| stream.name.to_string());
        delta.field.last().cloned().or_else(stream).unwrap_or_default()
    };
    let (old, new) = (name(from), name(to));
    let (old_words, new_words) = (spelled(&old), spelled(&new));
    let names = if old_words == new_words && !old_words.is_empty() {
        1.0
    } else {
        strsim::normalized_levenshtein(&old, &new).max(strsim::jaro_winkler(&old, &new) - 0.1)
    };
    let mut because = Vec::new();
    if names >= LEAST_SIMILARITY {
        because.push(Likeness::SimilarName);
    }
    let mut similarity = names;
    match (&from.old, &to.new) {
        (Some(before), Some(after)) => {
            if kinds(before) != kinds(after) {
                return None;
            }
            if is_whole(from, before) && plain(before) == plain(after) && is_telling(before) {
                because.push(Likeness::EqualSchema);
                similarity = similarity.max(LEAST_SIMILARITY);
            }
        }
        _ => {
            let shared = fields.shared(from.stream.as_ref()?, to.stream.as_ref()?);
            if shared >= LEAST_SHARED_FIELDS {
                because.push(Likeness::SharedFields);
                similarity = similarity.max(shared);
            }
        }
    }
    if because.is_empty() {
        return None;
    }
    because.push(Likeness::SamePlace);
    Some(((similarity * 100.0).round() / 100.0, because))
}

/// A name as words, whatever divides them, with its signs and single digits spelled out: an API's `+1` is a column
/// `plus_one`, and `htmlUrl` is `html_url`.
fn spelled(name: &str) -> Vec<String> {
    const DIGITS: [&str; 10] =
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for character in name.chars() {
        let sign = match character {
            '+' => Some("plus"),
            // Between words it only divides them.
            '-' if before.is_none() => Some("minus"),
            '%' => Some("percent"),
            '&' => Some("and"),
            '#' => Some("number"),
            '@' => Some("at"),
            _ => None,
        };
        let starts = |last: char| match (last.is_alphanumeric(), character.is_ascii_digit()) {
            (false, _) => true,
            (true, is_digit) => {
                last.is_ascii_digit() != is_digit || character.is_uppercase() && last.is_lowercase()
            }
        };
        match sign {
            Some(sign) => words.push(sign.to_owned()),
            None if !character.is_alphanumeric() => {}
            None => {
                if before.is_none_or(starts) {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.extend(character.to_lowercase());
                }
            }
        }
        before = Some(character);
    }
    for word in &mut words {
        if let (Some(digit), 1) = (word.chars().next().and_then(|first| first.to_digit(10)), word.len()) {
            *word = DIGITS[digit as usize].to_owned();
        }
    }
    words
}

/// A schema without the texts that change with a name.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, _)| {
                    !matches!(key.as_str(), "title" | "description" | "order" | "examples" | "group")
                })
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The types a schema names, null aside and in any order.
fn kinds(schema: &Value) -> BTreeSet<&str> {
    let listed = match schema.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(name)) => vec![name.as_str()],
        _ => Vec::new(),
    };
    listed.into_iter().filter(|name| *name != "null").collect()
}

/// Whether a difference carries the whole schema: of a record's field only the type is kept, which is all there is of
/// a plain one.
fn is_whole(delta: &Delta, schema: &Value) -> bool {
    matches!(delta.change, Change::Spec(_))
        || !kinds(schema).iter().any(|kind| ["object", "array"].contains(kind))
}

/// Whether equal schemas say anything: two plain texts are equal by chance.
fn is_telling(schema: &Value) -> bool {
    ["properties", "enum", "const", "pattern", "oneOf"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some_and(|value| !value.is_null()))
}

/// The fields of the streams that came or went.
struct StreamFields(HashMap<StreamId, BTreeSet<String>>);

impl StreamFields {
    fn of(deltas: &[Delta], old: &Connector, new: &Connector) -> Self {
        let mut wanted = [BTreeSet::new(), BTreeSet::new()];
        for delta in deltas {
            if let (Some((is_removed, What::Stream)), Some(id)) = (came_or_went(delta), &delta.stream) {
                wanted[usize::from(!is_removed)].insert(id.clone());
            }
        }
        let mut fields = HashMap::new();
        if wanted.iter().any(|side| side.is_empty() || side.len() > MOST_CANDIDATES) {
            return Self(fields);
        }
        for (connector, wanted) in [old, new].into_iter().zip(&wanted) {
            let streams = connector.catalog.iter().flat_map(|catalog| &catalog.streams);
            for stream in streams.filter(|stream| wanted.contains(&stream.id)) {
                let Ok(properties) = stream.properties() else { continue };
                let Some(schema) = properties.json_schema.known() else { continue };
                fields.insert(stream.id.clone(), schema.open().field_names());
            }
        }
        Self(fields)
    }

    /// Which part of the fields of both they have in common, from 0 to 1.
    fn shared(&self, from: &StreamId, to: &StreamId) -> f64 {
        let (Some(before), Some(after)) = (self.0.get(from), self.0.get(to)) else { return 0.0 };
        if before.len().min(after.len()) < FEWEST_FIELDS {
            return 0.0;
        }
        let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        count(before.intersection(after).count()) / count(before.union(after).count())
    }
}

/// A property of a difference: which one, where it stands, its schema.
type Candidate<'d> = (usize, Vec<String>, &'d Value);

/// From which difference to which, with the paths, and what speaks for it.
type Move = (usize, usize, Vec<String>, Vec<String>, Vec<Likeness>);

/// Names that are gone from one place and new at exactly one other, of the same type: a property that moved into a
/// section, or out of one.
fn moves(deltas: &[Delta], paired: &BTreeSet<usize>) -> Vec<Move> {
    type Name<'d> = (What, Option<&'d StreamId>, String);
    let mut by_name: BTreeMap<Name<'_>, [Vec<Candidate<'_>>; 2]> = BTreeMap::new();
    let open = || {
        let open = deltas.iter().enumerate().filter(|(index, _)| !paired.contains(index));
        open.filter_map(|(index, delta)| Some((index, delta, came_or_went(delta)?)))
            .filter(|(.., (_, what))| *what != What::Stream)
    };
    // Where nothing came nothing moved.
    let mut went_to: BTreeSet<(What, Option<&StreamId>)> = BTreeSet::new();
    went_to.extend(
        open()
            .filter(|(.., (is_removed, _))| !is_removed)
            .map(|(_, delta, (_, what))| (what, delta.stream.as_ref())),
    );
    for (index, delta, (is_removed, what)) in open() {
        if !went_to.contains(&(what, delta.stream.as_ref())) {
            continue;
        }
        let Some(schema) = (if is_removed { delta.old.as_deref() } else { delta.new.as_deref() }) else {
            continue;
        };
        for (path, schema) in sections(&delta.field, schema) {
            let Some(name) = path.last().cloned() else { continue };
            by_name.entry((what, delta.stream.as_ref(), name)).or_default()[usize::from(!is_removed)]
                .push((index, path, schema));
        }
    }
    let mut found = Vec::new();
    for [removed, added] in by_name.into_values() {
        if let ([(from, from_path, before)], [(to, to_path, after)]) = (removed.as_slice(), added.as_slice())
            && from_path != to_path
            && kinds(before) == kinds(after)
        {
            let mut because = vec![Likeness::SameName];
            if is_whole(&deltas[*from], before) && plain(before) == plain(after) {
                because.push(Likeness::EqualSchema);
            }
            found.push((*from, *to, from_path.clone(), to_path.clone(), because));
        }
    }
    // A section that moved says so once, not once per property.
    let whole: BTreeSet<(usize, usize)> = found
        .iter()
        .filter(|(from, to, before, after, _)| deltas[*from].field == *before && deltas[*to].field == *after)
        .map(|(from, to, ..)| (*from, *to))
        .collect();
    found.retain(|(from, to, before, after, _)| {
        !whole.contains(&(*from, *to)) || deltas[*from].field == *before && deltas[*to].field == *after
    });
    found
}

/// A schema and every property inside it, with its path; constants that tell options apart left out.
fn sections<'v>(field: &[String], schema: &'v Value) -> Vec<(Vec<String>, &'v Value)> {
    let mut found = Vec::new();
    let mut open = vec![(field.to_vec(), schema)];
    let mut named = BTreeSet::new();
    while let Some((path, schema)) = open.pop() {
        if schema.get("const").is_none() && named.insert(path.clone()) {
            found.push((path.clone(), schema));
        }
        if path.len() > field.len() + DEEPEST_SECTION {
            continue;
        }
        for (name, below) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let mut path = path.clone();
            path.push(name.clone());
            open.push((path, below));
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let options = schema.get(keyword).and_then(Value::as_array);
            for option in options.into_iter().flatten() {
                for (name, below) in option.get("properties").and_then(Value::as_object).into_iter().flatten()
                {
                    let mut path = path.clone();
                    path.push(name.clone());
                    open.push((path, below));
                }
            }
        }
    }
    found
}
