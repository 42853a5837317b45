//! What the findings ask of the release, and whether the release does it.

mod catalog;
mod declaration;
mod disabled_tests;
mod draft;
mod gate;
mod golden;
mod identity;
pub(crate) mod page;
pub(crate) mod version;
mod waivers;
pub(crate) mod yaml_text;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use crate::judge::Judgement;
use crate::load;
use crate::model::{
    Artifact, BreakingType, BuildChange, Bump, Connector, ConnectorReport, CoverageStatus, Declaration,
    Edition, Finding, Level, Limit, Located, Metadata, Outcome, Pair, Problem, Scope, Severity, Summary,
    Verdict, fingerprint,
};
use crate::policy::Policy;
use crate::rules::{Check, release as checks};
pub(crate) use draft::tasks;
pub use draft::{DeadlineAction, Draft, Task};
pub use gate::{Because, Gate};
pub use waivers::{Waivers, ids_of_problems};

/// The versions that have a section in the migration guide; `None` where no docs were found.
pub(crate) fn guided(old: &Connector, new: &Connector) -> Option<Vec<String>> {
    declaration::guided(old, new)
}

/// The verdict and what is wrong with the declaration.
///
/// `edition` leaves out what is said of the registry of the other one. `today` is the day that deadlines are counted from; `None` leaves out what depends on it.
pub fn conclude(
    pair: Pair<'_>,
    judgement: &Judgement,
    policy: &Policy,
    edition: Option<Edition>,
    mut waivers: Waivers<'_>,
    today: Option<NaiveDate>,
) -> (Verdict, Summary, Vec<Problem>) {
    let Pair { old, new, common } = pair;
    let findings: Vec<&Finding> =
        judgement.findings.iter().filter(|finding| finding.waived.is_none()).collect();
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let summary = Summary {
        breaking: count(Level::Breaking),
        review: count(Level::Review),
        safe: count(Level::Safe),
        cosmetic: count(Level::Cosmetic),
        waived: judgement.findings.len() - findings.len(),
        ignored: judgement.ignored,
    };
    let breaking: Vec<&Finding> = findings.iter().copied().filter(|f| f.level == Level::Breaking).collect();
    let old_version = old.version.as_deref();
    let shift = |bump| version::shifted(bump, old_version, policy.bump_below_one());
    let required = findings
        .iter()
        .filter(|finding| matches!(finding.level, Level::Breaking | Level::Safe))
        .map(|finding| shift(finding.bump))
        .max()
        .unwrap_or(Bump::None);
    let confirmed = findings
        .iter()
        .filter(|finding| finding.level == Level::Review && finding.bump != Bump::None)
        .map(|_| shift(Bump::Major))
        .max()
        .unwrap_or(Bump::None)
        .max(required);
    let breaking_types: BTreeSet<BreakingType> =
        breaking.iter().filter_map(|finding| finding.breaking_type).collect();
    let scope = union(&breaking);
    let entries = declaration::entries(old, new);
    let open: Vec<&Finding> = findings.iter().copied().filter(|f| f.level == Level::Review).collect();
    let mut undeclared_if_confirmed = declaration::left_out_if_confirmed(&entries, &union(&open));
    undeclared_if_confirmed.retain(|stream| !scope.streams.contains(stream));
    let only_invalid = is_only_invalid(&breaking);
    let declaration =
        declaration::judge(new.metadata.is_some(), &entries, &breaking, &scope, judgement.lowered);
    // A break that is declared and not found is never "compatible": the files may just not show it.
    let unjudged = judgement.unjudged.iter().any(|delta| delta.artifact != Artifact::Metadata);
    let open = summary.review > 0 || unjudged || declaration == Declaration::Unmatched;
    let outcome = if summary.breaking > 0 {
        Outcome::Breaking
    } else if !judgement.errors.is_empty() || !judgement.comparable {
        Outcome::Inconclusive
    } else if open {
        Outcome::Review
    } else {
        Outcome::Compatible
    };
    let verdict = Verdict {
        outcome,
        required_bump: required,
        bump_if_confirmed: confirmed,
        actual_bump: version::actual(old_version, new.version.as_deref()),
        // No version brings a removal.
        minimum_version: version::minimum(old_version, required).filter(|_| !new.is_absent),
        declaration,
        undeclared_streams: match declaration {
            Declaration::Incomplete => declaration::left_out(&entries, &scope),
            _ => BTreeSet::new(),
        },
        undeclared_if_confirmed,
        breaking_types: breaking_types.into_iter().collect(),
        scope,
        platform_breaking: judgement.platform_breaking,
        rollback_safe: rollback(judgement),
        build_changed: match common.build {
            BuildChange::None { .. } => Some(false),
            BuildChange::Some { .. } => Some(true),
            BuildChange::Unknown => None,
        },
        other_cdk: matches!(common.build, BuildChange::None { other_cdk: true, .. })
            && new.connector_type == crate::model::ConnectorType::Destination,
        code_unread: common.build == BuildChange::Some { code: true },
        equivalent: match old.is_absent || new.is_absent {
            true => Some(false),
            false => equivalent(judgement, &summary, unjudged).filter(|same| !same || same_code(old, new)),
        },
    };
    let mut found = declaration::problems(&declaration::Release {
        old,
        new,
        judgement,
        verdict: &verdict,
        summary: &summary,
        entries: &entries,
        breaking: &breaking,
        is_only_invalid: only_invalid,
        today,
    });
    if let (Some(before), Some(after)) = (&old.metadata, &new.metadata) {
        found.extend(identity::problems(before, after, new, edition));
        found.extend(declaration::published(before, after, new));
    }
    found.extend(golden::problems(old, new));
    found.extend(catalog::problems(new, &judgement.faults, &judgement.findings));
    found.extend(waivers.disabled.problems());
    let mut problems = problems(found, policy, &mut waivers);
    problems.extend(waivers.problems(policy, new));
    (verdict, summary, problems)
}

/// Whether the old version can be put back: it accepts the configs that the new one saves, and goes on from its state.
fn rollback(judgement: &Judgement) -> Option<bool> {
    match (judgement.spec_rolls_back, judgement.state_rolls_back) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Whether two manifests run the same code of their own. A rewrite of code into a manifest is another question.
fn same_code(old: &Connector, new: &Connector) -> bool {
    // Streams that only code would show are not known to be the same where the code differs.
    let is_unseen = |side: &Connector| side.catalog.is_none() && side.code_words.has_python;
    !(old.has_manifest && new.has_manifest || is_unseen(old) || is_unseen(new))
        || old.code_words.same_code(&new.code_words)
}

/// Whether the two sides are one connector to their users, as a rewrite has to be.
fn equivalent(judgement: &Judgement, summary: &Summary, unjudged: bool) -> Option<bool> {
    if summary.breaking + summary.review + summary.safe > 0 || unjudged {
        return Some(false);
    }
    let is_whole = |artifact: Artifact| {
        let coverage = judgement.coverage.iter().find(|coverage| coverage.artifact == artifact);
        coverage
            .is_none_or(|coverage| coverage.old == coverage.new && coverage.old != CoverageStatus::Partial)
    };
    let whole = is_whole(Artifact::Spec) && is_whole(Artifact::Catalog);
    // What a policy leaves out, or a waiver, was not the same.
    let nothing_left_out = summary.waived == 0 && summary.ignored == 0 && !judgement.lowered;
    (judgement.errors.is_empty() && judgement.comparable && whole && nothing_left_out).then_some(true)
}

/// What a problem is about: with its check, the whole of its identity.
#[derive(Debug, Clone, Default, Serialize)]
struct Subject {
    /// The version that the release has.
    version: Option<String>,
    /// The streams it is about.
    streams: BTreeSet<String>,
    /// The values it is about: what a key of the metadata was and is, hosts, an edition.
    values: Vec<String>,
}

impl Subject {
    /// The release as a whole.
    fn release(new: &Connector) -> Self {
        Self { version: new.version.clone(), ..Self::default() }
    }

    fn streams(self, streams: impl IntoIterator<Item = impl ToString>) -> Self {
        Self { streams: streams.into_iter().map(|stream| stream.to_string()).collect(), ..self }
    }

    fn values(self, values: impl IntoIterator<Item = impl ToString>) -> Self {
        Self { values: values.into_iter().map(|value| value.to_string()).collect(), ..self }
    }
}

/// A problem that was found, and where: what is missing stands where it belongs.
struct Found {
    check: &'static Check,
    level: Severity,
    about: Subject,
    message: String,
    in_short: Option<String>,
    place: Option<Located>,
}

impl Found {
    fn new(check: &'static Check, about: Subject, message: String) -> Self {
        Self { check, level: check.level, about, message, in_short: None, place: None }
    }

    /// The same with what is wrong in a few words.
    fn in_short(self, in_short: String) -> Self {
        Self { in_short: Some(in_short), ..self }
    }

    /// The problem stands at a key of the metadata.
    fn at_key(self, metadata: Option<&Metadata>, path: &[&str]) -> Self {
        Self { place: metadata.map(|metadata| metadata.located(path)), ..self }
    }

    /// Its fingerprint: what it is about, and not what is said of it.
    fn id(&self) -> String {
        fingerprint('p', &(self.check.id, &self.about))
    }
}

/// The problems with their levels and waivers by the policy and the places that they stand at. A check that is off has none.
fn problems(mut found: Vec<Found>, policy: &Policy, waivers: &mut Waivers<'_>) -> Vec<Problem> {
    found.retain(|found| !policy.is_off(found.check.id));
    let placed = found.iter().filter_map(|one| Some(one.place.clone()?.into())).collect();
    let mut origins = load::origins(placed).into_iter();
    let problem = |found: Found| {
        let set = policy.severity(found.check, found.level);
        let id = found.id();
        Problem {
            waived: waivers.of_problem(&id, found.check, &found.about.streams),
            id,
            rule: found.check.id.to_owned(),
            level: set.map_or(found.level, |(level, _)| level),
            origin: found.place.as_ref().and_then(|_| origins.next()),
            message: found.message,
            in_short: found.in_short,
            policy: set.map(|(_, set_by)| set_by.to_string()),
        }
    };
    let mut problems: Vec<Problem> = found.into_iter().map(problem).collect();
    problems.sort_by_key(|problem| problem.level);
    problems
}

/// So many limits are named; where there are more, nothing limits whom it reaches.
const MOST_LIMITS: usize = 4;

/// Whom findings reach together.
pub(crate) fn union(findings: &[&Finding]) -> Scope {
    let mut scope = Scope::default();
    for finding in findings {
        scope.everyone |= finding.scope.everyone;
        scope.streams.extend(finding.scope.streams.iter().cloned());
        scope.unlisted_streams_of.extend(finding.scope.unlisted_streams_of.iter().cloned());
    }
    // Of what is not limited to streams, the limits together say whom it reaches; one without a limit reaches all.
    let wide = findings.iter().filter(|finding| finding.scope.everyone || !scope.everyone);
    let limits: Option<Vec<&Limit>> = wide.map(|finding| finding.scope.only.as_ref()).collect();
    let limits = limits.map(Limit::joined).unwrap_or_default();
    scope.only = match limits.as_slice() {
        [only] => Some(only.clone()),
        [] => None,
        _ if scope.everyone && limits.len() <= MOST_LIMITS => {
            let limits: Vec<String> = limits.iter().map(ToString::to_string).collect();
            Some(Limit::Those(limits.join(", and ")))
        }
        _ => None,
    };
    scope
}

/// Whether all that breaks is that the connector does not load: then it is to be mended, and not to be declared.
pub(crate) fn is_only_invalid(breaking: &[&Finding]) -> bool {
    !breaking.is_empty() && breaking.iter().all(|finding| finding.rule == "manifest-invalid")
}

/// The versions of the entries of `releases.breakingChanges` that a release brings.
pub(crate) fn brought(old: &Connector, new: &Connector) -> Vec<String> {
    declaration::entries(old, new).into_iter().map(|entry| entry.version).collect()
}

/// The message of the latest entry that a release brings, where it says something.
pub(crate) fn declared_message(old: &Connector, new: &Connector) -> Option<String> {
    let versions = brought(old, new);
    let latest = versions.iter().max_by_key(|version| semver::Version::parse(version).ok())?;
    let metadata = new.metadata.as_ref()?;
    let message = metadata.data["releases"]["breakingChanges"][latest.as_str()]["message"].as_str()?.trim();
    (!message.is_empty() && !message.to_uppercase().starts_with("TODO")).then(|| message.to_owned())
}

/// The streams whose users the entries warn that a release brings; `None` where they warn everyone.
pub(crate) fn warned(old: &Connector, new: &Connector) -> Option<BTreeSet<String>> {
    let entries = declaration::entries(old, new);
    let streams = declaration::declared_streams(&entries)?;
    Some(streams.into_iter().map(str::to_owned).collect())
}

/// The findings that break users, waived ones aside.
pub(crate) fn breaking(report: &ConnectorReport) -> Vec<&Finding> {
    let breaks = |finding: &&Finding| finding.level == Level::Breaking && finding.waived.is_none();
    report.findings.iter().filter(breaks).collect()
}

/// Whether there is an entry for what breaks, and none that reaches a user for sure.
pub(crate) fn warns_nobody(report: &ConnectorReport) -> bool {
    report
        .problems
        .iter()
        .any(|problem| problem.rule == crate::rules::release::meta_entry_warns_nobody::CHECK.id)
}

/// Whether a release that breaks says so well enough: declared for everyone concerned, and in a version that moved
/// far enough.
pub fn is_declared(verdict: &Verdict) -> bool {
    matches!(verdict.declaration, Declaration::Complete | Declaration::Open)
        && verdict.actual_bump.is_none_or(|actual| actual >= verdict.required_bump)
}

/// Whether nothing is left to declare of what breaks: it is declared, or waivers accept all that the declaration lacks.
pub fn is_settled(report: &ConnectorReport) -> bool {
    let waived = |checks: &[&Check]| {
        let is_one = |problem: &&Problem| checks.iter().any(|check| check.id == problem.rule);
        let mut lacks = report.problems.iter().filter(is_one).peekable();
        lacks.peek().is_some() && lacks.all(|problem| problem.waived.is_some())
    };
    let verdict = &report.verdict;
    let is_entry_settled = || match verdict.declaration {
        Declaration::Complete | Declaration::Open => true,
        Declaration::Missing => waived(&[&checks::meta_breaking_entry_missing::CHECK]),
        Declaration::Incomplete => waived(&[
            &checks::meta_scope_misses_stream::CHECK,
            &checks::meta_scope_with_global_finding::CHECK,
        ]),
        Declaration::NotNeeded | Declaration::Unmatched | Declaration::Unknown => false,
    };
    let is_version_settled = || {
        verdict.actual_bump.is_none_or(|actual| actual >= verdict.required_bump)
            || waived(&[&checks::meta_bump_too_small::CHECK, &checks::meta_version_not_bumped::CHECK])
    };
    is_declared(verdict) || is_entry_settled() && is_version_settled()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_known_by_what_it_is_about() {
        use crate::rules::release::meta_bump_too_small::CHECK;
        let id = |about: &Subject, message: &str| Found::new(&CHECK, about.clone(), message.to_owned()).id();
        let about = Subject { version: Some("1.2.0".to_owned()), ..Subject::default() }.streams(["users"]);
        assert_eq!(id(&about, "the version moved too little"), id(&about, "in other words"));
        assert_ne!(id(&about, ""), id(&about.clone().streams(["users", "teams"]), ""));
        assert_ne!(id(&about, ""), id(&Subject { version: None, ..about.clone() }, ""));
        assert_ne!(id(&about, ""), id(&about.clone().values(["users"]), ""));
    }
}
