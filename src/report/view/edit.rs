//! One edit, told once: the places of a connector where one rule found the same change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::firsts::Firsts;
use super::value::Change;
use super::{Grain, phrase};
use crate::model::{
    Artifact, Evidence, Excerpt, Finding, Level, Limit, Origin, Pointer, Related, RelatedKind, Sides,
    SpecBranch, StreamId, Words,
};
use crate::rules;

/// One edit, with every place that it reaches.
#[derive(Debug)]
pub struct Edit<'r> {
    /// What is edited: streams, fields of streams, options of the spec.
    pub subject: Words,
    /// The places, where a line cannot name them: a line for each stream.
    pub places: Vec<Words>,
    /// The subject with every name, and every place, where the lists above are cut.
    pub whole: Option<(Words, Vec<Words>)>,
    /// Old and new value; the subject says short ones too.
    pub change: Change<'r>,
    /// What shows the level, or what would decide it.
    pub evidence: Option<Reason>,
    /// Whom it reaches, where the subject does not say it.
    pub affects: Option<Words>,
    /// The shared place that was edited.
    pub cause: Option<&'r str>,
    /// The kind of thing it is in.
    pub artifact: Artifact,
    /// Whether it reaches several streams, or several places of one.
    pub reaches_many: bool,
    /// Where the values of its first finding were written.
    pub origin: Sides<Option<&'r Origin>>,
    /// The fingerprints of its findings.
    pub ids: Vec<&'r str>,
    /// Its findings, in the order of the report.
    pub findings: Vec<&'r Finding>,
    /// The lines there, where they are wanted and may be shown.
    pub excerpt: Sides<Option<Excerpt>>,
}

/// What shows the level of an edit, or what would decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it is: an example, a proof.
    pub label: &'static str,
    /// What it says.
    pub words: Words,
    /// Whether it holds for all that the rule finds.
    pub is_of_rule: bool,
}

/// What the edits of a report are told with.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    most_names: usize,
    grain: Grain,
    guesses: bool,
    brief: bool,
}

impl Manner {
    /// `most_names` is the number of names of a list that are shown. `brief` leaves out the types of what came or went.
    pub(super) fn new(most_names: usize, grain: Grain, brief: bool) -> Self {
        Self { most_names, grain, guesses: true, brief }
    }

    /// Whole lists, and nothing that is only guessed: what users of the connector read.
    pub(super) const FOR_USERS: Self =
        Self { most_names: usize::MAX, grain: Grain::Edit, guesses: false, brief: false };
}

/// A field or a stream that changed in one way, with the places where it did.
struct Unit<'r> {
    name: Cow<'r, str>,
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
    written: Option<Written<'r>>,
    path: &'r [String],
    name: Cow<'r, str>,
    values: Sides<Option<&'r Value>>,
    cause: Option<&'r str>,
    branch: Option<&'r SpecBranch>,
    only: Option<&'r Limit>,
    artifact: Artifact,
    /// The stream, where the change is of a stream as a whole.
    stream: Option<&'r StreamId>,
    reach: Option<&'r BTreeSet<String>>,
    related: Option<(RelatedKind, Option<&'r str>, &'r [String])>,
    opened: Option<Opened<'r>>,
}

impl<'r> UnitKey<'r> {
    fn of(finding: &'r Finding, manner: Manner) -> Self {
        let (parent, name) = named(finding);
        let written = written(finding);
        let related = finding.related.first().filter(|_| manner.guesses);
        Self {
            path: if written.is_some() { &[] } else { parent },
            written,
            name,
            values: Sides { old: finding.old.as_deref(), new: finding.new.as_deref() },
            cause: finding.cause.as_deref(),
            branch: finding.branch.as_deref(),
            only: limit(finding).filter(|limit| !limit.is_of_the_edit()),
            artifact: finding.artifact,
            stream: finding.stream.as_ref().filter(|_| is_whole(finding)),
            reach: reach(finding),
            related: related.map(|one| (one.kind, one.stream.as_deref(), told_of(one))),
            opened: opened(finding, manner),
        }
    }
}

/// Where a shared place is written: its file, and the place there.
type Written<'r> = (&'r str, &'r Pointer);

/// The file and the line that a reader opens.
type Opened<'r> = (&'r str, &'r str, Option<usize>);

/// The same of a finding, where edits are told place by place.
fn opened(finding: &Finding, manner: Manner) -> Option<Opened<'_>> {
    let origin = finding.origin.new.as_ref().or(finding.origin.old.as_ref())?;
    (manner.grain == Grain::Place).then_some((&origin.root, &origin.file, origin.line))
}

/// What units share if they are one edit.
#[derive(PartialEq, Eq, Hash)]
struct EditKey<'u> {
    cause: Option<&'u str>,
    only: Option<&'u Limit>,
    is_in_option: bool,
    artifact: Artifact,
    noun: Option<&'static str>,
    is_whole: bool,
    reach: Option<&'u BTreeSet<String>>,
    opened: Option<Opened<'u>>,
    places: &'u [(&'u StreamId, &'u [String])],
}

impl<'u> EditKey<'u> {
    fn of(unit: &'u Unit<'_>, manner: Manner) -> Self {
        let first = unit.findings[0];
        Self {
            cause: first.cause.as_deref(),
            // Of things with a name, and of options, what limits them is their name.
            only: limit(first).filter(|limit| first.item.is_none() && !limit.is_of_the_edit()),
            is_in_option: first.branch.is_some(),
            artifact: first.artifact,
            noun: first.item.as_ref().map(|item| item.noun),
            is_whole: is_whole(first),
            reach: reach(first),
            opened: opened(first, manner),
            places: &unit.places,
        }
    }
}

/// The findings of one rule at one level as edits, those first that come first in the report.
pub(super) fn edits<'r>(findings: &[&'r Finding], manner: Manner) -> Vec<Edit<'r>> {
    let mut edits: Vec<Vec<Unit<'r>>> = Vec::new();
    let mut firsts = Firsts::default();
    for mut unit in units(findings, manner) {
        unit.places.sort();
        unit.places.dedup();
        let at = match is_alone(&unit, manner) {
            true => edits.len(),
            false => firsts.number(&EditKey::of(&unit, manner), edits.len(), |known| {
                EditKey::of(&edits[known][0], manner)
            }),
        };
        match edits.get_mut(at) {
            Some(units) => units.push(unit),
            None => edits.push(vec![unit]),
        }
    }
    if manner.brief {
        tell_hints_once(&mut edits);
    }
    edits.into_iter().map(|units| Edit::of(units, manner)).collect()
}

/// What one name may have become is said where it comes first.
fn tell_hints_once(edits: &mut [Vec<Unit<'_>>]) {
    let mut told = HashSet::new();
    for unit in edits.iter_mut().flatten() {
        let Some(related) = unit.related else { continue };
        let hint = (unit.name.clone(), related.kind, related.stream.as_deref(), told_of(related));
        if !told.insert(hint) {
            unit.related = None;
        }
    }
}

/// Whether nothing is told together with it: two objects that are shown line by line, and a change of the whole spec.
fn is_alone(unit: &Unit<'_>, manner: Manner) -> bool {
    let is_whole = unit.findings.first().is_some_and(|first| first.stream.is_none() && is_whole(first));
    manner.grain == Grain::Finding || is_whole || matches!(unit.change, Change::Long { .. })
}

fn units<'r>(findings: &[&'r Finding], manner: Manner) -> Vec<Unit<'r>> {
    let mut units: Vec<Unit<'r>> = Vec::new();
    let mut firsts = Firsts::default();
    for finding in findings {
        let (parent, name) = named(finding);
        let at = match manner.grain {
            Grain::Finding => units.len(),
            _ => firsts.number(&UnitKey::of(finding, manner), units.len(), |known| {
                UnitKey::of(units[known].findings[0], manner)
            }),
        };
        if at == units.len() {
            units.push(Unit {
                name,
                // The lists of sync modes say no more than the modes.
                change: match &finding.item {
                    Some(item) if item.noun == "sync mode" => Change::None,
                    _ => Change::of(finding.old.as_deref(), finding.new.as_deref()),
                },
                related: finding.related.first().filter(|_| manner.guesses),
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

/// The streams that a finding reaches which is in none: those of another finding must not be taken for its own.
fn reach(finding: &Finding) -> Option<&BTreeSet<String>> {
    Some(&finding.scope.streams).filter(|_| finding.stream.is_none())
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
fn named(finding: &Finding) -> (&[String], Cow<'_, str>) {
    match (&finding.item, &finding.stream, finding.field.split_last()) {
        (Some(item), _, None) => (&[], Cow::Borrowed(&item.name)),
        (Some(item), _, Some(_)) => (&[], format!("{} {}", finding.field.join("."), item.name).into()),
        (None, Some(_), Some((name, parent))) => (parent, Cow::Borrowed(name)),
        (None, None, Some((name, []))) => (&[], Cow::Borrowed(name)),
        (None, None, Some(_)) => (&[], finding.field.join(".").into()),
        (None, Some(stream), None) => (&[], stream.to_string().into()),
        (None, None, None) => (&[], Cow::Borrowed("")),
    }
}

/// The shared place whose edit it is, where it is known by what is written there.
fn written(finding: &Finding) -> Option<Written<'_>> {
    finding.cause.as_ref()?;
    finding.stream.as_ref()?;
    let origin = finding.origin.old.as_ref().or(finding.origin.new.as_ref())?;
    Some((&origin.file, &origin.pointer))
}

impl<'r> Edit<'r> {
    /// Adds the lines of the files.
    pub(super) fn quote(&mut self) {
        let Sides { old, new } = self.origin;
        self.excerpt = match (old, new) {
            (Some(old), Some(new)) => Origin::excerpts(old, new),
            (old, new) => Sides { old: old.and_then(Origin::excerpt), new: new.and_then(Origin::excerpt) },
        };
    }

    fn of(units: Vec<Unit<'r>>, manner: Manner) -> Self {
        let findings: Vec<&'r Finding> =
            units.iter().flat_map(|unit| unit.findings.iter().copied()).collect();
        let first = findings[0];
        let (subject, places, change) = told(&units, first, manner);
        let most = units
            .iter()
            .map(|unit| unit.places.len())
            .chain([units.len(), first.scope.streams.len()])
            .max()
            .unwrap_or_default();
        let whole = (most > manner.most_names).then(|| {
            let (subject, places, _) = told(&units, first, Manner { most_names: usize::MAX, ..manner });
            (subject, places)
        });
        Self {
            subject,
            places,
            whole,
            change,
            evidence: evidence_of(&findings, &units[0].name),
            affects: affects(&findings, manner.most_names),
            cause: first.cause.as_deref(),
            artifact: first.artifact,
            reaches_many: reaches_many(&units, first),
            origin: Sides { old: first.origin.old.as_ref(), new: first.origin.new.as_ref() },
            ids: findings.iter().map(|finding| finding.id.as_str()).collect(),
            findings,
            excerpt: Sides::default(),
        }
    }
}

fn reaches_many(units: &[Unit<'_>], first: &Finding) -> bool {
    let places: BTreeSet<&(&StreamId, &[String])> = units.iter().flat_map(|unit| &unit.places).collect();
    let is_of_streams = first.stream.is_some() && is_stream(first);
    places.len() > 1
        || is_of_streams && units.len() > 1
        || first.stream.is_none() && first.scope.streams.len() > 1
}

/// What an edit is about, its places line by line where one line does not hold them, and what all of it shares.
fn told<'r>(units: &[Unit<'r>], first: &'r Finding, manner: Manner) -> (Words, Vec<Words>, Change<'r>) {
    let shared = units.iter().all(|unit| unit.change == units[0].change);
    let change = if shared { units[0].change.clone() } else { Change::None };
    // Of several that came or went, their types hide their names.
    let came_or_went =
        |unit: &Unit<'_>| unit.findings.iter().all(|one| one.old.is_none() || one.new.is_none());
    let is_named = manner.brief && units.len() > 1 && units.iter().all(came_or_went);
    // What speaks for each rename would hide them too.
    let manner_of_items = ItemManner {
        without_change: shared || is_named,
        with_reason: units.len() == 1 && !manner.brief,
        brief: manner.brief,
    };
    let in_brackets = |words: Words| match change.words() {
        Some(change) => words.and_text(" (").and(change).and_text(")"),
        None => words,
    };
    let list = |path: &[String]| {
        let items = units.iter().map(|unit| item(unit, path, manner_of_items));
        let noun = noun(units, first).filter(|_| first.stream.is_some()).unwrap_or_default();
        noun.and(&in_brackets(phrase::list(items, manner.most_names)))
    };
    let of_artifact = match first.artifact {
        Artifact::State if first.stream.is_some() => Words::marked("state of "),
        _ => Words::new(),
    };
    if first.stream.is_none() {
        let subject = match is_whole(first) {
            true if names_its_streams(first) && units.len() == 1 => {
                let of = Words::marked(first.artifact.name()).and_text(" of ");
                of.and(&phrase::names_counted_if_cut(&first.scope, manner.most_names))
            }
            true => in_brackets(of_connector(units, first, Words::new())),
            false => of_connector(units, first, list(&[])),
        };
        return (subject, Vec::new(), change);
    }
    if is_stream(first) {
        let subject = match units.len() {
            1 => of_artifact.and(&list(&[])),
            count => {
                let names = units.iter().map(|unit| item(unit, &[], manner_of_items));
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
    let names: Vec<String> = streams.keys().map(ToString::to_string).collect();
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
fn lines(streams: &BTreeMap<&StreamId, Vec<&[String]>>, manner: Manner) -> Vec<Words> {
    let most = manner.most_names;
    let line = |(stream, paths): (&&StreamId, &Vec<&[String]>)| {
        Words::name(stream.to_string()).and_text(": below ").and(&paths_of(paths, manner))
    };
    let mut lines: Vec<Words> = streams.iter().take(most).map(line).collect();
    let left = streams.len().saturating_sub(most);
    if left > 0 {
        lines.push(Words::marked("… ").and_number(left).and_text(" more streams"));
    }
    lines
}

/// Paths of objects.
fn paths_of(paths: &[&[String]], manner: Manner) -> Words {
    let shown = paths.iter().map(|path| match path {
        [] => Words::marked("the record"),
        path => Words::name(path.join(".")),
    });
    phrase::list(shown, manner.most_names)
}

/// How the things of an edit are told.
#[derive(Clone, Copy)]
struct ItemManner {
    /// The change is told once, for all of them.
    without_change: bool,
    /// With what speaks for a new name.
    with_reason: bool,
    /// A new name as the answer says it.
    brief: bool,
}

/// A field or a stream by its name, with what became of it.
fn item(unit: &Unit<'_>, path: &[String], manner: ItemManner) -> Words {
    let mut words = match path {
        [] => Words::name(&unit.name),
        path => Words::name(format!("{}.{}", path.join("."), unit.name)),
    };
    let new_name = unit.related.filter(|related| manner.brief && related.kind == RelatedKind::RenamedTo);
    if let Some(related) = new_name {
        words = words.and_text(" → ").and(&Words::name(name_of(related))).and_text("?");
    }
    if let Some(change) = unit.change.words().filter(|_| !manner.without_change) {
        words = words.and_text(" (").and(change).and_text(")");
    }
    if let Some(branch) = unit.findings.first().and_then(|finding| finding.branch.as_ref()) {
        words = words.and_text(" in option ").and(&Words::name(branch.to_string()));
    }
    match unit.related.filter(|_| new_name.is_none()) {
        Some(related) => words.and_text(" (").and(&hint(related, manner.with_reason)).and_text(")"),
        None => words,
    }
}

/// What an edit outside of streams is about.
fn of_connector(units: &[Unit<'_>], first: &Finding, list: Words) -> Words {
    let artifact = Words::marked(first.artifact.name());
    match noun(units, first) {
        Some(noun) => artifact.and_text(": ").and(&noun).and(&list),
        None if first.field.is_empty() => artifact,
        None => artifact.and_text(": ").and(&list),
    }
}

/// What things with a name are, before their names.
fn noun(units: &[Unit<'_>], first: &Finding) -> Option<Words> {
    let noun = first.item.as_ref()?.noun;
    Some(Words::marked(noun).and_text(if units.len() > 1 { "s " } else { " " }))
}

/// The other place of a hint. What is renamed stays where it was: its name is enough.
fn told_of(related: &Related) -> &[String] {
    match related.kind {
        RelatedKind::RenamedTo | RelatedKind::RenamedFrom => {
            related.field.last().map_or(&[], std::slice::from_ref)
        }
        RelatedKind::MovedTo | RelatedKind::MovedFrom => &related.field,
    }
}

/// The name of the other place of a hint.
fn name_of(related: &Related) -> String {
    related.stream.clone().unwrap_or_else(|| told_of(related).join("."))
}

/// What may have become of something, with what speaks for it. What moved and is only a part of what it is told of has its
/// path, so that two places are named.
fn hint(related: &Related, with_reason: bool) -> Words {
    let subject = match related.part.as_slice() {
        [] => Words::new(),
        part => Words::name(part.join(".")).and_text(" "),
    };
    let name = name_of(related);
    let because = related.because.iter().map(|likeness| Words::marked(likeness.describe()));
    let words = subject.and_text(related.kind.describe()).and_text(" ").and(&Words::name(name));
    if with_reason { words.and_text(": ").and(&Words::joined(because, ", ")) } else { words }
}

/// Whom an edit reaches, where its subject does not say it.
fn affects(findings: &[&Finding], most_names: usize) -> Option<Words> {
    let first = findings.first()?;
    let scope = &first.scope;
    let names_streams = first.stream.is_some() || names_its_streams(first);
    let limits: BTreeSet<Option<&Limit>> = findings.iter().map(|finding| limit(finding)).collect();
    if limits.len() > 1 && limits.contains(&None) {
        // One without a limit reaches all.
        return None;
    }
    if names_streams || limits.len() > 1 {
        let limits: Vec<Words> =
            Limit::joined(limits.into_iter().flatten()).iter().map(phrase::limit).collect();
        let limits = (!limits.is_empty()).then(|| phrase::list(limits.into_iter(), most_names));
        let said = Words::joined(limits.into_iter().chain(others(findings, most_names)), "; ");
        return (!said.is_empty()).then_some(said);
    }
    let is_said = scope.streams.is_empty() && scope.unlisted_streams_of.is_empty() && limit(first).is_none();
    (!is_said).then(|| phrase::reach(scope, most_names))
}

/// What limits whom a finding reaches, where what it is about does not say it: that a property has to be set is plain of
/// what changes in it.
fn limit(finding: &Finding) -> Option<&Limit> {
    let is_itself = |limit: &&Limit| match limit {
        Limit::ConfigsThatSet(properties) => properties.iter().eq([&finding.field.join(".")]),
        _ => false,
    };
    finding.scope.only.as_ref().filter(|limit| !is_itself(limit))
}

/// Whether the subject of a finding that is in no stream is the streams that it reaches.
fn names_its_streams(finding: &Finding) -> bool {
    finding.stream.is_none()
        && is_whole(finding)
        && !finding.scope.everyone
        && !finding.scope.streams.is_empty()
}

/// Whether a stream was removed that nothing but its schema file shows: it may have been none.
fn is_removed_file(finding: &Finding) -> bool {
    let is_removed = finding.new.is_none() && finding.origin.new.is_none();
    is_stream(finding) && is_removed && !finding.scope.unlisted_streams_of.is_empty()
}

/// The schema files that streams which nobody can name may be built from as well.
fn others(findings: &[&Finding], most_names: usize) -> Option<Words> {
    if findings.iter().all(|finding| is_removed_file(finding)) {
        return None;
    }
    let files: BTreeSet<&String> =
        findings.iter().flat_map(|finding| &finding.scope.unlisted_streams_of).collect();
    (!files.is_empty()).then(|| phrase::others(files.into_iter(), most_names))
}

/// Witnesses longer than this are shortened.
const LONGEST_WITNESS: usize = 300;

/// What shows the level of all, or of the first of them, which is named then.
fn evidence_of(findings: &[&Finding], first: &str) -> Option<Reason> {
    let reason = evidence(findings.first()?)?;
    if findings.iter().all(|finding| finding.evidence == findings[0].evidence) {
        return Some(reason);
    }
    let first = if first.is_empty() { Words::marked("the whole") } else { Words::code(first) };
    Some(Reason { words: Words::marked("for ").and(&first).and_text(": ").and(&reason.words), ..reason })
}

/// What shows the level of a finding, or what would decide it.
fn evidence(finding: &Finding) -> Option<Reason> {
    let reason = |label, words| Some(Reason { label, words, is_of_rule: false });
    if is_removed_file(finding) {
        let words = match finding.level {
            Level::Breaking => "schema files that are gone",
            _ => "only schema files, which may be parts of other schemas or unused",
        };
        return reason("shown by", Words::marked(words));
    }
    match &finding.evidence {
        Evidence::Witness { value, message } => {
            let mut shown = value.to_string();
            if shown.chars().count() > LONGEST_WITNESS {
                shown = shown.chars().take(LONGEST_WITNESS).chain(['…']).collect();
            }
            let is_config = finding.artifact == Artifact::Spec;
            let words = match is_config {
                true => Words::marked("the config ")
                    .and(&Words::value(shown))
                    .and_text(" was accepted and is refused: "),
                false => Words::value(shown).and_text(": "),
            };
            reason("example", words.and(message))
        }
        Evidence::Proof { message } => reason("proof", message.clone()),
        Evidence::Sample { message } => reason("sample", message.clone()),
        Evidence::Unproven { message }
            if finding.level == Level::Review && *message != finding.action.words() =>
        {
            let rule = rules::find(finding.rule);
            if rule.is_some_and(|rule| rule.action_in_general().words() == *message) {
                return None;
            }
            // Of a rule that finds breaks it is the reason why this one is not sure.
            let is_of_rule =
                rule.is_some_and(|rule| rule.level != Level::Breaking && message.as_str() == rule.cannot_see);
            Some(Reason { label: "cannot tell", words: message.clone().lowered(), is_of_rule })
        }
        _ => None,
    }
}
