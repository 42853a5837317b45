//! What to do about a finding, step by step.

use super::{Rule, Template, Values};
use crate::model::{Action, ActionStep, StepKind, Words};

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
    choose => Choose,
}

pub(super) const NOTHING: &[Step] = &[nothing("Nothing.")];

pub(super) const ANNOUNCE_AND_REFRESH: &[Step] = &[
    announce("Announce it and name the stream in `scopedImpact`."),
    refresh_schema("After upgrading, users refresh the schema"),
    refresh("and then refresh the stream"),
    clear("(or clear it, where the destination cannot refresh)."),
];

pub(super) const MIGRATE_STATE_OR_REFRESH: &[Step] = &[
    ship_migration("Ship a state migration,"),
    announce("or announce it:"),
    refresh("users refresh the stream after upgrading."),
];

pub(super) const EDIT_SETTINGS_OR_MIGRATE: &[Step] = &[
    edit_settings("Users must edit the connector's settings before the next sync."),
    ship_migration("To avoid the break, ship a config migration."),
];

impl Rule {
    /// What to do about one finding.
    pub fn fill_action(&self, values: &Values) -> Action {
        said(self.action, |text| text.fill(values))
    }

    /// What to do where no single finding is meant.
    pub fn action_in_general(&self) -> Action {
        said(self.action, Template::in_general)
    }
}

fn said(steps: &[Step], text: impl Fn(&Template) -> Words) -> Action {
    steps.iter().map(|step| ActionStep { kind: step.kind, words: text(&step.text) }).collect()
}

#[cfg(test)]
mod tests {
    use crate::rules;

    #[test]
    fn what_is_declared_is_not_asked_for_again() {
        let declared = |id: &str| {
            let rule = rules::find(id).expect("a rule");
            rule.action_in_general().once_declared().to_string()
        };
        assert_eq!(
            declared("primary-key-changed"),
            "It is declared. After upgrading, users refresh the schema and then refresh the stream (or clear it, \
             where the destination cannot refresh)."
        );
        assert_eq!(declared("dest-data-activation-dropped"), "It is declared.");
        assert_eq!(declared("dest-refreshes-dropped"), "It is declared.");
        let does_not_start_with_it = rules::find("field-removed-cursor").expect("a rule");
        let action = does_not_start_with_it.action_in_general();
        assert_eq!(action.clone().once_declared(), action);
    }
}
