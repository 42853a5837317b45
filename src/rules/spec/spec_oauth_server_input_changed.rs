//! See [`RULE`].

use crate::rules::prelude::*;

/// The instance's OAuth credentials have other fields.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-server-input-changed",
    title: "The instance's OAuth credentials have other fields",
    level: Level::Review,
    breaking_type: Some(BreakingType::SpecChange),
    bump: Bump::Major,
    affects: Affects::SelfManagedAdmins,
    decided: Decided::Policy,
    applies: |_| Some(Level::Review),
    checks: "`complete_oauth_server_input_specification`.",
    why: "The instance stores these values once, for all users.",
    example: "`client_id` is joined by `developer_token`.",
    effect: Template::new("Admins of self-managed Airbyte may have to enter the OAuth client again."),
    action: &[document("Say in the migration guide which fields the OAuth client needs now.")],
    cannot_see: "",
    reference: "The Airbyte protocol, advanced_auth.",
};
