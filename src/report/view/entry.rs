//! One thing that a report says: a finding, or several that are told together, with all that any format shows of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::block::Block;
use super::phrase;
use crate::model::{
    Artifact, ConnectorReport, Declaration, Evidence, Finding, Item, Level, Origin, Related, RelatedKind,
    SpecBranch, Words, short,
};
use crate::rules::{self, Rule};

/// Findings of one rule, told in one breath.
#[derive(Debug)]
pub struct Entry<'r> {
    /// How bad they are.
    pub level: Level,
    /// The rule's id.
    pub rule: &'r str,
    /// What happened, in a few words.
    pub title: &'static str,
    /// What they are about, below the heading of the section.
    pub subject: Subject<'r>,
    /// The option of the spec that they concern.
    pub branch: Option<&'r SpecBranch>,
    /// The place a reader opens: the new one, or the old one for what is gone.
    pub origin: Option<&'r Origin>,
    /// The streams that one shared edit reaches.
    pub streams: Vec<String>,
    /// How many findings it tells.
    pub count: usize,
    /// Where several are told together, each of them; empty for one.
    pub places: Vec<Place>,
    /// The old and the new value, where all have the same.
    pub values: Option<Change<'r>>,
    /// What may have become of it.
    pub hints: Vec<Hint<'r>>,
    /// Where the policy file sets the level.
    pub policy: Option<&'r str>,
    /// What shows the level, or what would decide it, with what it is.
    pub evidence: Option<(&'static str, Words)>,
    /// What users see.
    pub effect: Words,
    /// Whom it reaches, where the section does not say it.
    pub affects: Option<String>,
    /// What to do, where something is.
    pub action: Option<Words>,
    /// Whom it reaches, in a word or two.
    pub users: String,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject<'r> {
    /// The artifact or the stream as a whole.
    Whole,
    /// Fields, by their dotted paths; for a shared edit with the number of places it reaches.
    Fields {
        /// Their dotted paths, each once.
        names: Vec<String>,
        /// The number of places.
        places: Option<usize>,
    },
    /// So many streams.
    Streams(usize),
    /// So many changes of the artifact as a whole.
    Changes(usize),
    /// Things that have a name: sync modes, keys of the spec.
    Items(Vec<&'r Item>),
}

/// An old and a new value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<'r> {
    /// The old one.
    pub old: Option<&'r Value>,
    /// The new one.
    pub new: Option<&'r Value>,
}

/// One of several findings that are told together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its stream and field, as far as the section does not say them.
    pub name: String,
    /// The old and the new value, where they differ from place to place and are short.
    pub change: Option<(String, String)>,
}

/// A place on the other side that looks like this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint<'r> {
    /// What it is.
    pub kind: RelatedKind,
    /// Its name.
    pub name: String,
    /// What speaks for it.
    pub because: Vec<&'r str>,
}

impl<'r> Entry<'r> {
    pub(super) fn of(report: &ConnectorReport, block: &Block<'r>) -> Self {
        let finding = block.first();
        let is_folded = block.findings.len() > 1;
        let rule = rules::find(&finding.rule);
        let values = Change { old: finding.old.as_ref(), new: finding.new.as_ref() };
        let is_any = values.old.is_some() || values.new.is_some();
        Self {
            level: finding.level,
            rule: &finding.rule,
            title: rule.map_or("", |rule| rule.title),
            subject: subject(block),
            branch: block.branch(),
            origin: finding.origin.new.as_ref().or(finding.origin.old.as_ref()),
            streams: block.streams(),
            count: block.findings.len(),
            places: if is_folded { places(block) } else { Vec::new() },
            values: (is_any && block.same_values()).then_some(values),
            hints: if is_folded { Vec::new() } else { finding.related.iter().map(Hint::of).collect() },
            policy: finding.policy.as_deref(),
            evidence: evidence_of(block),
            effect: said_of_all(&block.findings, |one| &one.effect).unwrap_or_else(|| {
                let general = rule.map(|rule| rule.unless_sure(finding.own_level, rule.effect.in_general()));
                general.unwrap_or_default()
            }),
            affects: (!is_folded && is_narrowed(finding)).then(|| phrase::reach(&finding.scope)),
            action: (is_folded || matches!(finding.level, Level::Breaking | Level::Review))
                .then(|| action_of_all(report, &block.findings)),
            users: users(&block.findings),
        }
    }

    /// Whether several findings are told together.
    pub fn is_folded(&self) -> bool {
        self.count > 1
    }
}

impl<'r> Hint<'r> {
    fn of(related: &'r Related) -> Self {
        Self {
            kind: related.kind,
            name: related.stream.clone().unwrap_or_else(|| related.field.join(".")),
            because: related.because.iter().map(|likeness| likeness.describe()).collect(),
        }
    }

    /// The question that it answers.
    pub fn question(&self) -> &'static str {
        match self.kind {
            RelatedKind::RenamedTo | RelatedKind::RenamedFrom => "rename?",
            RelatedKind::MovedTo | RelatedKind::MovedFrom => "move?",
        }
    }

    /// The guess, with what speaks for it.
    pub fn words(&self) -> Words {
        Words::marked(self.kind.describe())
            .and_text(" ")
            .and_code(&self.name)
            .and_text(&format!(" ({})", self.because.join(", ")))
    }

    /// Whether it says what became of something, rather than what something was.
    pub fn leads_on(&self) -> bool {
        matches!(self.kind, RelatedKind::RenamedTo | RelatedKind::MovedTo)
    }
}

/// What every finding says; `None` where they differ.
fn said_of_all<T: Clone + PartialEq>(findings: &[&Finding], said: impl Fn(&Finding) -> &T) -> Option<T> {
    let first = said(findings.first()?);
    findings.iter().all(|finding| said(finding) == first).then(|| first.clone())
}

fn subject<'r>(block: &Block<'r>) -> Subject<'r> {
    let names = block.fields();
    let count = block.findings.len();
    if names.is_empty() {
        let items: Vec<&Item> = block.findings.iter().filter_map(|finding| finding.item.as_ref()).collect();
        return match count {
            0 | 1 => Subject::Whole,
            _ if items.len() == count => Subject::Items(items),
            _ if block.findings.iter().all(|finding| finding.stream.is_none()) => Subject::Changes(count),
            _ => Subject::Streams(count),
        };
    }
    let places = (block.shared && names.len() > 1).then(|| count.max(names.len()));
    Subject::Fields { names, places }
}

/// Values longer than this are not put beside the names of places.
const LONGEST_BESIDE: usize = 32;

fn places(block: &Block<'_>) -> Vec<Place> {
    let beside = |finding: &Finding| {
        let (old, new) = (short(finding.old.as_ref()?), short(finding.new.as_ref()?));
        let is_short = old.chars().count().max(new.chars().count()) <= LONGEST_BESIDE;
        is_short.then_some((old, new))
    };
    let apart = !block.same_values();
    let named = block.places();
    let changes = named.iter().map(|(_, findings)| match findings.as_slice() {
        [one] if apart => beside(one),
        _ => None,
    });
    let changes: Vec<_> = changes.collect();
    named.into_iter().zip(changes).map(|((name, _), change)| Place { name, change }).collect()
}

/// Whether it has to be said whom a finding reaches.
fn is_narrowed(finding: &Finding) -> bool {
    let scope = &finding.scope;
    scope.only.is_some() || !scope.unlisted_streams_of.is_empty() || reaches_several(finding)
}

/// Whether a finding is about several streams, which no heading names.
pub(super) fn reaches_several(finding: &Finding) -> bool {
    finding.stream.is_none() && !finding.scope.streams.is_empty()
}

fn users(findings: &[&Finding]) -> String {
    let users = |finding: &Finding| match &finding.scope.only {
        Some(only) => only.clone(),
        None if finding.scope.everyone => "everyone".to_owned(),
        None if !finding.scope.unlisted_streams_of.is_empty() => {
            "streams built from this schema file".to_owned()
        }
        None => "all syncs".to_owned(),
    };
    let distinct: BTreeSet<String> = findings.iter().map(|finding| users(finding)).collect();
    distinct.into_iter().collect::<Vec<_>>().join(", ")
}

/// Witnesses longer than this are shortened.
const LONGEST_WITNESS: usize = 300;

/// What shows the level of all, or of the first of them, which is named then.
fn evidence_of(block: &Block<'_>) -> Option<(&'static str, Words)> {
    let (label, words) = evidence(block.first())?;
    if said_of_all(&block.findings, |one| &one.evidence).is_some() {
        return Some((label, words));
    }
    let place = block.places().into_iter().next().map(|(name, _)| name).unwrap_or_default();
    Some((label, Words::marked("for ").and_code(&place).and_text(": ").and(&words)))
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
            let words = Words::code(shown).and_text(what).and(message);
            Some(("witness", words))
        }
        Evidence::Proof { message } => Some(("proof", message.clone())),
        Evidence::Sample { message } => Some(("sample", message.clone())),
        Evidence::Unproven { message }
            if finding.level == Level::Review && *message != finding.action.words() =>
        {
            let in_action =
                rules::find(&finding.rule).is_some_and(|rule| rule.action_in_general().words() == *message);
            (!in_action).then(|| ("not seen", message.clone()))
        }
        _ => None,
    }
}

/// What to do about findings of one rule. What the release declares already is not asked for again.
pub(super) fn action_of_all(report: &ConnectorReport, findings: &[&Finding]) -> Words {
    let Some(finding) = findings.first() else { return Words::new() };
    let action = said_of_all(findings, |one| &one.action)
        .unwrap_or_else(|| rules::find(&finding.rule).map(Rule::action_in_general).unwrap_or_default());
    match (report.verdict.declaration, finding.level) {
        (Declaration::Complete, Level::Breaking) => action.once_declared().words(),
        _ => action.words(),
    }
}
