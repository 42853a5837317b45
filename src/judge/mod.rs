//! From differences to findings: each difference meets its rule, and a finding says who is affected, what they see,
//! what to do, where it was written and which shared edit caused it.

mod absorbed;
mod alike;
mod cause;
mod condition;
mod consent;
mod coverage;
mod drawn;
mod editions;
mod evidence;
mod finding;
mod identity;
mod inclusion;
mod keys;
mod listed;
mod metaschema;
mod option;
mod optional;
mod origin;
mod part;
mod platform;
mod python_migration;
mod questions;
mod related;
mod rewritten;
mod scope;
mod secrets;
mod stored;
mod wording;

pub use absorbed::too_many as too_many_migration_steps;
pub use drawn::{Extent, SavedConfigs, SpecNotAsked, saved_configs_of as saved_configs};

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::diff::{Change, Delta, DiffError, Difference, NewFaults, shows_what_is_written};
use crate::effects::{self, DestinationName};
use crate::model::{
    Action, Artifact, Common, ConfiguredStream, Connector, Coverage, Finding, Level, Pair, ReportError,
    Scope, Sides, StateEvidence, StreamBody, StreamStateReport, Unjudged, Which,
};
use crate::policy::{Ignored, Policy};
use crate::rules::Rule;
use consent::Consent;
use coverage::{coverage, unread};
use inclusion::SpecAnswer;
use python_migration::PythonMigrations;

/// What judging two connectors gives.
#[derive(Debug)]
pub struct Judgement {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// Differences without a rule.
    pub unjudged: Vec<Unjudged>,
    /// What is wrong with streams of the new catalog, and was not before.
    pub faults: Vec<NewFaults>,
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
/// `show_values` asks for it. Of the `destinations` findings say what they come to there.
pub fn judge(
    difference: Difference<'_>,
    common: &Common,
    policy: &Policy,
    configured: Option<&[ConfiguredStream]>,
    show_values: bool,
    destinations: &[DestinationName],
) -> Judgement {
    let Difference { old, new, deltas, errors, faults, states, state_rolls_back, cloud } = difference;
    let pair = Pair { old: &old, new: &new, common };
    let ignored = Ignored::of(policy);
    let mut found = Found::of(deltas, pair, (policy, &ignored), configured, show_values, destinations);
    // Of what is gone nothing has to be read.
    let mut unread = if new.is_absent { Vec::new() } else { unread(pair) };
    if let Some(cloud) = cloud {
        let is_of_spec = |(_, delta): &(&Finding, &Delta)| matches!(delta.change, Change::Spec(_));
        let of_spec = found.findings.iter().zip(&found.deltas).filter(is_of_spec);
        let of_spec: BTreeSet<String> = of_spec.map(|(finding, _)| finding.id.clone()).collect();
        let mut cloud = judge(*cloud, &Common::default(), policy, None, show_values, destinations);
        found.spec.rolls_back = match (found.spec.rolls_back, cloud.spec_rolls_back) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        unread.append(&mut cloud.errors);
        found.unjudged.append(&mut cloud.unjudged);
        found.lowered |= cloud.lowered;
        editions::join(&mut found.findings, &of_spec, cloud);
    }
    sort(&mut found.findings);
    unread.extend(found.spec.error.as_ref().map(|error| coverage::unread_spec(error, &old, &new)));
    unread.extend(errors.into_iter().map(unread_stream));
    for error in &mut unread {
        let side = match error.side {
            Which::Old => &old,
            Which::New => &new,
        };
        error.root = side.root_of(&error.file);
    }
    let is_kept = |one: &StreamStateReport| !ignored.has_stream(&one.stream.to_string());
    let states: Vec<StreamStateReport> = states.into_iter().filter(is_kept).collect();
    let both_empty = both_empty(pair);
    // A connector that was added or removed is held against nothing, so nothing of it is left unseen.
    let is_alone = old.is_absent || new.is_absent;
    let is_any = !found.findings.is_empty() || found.ignored > 0;
    Judgement {
        comparable: common.is_same_build()
            || is_alone
            || is_any
            || !both_empty && is_comparable(pair, &states),
        coverage: match is_alone {
            true => Vec::new(),
            false => coverage(pair, both_empty, &found.spec, &states),
        },
        findings: found.findings,
        unjudged: found.unjudged,
        faults,
        errors: unread,
        ignored: found.ignored,
        lowered: found.lowered,
        spec_rolls_back: found.spec.rolls_back,
        states,
        state_rolls_back,
        platform_breaking: found.platform_breaking,
    }
}

/// Findings, each with its difference.
struct Found {
    findings: Vec<Finding>,
    deltas: Vec<Delta>,
    unjudged: Vec<Unjudged>,
    ignored: usize,
    lowered: bool,
    spec: SpecAnswer,
    platform_breaking: Option<bool>,
}

impl Found {
    fn of(
        mut deltas: Vec<Delta>,
        pair: Pair<'_>,
        (policy, left_out): (&Policy, &Ignored<'_>),
        configured: Option<&[ConfiguredStream]>,
        show_values: bool,
        destinations: &[DestinationName],
    ) -> Self {
        let Pair { old, new, .. } = pair;
        if !show_values {
            deltas.iter_mut().for_each(Delta::forget_value);
        }
        let (mut asked, spec) = inclusion::ask(deltas, old, new);
        let migrations = PythonMigrations::of(old, new);
        let consent = Consent::of(new);
        let (mut findings, mut unjudged) = (Vec::with_capacity(asked.len()), Vec::new());
        let (mut ignored, mut lowered) = (0, false);
        let mut alike = Alike::default();
        asked.retain(|one| {
            let delta = &one.delta;
            let found = one.judge();
            match found {
                Some((rule, level)) => {
                    let mut finding = finding::finding(one, rule, level, policy, (&migrations, &consent));
                    alike.share(&mut finding, rule);
                    findings.push(finding);
                }
                None if left_out.has(delta.stream.as_ref(), &delta.field) => ignored += 1,
                None => {
                    let Sides { old, new } = wording::sides(delta);
                    let (old, new) = (old.map(Cow::into_owned), new.map(Cow::into_owned));
                    unjudged.push(Unjudged {
                        artifact: delta.artifact,
                        stream: delta.stream.clone(),
                        field: delta.field.clone(),
                        change: delta.change.name(),
                        old,
                        new,
                    });
                }
            }
            found.is_some()
        });
        let mut deltas: Vec<Delta> = asked.into_iter().map(|one| one.delta).collect();
        deltas.shrink_to_fit();
        identity::tell_apart(&mut findings);
        related::annotate(&mut findings, &deltas, old, new);
        keys::name(&mut findings, old, new);
        optional::limit(&mut findings, &deltas, old);
        let platform_breaking =
            configured.map(|configured| platform::judge(&mut findings, &deltas, configured, new));
        // What the platform does is a fact, whatever the policy leaves out.
        let is_kept: Vec<bool> = findings
            .iter()
            .map(|finding| {
                let leave_out = policy.is_off(finding.rule)
                    || left_out.has(finding.stream.as_ref(), &finding.field)
                    || all_ignored(finding, left_out);
                ignored += usize::from(leave_out);
                lowered |=
                    finding.own_level == Level::Breaking && (leave_out || finding.level != Level::Breaking);
                !leave_out
            })
            .collect();
        retain(&mut findings, &is_kept);
        retain(&mut deltas, &is_kept);
        effects::annotate(&mut findings, &deltas, destinations);
        finding::take_values(&mut findings, &mut deltas);
        for finding in &mut findings {
            if finding.scope.streams.iter().any(|stream| left_out.has_stream(stream)) {
                Arc::make_mut(&mut finding.scope).streams.retain(|stream| !left_out.has_stream(stream));
            }
        }
        origin::attach(&mut findings, &deltas, old, new);
        cause::explain(&mut findings, old, new);
        Self { findings, deltas, unjudged, ignored, lowered, spec, platform_breaking }
    }
}

/// What the last finding of each rule said: of many findings most say the same to the same people, and keep it once.
#[derive(Default)]
struct Alike(HashMap<&'static str, (Arc<Scope>, Action)>);

impl Alike {
    fn share(&mut self, finding: &mut Finding, rule: &'static Rule) {
        let last = self.0.entry(rule.id).or_insert_with(|| (finding.scope.clone(), finding.action.clone()));
        for_one(&mut last.0, &mut finding.scope);
        for_one(&mut last.1, &mut finding.action);
    }
}

/// Makes two of one where they are equal; else the new one is the one to share.
fn for_one<T: Clone + PartialEq>(last: &mut T, new: &mut T) {
    if last == new {
        new.clone_from(last);
    } else {
        last.clone_from(new);
    }
}

/// Puts findings in order; what ties stays in the order in which the sides were walked. Their numbers are sorted and each
/// finding is moved to its place: a stable sort of the findings themselves takes as much memory again as they do.
fn sort(findings: &mut [Finding]) {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|one, other| rank(&findings[*one]).cmp(&rank(&findings[*other])));
    for place in 0..order.len() {
        let mut from = order[place];
        // What stood at an earlier place was moved on.
        while from < place {
            from = order[from];
        }
        order[place] = from;
        findings.swap(place, from);
    }
}

/// What findings are ordered by.
fn rank(finding: &Finding) -> impl Ord + '_ {
    let Finding { level, artifact, stream, field, rule, .. } = finding;
    (*level, *artifact, stream, field, rule)
}

/// Keeps the items that are marked.
fn retain<T>(items: &mut Vec<T>, is_kept: &[bool]) {
    let mut marks = is_kept.iter();
    items.retain(|_| marks.next().is_none_or(|is_kept| *is_kept));
}

/// What cannot be read of a captured stream, with its place.
fn unread_stream(error: DiffError) -> ReportError {
    let (file, line) = match &error.stream.body {
        StreamBody::Captured(captured) => {
            let document = captured.document();
            (document.file.clone(), Some(document.line(captured.range().start)))
        }
        StreamBody::Derived(_) => (String::new(), None),
    };
    let (artifact, root) = (Some(Artifact::Catalog), String::new());
    ReportError { side: error.side, artifact, file, root, line, message: error.message }
}

/// Whether both sides are captured catalogs without a stream: that decides nothing.
fn both_empty(pair: Pair<'_>) -> bool {
    let is_empty = |side: &Connector| {
        side.catalog.as_ref().is_some_and(|catalog| catalog.captured && catalog.streams.is_empty())
    };
    is_empty(pair.old) && is_empty(pair.new)
}

/// Whether an artifact is there on both sides, or something shows what becomes of saved state.
fn is_comparable(Pair { old, new, .. }: Pair<'_>, states: &[StreamStateReport]) -> bool {
    old.spec.is_some() && new.spec.is_some()
        || old.catalog.is_some() && new.catalog.is_some()
        || !old.states.is_empty() && !new.states.is_empty()
        || shows_what_is_written(old, new)
        || states.iter().any(|one| one.forward.evidence != StateEvidence::None)
}

/// A finding about several streams of which the policy leaves out every one.
fn all_ignored(finding: &Finding, left_out: &Ignored<'_>) -> bool {
    finding.stream.is_none()
        && !finding.scope.streams.is_empty()
        && finding.scope.streams.iter().all(|stream| left_out.has_stream(stream))
}
