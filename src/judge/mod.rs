//! From differences to findings: each difference meets its rule, and a finding says who is affected, what they see,
//! what to do, where it was written and which shared edit caused it.

mod cause;
mod coverage;
mod editions;
mod evidence;
mod finding;
mod identity;
mod inclusion;
mod migrated;
mod origin;
mod platform;
mod python_migration;
mod related;
mod scope;
mod stored;
mod wording;

use std::collections::BTreeSet;

use crate::diff::{self, Change, Delta, Difference};
use crate::model::{
    Artifact, Common, ConfiguredStream, Connector, Coverage, Finding, Level, ReportError, StateEvidence,
    StreamStateReport, Unjudged, Which,
};
use crate::policy::Policy;
use coverage::{coverage, errors_of};
use python_migration::PythonMigrations;

/// What judging two connectors gives.
#[derive(Debug)]
pub struct Judgement {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// Differences without a rule.
    pub unjudged: Vec<Unjudged>,
    /// What could be seen.
    pub coverage: Vec<Coverage>,
    /// What could not be read.
    pub errors: Vec<ReportError>,
    /// Whether anything was there on both sides.
    pub comparable: bool,
    /// How many findings the policy leaves out.
    pub ignored: usize,
    /// Whether the policy makes a break milder or leaves it out: what is declared for it is confirmed all the same.
    pub lowered: bool,
    /// Whether the old spec accepts what the new one saves; `None` where that is not known.
    pub spec_rolls_back: Option<bool>,
    /// What happens to saved state, stream by stream.
    pub states: Vec<StreamStateReport>,
    /// Whether the old version goes on from the state that the new one saves; `None` where that is not known.
    pub state_rolls_back: Option<bool>,
    /// Whether the platform would pause connections; `None` without a configured catalog.
    pub platform_breaking: Option<bool>,
}

/// Judges every difference between two connectors. Saved values may be secrets: findings hold them only where
/// `show_values` asks for it.
pub fn judge(
    (old, new, common): (&Connector, &Connector, &Common),
    policy: &Policy,
    configured: Option<&[ConfiguredStream]>,
    show_values: bool,
) -> Judgement {
    let aligned = editions::aligned(old, new);
    let (old, new) = aligned.as_ref().map_or((old, new), |(old, new)| (old, new));
    let Difference { mut deltas, errors: diff_errors, mut states, state_rolls_back } =
        diff::diff(old, new, common);
    states.retain(|one| !policy.ignores_stream(&one.stream.to_string()));
    if !show_values {
        deltas.iter_mut().for_each(Delta::forget_value);
    }
    let (asked, spec_answer) = inclusion::ask(deltas, old, new);
    let migrations = PythonMigrations::of(old, new);
    let mut findings = Vec::new();
    let mut unjudged = Vec::new();
    let mut judged = Vec::new();
    let mut ignored = 0;
    let mut lowered = false;
    for one in asked {
        let found = one.judge();
        if let Some((rule, level)) = found {
            findings.push(finding::finding(&one, rule, level, policy, &migrations));
        }
        let delta = one.delta;
        match found {
            Some(_) => judged.push(delta),
            None if policy.ignores(delta.stream.as_ref(), &delta.field) => ignored += 1,
            None => unjudged.push(Unjudged {
                artifact: delta.artifact,
                stream: delta.stream.clone(),
                field: delta.field.clone(),
                change: delta.change.name(),
                old: delta.old,
                new: delta.new,
            }),
        }
    }
    related::annotate(&mut findings, &judged, old, new);
    let platform_breaking =
        configured.map(|configured| platform::judge(&mut findings, &judged, configured, new));
    // What the platform does is a fact, whatever the policy leaves out.
    let (mut findings, judged): (Vec<Finding>, Vec<Delta>) = findings
        .into_iter()
        .zip(judged)
        .filter(|(finding, _)| {
            let leave_out =
                policy.ignores(finding.stream.as_ref(), &finding.field) || all_ignored(finding, policy);
            ignored += usize::from(leave_out);
            lowered |=
                finding.own_level == Level::Breaking && (leave_out || finding.level != Level::Breaking);
            !leave_out
        })
        .unzip();
    for finding in &mut findings {
        finding.scope.streams.retain(|stream| !policy.ignores_stream(stream));
    }
    origin::attach(&mut findings, &judged, old, new);
    cause::explain(&mut findings, old, new);
    let mut spec_rolls_back = spec_answer.rolls_back;
    let mut errors = errors_of(Which::Old, (old, new), common);
    errors.extend(errors_of(Which::New, (new, old), common));
    if let Some((old, new)) = editions::cloud(old, new) {
        let is_of_spec = |(_, delta): &(&Finding, &Delta)| matches!(delta.change, Change::Spec(_));
        let of_spec = findings.iter().zip(&judged).filter(is_of_spec);
        let of_spec: BTreeSet<String> = of_spec.map(|(finding, _)| finding.id.clone()).collect();
        let mut cloud = judge((&old, &new, &Common::default()), policy, None, show_values);
        spec_rolls_back = match (spec_rolls_back, cloud.spec_rolls_back) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        errors.append(&mut cloud.errors);
        unjudged.append(&mut cloud.unjudged);
        lowered |= cloud.lowered;
        editions::join(&mut findings, &of_spec, cloud);
    }
    // What ties stays in the order in which the sides were walked.
    findings.sort_by_cached_key(|finding| {
        (finding.level, finding.artifact, finding.stream.clone(), finding.field.clone(), finding.rule.clone())
    });
    errors.extend(spec_answer.error.as_ref().map(|error| coverage::unread_spec(error, old, new)));
    errors.extend(diff_errors.into_iter().map(|error| {
        let (file, line) = match &error.stream.body {
            crate::model::StreamBody::Captured { document, range, .. } => {
                (document.file.clone(), Some(document.line(range.start)))
            }
            crate::model::StreamBody::Derived { .. } => (String::new(), None),
        };
        ReportError {
            side: error.side,
            artifact: Some(Artifact::Catalog),
            file,
            line,
            message: error.message,
        }
    }));
    let both_empty = [old, new].iter().all(|side| {
        side.catalog.as_ref().is_some_and(|catalog| catalog.captured && catalog.streams.is_empty())
    });
    let comparable = common.is_same_build()
        || !both_empty
            && (old.spec.is_some() && new.spec.is_some()
                || old.catalog.is_some() && new.catalog.is_some()
                || !old.states.is_empty() && !new.states.is_empty()
                || states.iter().any(|one| one.forward.evidence != StateEvidence::None)
                || !findings.is_empty()
                || ignored > 0);
    Judgement {
        findings,
        unjudged,
        coverage: coverage((old, new, common), both_empty, &spec_answer, &states),
        errors,
        comparable,
        ignored,
        lowered,
        spec_rolls_back,
        states,
        state_rolls_back,
        platform_breaking,
    }
}

/// A finding about several streams of which the policy leaves out every one.
fn all_ignored(finding: &Finding, policy: &Policy) -> bool {
    finding.stream.is_none()
        && !finding.scope.streams.is_empty()
        && finding.scope.streams.iter().all(|stream| policy.ignores_stream(stream))
}
