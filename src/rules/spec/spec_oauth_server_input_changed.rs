use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oauth-server-input-changed",
    title: "The OAuth credentials of the instance have other fields",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::SelfManagedAdmins,
    checks: "`complete_oauth_server_input_specification`.",
    why: "The instance saves these values once, for all users.",
    example: Example {
        context: Context::Oauth,
        before: &["complete_oauth_server_input_specification: {properties: {client_id: {type: string}}}"],
        after: &[
            "complete_oauth_server_input_specification: {properties: {client_id: {type: string}, developer_token: {type: string}}}",
        ],
    },
    effect: Template::new("Admins of self-managed Airbyte may have to enter the OAuth client again."),
    action: &[document("List the fields that are needed in the migration guide.")],
    references: &[protocol!("The Airbyte protocol, advanced_auth", "#L985")],
    ..Rule::review(Bump::Major)
};
