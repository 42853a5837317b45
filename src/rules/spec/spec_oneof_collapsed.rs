use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-collapsed",
    title: "A choice of options became a plain property",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "A `oneOf` that is removed.",
    why: "The saved object has the form of the option that the user chose.",
    example: Example {
        context: Context::SpecProperties,
        before: &[
            "credentials: {type: object, oneOf: [{title: Token, required: [token], properties: {token: {type: string}}}]}",
        ],
        after: &["credentials: {type: object, properties: {token: {type: string}}}"],
    },
    effect: Template::new(
        "Saved configs hold one of the old options[ ({old}) in {field}|] and may be refused.",
    ),
    action: EDIT_SETTINGS_OR_MIGRATE,
    cannot_see: "Whether the plain schema accepts what every option saved.",
    references: &[docs!("source-xero 1.0.0", "integrations/sources/xero-migrations#upgrading-to-100")],
    ..Rule::breaking(BreakingType::SpecChange)
};
