//! What a release that breaks users says to them: in its metadata, its migration guide and its pull request. Nothing in
//! it is cut or guessed.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::edit::{Edit, Manner, edits};
use super::firsts::Firsts;
use super::group::groups;
use super::{Grain, phrase, value};
use crate::model::{
    Artifact, BreakingType, Bump, ConnectorReport, Declaration, Finding, Level, Outcome, Problem, Related,
    RelatedKind, Scope, Severity, StepKind, StreamId, Words,
};
use crate::release::{Draft, breaking, is_only_invalid, version, warns_nobody};
use crate::rules;

/// The paperwork of a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paperwork {
    /// What is to be declared.
    pub draft: Draft,
    /// Each change that breaks, as a sentence without its full stop.
    pub sentences: Vec<Words>,
    /// The same by number, a sentence for each kind of change: `13 streams are removed`.
    pub counted: Vec<Words>,
    /// The fields that changed, a row for those that changed alike.
    pub fields: Vec<FieldChange>,
    /// The other changes, as lines of a list.
    pub others: Vec<Words>,
    /// Streams that are removed, with those that may be the same under another name: only people know.
    pub renamed: Vec<(String, String)>,
    /// Whether a stream or a field is removed, which queries may use.
    pub removes: bool,
    /// Whom they reach.
    pub scope: Scope,
    /// How many changes there are, as reports count them: one that reaches many places is one.
    pub changes: usize,
}

/// How a field changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The streams that have it.
    pub streams: Vec<String>,
    /// Its path.
    pub field: String,
    /// Its old type, or another value of it that changed.
    pub old: Words,
    /// The new one; nothing where the field is removed.
    pub new: Option<Words>,
    /// The path of the field that it may be now, where it is removed: only people know.
    pub renamed: Option<String>,
}

impl Paperwork {
    /// What a break has to say, by its draft.
    pub fn of(report: &ConnectorReport, draft: Draft) -> Self {
        // Of many findings the edits are large, and so are the sentences: they do not stand side by side.
        let changes = groups(report, &[Level::Breaking], Manner::new(usize::MAX, Grain::Edit, false))
            .iter()
            .map(|group| group.edits.len())
            .sum();
        let (of_fields, of_others): (Vec<&Finding>, Vec<&Finding>) =
            breaking(report).into_iter().partition(|finding| is_of_field(finding));
        let fields = fields(&of_fields);
        let counted = counted(&of_fields, &of_others);
        let mut sentences = of_fields_alike(&fields);
        sentences.extend(of_removed_streams(&of_others));
        let is_removed = |finding: &&Finding| finding.rule == STREAM_REMOVED;
        let rest: Vec<&Finding> = of_others.iter().copied().filter(|finding| !is_removed(finding)).collect();
        sentences.extend(by_rule(&rest));
        let (renamed, of_others): (Vec<&Finding>, Vec<&Finding>) =
            of_others.into_iter().partition(|finding| new_name(finding).is_some());
        let renamed: Vec<(String, String)> = renamed
            .into_iter()
            .filter_map(|finding| Some((finding.stream.as_ref()?.to_string(), new_name(finding)?.to_owned())))
            .collect();
        let mut others = by_rule(&of_others);
        others.extend(renamed.iter().map(|(old, new)| {
            let words = Words::marked("A stream was removed: ").and_code(old);
            words.and_text(". TODO: say whether its new name is ").and_code(new)
        }));
        Self {
            draft,
            sentences,
            counted,
            fields: fields.into_iter().map(|(_, change)| change).collect(),
            others,
            renamed,
            removes: breaking(report)
                .iter()
                .any(|finding| finding.breaking_type == Some(BreakingType::StreamOrPropertyRemoval)),
            scope: report.verdict.scope.clone(),
            changes,
        }
    }
}

impl Paperwork {
    /// What it is for, as the start of a line.
    pub fn what(&self) -> &'static str {
        if self.draft.entry.is_some() { "to complete the entry" } else { "to declare it" }
    }
}

/// What users can feel of a release that breaks nobody, each change as a line.
pub fn additions(report: &ConnectorReport) -> Vec<Words> {
    let is_felt = |finding: &&Finding| {
        finding.level == Level::Safe && finding.bump > Bump::None && finding.waived.is_none()
    };
    by_rule(&report.findings.iter().filter(is_felt).collect::<Vec<_>>())
}

const STREAM_REMOVED: &str = "stream-removed";

/// The stream that a removed one may be now.
fn new_name(finding: &Finding) -> Option<&str> {
    let mut related = finding.related.iter().filter(|related| related.kind == RelatedKind::RenamedTo);
    related.find_map(|related| related.stream.as_deref()).filter(|_| finding.rule == STREAM_REMOVED)
}

/// The field that a removed one may be now.
fn new_field(finding: &Finding) -> Option<&[String]> {
    let is_name = |related: &&Related| related.kind == RelatedKind::RenamedTo && !related.field.is_empty();
    finding.related.iter().find(is_name).map(|related| related.field.as_slice())
}

fn is_of_field(finding: &Finding) -> bool {
    finding.artifact == Artifact::Catalog
        && finding.stream.is_some()
        && finding.item.is_none()
        && !finding.field.is_empty()
        && finding.old.is_some()
}

/// The changes of fields, those together that differ in the stream alone, each with what happened.
fn fields(findings: &[&Finding]) -> Vec<(&'static str, FieldChange)> {
    let mut changes: Vec<(&'static str, FieldChange)> = Vec::new();
    let mut first_ones: Vec<&Finding> = Vec::new();
    let mut firsts = Firsts::default();
    for finding in findings {
        let Some(stream) = &finding.stream else { continue };
        let how = HowField::of(finding);
        let key = how.key(finding);
        let at = firsts.number(&key, changes.len(), |known| {
            let first = first_ones[known];
            HowField::of(first).key(first)
        });
        match changes.get_mut(at) {
            Some((_, change)) => change.streams.push(stream.to_string()),
            None => {
                let HowField { old, new, renamed } = how;
                let (streams, field) = (vec![stream.to_string()], finding.field.join("."));
                changes.push((finding.title, FieldChange { streams, field, old, new, renamed }));
                first_ones.push(finding);
            }
        }
    }
    changes
}

/// What a field was and is, as it is shown.
struct HowField {
    old: Words,
    new: Option<Words>,
    renamed: Option<String>,
}

impl HowField {
    fn of(finding: &Finding) -> Self {
        let is_removed = finding.breaking_type == Some(BreakingType::StreamOrPropertyRemoval);
        let new = finding.new.as_deref().filter(|_| !is_removed);
        let (old, new) = value::both(finding.old.as_deref(), new);
        let renamed = new_field(finding).filter(|_| is_removed).map(|path| path.join("."));
        Self { old, new, renamed }
    }

    /// What fields share that changed alike.
    fn key<'r>(&self, finding: &'r Finding) -> (&'static str, &'r [String], String, String) {
        let is_now = match &self.new {
            Some(new) => new.as_str(),
            None => self.renamed.as_deref().unwrap_or_default(),
        };
        (finding.title, &finding.field, self.old.as_str().to_owned(), is_now.to_owned())
    }
}

/// `zip of stream users changes from integer to text`, a sentence for fields that fare alike in the same streams.
fn of_fields_alike(fields: &[(&'static str, FieldChange)]) -> Vec<Words> {
    let mut piles: Vec<Vec<&(&'static str, FieldChange)>> = Vec::new();
    let mut known: HashMap<(&[String], Option<[&str; 3]>), usize> = HashMap::new();
    for field in fields {
        let (title, change) = field;
        // Of what is removed the type is of no interest here.
        let how = change.new.as_ref().map(|new| [*title, change.old.as_str(), new.as_str()]);
        let at = *known.entry((&change.streams, how)).or_insert(piles.len());
        match piles.get_mut(at) {
            Some(pile) => pile.push(field),
            None => piles.push(vec![field]),
        }
    }
    piles.iter().map(|pile| sentence(pile)).collect()
}

fn sentence(pile: &[&(&'static str, FieldChange)]) -> Words {
    const MOST: usize = 4;
    let (title, change) = pile[0];
    let is_many = pile.len() > 1;
    let names = match pile.len() {
        count if count > MOST => Words::new().and_number(count).and_text(" fields"),
        _ => listed(pile.iter().map(|(_, change)| change.field.as_str())),
    };
    let subject = names.and_text(" of ").and(&streams(&change.streams));
    match &change.new {
        None => {
            let is_renamed = pile.iter().all(|(_, change)| change.renamed.is_some());
            subject.and_text(if is_many { " are " } else { " is " }).and_text(removed(is_renamed))
        }
        Some(new) if is_plain(&change.old) && is_plain(new) => {
            let verb = if is_many { " change from " } else { " changes from " };
            subject.and_text(verb).and(&change.old).and_text(" to ").and(new)
        }
        Some(_) => Words::marked(title).and_text(": ").and(&subject),
    }
}

/// What is said of something that is gone; people know whether it has a new name.
fn removed(may_be_renamed: bool) -> &'static str {
    if may_be_renamed { "removed or renamed" } else { "removed" }
}

/// `a, b and c`.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> Words {
    let names: Vec<Words> = names.map(Words::code).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => Words::joined(others.iter().cloned(), ", ").and_text(" and ").and(last),
        None => Words::new(),
    }
}

/// Whether words are a type by its name.
fn is_plain(words: &Words) -> bool {
    words.inlines().iter().all(|inline| matches!(inline, crate::model::Inline::Text(_)))
}

/// A few streams by their names, more by their number.
fn streams(names: &[String]) -> Words {
    const MOST: usize = 3;
    match names {
        [one] => Words::marked("stream ").and_code(one),
        names if names.len() <= MOST => {
            Words::marked("streams ").and(&listed(names.iter().map(String::as_str)))
        }
        names => Words::new().and_number(names.len()).and_text(" streams"),
    }
}

fn of_removed_streams(findings: &[&Finding]) -> Option<Words> {
    let gone: Vec<&Finding> =
        findings.iter().copied().filter(|finding| finding.rule == STREAM_REMOVED).collect();
    let removed = removed(gone.iter().all(|finding| new_name(finding).is_some()));
    let names: Vec<String> =
        gone.iter().filter_map(|finding| finding.stream.as_ref()).map(ToString::to_string).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(Words::marked("Stream ").and_code(one).and_text(" is ").and_text(removed)),
        names => {
            let all = listed(names.iter().map(String::as_str));
            Some(Words::marked("Streams ").and(&all).and_text(" are ").and_text(removed))
        }
    }
}

/// The changes by number, where their names are too many for a message.
fn counted(of_fields: &[&Finding], of_others: &[&Finding]) -> Vec<Words> {
    let mut counted = Vec::new();
    let (gone, changed): (Vec<&Finding>, Vec<&Finding>) = of_fields
        .iter()
        .copied()
        .partition(|finding| finding.breaking_type == Some(BreakingType::StreamOrPropertyRemoval));
    let mut tell = |found: &[&Finding], noun: &'static str, how: &'static str| {
        if found.is_empty() {
            return;
        }
        let streams: BTreeSet<&StreamId> = found.iter().filter_map(|one| one.stream.as_ref()).collect();
        let things: BTreeSet<_> = found.iter().map(|one| (&one.stream, &one.field)).collect();
        let of_streams = match (noun, streams.len()) {
            ("stream", _) | (_, 0) => String::new(),
            (_, count) => format!(" of {}", phrase::count(count, "stream")),
        };
        let verb = if things.len() == 1 { "is" } else { "are" };
        counted.push(Words::from(format!("{}{of_streams} {verb} {how}", phrase::count(things.len(), noun))));
    };
    let is_stream = |finding: &&&Finding| finding.rule == STREAM_REMOVED;
    let streams: Vec<&Finding> = of_others.iter().filter(is_stream).copied().collect();
    tell(&streams, "stream", removed(streams.iter().all(|finding| new_name(finding).is_some())));
    tell(&gone, "field", removed(gone.iter().all(|finding| new_field(finding).is_some())));
    tell(&changed, "field", "of another type or format");
    let others: BTreeSet<&str> =
        of_others.iter().filter(|one| !is_stream(one)).map(|finding| finding.rule).collect();
    counted.extend(others.into_iter().filter_map(rules::find).map(|rule| Words::marked(rule.title)));
    counted
}

/// The edits that findings come to, each as a line that starts with what its rule found.
fn by_rule(findings: &[&Finding]) -> Vec<Words> {
    let mut rules_found: Vec<&str> = Vec::new();
    for finding in findings {
        if !rules_found.contains(&finding.rule) {
            rules_found.push(finding.rule);
        }
    }
    let of_rule = |rule: &str| {
        let found: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.rule == rule).collect();
        let (settings, others): (Vec<&Finding>, Vec<&Finding>) =
            found.into_iter().partition(|finding| is_setting(finding));
        let mut lines: Vec<Words> = settings.iter().map(|finding| setting(finding)).collect();
        // One option after the other may say the same of a key that all have.
        let mut seen = HashSet::new();
        lines.retain(|words| seen.insert(words.as_str().to_owned()));
        lines.extend(edits(&others, Manner::FOR_USERS).iter().map(line));
        lines
    };
    rules_found.into_iter().flat_map(of_rule).collect()
}

/// Whether a finding is about one key of the settings, or about all of them.
fn is_setting(finding: &Finding) -> bool {
    finding.artifact == Artifact::Spec && finding.item.is_none()
}

fn setting(finding: &Finding) -> Words {
    let title = finding.title;
    if finding.field.is_empty() && finding.branch.is_none() {
        return Words::marked(title);
    }
    let mut words = Words::marked(title).and_text(": ").and(&Words::code(finding.field.join(".")));
    if let Some(branch) = &finding.branch {
        words = words.and_text(" in option ").and(&Words::code(branch.to_string()));
    }
    match value::Change::of(finding.old.as_deref(), finding.new.as_deref()).words() {
        Some(change) => words.and_text(" (").and(change).and_text(")"),
        None => words,
    }
}

fn line(edit: &Edit<'_>) -> Words {
    let title = edit.findings.first().map_or("", |first| first.title);
    let words = Words::marked(title).and_text(": ").and(&edit.subject);
    match edit.places.as_slice() {
        [] => words,
        places => words.and_text(" (").and(&Words::joined(places.iter().cloned(), "; ")).and_text(")"),
    }
}

/// What the policy on breaking changes asks for, and whether it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What is asked for.
    pub what: Words,
    /// Whether it is there as it has to be; `None` where the files do not tell.
    pub is_met: Option<bool>,
    /// The same in a few words: `done`, `missing`, `there, with 2 errors`.
    pub state: Words,
}

impl Requirement {
    fn met(what: Words, is_met: Option<bool>) -> Self {
        let state = match is_met {
            Some(true) => "done",
            Some(false) => "missing",
            None => "not known",
        };
        Self { what, is_met, state: Words::marked(state) }
    }

    /// It is there, and something about it is wrong.
    fn wrong(what: Words, wrong: &Words) -> Self {
        Self { what, is_met: Some(false), state: Words::marked("there, ").and(wrong) }
    }

    /// It is there, with so many errors.
    fn with_errors(what: Words, errors: usize) -> Self {
        match errors {
            0 => Self::met(what, Some(true)),
            errors => {
                let errors = Words::from(phrase::count(errors, "error"));
                Self::wrong(what, &Words::marked("with ").and(&errors))
            }
        }
    }
}

/// The checklist of the policy on breaking changes; empty where nothing breaks.
///
/// Source: "Managing Breaking Changes in Connectors" of Airbyte's docs, its four requirements.
pub fn checklist(report: &ConnectorReport) -> Vec<Requirement> {
    match report.verdict.outcome {
        Outcome::Breaking => requirements(report, report.verdict.required_bump),
        _ => Vec::new(),
    }
}

/// The same for a report, which has it as well where something may break.
pub(super) fn checklist_if_confirmed(report: &ConnectorReport) -> Vec<Requirement> {
    let verdict = &report.verdict;
    let confirmed = verdict.bump_if_confirmed;
    match (verdict.outcome, verdict.declaration) {
        // What is declared is a break, whatever the files show.
        (Outcome::Review, Declaration::Unmatched) => {
            let old = report.old.as_ref().and_then(|side| side.version.as_deref());
            requirements(report, confirmed.max(version::shifted(Bump::Major, old, Bump::Minor)))
        }
        (Outcome::Review, _) if confirmed > verdict.required_bump => requirements(report, confirmed),
        _ => checklist(report),
    }
}

/// What is asked of a break that needs this bump.
fn requirements(report: &ConnectorReport, needed: Bump) -> Vec<Requirement> {
    let verdict = &report.verdict;
    let Some(new) = &report.new else { return Vec::new() };
    if is_only_invalid(&breaking(report)) {
        return Vec::new();
    }
    let is_made = verdict.actual_bump.map(|actual| actual >= needed);
    let of_draft = || Draft::of_break(report).and_then(|draft| draft.key());
    let of_version = || new.version.as_deref().filter(|_| is_made == Some(true)).and_then(version::base);
    let minimum = || version::minimum(report.old.as_ref()?.version.as_deref(), needed);
    let key = of_draft().or_else(|| report.brought.last().cloned()).or_else(of_version).or_else(minimum);
    let named = |words: Words, version: Option<&String>| match version {
        Some(version) => words.and_text(" (").and_code(version).and_text(")"),
        None => words,
    };
    let at = |words: Words| named(words, key.as_ref());
    // The entry may be for a version between the two; the version is the one that is released.
    let released = of_version();
    let released = released.as_ref().or(key.as_ref());
    let bump = match verdict.actual_bump {
        // A step that is larger than needed is right too, and is not called what it is not.
        Some(actual) if actual > needed => named(Words::marked("A version high enough"), released),
        _ => named(Words::marked("A ").and_foreign(needed.name()).and_text(" version"), released),
    };
    let playbook = Words::marked("An Airbyte engineer follows the release playbook before the merge");
    vec![
        Requirement::met(bump, is_made),
        entry(report, at(Words::marked("An entry in `releases.breakingChanges`"))),
        guide(report, at(Words::marked("A section of the migration guide")), key.as_ref()),
        Requirement::met(playbook, None),
    ]
}

/// How many errors the release has of a kind.
fn errors(report: &ConnectorReport, is_meant: impl Fn(&Problem) -> bool) -> usize {
    let is_error = |one: &&Problem| one.level == Severity::Error && one.waived.is_none();
    report.problems.iter().filter(is_error).filter(|one| is_meant(one)).count()
}

/// Whether the break has an entry that says what it has to.
fn entry(report: &ConnectorReport, what: Words) -> Requirement {
    let verdict = &report.verdict;
    let is_in_entry = |problem: &Problem| {
        let pointer = problem.origin.as_ref().map(|origin| &origin.pointer);
        pointer.is_some_and(|pointer| pointer.segments().iter().any(|key| key == "breakingChanges"))
    };
    match verdict.declaration {
        Declaration::Unknown => Requirement::met(what, None),
        Declaration::Missing | Declaration::NotNeeded => Requirement::met(what, Some(false)),
        Declaration::Incomplete if warns_nobody(report) => {
            Requirement::wrong(what, &Words::marked("and warns nobody"))
        }
        Declaration::Incomplete if verdict.scope.everyone => {
            Requirement::wrong(what, &Words::marked("and limited to streams"))
        }
        Declaration::Incomplete => {
            let lacks = verdict.undeclared_streams.iter().map(String::as_str);
            let lacks = phrase::names(lacks, phrase::MOST_NAMES);
            Requirement::wrong(what, &Words::marked("but `scopedImpact` lacks ").and(&lacks))
        }
        Declaration::Complete | Declaration::Open | Declaration::Unmatched => {
            Requirement::with_errors(what, errors(report, is_in_entry))
        }
    }
}

/// Whether the migration guide has a section for the break that says what it has to.
fn guide(report: &ConnectorReport, what: Words, version: Option<&String>) -> Requirement {
    let Some(guided) = &report.guided else {
        return Requirement { what, is_met: None, state: Words::marked("not checked: no docs were read") };
    };
    let Some(is_there) = version.map(|version| guided.contains(version)) else {
        return Requirement::met(what, None);
    };
    match is_there {
        true => Requirement::with_errors(what, errors(report, |one| one.rule.starts_with("meta-guide-"))),
        false => Requirement::met(what, Some(false)),
    }
}

/// What a task is called in a sentence about so many streams.
pub(in crate::report) fn task_words(kind: StepKind, words: &'static str, streams: usize) -> &'static str {
    match kind {
        StepKind::EditSettings => "edit and save the settings",
        StepKind::Refresh if streams > 1 => "refresh the streams",
        StepKind::Clear if streams > 1 => "clear the streams",
        StepKind::EnableStream if streams > 1 => "enable the new streams",
        _ => words,
    }
}

/// Whom the changes reach, as the start of a sentence: `Users who sync one of 2 streams: a, b`.
pub(in crate::report) fn whom(scope: &Scope) -> Words {
    let names = |scope: &Scope| phrase::names(scope.streams.iter().map(String::as_str), usize::MAX);
    if scope.everyone {
        return match scope.streams.is_empty() {
            true => phrase::reach(scope, usize::MAX),
            false => {
                let all = Scope { streams: Default::default(), ..scope.clone() };
                let and = phrase::reach(&all, usize::MAX)
                    .and_text("; the changes of streams reach those who sync ");
                and.and(&names(scope))
            }
        };
    }
    let words = match scope.streams.is_empty() {
        true => Words::marked("users of streams that the files do not name"),
        false => Words::marked("users who sync ").and(&names(scope)),
    };
    let words = match &scope.only {
        Some(only) => words.and_text(" (").and(&phrase::limit(only)).and_text(")"),
        None => words,
    };
    match scope.unlisted_streams_of.is_empty() || scope.streams.is_empty() {
        true => words,
        false => {
            let files = scope.unlisted_streams_of.iter().map(String::as_str);
            let others = words.and_text(", and perhaps other streams that are built from ");
            others.and(&phrase::names(files, usize::MAX))
        }
    }
}
