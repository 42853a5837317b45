//! One edit, told once: the places of a connector where one rule found the same change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::phrase;
use super::value::Change;
use crate::model::{
    Artifact, Evidence, Excerpt, Finding, Level, Origin, Related, RelatedKind, Sides, SpecBranch, StreamId,
    Words,
};
use crate::rules;

/// One edit, with every place that it reaches.
#[derive(Debug)]
pub struct Edit<'r> {
    /// How many findings it tells.
    pub count: usize,
    /// What is edited: streams, fields of streams, options of the spec.
    pub subject: Words,
    /// The places, where a line cannot name them: a line for each stream.
    pub places: Vec<Words>,
    /// Old and new value; the subject says short ones too.
    pub change: Change<'r>,
    /// What shows the level, or what would decide it, with what it is.
    pub evidence: Option<(&'static str, Words)>,
    /// Whom it reaches, where the subject does not say it.
    pub affects: Option<Words>,
    /// The shared place that was edited.
    pub cause: Option<&'r str>,
    /// Where the values of its first finding were written.
    pub origin: Sides<Option<&'r Origin>>,
    /// The lines there, where they are wanted and may be shown.
    pub excerpt: Sides<Option<Excerpt>>,
}

/// What the edits of a report are told with: how streams are called, and how long lists get.
pub(super) struct Manner<'r> {
    ambiguous: HashMap<&'r str, bool>,
    most_names: usize,
    apart: bool,
}

impl<'r> Manner<'r> {
    /// `most_names` is the number of names of a list that are shown. `apart` keeps each finding an edit of its own.
    pub(super) fn of(findings: &'r [Finding], most_names: usize, apart: bool) -> Self {
        let mut first: HashMap<&str, &StreamId> = HashMap::new();
        let mut ambiguous: HashMap<&str, bool> = HashMap::new();
        for stream in findings.iter().filter_map(|finding| finding.stream.as_ref()) {
            let known = first.entry(&stream.name).or_insert(stream);
            *ambiguous.entry(&stream.name).or_default() |= known.namespace != stream.namespace;
        }
        Self { ambiguous, most_names, apart }
    }

    /// The stream's name, with its namespace where the name alone is not enough.
    fn name(&self, stream: &StreamId) -> String {
        match self.ambiguous.get(stream.name.as_str()) {
            Some(true) => stream.to_string(),
            _ => stream.name.clone(),
        }
    }
}

/// A field or a stream that changed in one way, with the places where it did.
struct Unit<'r> {
    name: String,
    change: Change<'r>,
    related: Option<&'r Related>,
    /// A stream and the path of the object in it.
    places: Vec<(&'r StreamId, &'r [String])>,
    findings: Vec<&'r Finding>,
}

/// What two findings share if they are one unit. A shared place is known by where it is written, since the paths that
/// lead to it differ from stream to stream; others by their path.
#[derive(PartialEq, Eq, Hash)]
struct UnitKey<'r> {
    cause: Option<&'r str>,
    written: Option<(&'r str, String)>,
    path: &'r [String],
    name: String,
    values: (String, String),
    branch: Option<&'r SpecBranch>,
    only: Option<&'r str>,
    artifact: &'static str,
    alone: Option<usize>,
}

/// What units share if they are one edit.
#[derive(PartialEq, Eq, Hash)]
struct EditKey<'r> {
    cause: Option<&'r str>,
    only: Option<&'r str>,
    artifact: &'static str,
    noun: Option<&'static str>,
    is_whole: bool,
    /// Two objects that are shown line by line stand alone.
    alone: Option<usize>,
    places: Vec<(&'r StreamId, &'r [String])>,
}

/// The findings of one rule at one level as edits, those first that come first in the report.
pub(super) fn edits<'r>(findings: &[&'r Finding], manner: &Manner<'r>) -> Vec<Edit<'r>> {
    let mut edits: Vec<Vec<Unit<'r>>> = Vec::new();
    let mut known: HashMap<EditKey<'r>, usize> = HashMap::new();
    for (index, mut unit) in units(findings, manner).into_iter().enumerate() {
        unit.places.sort();
        unit.places.dedup();
        let first = unit.findings[0];
        let key = EditKey {
            cause: first.cause.as_deref(),
            // Of things with a name, what limits them is their name.
            only: first.scope.only.as_deref().filter(|_| first.item.is_none() && first.branch.is_none()),
            artifact: first.artifact.name(),
            noun: first.item.as_ref().map(|item| item.noun),
            is_whole: is_whole(first),
            alone: (manner.apart || matches!(unit.change, Change::Long { .. })).then_some(index),
            places: unit.places.clone(),
        };
        let at = *known.entry(key).or_insert(edits.len());
        match edits.get_mut(at) {
            Some(units) => units.push(unit),
            None => edits.push(vec![unit]),
        }
    }
    edits.into_iter().map(|units| Edit::of(units, manner)).collect()
}

fn units<'r>(findings: &[&'r Finding], manner: &Manner<'r>) -> Vec<Unit<'r>> {
    let mut units: Vec<Unit<'r>> = Vec::new();
    let mut known: HashMap<UnitKey<'r>, usize> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let text =
            |value: &Option<serde_json::Value>| value.as_ref().map_or_else(String::new, ToString::to_string);
        let (parent, name) = named(finding, manner);
        let written = written(finding);
        let key = UnitKey {
            cause: finding.cause.as_deref(),
            path: if written.is_some() { &[] } else { parent },
            written,
            name: name.clone(),
            values: (text(&finding.old), text(&finding.new)),
            branch: finding.branch.as_ref(),
            only: finding.scope.only.as_deref(),
            artifact: finding.artifact.name(),
            alone: manner.apart.then_some(index),
        };
        let at = *known.entry(key).or_insert(units.len());
        if at == units.len() {
            units.push(Unit {
                name,
                // Of things with a name, the lists that they are gone from say no more.
                change: match finding.item {
                    Some(_) => Change::None,
                    None => Change::of(finding.old.as_ref(), finding.new.as_ref()),
                },
                related: finding.related.first(),
                places: Vec::new(),
                findings: Vec::new(),
            });
        }
        let unit = &mut units[at];
        unit.findings.push(finding);
        if let Some(stream) = finding.stream.as_ref().filter(|_| !is_stream(finding)) {
            unit.places.push((stream, parent));
        }
    }
    units
}

/// Whether a finding is about a stream or an artifact as a whole.
fn is_whole(finding: &Finding) -> bool {
    finding.field.is_empty() && finding.item.is_none()
}

/// Whether a finding is about a stream as a whole.
fn is_stream(finding: &Finding) -> bool {
    finding.stream.is_some() && is_whole(finding)
}

/// The path of the object that holds what a finding is about, and the name of that.
fn named<'r>(finding: &'r Finding, manner: &Manner<'_>) -> (&'r [String], String) {
    match (&finding.item, &finding.stream, finding.field.split_last()) {
        (Some(item), ..) => (&[], item.name.clone()),
        (None, Some(_), Some((name, parent))) => (parent, name.clone()),
        (None, None, Some(_)) => (&[], finding.field.join(".")),
        (None, Some(stream), None) => (&[], manner.name(stream)),
        (None, None, None) => (&[], String::new()),
    }
}

/// The shared place whose edit it is, where it is known by what is written there.
fn written(finding: &Finding) -> Option<(&str, String)> {
    let cause = finding.cause.as_deref()?;
    finding.stream.as_ref()?;
    let origin = finding.origin.old.as_ref().or(finding.origin.new.as_ref())?;
    Some((cause, format!("{}{}", origin.file, origin.pointer)))
}

impl<'r> Edit<'r> {
    /// Adds the lines of the files.
    pub(super) fn quote(&mut self) {
        let of = |origin: Option<&Origin>| origin.and_then(Origin::excerpt);
        self.excerpt = Sides { old: of(self.origin.old), new: of(self.origin.new) };
        // What stands there as it stood shows nothing.
        if let (Some(old), Some(new)) = (&self.excerpt.old, &self.excerpt.new)
            && old.lines == new.lines
        {
            self.excerpt.old = None;
        }
    }

    fn of(units: Vec<Unit<'r>>, manner: &Manner<'r>) -> Self {
        let findings: Vec<&'r Finding> =
            units.iter().flat_map(|unit| unit.findings.iter().copied()).collect();
        let first = findings[0];
        let (subject, places, change) = told(&units, first, manner);
        Self {
            count: findings.len(),
            subject,
            places,
            change,
            evidence: evidence_of(&findings, &units[0].name),
            affects: affects(&findings, manner.most_names),
            cause: first.cause.as_deref(),
            origin: Sides { old: first.origin.old.as_ref(), new: first.origin.new.as_ref() },
            excerpt: Sides::default(),
        }
    }
}

/// What an edit is about, its places line by line where one line does not hold them, and what all of it shares.
fn told<'r>(units: &[Unit<'r>], first: &'r Finding, manner: &Manner<'r>) -> (Words, Vec<Words>, Change<'r>) {
    let shared = units.iter().all(|unit| unit.change == units[0].change);
    let change = if shared { units[0].change.clone() } else { Change::None };
    let in_brackets = |words: Words| match change.words() {
        Some(change) => words.and_text(" (").and(change).and_text(")"),
        None => words,
    };
    let list = |path: &[String]| {
        let items = units.iter().map(|unit| item(unit, path, shared));
        in_brackets(phrase::list(items, manner.most_names))
    };
    let of_artifact = match first.artifact {
        Artifact::State if first.stream.is_some() => Words::marked("state of "),
        _ => Words::new(),
    };
    if first.item.is_some() || first.stream.is_none() {
        let subject = match is_whole(first) {
            true => in_brackets(of_connector(units, first, Words::new())),
            false => of_connector(units, first, list(&[])),
        };
        return (subject, Vec::new(), change);
    }
    if is_stream(first) {
        let subject = match units.len() {
            1 => of_artifact.and(&list(&[])),
            count => {
                let names = units.iter().map(|unit| item(unit, &[], shared));
                let count = of_artifact.and_number(count).and_text(" streams");
                in_brackets(count).and_text(": ").and(&phrase::list(names, manner.most_names))
            }
        };
        return (subject, Vec::new(), change);
    }
    let mut streams: BTreeMap<&StreamId, Vec<&[String]>> = BTreeMap::new();
    for (stream, parent) in &units[0].places {
        streams.entry(stream).or_default().push(parent);
    }
    let parents = streams.values().next().cloned().unwrap_or_default();
    let names: Vec<String> = streams.keys().map(|stream| manner.name(stream)).collect();
    let is_one_path = parents.len() == 1 && streams.values().all(|paths| *paths == parents);
    match (is_one_path, names.as_slice()) {
        (true, [stream]) => {
            let subject = of_artifact.and(&Words::name(stream)).and_text(": ").and(&list(parents[0]));
            (subject, Vec::new(), change)
        }
        (true, names) => {
            let subject = list(parents[0]).and_text(" in ").and_number(names.len()).and_text(" streams: ");
            let all = phrase::names(names.iter().map(String::as_str), manner.most_names);
            (of_artifact.and(&subject.and(&all)), Vec::new(), change)
        }
        (false, [stream]) => {
            let subject = of_artifact.and(&Words::name(stream)).and_text(": ").and(&list(&[]));
            (subject.and_text(" below ").and(&paths_of(&parents, manner)), Vec::new(), change)
        }
        (false, _) => {
            let subject = list(&[]).and_text(" in ").and_number(units[0].places.len()).and_text(" places");
            (subject, lines(&streams, manner), change)
        }
    }
}

/// The objects that hold the fields, a line for each stream.
fn lines(streams: &BTreeMap<&StreamId, Vec<&[String]>>, manner: &Manner<'_>) -> Vec<Words> {
    let most = manner.most_names;
    let line = |(stream, paths): (&&StreamId, &Vec<&[String]>)| {
        Words::name(manner.name(stream)).and_text(": below ").and(&paths_of(paths, manner))
    };
    let mut lines: Vec<Words> = streams.iter().take(most).map(line).collect();
    let left = streams.len().saturating_sub(most);
    if left > 0 {
        lines.push(Words::marked("… ").and_number(left).and_text(" more streams"));
    }
    lines
}

/// Paths of objects.
fn paths_of(paths: &[&[String]], manner: &Manner<'_>) -> Words {
    let shown = paths.iter().map(|path| match path {
        [] => Words::marked("the record"),
        path => Words::name(path.join(".")),
    });
    phrase::list(shown, manner.most_names)
}

/// A field or a stream by its name, with what became of it.
fn item(unit: &Unit<'_>, path: &[String], shared: bool) -> Words {
    let mut words = match path {
        [] => Words::name(&unit.name),
        path => Words::name(format!("{}.{}", path.join("."), unit.name)),
    };
    if let Some(change) = unit.change.words().filter(|_| !shared) {
        words = words.and_text(" (").and(change).and_text(")");
    }
    if let Some(branch) = unit.findings.first().and_then(|finding| finding.branch.as_ref()) {
        words = words.and_text(" in option ").and(&Words::name(branch.to_string()));
    }
    match unit.related {
        Some(related) => words.and_text(" (").and(&hint(related)).and_text(")"),
        None => words,
    }
}

/// What an edit outside of streams is about.
fn of_connector(units: &[Unit<'_>], first: &Finding, list: Words) -> Words {
    let artifact = Words::marked(first.artifact.name());
    match &first.item {
        Some(item) if units.len() > 1 => {
            artifact.and_text(": ").and_text(item.noun).and_text("s ").and(&list)
        }
        Some(item) => artifact.and_text(": ").and_text(item.noun).and_text(" ").and(&list),
        None if first.field.is_empty() => artifact,
        None => artifact.and_text(": ").and(&list),
    }
}

/// What may have become of something, with what speaks for it.
fn hint(related: &Related) -> Words {
    let name = related.stream.clone().unwrap_or_else(|| related.field.join("."));
    let because = related.because.iter().map(|likeness| Words::marked(likeness.describe()));
    let words = Words::marked(match related.kind {
        RelatedKind::RenamedTo => "renamed to ",
        RelatedKind::RenamedFrom => "renamed from ",
        RelatedKind::MovedTo => "moved to ",
        RelatedKind::MovedFrom => "moved from ",
    });
    words.and(&Words::name(name)).and_text("? ").and(&Words::joined(because, ", "))
}

/// Whom an edit reaches, where its subject does not say it.
fn affects(findings: &[&Finding], most_names: usize) -> Option<Words> {
    let first = findings.first()?;
    let scope = &first.scope;
    let limits: BTreeSet<Option<&String>> =
        findings.iter().map(|finding| finding.scope.only.as_ref()).collect();
    if limits.len() > 1 {
        let limits = limits.into_iter().flatten().map(Words::foreign);
        return Some(phrase::list(limits.collect::<Vec<_>>().into_iter(), most_names));
    }
    if first.stream.is_none() {
        let is_said =
            scope.streams.is_empty() && scope.unlisted_streams_of.is_empty() && scope.only.is_none();
        return (!is_said).then(|| phrase::reach(scope, most_names));
    }
    let files: BTreeSet<&str> = findings
        .iter()
        .flat_map(|finding| finding.scope.unlisted_streams_of.iter().map(String::as_str))
        .collect();
    let others = (!files.is_empty()).then(|| {
        let files = phrase::names(files.into_iter(), most_names);
        Words::marked("perhaps also others built from ").and(&files)
    });
    let only = scope.only.as_ref().map(Words::foreign);
    (only.is_some() || others.is_some()).then(|| Words::joined(only.into_iter().chain(others), "; "))
}

/// Witnesses longer than this are shortened.
const LONGEST_WITNESS: usize = 300;

/// What shows the level of all, or of the first of them, which is named then.
fn evidence_of(findings: &[&Finding], first: &str) -> Option<(&'static str, Words)> {
    let (label, words) = evidence(findings.first()?)?;
    if findings.iter().all(|finding| finding.evidence == findings[0].evidence) {
        return Some((label, words));
    }
    let first = if first.is_empty() { Words::marked("the whole") } else { Words::code(first) };
    Some((label, Words::marked("for ").and(&first).and_text(": ").and(&words)))
}

/// What shows the level of a finding, or what would decide it.
fn evidence(finding: &Finding) -> Option<(&'static str, Words)> {
    match &finding.evidence {
        Evidence::Witness { value, message } => {
            let mut shown = value.to_string();
            if shown.chars().count() > LONGEST_WITNESS {
                shown = shown.chars().take(LONGEST_WITNESS).chain(['…']).collect();
            }
            let is_config = finding.artifact == Artifact::Spec;
            let what = if is_config { " was accepted and is refused: " } else { ": " };
            Some(("witness", Words::value(shown).and_text(what).and(message)))
        }
        Evidence::Proof { message } => Some(("proof", message.clone())),
        Evidence::Sample { message } => Some(("sample", message.clone())),
        Evidence::Unproven { message }
            if finding.level == Level::Review && *message != finding.action.words() =>
        {
            let in_action =
                rules::find(&finding.rule).is_some_and(|rule| rule.action_in_general().words() == *message);
            (!in_action).then(|| ("cannot tell", message.clone()))
        }
        _ => None,
    }
}
