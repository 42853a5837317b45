//! What to do about a finding, step by step.

use super::{Rule, Template, Values};

/// What a step asks for. Those of the release come first, then those of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// Nothing, at least under the condition that the step names.
    Nothing,
    /// Find out what the files do not show, and decide.
    Check,
    /// Change the release so that nothing breaks: keep, restore or mend.
    Avoid,
    /// Ship a migration of saved configs or of saved state.
    ShipMigration,
    /// Declare a breaking change in the connector's metadata.
    Announce,
    /// Say it where users read it: changelog, docs, migration guide.
    Document,
    /// Users refresh the schema of their connections.
    RefreshSchema,
    /// Users refresh their streams: everything is read again.
    Refresh,
    /// Users clear their streams.
    Clear,
    /// Users edit the connector's settings and save them.
    EditSettings,
    /// Users sign in again or enter other credentials.
    SignInAgain,
    /// Users choose anew: a cursor, a key, a sync mode, a stream, a destination.
    Choose,
}

impl StepKind {
    /// Whether users take the step after upgrading, rather than whoever releases.
    pub const fn is_of_users(self) -> bool {
        match self {
            Self::Nothing
            | Self::Check
            | Self::Avoid
            | Self::ShipMigration
            | Self::Announce
            | Self::Document => false,
            Self::RefreshSchema
            | Self::Refresh
            | Self::Clear
            | Self::EditSettings
            | Self::SignInAgain
            | Self::Choose => true,
        }
    }
}

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
    pub fn fill_action(&self, values: &Values) -> String {
        said(self.action, |text| text.fill(values))
    }

    /// What to do where no single finding is meant.
    pub fn action_in_general(&self) -> String {
        said(self.action, Template::in_general)
    }

    /// The text of an action, filled or in general, once the release declares the break: the announcement that an
    /// action of this rule starts with is not asked for again.
    pub fn action_once_declared(&self, action: &str) -> String {
        let announcement = said(self.announcement(), Template::in_general);
        match action.strip_prefix(&announcement) {
            Some(rest) if !announcement.is_empty() => format!("It is declared.{rest}"),
            _ => action.to_owned(),
        }
    }

    /// The sentence that the action starts with, where it is an announcement.
    fn announcement(&self) -> &'static [Step] {
        if !self.action.first().is_some_and(|step| step.kind == StepKind::Announce) {
            return &[];
        }
        let ends_sentence = |step: &Step| step.text.in_general().ends_with('.');
        self.action.iter().position(ends_sentence).map_or(self.action, |last| &self.action[..=last])
    }
}

fn said(steps: &[Step], text: impl Fn(&Template) -> String) -> String {
    steps.iter().map(|step| text(&step.text)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn what_is_declared_is_not_asked_for_again() {
        let declared = |id: &str| {
            let rule = rules::find(id).expect("a rule");
            rule.action_once_declared(&rule.action_in_general())
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
        assert_eq!(does_not_start_with_it.action_once_declared(&action), action);
    }

    #[test]
    fn an_announcement_is_the_same_for_every_finding() {
        for rule in rules::all() {
            let announcement = rule.announcement();
            let filled = said(announcement, |text| text.fill(&Values::default()));
            assert_eq!(filled, said(announcement, Template::in_general), "{}", rule.id);
        }
    }
}
