//! Findings by rule: what a rule found at one level is told together, its effect and what to do once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::edit::{Edit, Manner, edits};
use super::phrase;
use crate::model::{
    Action, Artifact, BreakingType, ConnectorReport, Finding, Level, Related, RelatedKind, StepKind, Words,
    clipped,
};
use crate::release;
use crate::rules::{self, Rule};

/// What a rule found, at one level.
#[derive(Debug)]
pub struct Group<'r> {
    /// How bad it is.
    pub level: Level,
    /// The rule's id.
    pub rule: &'r str,
    /// The page that explains the rule, where it has an address.
    pub explained_at: Option<String>,
    /// What happened, in a few words.
    pub title: &'static str,
    /// Whether only the values tell which way it went.
    values_tell: bool,
    /// Whether that is not sure: what the rule finds breaks, and whether it happened is left to decide.
    pub is_possible: bool,
    /// The edits, in the order of the report.
    pub edits: Vec<Edit<'r>>,
    /// Where the policy file sets the level.
    pub policy: Option<&'r str>,
    /// What users see.
    pub effect: Words,
    /// The same without what a brief report says in the line of the edit.
    pub effect_in_brief: Words,
    /// What to do.
    pub action: Words,
    /// The same without what a brief report says elsewhere: in the answer, or in the draft of a declaration.
    pub action_besides: Words,
    /// What to do, step by step.
    steps: Action,
    /// What users must do, in a few words; nothing where they need not act.
    pub users_must: Words,
    /// Why the policy file accepts all of it, and until when.
    pub waived: Option<Words>,
}

/// The findings of some levels by rule, worst first; waived ones are not among them.
pub(super) fn groups<'r>(report: &'r ConnectorReport, levels: &[Level], manner: Manner) -> Vec<Group<'r>> {
    let is_wanted = |finding: &Finding| levels.contains(&finding.level) && finding.waived.is_none();
    grouped(report, is_wanted, manner)
}

/// The waived findings by rule and waiver, worst first.
pub(super) fn waived(report: &ConnectorReport, manner: Manner) -> Vec<Group<'_>> {
    grouped(report, |finding| finding.waived.is_some(), manner)
}

fn grouped<'r>(
    report: &'r ConnectorReport,
    is_wanted: impl Fn(&Finding) -> bool,
    manner: Manner,
) -> Vec<Group<'r>> {
    let mut piles: Vec<Vec<&'r Finding>> = Vec::new();
    let mut known = HashMap::new();
    for finding in report.findings.iter().filter(|finding| is_wanted(finding)) {
        let waived = finding.waived.as_ref().map(|waived| (waived.reason.as_str(), waived.until.as_deref()));
        let key = (finding.level, finding.rule, finding.policy.as_deref(), waived);
        let at = *known.entry(key).or_insert(piles.len());
        match piles.get_mut(at) {
            Some(pile) => pile.push(finding),
            None => piles.push(vec![finding]),
        }
    }
    piles.sort_by_key(|pile| pile[0].level);
    piles.into_iter().map(|pile| Group::of(report, &pile, manner)).collect()
}

impl<'r> Group<'r> {
    /// What happened, or may have happened, in a few words.
    pub fn headline(&self) -> String {
        if self.is_possible {
            format!("Possible break: {}", lower_first(self.title))
        } else {
            self.title.to_owned()
        }
    }

    /// Takes out of what a brief report says to do what it says elsewhere.
    pub(super) fn say_besides(&mut self, is_declared_below: bool, asked: &[Words]) {
        let steps = self.steps.clone().without(asked);
        let steps = match is_declared_below && self.level == Level::Breaking {
            true => steps.without_announcement(),
            false => steps,
        };
        self.action_besides = steps.words();
    }

    /// What to do, sentence by sentence.
    pub(super) fn sentences(&self) -> Vec<Action> {
        self.steps.sentences()
    }

    /// The migration to ship, where that is what to do first.
    pub(super) fn ships(&self) -> Option<&Words> {
        self.steps.steps().first().filter(|step| step.kind == StepKind::ShipMigration).map(|step| &step.words)
    }

    /// Whether all that is told here may have moved or been renamed in the spec.
    pub(super) fn may_have_moved(&self) -> bool {
        let may_have = |finding: &&Finding| finding.artifact == Artifact::Spec && !finding.related.is_empty();
        self.edits.iter().flat_map(|edit| &edit.findings).all(may_have)
    }

    /// Whether something of it reaches users of all streams.
    pub(super) fn reaches_all(&self) -> bool {
        self.edits.iter().flat_map(|edit| &edit.findings).any(|finding| finding.scope.everyone)
    }

    /// Whether something of it is about the spec.
    pub(super) fn is_of_spec(&self) -> bool {
        self.edits.iter().flat_map(|edit| &edit.findings).any(|finding| finding.artifact == Artifact::Spec)
    }

    /// The same as a part of a sentence, with the field where it is one, or the stream where others change too.
    pub(super) fn what(&self, is_one_stream: bool) -> Words {
        let title = lower_first(self.title);
        let is_renamed =
            |finding: &&Finding| finding.related.iter().any(|related| related.kind == RelatedKind::RenamedTo);
        let may_be_renamed = self.edits.iter().flat_map(|edit| &edit.findings).all(is_renamed);
        let title = if may_be_renamed { format!("{title} or renamed") } else { title };
        let title = if self.is_possible { format!("possibly {title}") } else { title };
        let are_new_streams =
            || self.edits.iter().flat_map(|edit| &edit.findings).all(|one| new_stream(one).is_some());
        let what = self.in_places().unwrap_or_else(|| match self.whats(is_one_stream).as_slice() {
            [(first, _), others @ ..] if !others.is_empty() && are_new_streams() => {
                first.clone().and_text(" and ").and_number(others.len()).and_text(" more")
            }
            whats => named_or_counted(whats),
        });
        let said: Vec<Words> =
            [what].into_iter().filter(|what| !what.is_empty()).chain(self.values()).collect();
        match said.is_empty() {
            true => Words::from(title),
            // A value may have commas of its own.
            false => Words::from(title).and_text(" (").and(&Words::joined(said, ": ")).and_text(")"),
        }
    }

    /// The fields or the streams that changed, each by its name and by what it is. Where only one stream changes, the answer
    /// names it anyway.
    fn whats(&self, is_one_stream: bool) -> Vec<(Words, &'static str)> {
        let findings = || self.edits.iter().flat_map(|edit| &edit.findings);
        let mut fields: BTreeMap<&[String], Vec<&Finding>> = BTreeMap::new();
        findings().for_each(|finding| fields.entry(&finding.field).or_default().push(finding));
        if fields.keys().all(|field| !field.is_empty()) {
            let is_of_spec = findings().all(|finding| finding.artifact == Artifact::Spec);
            let noun = if is_of_spec { "property" } else { "field" };
            let name = |(field, all): (&&[String], &Vec<&Finding>)| {
                (renamed(&field.join("."), all, |new| new.join(".")), noun)
            };
            return fields.iter().map(name).collect();
        }
        let mut streams: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
        for finding in findings() {
            let Some(stream) = &finding.stream else { continue };
            streams.entry(stream.to_string()).or_default().push(finding);
        }
        let has_new_name = |all: &Vec<&Finding>| all.iter().any(|one| new_stream(one).is_some());
        match streams.len() {
            // Its new name is told nowhere else.
            1 if is_one_stream && !streams.values().any(has_new_name) => Vec::new(),
            _ => {
                let name = |(name, all): (String, Vec<&Finding>)| {
                    (renamed(&name, &all, |new| new.join(".")), "stream")
                };
                streams.into_iter().map(name).collect()
            }
        }
    }

    /// Fields of the same names in several objects: `zip in 2 places`.
    fn in_places(&self) -> Option<Words> {
        let findings = || self.edits.iter().flat_map(|edit| &edit.findings);
        let mut names: BTreeMap<&String, Vec<&Finding>> = BTreeMap::new();
        let (mut paths, mut parents, mut places) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for finding in findings() {
            let stream = finding.stream.as_ref()?;
            let (name, parent) = finding.field.split_last()?;
            names.entry(name).or_default().push(finding);
            paths.insert(&finding.field);
            parents.insert((stream, parent));
            places.insert((stream, &finding.field));
        }
        let is_each_in_all = names.len() * parents.len() == places.len();
        if !is_each_in_all || names.len() == paths.len() {
            return None;
        }
        let last = |new: &[String]| new.last().cloned().unwrap_or_default();
        let named: Vec<(Words, &str)> =
            names.iter().map(|(name, all)| (renamed(name, all, last), "field")).collect();
        let fields = match named.as_slice() {
            [(one, _), (other, _)] => one.clone().and_text(" and ").and(other),
            named => named_or_counted(named),
        };
        Some(fields.and_text(" in ").and_number(parents.len()).and_text(" places"))
    }

    /// The old and the new value, where only they tell which way it went, and all changed alike.
    fn values(&self) -> Option<Words> {
        const LONGEST: usize = 60;
        let first = self.edits.first().filter(|_| self.values_tell)?;
        let is_shared = self.edits.iter().all(|edit| edit.change == first.change);
        let words = first.change.words().filter(|words| is_shared && words.as_str().len() <= LONGEST)?;
        Some(words.clone())
    }

    fn of(report: &ConnectorReport, findings: &[&'r Finding], manner: Manner) -> Self {
        let first = findings[0];
        let rule = rules::find(first.rule);
        let is_possible =
            first.level == Level::Review && rule.is_some_and(|rule| rule.level == Level::Breaking);
        let effect = said_of_all(findings, |one| &one.effect);
        let effect = effect.or_else(|| said_of_each_stream(findings)).unwrap_or_else(|| {
            let general = rule.map(|rule| rule.unless_sure(first.own_level, rule.effect.in_general()));
            general.unwrap_or_default()
        });
        let action = said_of_all(findings, |one| &one.action).unwrap_or_else(|| {
            let general = rule.map(|rule| rule.action_in_general_at(first.own_level)).unwrap_or_default();
            general.of_all(&findings.iter().map(|one| &one.action).collect::<Vec<_>>())
        });
        // What the rule of one finding says, without the names and values that stand beside the edit.
        let is_named_above = |rule: &&Rule| {
            findings.len() == 1
                && first.artifact == Artifact::Catalog
                && first.title == rule.title
                && !rule.effect.has_detail()
        };
        let in_brief = rule.filter(is_named_above);
        let in_brief = in_brief.map(|rule| rule.unless_sure(first.own_level, rule.effect.in_general()));
        // The headline says it already.
        let shown = |effect: Words| {
            if is_possible { effect.without_start(rules::POSSIBLE_BREAK).raised() } else { effect }
        };
        // What the release declares already is not asked for again.
        let left = match first.level {
            Level::Breaking | Level::Review if are_declared(report, findings) => {
                action.clone().once_declared(first.level)
            }
            Level::Breaking if report.verdict.scope.everyone => action.clone().for_everyone(),
            _ => action.clone(),
        };
        let left = match first.level {
            Level::Review if may_be_declared(report) => left.of_entry(are_declared(report, findings)),
            _ => left,
        };
        Self {
            level: first.level,
            rule: first.rule,
            explained_at: rule.and_then(|rule| rules::explained_at(rule.id, rule.references)),
            title: said_of_all(findings, |one| &one.title)
                .or_else(|| rule.map(|rule| rule.title))
                .unwrap_or_default(),
            values_tell: rule.is_some_and(|rule| rule.values_tell),
            is_possible,
            edits: edits(findings, manner),
            policy: first.policy.as_deref(),
            effect_in_brief: shown(in_brief.unwrap_or_else(|| effect.clone())),
            effect: shown(effect),
            action_besides: left.words(),
            action: left.words(),
            steps: left,
            users_must: users_must(report, findings, &action),
            waived: first.waived.as_deref().map(phrase::waived),
        }
    }
}

/// A name, cut where it is long.
fn cut(name: &str) -> Words {
    const LONGEST: usize = 40;
    Words::name(clipped(name, LONGEST))
}

/// The name that a stream may have now.
fn new_stream(finding: &Finding) -> Option<&str> {
    let is_name = |related: &&Related| related.kind == RelatedKind::RenamedTo;
    finding.related.iter().filter(is_name).find_map(|related| related.stream.as_deref())
}

/// The name of a field or a stream with the one that it may have now, or of a property with its new place, where all findings of
/// that name have the same guess. `shown` is how the path of a field is shown.
fn renamed(name: &str, findings: &[&Finding], shown: impl Fn(&[String]) -> String) -> Words {
    let is_name = |related: &&Related| related.kind == RelatedKind::RenamedTo && !related.field.is_empty();
    let guess = |finding: &&Finding| {
        let field = || finding.related.iter().find(is_name).map(|related| shown(&related.field));
        let field = || field().filter(|_| finding.artifact == Artifact::Catalog);
        let is_place = |related: &&Related| related.kind == RelatedKind::MovedTo && related.part.is_empty();
        let place = || finding.related.iter().find(is_place).map(|related| shown(&related.field));
        let place = || place().filter(|_| finding.artifact == Artifact::Spec);
        new_stream(finding).map(str::to_owned).or_else(field).or_else(place)
    };
    let guesses: BTreeSet<Option<String>> = findings.iter().map(guess).collect();
    match guesses.into_iter().collect::<Vec<_>>().as_slice() {
        [Some(new)] => cut(name).and_text(" → ").and(&cut(new)).and_text("?"),
        _ => cut(name),
    }
}

/// The one by its name, several by their number.
fn named_or_counted(whats: &[(Words, &'static str)]) -> Words {
    match whats {
        [] => Words::new(),
        [(only, _)] => only.clone(),
        [(_, noun), ..] => Words::from(phrase::count(whats.len(), noun)),
    }
}

/// Whether the release brings an entry in a version that fits what may break.
fn may_be_declared(report: &ConnectorReport) -> bool {
    let verdict = &report.verdict;
    let fits = verdict.actual_bump.is_none_or(|actual| actual >= verdict.bump_if_confirmed);
    !report.brought.is_empty() && fits
}

/// Whether entries warn all that findings are known to reach.
fn are_declared(report: &ConnectorReport, findings: &[&Finding]) -> bool {
    let Some(warned) = &report.warned else { return true };
    let is_warned = |finding: &&Finding| {
        let streams = &finding.scope.streams;
        !finding.scope.everyone && !streams.is_empty() && streams.is_subset(warned)
    };
    findings.iter().all(is_warned)
}

/// With a small letter at the start, unless the word is an abbreviation.
pub(in crate::report) fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let second_is_lower = text.chars().nth(1).is_none_or(|c| !c.is_uppercase());
    match characters.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

/// What every finding says; `None` where they differ.
fn said_of_all<T: Clone + PartialEq>(findings: &[&Finding], said: impl Fn(&Finding) -> &T) -> Option<T> {
    let first = said(findings.first()?);
    findings.iter().all(|finding| said(finding) == first).then(|| first.clone())
}

/// What the effect of every finding says of its stream, where nothing but its name differs.
fn said_of_each_stream(findings: &[&Finding]) -> Option<Words> {
    let said = |finding: &&Finding| {
        let stream = finding.stream.as_ref()?;
        Some(finding.effect.with_code_as(&stream.to_string(), "the stream"))
    };
    let mut all = findings.iter().map(said);
    let first = all.next()??;
    // It may be called a stream there already: "the new stream `lamps`".
    let is_said_twice = first.as_str().contains("stream the stream");
    (!is_said_twice && all.all(|other| other.as_ref() == Some(&first))).then_some(first)
}

/// What users must do about these findings, in a few words.
fn users_must(report: &ConnectorReport, findings: &[&Finding], action: &Action) -> Words {
    let asked = || {
        let tasks = release::tasks(&report.states, findings);
        Words::joined(tasks.into_iter().map(|task| Words::marked(task.words)), ", ")
    };
    match findings[0].level {
        Level::Breaking if action.steps().iter().all(|step| step.kind == StepKind::Avoid) => {
            Words::marked("nothing: the author fixes the release")
        }
        Level::Breaking => {
            let asked = asked();
            if asked.is_empty() { unasked(findings) } else { asked }
        }
        Level::Review => {
            let tasks = Words::joined(action.tasks().into_iter().map(Words::marked), ", ");
            if tasks.is_empty() { tasks } else { Words::marked("if it breaks: ").and(&tasks) }
        }
        Level::Safe | Level::Cosmetic => Words::new(),
    }
}

/// What users do about a break that asks for no step in the product.
fn unasked(findings: &[&Finding]) -> Words {
    let is_renamed = |finding: &&Finding| {
        finding.related.iter().any(|one| one.kind == RelatedKind::RenamedTo && one.stream.is_some())
    };
    Words::marked(match findings[0].breaking_type {
        _ if findings.iter().any(is_renamed) => "enable the new stream, if it is renamed, and change queries",
        Some(BreakingType::StreamOrPropertyRemoval) => "nothing in Airbyte; change queries that use it",
        _ => "nothing in Airbyte",
    })
}
