//! From differences to findings: each difference meets its rule, and a finding says who is affected, what they see,
//! what to do, where it was written and which shared edit caused it.

mod cause;
mod coverage;
mod editions;
mod identity;
mod inclusion;
mod migrated;
mod origin;
mod platform;
mod python_migration;
mod related;
mod stored;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diff::{
    self, CatalogChange, Change, ConnectorChange, Decision, Delta, Difference, SpecChange, StateContext,
    StateMigration,
};
use crate::model::{
    Artifact, Aspect, BreakingType, Bump, Common, ConfiguredStream, Connector, Coverage, Decided, Edition,
    Evidence, Finding, Level, Migration, MigrationKind, ReportError, Scope, Sides, StateEvidence,
    StreamStateReport, Unjudged, Which,
};
use crate::policy::Policy;
use crate::rules::{self, Affects, Rule, Values};
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
        for state in deltas.iter_mut().filter_map(|delta| delta.context.state.as_mut()) {
            state.value = None;
        }
    }
    let spec_answer = inclusion::decide(&mut deltas, old, new);
    let migrations = PythonMigrations::of(old, new);
    let mut findings = Vec::new();
    let mut unjudged = Vec::new();
    let mut judged = Vec::new();
    let mut ignored = 0;
    let mut lowered = false;
    for delta in deltas {
        match rules::judge(&delta) {
            Some((rule, level)) => {
                let finding = finding(&delta, rule, level, policy, &migrations);
                findings.push(finding);
                judged.push(delta);
            }
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

/// `own` is the level the rule gives; the policy may set another.
fn finding(
    delta: &Delta,
    rule: &Rule,
    own: Level,
    policy: &Policy,
    migrations: &PythonMigrations<'_>,
) -> Finding {
    let own = decided(delta, rule, own);
    // What a migration in code leaves of a config nobody can say.
    let in_code = if own == Level::Breaking { migrations.of_key(delta) } else { None };
    let own = if in_code.is_some() { Level::Review } else { own };
    let unseen = in_code.map(|by| StateMigration::Unseen { by });
    let migrated = unseen.as_ref().or(state_migration(delta));
    let set = policy.level(rule, own);
    let level = set.map_or(own, |(level, _)| level);
    let detail = detail(&delta.change);
    let values = values(delta, detail.clone());
    Finding {
        id: identity::fingerprint(delta, rule),
        rule: rule.id.to_owned(),
        level,
        own_level: own,
        breaking_type: rule
            .breaking_type
            .or_else(|| (level == Level::Breaking).then(|| type_of(delta.artifact))),
        bump: match level {
            // What a policy calls safe is a fix, and what it asks about might be a break.
            Level::Safe if set.is_some() && own < Level::Safe => Bump::Patch,
            Level::Review if set.is_some() => Bump::Major,
            level => bump(rule, level),
        },
        artifact: delta.artifact,
        stream: delta.stream.clone(),
        field: delta.field.clone(),
        branch: delta.branch.clone(),
        pointer: pointer(delta),
        editions: vec![Edition::Oss, Edition::Cloud],
        platform: None,
        related: Vec::new(),
        old: delta.old.clone(),
        new: delta.new.clone(),
        scope: scope(delta, rule, level, &detail),
        effect: effect(delta, rule, own, rule.effect.fill(&values), migrated),
        action: match set {
            Some((Level::Breaking | Level::Review, _)) if own >= Level::Safe => {
                "The policy file asks to treat this as more than it is: see there.".to_owned()
            }
            _ => action(delta, rule, own, rule.fill_action(&values), migrated),
        },
        evidence: evidence(delta, rule, own),
        origin: Sides::default(),
        cause: match &delta.change {
            Change::Catalog(CatalogChange::Behaviour { cause, .. }) => cause.clone(),
            _ => None,
        },
        policy: set.map(|(_, set_by)| set_by.to_string()),
        migration: migration(delta, migrated),
        waived: None,
    }
}

fn migration(delta: &Delta, migrated: Option<&StateMigration>) -> Option<Migration> {
    if matches!(delta.decision, Some(Decision::Migrated)) {
        return Some(Migration {
            kind: MigrationKind::Config,
            credited: true,
            by: "config_normalization_rules.config_migrations".to_owned(),
        });
    }
    let (credited, by) = match migrated? {
        StateMigration::Works { by } => (true, by),
        StateMigration::Unseen { by } => (false, by),
    };
    let kind = match delta.artifact {
        Artifact::Spec => MigrationKind::Config,
        _ => MigrationKind::State,
    };
    Some(Migration { kind, credited, by: by.clone() })
}

fn state_migration(delta: &Delta) -> Option<&StateMigration> {
    delta.context.state.as_ref()?.migration.as_ref()
}

/// The level of a finding after what comparing the accepted configs, or a state migration, says of it.
fn decided(delta: &Delta, rule: &Rule, own: Level) -> Level {
    match state_migration(delta) {
        Some(StateMigration::Works { .. }) => return own.max(Level::Safe),
        Some(StateMigration::Unseen { .. }) => return own.max(Level::Review),
        None => {}
    }
    match (&delta.decision, rule.decided) {
        // Every saved text is of that format already.
        (Some(Decision::Proof { .. }), _) if matches!(delta.change, Change::Spec(SpecChange::Format(_))) => {
            Level::Safe
        }
        (Some(Decision::Migrated), _) => own.max(Level::Safe),
        // The config stays valid, and the option it was saved under is gone.
        (Some(Decision::Proof { .. }), Decided::Inclusion) if loses_an_option(delta) => Level::Review,
        (Some(Decision::Proof { .. }), Decided::Inclusion) => own.max(Level::Safe),
        (Some(Decision::Witness { .. } | Decision::Sample { .. }), Decided::Inclusion) => Level::Breaking,
        (Some(Decision::Unlikely { .. } | Decision::Unknown { .. }), Decided::Inclusion) => Level::Review,
        _ => own,
    }
}

/// Whether what a user chose in the form can no longer be chosen.
fn loses_an_option(delta: &Delta) -> bool {
    matches!(
        delta.change,
        Change::Spec(
            SpecChange::OptionRemoved | SpecChange::OptionsCollapsed | SpecChange::DiscriminatorChanged
        )
    )
}

/// What users see, where comparing the accepted configs says otherwise than the rule does in general.
fn effect(
    delta: &Delta,
    rule: &Rule,
    level: Level,
    text: String,
    migrated: Option<&StateMigration>,
) -> String {
    match migrated {
        Some(StateMigration::Works { by }) => {
            return format!("{by} rewrites saved state at the next start, and syncs go on from it.");
        }
        Some(StateMigration::Unseen { by }) => return format!("Unless {by} migrates it: {text}"),
        None => {}
    }
    match (rule.level, &delta.decision, level) {
        (_, Some(Decision::Migrated), _) => {
            "Saved configs are migrated at the next start and stay valid.".to_owned()
        }
        (Level::Breaking | Level::Review, Some(Decision::Proof { .. }), Level::Safe) => {
            "Every config that users have saved stays valid.".to_owned()
        }
        (Level::Review | Level::Safe | Level::Cosmetic, Some(_), Level::Breaking) => {
            "Configs that users have saved are refused: check, discover and every sync fail with a config error.".to_owned()
        }
        (_, Some(Decision::Proof { .. }), Level::Review) if loses_an_option(delta) => {
            "Configs saved under an option that is gone stay valid, and what they chose is ignored from now on.".to_owned()
        }
        (_, Some(Decision::Unlikely { .. }), Level::Review) => {
            "A config without the constant that tells the options apart is refused; the form saves it, an API client \
             may not have."
                .to_owned()
        }
        _ => unless_sure(rule, level, text),
    }
}

/// What to do, likewise.
fn action(
    delta: &Delta,
    rule: &Rule,
    level: Level,
    text: String,
    migrated: Option<&StateMigration>,
) -> String {
    match migrated {
        Some(StateMigration::Works { .. }) => return "Nothing.".to_owned(),
        Some(StateMigration::Unseen { by }) => {
            return match delta.artifact {
                Artifact::Spec => {
                    format!(
                        "Run {by} on a saved config and see that the new spec accepts what it leaves. {text}"
                    )
                }
                _ => format!(
                    "Run {by} on a saved state and see that the new version goes on from what it leaves. {text}"
                ),
            };
        }
        None => {}
    }
    match (rule.level, &delta.decision, level) {
        (Level::Breaking | Level::Review, Some(Decision::Proof { .. } | Decision::Migrated), Level::Safe) => {
            "Nothing.".to_owned()
        }
        (_, Some(Decision::Proof { .. }), Level::Review) if loses_an_option(delta) => {
            "Say whether ignoring the choice changes what is synced. If it does, this is a breaking change.".to_owned()
        }
        (Level::Review | Level::Safe | Level::Cosmetic, Some(_), Level::Breaking) => {
            "Keep accepting such configs, or ship a config migration. Otherwise announce it: users edit their settings \
             and save before the next sync."
                .to_owned()
        }
        _ => text,
    }
}

/// The bump of a finding: the rule's, as far as the level carries it.
fn bump(rule: &Rule, level: Level) -> Bump {
    match level {
        Level::Breaking => Bump::Major,
        Level::Review => rule.bump,
        Level::Safe => rule.bump.min(Bump::Minor),
        Level::Cosmetic => Bump::None,
    }
}

/// The breaking type of a rule that breaks nothing by itself and that a policy made breaking.
fn type_of(artifact: Artifact) -> BreakingType {
    match artifact {
        Artifact::Spec => BreakingType::SpecChange,
        Artifact::State => BreakingType::StateChange,
        Artifact::Destination => BreakingType::DestinationFormatChange,
        _ => BreakingType::SchemaChange,
    }
}

/// A finding about several streams of which the policy leaves out every one.
fn all_ignored(finding: &Finding, policy: &Policy) -> bool {
    finding.stream.is_none()
        && !finding.scope.streams.is_empty()
        && finding.scope.streams.iter().all(|stream| policy.ignores_stream(stream))
}

/// What a rule says of a break, said of one that is not sure.
pub(crate) fn unless_sure(rule: &Rule, level: Level, effect: String) -> String {
    match (rule.level, level) {
        (Level::Breaking, Level::Review) => format!("If it is so: {effect}"),
        _ => effect,
    }
}

fn pointer(delta: &Delta) -> Sides<Option<crate::model::Pointer>> {
    let full = |pointer: &Option<crate::model::Pointer>, index: Option<usize>| {
        let pointer = pointer.as_ref()?;
        Some(match index {
            Some(index) => {
                crate::model::Pointer::new(["streams".to_owned(), index.to_string()]).concat(pointer)
            }
            None => pointer.clone(),
        })
    };
    Sides {
        old: full(&delta.pointer.old, delta.context.index.old),
        new: full(&delta.pointer.new, delta.context.index.new),
    }
}

fn evidence(delta: &Delta, rule: &Rule, level: Level) -> Evidence {
    match (&delta.decision, rule.decided) {
        (Some(Decision::Proof { .. }), Decided::Policy) if level == Level::Safe => {
            let message =
                "the pattern lets only texts of that format through, so every saved one is".to_owned();
            return Evidence::Proof { message };
        }
        (Some(Decision::Proof { message }), Decided::Inclusion) => {
            return Evidence::Proof { message: message.clone() };
        }
        (Some(Decision::Migrated), _) => {
            let message =
                "the manifest's config migrations leave every saved config in a form that is accepted";
            return Evidence::Proof { message: message.to_owned() };
        }
        (Some(Decision::Witness { value, message }), Decided::Inclusion) => {
            return Evidence::Witness { value: value.clone(), message: message.clone() };
        }
        (Some(Decision::Sample { message }), Decided::Inclusion) => {
            return Evidence::Sample { message: message.clone() };
        }
        (Some(Decision::Unlikely { value, message }), Decided::Inclusion) => {
            return Evidence::Unproven {
                message: format!("only a config such as {value} is refused: {message}"),
            };
        }
        (Some(Decision::Unknown { reason }), Decided::Inclusion) => {
            return Evidence::Unproven { message: reason.clone() };
        }
        _ => {}
    }
    match (rule.decided, level) {
        (Decided::Replay, _) if level != Level::Review || shown_value(delta).is_some() => {
            match &delta.context.state {
                Some(StateContext {
                    evidence: Some(StateEvidence::Manifests | StateEvidence::None) | None,
                    ..
                })
                | None => Evidence::Rule,
                Some(StateContext { evidence: Some(evidence), .. }) => {
                    let value = shown_value(delta).map(|value| format!(": {value}")).unwrap_or_default();
                    Evidence::Sample { message: format!("{}{value}", evidence.name()) }
                }
            }
        }
        (_, Level::Review) => Evidence::Unproven {
            message: match rule.cannot_see {
                "" => rule.action_in_general(),
                cannot_see => cannot_see.to_owned(),
            },
        },
        _ => Evidence::Rule,
    }
}

/// The saved value that shows a difference, where values are asked for.
fn shown_value(delta: &Delta) -> Option<&Value> {
    delta.context.state.as_ref()?.value.as_ref()
}

/// What a sentence needs beyond the old and the new value.
fn detail(change: &Change) -> String {
    let list = |values: &[Value]| values.iter().map(short).collect::<Vec<_>>().join(", ");
    match change {
        Change::Spec(SpecChange::EnumValuesRemoved(values) | SpecChange::EnumValuesAdded(values)) => {
            list(values)
        }
        Change::Spec(SpecChange::ConstraintChanged(keyword)) => match keyword.as_str() {
            "schema" => "The schema".to_owned(),
            keyword => format!("The keyword `{keyword}`"),
        },
        Change::Spec(
            SpecChange::DestinationSyncModeRemoved(mode) | SpecChange::DestinationSyncModeAdded(mode),
        ) => mode.clone(),
        Change::Spec(SpecChange::UnknownKeyChanged(key)) => format!("`{key}`"),
        Change::Catalog(CatalogChange::Behaviour { fields, .. }) => {
            let aspect = |(aspect, fields): (&Aspect, &BTreeSet<String>)| {
                let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
                format!("{} ({})", aspect.name(), fields.join(", "))
            };
            fields.iter().map(aspect).collect::<Vec<_>>().join(", ")
        }
        Change::Catalog(CatalogChange::FieldAdded { collides: Some(other) }) => format!("`{other}`"),
        Change::Catalog(CatalogChange::PrimaryKeyNotInSchema(path)) => format!("`{}`", path.join(".")),
        Change::Catalog(CatalogChange::ConstraintsChanged) => "constraints on values".to_owned(),
        Change::Connector(ConnectorChange::Invalid(faults)) => {
            faults.iter().map(|fault| fault.error.to_string()).collect::<Vec<_>>().join("; ")
        }
        Change::Spec(SpecChange::NoSchema { reason, .. }) => reason.clone(),
        Change::Connector(ConnectorChange::StateRewritten(streams)) => {
            streams.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

/// What the texts of a rule take from a difference.
fn values(delta: &Delta, detail: String) -> Values {
    let field = match (delta.field.as_slice(), delta.artifact) {
        ([], Artifact::Catalog) => "the record".to_owned(),
        ([], _) => "the config".to_owned(),
        (_, _) => format!("`{}`", delta.field_name()),
    };
    let (old, new) = match &delta.change {
        Change::Catalog(
            CatalogChange::TypeChanged { old, new, .. } | CatalogChange::CursorTypeChanged { old, new },
        ) => (old.to_string(), new.to_string()),
        _ => (shown(delta.old.as_ref()), shown(delta.new.as_ref())),
    };
    let stream = delta.stream.as_ref().map_or_else(String::new, ToString::to_string);
    Values { stream, field, old, new, detail }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), short)
}

/// A value short enough for a sentence.
pub(crate) fn short(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => "nothing".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    let head: String = text.chars().take(LONGEST - 1).collect();
    format!("{head}…")
}

fn scope(delta: &Delta, rule: &Rule, level: Level, detail: &str) -> Scope {
    let everyone = |only: Option<String>| Scope { everyone: true, streams: BTreeSet::new(), only };
    let streams = |only: Option<&str>| {
        let streams = match (&delta.change, &delta.stream) {
            (
                Change::Connector(ConnectorChange::StateRewritten(streams))
                | Change::Catalog(CatalogChange::Behaviour { streams, .. }),
                _,
            ) => streams.iter().map(|stream| stream.name.clone()).collect(),
            (_, Some(stream)) => BTreeSet::from([stream.name.clone()]),
            (_, None) => BTreeSet::new(),
        };
        let from_file = "streams built from this schema file";
        let only = match (only, delta.context.only_schema_file) {
            (Some(only), _) => Some(only.to_owned()),
            (None, true) => Some(from_file.to_owned()),
            (None, false) => None,
        };
        Scope { everyone: false, streams, only }
    };
    if matches!(level, Level::Safe | Level::Cosmetic) && rule.affects != Affects::Nobody {
        return streams(None);
    }
    // A policy may make breaking what reaches nobody by itself.
    let affects = match (rule.affects, level, &delta.stream) {
        (Affects::Nobody, Level::Breaking, Some(_)) => Affects::Stream,
        (Affects::Nobody, Level::Breaking, None) => Affects::Everyone,
        (affects, ..) => affects,
    };
    match affects {
        Affects::Everyone => everyone(None),
        Affects::OauthUsers => everyone(Some("users who sign in through OAuth".to_owned())),
        Affects::SelfManagedAdmins => everyone(Some("admins of self-managed Airbyte".to_owned())),
        Affects::ConfigBranch => {
            everyone(delta.branch.as_ref().map(|branch| format!("configs with {branch}")))
        }
        Affects::DestinationSyncMode => everyone(Some(format!("connections in {detail} mode"))),
        Affects::Stream => streams(None),
        Affects::IncrementalSyncs => streams(Some("incremental syncs")),
        Affects::DedupSyncs => streams(Some("dedup syncs")),
        Affects::FullRefreshSyncs => streams(Some("full refresh syncs")),
        Affects::Nobody => Scope::default(),
    }
}
