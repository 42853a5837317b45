//! What to do about a finding, step by step.

use super::{Rule, Template, Values};
use crate::model::{Action, ActionStep, Level, StepKind, Words};

/// A step: what it asks for, and how an action says it. The texts of an action's steps, joined by spaces, are whole
/// sentences; one step may be a part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What it asks for.
    pub kind: StepKind,
    /// How it is said.
    pub text: Template,
}

macro_rules! steps {
    ($($name:ident => $kind:ident,)*) => {
        $(pub(super) const fn $name(text: &'static str) -> Step {
            Step { kind: StepKind::$kind, text: Template::new(text) }
        })*
    };
}

steps! {
    nothing => Nothing,
    check => Check,
    avoid => Avoid,
    ship_migration => ShipMigration,
    announce => Announce,
    document => Document,
    refresh_schema => RefreshSchema,
    refresh => Refresh,
    clear => Clear,
    edit_settings => EditSettings,
    sign_in_again => SignInAgain,
    choose_cursor => ChooseCursor,
    choose_key => ChooseKey,
    choose_sync_mode => ChooseSyncMode,
    choose_option => ChooseOption,
    enable_stream => EnableStream,
    leave => Leave,
}

pub(super) const NOTHING: &[Step] = &[nothing("Nothing to do.")];

pub(super) const ANNOUNCE_AND_REFRESH: &[Step] = &[
    announce("Declare it for the stream (`scopedImpact`)."),
    refresh_schema("Users refresh the schema,"),
    refresh("then refresh"),
    clear("or clear the stream."),
];

pub(super) const MIGRATE_STATE_OR_REFRESH: &[Step] = &[
    ship_migration("Ship a state migration,"),
    announce("or declare it:"),
    refresh("users refresh the stream."),
];

pub(super) const EDIT_SETTINGS_OR_MIGRATE: &[Step] =
    &[ship_migration("Ship a config migration;"), edit_settings("otherwise users must edit their settings.")];

impl Rule {
    /// What to do about one finding.
    pub fn fill_action(&self, values: &Values) -> Action {
        said(self.action, |text| text.fill(values))
    }

    /// What to do where no single finding is meant.
    pub fn action_in_general(&self) -> Action {
        said(self.action, Template::in_general)
    }

    /// What shows whether one finding breaks users, where that is not sure; `None` where the rule does not say.
    pub(crate) fn fill_check(&self, values: &Values) -> Option<Words> {
        (!self.confirmed_by.is_empty()).then(|| self.confirmed_by.fill(values))
    }

    /// What to do at this level where no single finding is meant.
    pub(crate) fn action_in_general_at(&self, level: Level) -> Action {
        let usual = self.action_in_general();
        match (self.level, level) {
            (Level::Breaking, Level::Review) => {
                usual.if_confirmed((!self.confirmed_by.is_empty()).then(|| self.confirmed_by.in_general()))
            }
            _ => usual,
        }
    }
}

fn said(steps: &[Step], text: impl Fn(&Template) -> Words) -> Action {
    steps.iter().map(|step| ActionStep { kind: step.kind, words: text(&step.text) }).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::{Action, Level};
    use crate::rules;

    #[test]
    fn a_possible_break_is_declared_only_where_it_is_one() {
        let told = |id: &str, level: Level| {
            rules::find(id).expect("a rule").action_in_general_at(level).sentences()[..2]
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        let declare = "eclare it for the stream (`scopedImpact`)";
        let check = "Check whether users lose the streams that may be removed.";
        assert_eq!(told("stream-removed", Level::Review), format!("{check} If so, d{declare}."));
        assert!(told("stream-removed", Level::Breaking).starts_with(&format!("D{declare}.")));
        // A rule that does not say what shows it has the condition alone.
        let told = told("cursor-changed", Level::Review);
        assert!(told.starts_with(&format!("If it breaks users, d{declare}, or")), "{told}");
    }

    #[test]
    fn what_is_declared_is_not_asked_for_again() {
        let declared = |id: &str| {
            let rule = rules::find(id).expect("a rule");
            rule.action_in_general().once_declared(Level::Breaking).to_string()
        };
        assert_eq!(
            declared("primary-key-changed"),
            "Users refresh the schema, then refresh or clear the stream."
        );
        assert_eq!(declared("dest-data-activation-dropped"), "");
        assert_eq!(declared("dest-refreshes-dropped"), "Users clear streams instead.");
        assert_eq!(
            declared("nested-field-removed"),
            "If renamed, name the new field. Users change queries that use it."
        );
        let does_not_start_with_it = rules::find("field-removed-cursor").expect("a rule");
        let action = does_not_start_with_it.action_in_general();
        assert_eq!(action.clone().once_declared(Level::Breaking), action);
    }

    #[test]
    fn what_is_done_otherwise_stands_under_the_condition_of_what_is_done_first() {
        let of = |id: &str, level: Level| rules::find(id).expect("a rule").action_in_general_at(level);
        const FIRST: &str = "ndo one of the edits, or ship a config migration.";
        const DECLARE: &str = "eclare it for everyone: users must edit their settings.";
        let open = of("spec-edits-break-together", Level::Review);
        assert_eq!(open.to_string(), format!("If it breaks users, u{FIRST} Otherwise d{DECLARE}"));
        let breaks = of("spec-edits-break-together", Level::Breaking);
        assert_eq!(breaks.to_string(), format!("U{FIRST} Otherwise d{DECLARE}"));
        // Where the first of them is said elsewhere, the other stands alone.
        let rest = |action: &Action| action.clone().without(&[action.sentences()[0].words()]).to_string();
        assert_eq!(rest(&open), format!("If it breaks users, d{DECLARE}"));
        assert_eq!(rest(&breaks), format!("D{DECLARE}"));
        // Once it is declared, nothing is done instead, and users do what they must.
        assert_eq!(
            open.once_declared(Level::Review).to_string(),
            "If it breaks users, users must edit their settings."
        );
        assert_eq!(breaks.once_declared(Level::Breaking).to_string(), "Users must edit their settings.");
        assert_eq!(
            of("state-misread", Level::Breaking).once_declared(Level::Breaking).to_string(),
            "Users clear or refresh the stream."
        );
        let required = of("spec-required-property-added", Level::Breaking);
        assert_eq!(required.once_declared(Level::Breaking).to_string(), "Users fill in each property.");
        // What is open and asks for no declaration is not what was declared.
        let parent = of("state-parent-renamed", Level::Review);
        assert_eq!(parent.clone().once_declared(Level::Review), parent);
    }

    #[test]
    fn streams_that_nobody_can_list_are_declared_for_everyone() {
        let of = |id: &str, level: Level| {
            rules::find(id).expect("a rule").action_in_general_at(level).of_unlisted_streams().to_string()
        };
        const DECLARE: &str = "eclare it for everyone: no `scopedImpact` can list these streams.";
        let open = of("stream-removed", Level::Review);
        let check = "Check whether users lose the streams that may be removed.";
        assert!(open.starts_with(&format!("{check} If so, d{DECLARE} If renamed,")), "{open}");
        let breaks = of("stream-removed", Level::Breaking);
        assert!(breaks.starts_with(&format!("D{DECLARE} If renamed,")), "{breaks}");
        let key = of("primary-key-removed", Level::Breaking);
        assert_eq!(key, format!("Restore the key, or d{DECLARE} Users choose a key."));
        let own_condition = "spec-pattern-changed";
        let as_it_is = rules::find(own_condition).expect("a rule").action_in_general().to_string();
        assert_eq!(of(own_condition, Level::Review), as_it_is);
    }
}
