//! What is said of a finding: the texts of its rule, or others where more is known than the rule knows in general.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::inclusion::Asked;
use crate::diff::{
    CatalogChange, Change, ConnectorChange, Delta, DestinationChange, MetadataChange, SchemaBound,
    SpecChange, StateMigration, state_words,
};
use crate::limits;
use crate::model::{
    Action, ActionStep, AirbyteType, Artifact, Aspect, Decision, Fragment, Item, Level, Sides, StepKind,
    Words, WrittenKind, short,
};
use crate::rules::{Rule, Values};

/// What is known of a difference besides its rule, and makes other words right.
pub(super) enum Circumstance<'d> {
    /// Nothing: the rule says it.
    None,
    /// A migration of saved state was followed, and what it leaves is found.
    StateMigrated(&'d str),
    /// A migration may rescue it, and what it does is not known.
    MayMigrate(&'d str),
    /// A migration of saved configs leaves every one accepted.
    ConfigMigrated,
    /// A migration of saved configs was tried and does not do so, or does so at a price.
    NotAbsorbed(&'d str),
    /// What breaks in general is proven to break nobody.
    Proven,
    /// What breaks nobody in general is shown to break somebody.
    Refused,
    /// What users chose can no longer be chosen, and their configs stay valid.
    ChoiceLost,
    /// Only configs that the form does not save are refused.
    Unlikely,
    /// A saved config had the stream and has it no more.
    StreamLost,
}

impl<'d> Circumstance<'d> {
    /// `level` is the level without the policy.
    pub(super) fn of(
        asked: &'d Asked,
        rule: &Rule,
        level: Level,
        migrated: Option<&'d StateMigration>,
    ) -> Self {
        match migrated {
            Some(StateMigration::Works { by }) => return Self::StateMigrated(by),
            Some(StateMigration::Unseen { by }) => return Self::MayMigrate(by),
            None => {}
        }
        if asked.delta.artifact != Artifact::Spec {
            return match (&asked.decision, level) {
                (Some(Decision::Witness { .. }), Level::Breaking) => Self::StreamLost,
                _ => Self::None,
            };
        }
        match (rule.level, &asked.decision, level) {
            (_, Some(Decision::Migrated { .. }), _) => Self::ConfigMigrated,
            (_, _, Level::Breaking) if asked.migration.is_some() => {
                Self::NotAbsorbed(asked.migration.as_deref().unwrap_or_default())
            }
            (Level::Breaking | Level::Review, Some(Decision::Proof { .. }), Level::Safe) => Self::Proven,
            (Level::Review | Level::Safe | Level::Cosmetic, Some(_), Level::Breaking) => Self::Refused,
            (_, Some(Decision::Proof { .. }), Level::Review) if loses_an_option(&asked.delta.change) => {
                Self::ChoiceLost
            }
            (_, Some(Decision::Unlikely { .. }), Level::Review) => Self::Unlikely,
            _ => Self::None,
        }
    }

    /// What users see. `usual` is what the rule says.
    pub(super) fn effect(&self, rule: &Rule, level: Level, usual: Words) -> Words {
        let text = match self {
            Self::None | Self::StreamLost => return rule.unless_sure(level, usual),
            Self::StateMigrated(by) => {
                return Words::foreign(by)
                    .and_text(" rewrites saved state at the next start, and syncs resume.");
            }
            Self::MayMigrate(by) => {
                return Words::marked("Unless ").and_foreign(by).and_text(" migrates it: ").and(&usual);
            }
            Self::NotAbsorbed(by) => {
                return Words::marked("The config migration at ")
                    .and_foreign(by)
                    .and_text(" does not absorb it for every saved config.");
            }
            Self::ConfigMigrated => "Saved configs are migrated at the next start and stay valid.",
            Self::Proven => "Every config that users have saved stays valid.",
            Self::Refused => {
                "Saved configs are refused: check, discover and every sync fail with a config error."
            }
            Self::ChoiceLost => "Configs saved with a removed option stay valid, but the choice is ignored.",
            Self::Unlikely => {
                "Only configs that the form does not save are refused: an API client may have saved one."
            }
        };
        Words::marked(text)
    }

    /// What to do. `usual` is what the rule says.
    pub(super) fn action(
        &self,
        delta: &Delta,
        rule: &Rule,
        level: Level,
        values: &Values,
        usual: Action,
    ) -> Action {
        let nothing = || Action::step(StepKind::Nothing, Words::marked("Nothing to do."));
        match self {
            Self::StateMigrated(_) | Self::Proven => nothing(),
            Self::StreamLost => [
                (StepKind::Avoid, "Keep the stream for configs that had it,"),
                (StepKind::Announce, "or declare its removal (`scopedImpact`)."),
            ]
            .into_iter()
            .map(|(kind, text)| ActionStep { kind, words: Words::marked(text) })
            .collect(),
            Self::ConfigMigrated
                if matches!(rule.level, Level::Breaking | Level::Review) && level == Level::Safe =>
            {
                nothing()
            }
            Self::NotAbsorbed(by) => usual.preceded_by(
                StepKind::ShipMigration,
                Words::marked("Mend the config migration at ").and_foreign(by).and_text("."),
            ),
            Self::MayMigrate(by) => {
                let what = match delta.artifact {
                    Artifact::Spec => " on a saved config and check that the new spec accepts the result.",
                    _ => " on a saved state and check that the new version resumes from the result.",
                };
                usual.preceded_by(StepKind::Check, Words::marked("Run ").and_foreign(by).and_text(what))
            }
            Self::Refused => [
                (StepKind::Avoid, "Keep accepting such configs,"),
                (StepKind::ShipMigration, "or ship a config migration."),
                (StepKind::Announce, "Otherwise declare it:"),
                (StepKind::EditSettings, "users must edit their settings."),
            ]
            .into_iter()
            .map(|(kind, text)| ActionStep { kind, words: Words::marked(text) })
            .collect(),
            Self::ChoiceLost => Action::step(
                StepKind::Check,
                Words::marked("Check whether ignoring the choice changes what is synced; declare it if so."),
            ),
            Self::None if rule.level == Level::Breaking && level == Level::Review => {
                usual.if_confirmed(rule.fill_check(values))
            }
            Self::None | Self::ConfigMigrated | Self::Unlikely => usual,
        }
    }
}

/// Whether what a user chose in the form can no longer be chosen.
pub(super) fn loses_an_option(change: &Change) -> bool {
    matches!(change, Change::Spec(change) if change.loses_an_option())
}

/// What the texts of a rule take from a difference.
pub(super) fn values(delta: &Delta) -> Values {
    let field = match (delta.field.as_slice(), delta.artifact) {
        ([], Artifact::Catalog) => Words::marked("the record"),
        ([], Artifact::Destination) => Words::marked("the tables"),
        ([], _) => Words::marked("the config"),
        (_, _) => Words::code(delta.field_name()),
    };
    let (old, new) = match &delta.change {
        Change::Catalog(
            CatalogChange::TypeChanged { old, new, .. } | CatalogChange::CursorTypeChanged { old, new },
        ) => (type_words(old), type_words(new)),
        // What is new is the option, and what is read is its default.
        Change::Spec(SpecChange::PropertyAdded { places_data: true, .. }) => {
            let default = delta.new.as_ref().and_then(|schema| schema.get("default"));
            ("the old version's own choice".to_owned(), shown(default))
        }
        // Of many columns one is an example.
        Change::Destination(DestinationChange::ColumnsRecased) => {
            let first = |names: &Option<Fragment>| {
                names.as_ref().and_then(|names| names.get(0)?.as_str().map(str::to_owned))
            };
            (first(&delta.old).unwrap_or_default(), first(&delta.new).unwrap_or_default())
        }
        _ => {
            let Sides { old, new } = sides(delta);
            (shown(old.as_deref()), shown(new.as_deref()))
        }
    };
    let stream = delta.stream.as_ref().map_or_else(String::new, ToString::to_string);
    Values { stream, field, old, new, detail: detail(delta) }
}

/// A type as people say it.
fn type_words(of: &AirbyteType) -> String {
    of.to_string()
        .split(' ')
        .map(|word| if word == "string" { "text" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The old and the new value as they are shown. Of saved state that is what is said of it: its values are nobody's business.
pub(super) fn sides(delta: &Delta) -> Sides<Option<Cow<'_, Value>>> {
    match delta.in_state() {
        Some(state) => {
            let Sides { old, new } = state_words(&state.values);
            let value = |words: Option<String>| words.map(|words| Cow::Owned(words.into()));
            Sides { old: value(old), new: value(new) }
        }
        None => Sides {
            old: delta.old.as_deref().map(Cow::Borrowed),
            new: delta.new.as_deref().map(Cow::Borrowed),
        },
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), short)
}

/// What a difference is about, where it is about something besides a stream and a field: a sync mode, a key.
pub(super) fn item(change: &Change) -> Option<Item> {
    let (noun, name) = match change {
        Change::Spec(
            SpecChange::DestinationSyncModeRemoved(mode) | SpecChange::DestinationSyncModeAdded(mode),
        ) => ("sync mode", mode),
        Change::Spec(SpecChange::UnknownKeyChanged(key)) => ("key", key),
        Change::Spec(SpecChange::ConstraintChanged(keyword)) if keyword != "schema" => ("keyword", keyword),
        Change::Catalog(CatalogChange::Behaviour { fields, .. }) => {
            return Some(Item { noun: "part", name: behaviour(fields).to_string().replace('`', "") });
        }
        Change::Destination(DestinationChange::LayoutChanged(key)) => ("layout", key),
        _ => return None,
    };
    Some(Item { noun, name: name.clone() })
}

/// How a column of another type starts a sentence: golden files have a column of each Airbyte type, called so.
fn stored(delta: &Delta) -> Words {
    let is_golden = delta
        .in_destination()
        .is_some_and(|found| found.shown_by.iter().any(|shown| shown.kind == WrittenKind::Golden));
    let column = delta.field_name();
    match is_golden && GOLDEN_TYPES.contains(&column.to_ascii_lowercase().as_str()) {
        true => Words::marked("Values of the Airbyte type ").and_code(&column).and_text(" are stored as"),
        false => Words::marked("The column ").and_code(&column).and_text(" is"),
    }
}

/// The columns that golden files have for Airbyte types.
const GOLDEN_TYPES: [&str; 17] = [
    "string",
    "number",
    "integer",
    "boolean",
    "timestamp_with_timezone",
    "timestamp_without_timezone",
    "time_with_timezone",
    "time_without_timezone",
    "date",
    "object",
    "object_with_empty_schema",
    "object_without_schema",
    "array",
    "array_without_schema",
    "union",
    "legacy_union",
    "unknown",
];

/// What a sentence needs beyond the old and the new value.
fn detail(delta: &Delta) -> Words {
    let change = &delta.change;
    let list = |values: &[Value]| values.iter().map(short).collect::<Vec<_>>().join(", ");
    match change {
        Change::Spec(SpecChange::EnumValuesRemoved(values) | SpecChange::EnumValuesAdded(values)) => {
            list(values).into()
        }
        Change::Spec(SpecChange::ConstraintChanged(keyword)) => match keyword.as_str() {
            "schema" => Words::marked("The schema"),
            keyword => Words::marked("The keyword ").and_code(keyword),
        },
        Change::Spec(
            SpecChange::DestinationSyncModeRemoved(mode) | SpecChange::DestinationSyncModeAdded(mode),
        ) => mode.clone().into(),
        Change::Spec(SpecChange::UnknownKeyChanged(key)) => Words::code(key.clone()),
        Change::Catalog(CatalogChange::Behaviour { fields, .. }) => behaviour(fields),
        Change::Metadata(MetadataChange::RegistryPin { breaks, .. }) => match breaks.as_slice() {
            [one] => format!("the break {one}").into(),
            several => format!("the breaks {}", several.join(" and ")).into(),
        },
        Change::Destination(DestinationChange::LayoutChanged(key)) => Words::code(key.clone()),
        Change::Destination(DestinationChange::TypeChanged) => stored(delta),
        Change::Destination(
            DestinationChange::OperationRemoved { mode } | DestinationChange::OperationAdded { mode },
        ) => Words::code(mode.clone()),
        Change::Catalog(CatalogChange::Undecided(facts)) => {
            facts.iter().map(|fact| fact.name()).collect::<Vec<_>>().join(" and ").into()
        }
        Change::Catalog(CatalogChange::FieldAdded { collides: Some(other) }) => Words::code(other.clone()),
        Change::Catalog(CatalogChange::PrimaryKeyNotInSchema(path)) => Words::code(path.join(".")),
        Change::Catalog(CatalogChange::SchemaTooLarge(bound)) => beyond(*bound).into(),
        Change::Catalog(CatalogChange::ConstraintsChanged) => Words::marked("constraints on values"),
        Change::Connector(ConnectorChange::Invalid(faults)) => {
            faults.iter().map(|fault| fault.error.to_string()).collect::<Vec<_>>().join("; ").into()
        }
        Change::Spec(SpecChange::NoSchema { reason, .. }) => reason.clone().into(),
        Change::Connector(ConnectorChange::SpecRewritten(file)) => Words::code(file),
        Change::Connector(ConnectorChange::StateRewritten(rewritten)) => {
            Words::marked(match rewritten.into_manifest {
                Some(true) => "A manifest reads it, not Python: syncs",
                Some(false) => "Python reads it, not a manifest: syncs",
                None => "Rewritten streams",
            })
        }
        _ => Words::new(),
    }
}

/// What streams do otherwise: the fields of the manifest, by aspect.
fn behaviour(fields: &BTreeMap<Aspect, BTreeSet<String>>) -> Words {
    let mut words = Words::new();
    for (aspect, fields) in fields {
        words.push_text(if words.is_empty() { "" } else { ", " });
        words.push_text(aspect.name());
        words.push_text(" (");
        words.push(&codes(fields));
        words.push_text(")");
    }
    words
}

/// How much larger a record schema is than what is compared.
fn beyond(bound: SchemaBound) -> String {
    match bound {
        SchemaBound::Depth(limit) => limits::DEPTH.exceeded("it lies deeper in the schema", limit, None),
        SchemaBound::Options(most) => format!("it has more than {most} options"),
        SchemaBound::Unions(most) => format!("more than {most} unions stand in each other"),
    }
}

fn codes(names: &BTreeSet<String>) -> Words {
    let mut words = Words::new();
    for name in names {
        words.push_text(if words.is_empty() { "" } else { ", " });
        words.push_code(name);
    }
    words
}
