//! What a reviewer asks for, in the second line.

use super::group::Group;
use super::phrase;
use crate::model::{Action, ConnectorReport, Declaration, Finding, Level, Outcome, Scope, StepKind, Words};
use crate::propose;
use crate::release::{self, is_declared};

/// What a reviewer asks for: a migration that would absorb a break, what the author can do instead of a break that is not
/// declared, and what decides the open findings. What the policy file leaves to review decides nothing.
pub(super) fn ask(report: &ConnectorReport, groups: &[Group<'_>]) -> Vec<Words> {
    let of_level = |level: Level| groups.iter().filter(move |group| group.level == level);
    let breaking = || of_level(Level::Breaking);
    // Only a migration that was tried is asked for.
    let absorbed = |group: &Group<'_>| {
        let said = group.ships()?;
        let mut advice = propose::ADVICE.into_iter().map(Words::marked);
        advice.find(|advice| said.as_str().starts_with(advice.as_str()))
    };
    let mut asked: Vec<Words> = breaking().find_map(absorbed).into_iter().collect();
    let wanted = |sentence: Action, kinds: &[StepKind]| {
        let words = sentence.words();
        let starts = sentence.steps().first().is_some_and(|step| kinds.contains(&step.kind));
        (starts && words.ends_sentence()).then_some(words)
    };
    let is_told = |group: &&Group<'_>| group.may_have_moved() && absorbed(group).is_some();
    let instead = breaking().filter(|group| !is_declared(&report.verdict) && !is_told(group));
    let instead = instead.filter_map(|group| {
        group.sentences().into_iter().find_map(|sentence| wanted(sentence, &[StepKind::Avoid]))
    });
    let mut instead: Vec<Words> = instead.collect();
    if let Some(declare) = declare_for_all(report, breaking()) {
        instead.truncate(MOST_ASKED.saturating_sub(asked.len() + 1));
        let is_first = asked.is_empty() && instead.is_empty();
        instead.push(if is_first { declare.raised() } else { Words::marked("Else ").and(&declare) });
    }
    // Of a property that may have moved, the break at its new place says what is to be done.
    let breaks_spec = breaking().any(Group::is_of_spec);
    let open = of_level(Level::Review)
        .filter(|group| group.policy.is_none() && !(breaks_spec && group.may_have_moved()))
        .flat_map(Group::sentences)
        .filter_map(|sentence| wanted(sentence, &[StepKind::Check, StepKind::Avoid]));
    // Whether what is gone has a new name is a question of a break that is declared, too.
    let renames =
        breaking().flat_map(Group::sentences).filter_map(|sentence| wanted(sentence, &[StepKind::Check]));
    for words in unlisted(report).into_iter().chain(instead).chain(renames).chain(open) {
        if asked.len() < MOST_ASKED && !asked.contains(&words) {
            asked.push(words);
        }
    }
    asked
}

/// What to write in an entry for streams of what breaks users of all streams; it is asked for after what would avoid the break.
fn declare_for_all<'g, 'r: 'g>(
    report: &ConnectorReport,
    breaking: impl Iterator<Item = &'g Group<'r>>,
) -> Option<Words> {
    let verdict = &report.verdict;
    let is_asked = verdict.declaration == Declaration::Incomplete
        && verdict.scope.everyone
        && !release::warns_nobody(report)
        && !release::is_settled(report);
    let of_all: Vec<&Group<'_>> = breaking.filter(|group| is_asked && group.reaches_all()).collect();
    let say = match of_all.as_slice() {
        [] => return None,
        [only] => Words::marked("say in the entry that ").and(&only.what(false)),
        _ => Words::marked("say in the entry what breaks users of all streams"),
    };
    Some(say.and_text(", and drop ").and_code("scopedImpact"))
}

/// How it is told that nobody can list all streams. One who warns everyone need not list them.
pub(super) fn told_of_unlisted(report: &ConnectorReport) -> phrase::Unlisted {
    match report.verdict.declaration {
        Declaration::Complete => phrase::Unlisted::Noted,
        _ => phrase::Unlisted::Asked,
    }
}

/// That only code tells which streams are built from a schema file, and what to do with them.
fn unlisted(report: &ConnectorReport) -> Option<Words> {
    let scope = &report.verdict.scope;
    let is_open = |finding: &&Finding| finding.level == Level::Review && finding.waived.is_none();
    let open: Vec<&Finding> = report.findings.iter().filter(is_open).collect();
    let may_reach = release::union(&open);
    let both = Scope {
        streams: scope.streams.union(&may_reach.streams).cloned().collect(),
        unlisted_streams_of: scope
            .unlisted_streams_of
            .union(&may_reach.unlisted_streams_of)
            .cloned()
            .collect(),
        ..Scope::default()
    };
    // Where the break reaches every user, no list of streams is asked for; of no known streams none are others.
    let reaches_all = match report.verdict.outcome {
        Outcome::Breaking => scope.everyone,
        _ => may_reach.everyone,
    };
    let is_asked = told_of_unlisted(report) == phrase::Unlisted::Asked;
    let is_listed = is_asked && !reaches_all && !both.streams.is_empty();
    let files = phrase::files(&both).filter(|_| is_listed)?;
    let find = Words::marked("Find in the code which other streams use ").and(&files);
    // What only may break is not declared before it is known to.
    let are_of_the_break = may_reach.unlisted_streams_of.is_subset(&scope.unlisted_streams_of);
    Some(match report.verdict.declaration {
        Declaration::Open if are_of_the_break => find.and(&Words::marked(", and add them to `scopedImpact`")),
        _ => find,
    })
}

/// So much is asked for in a line.
const MOST_ASKED: usize = 3;
