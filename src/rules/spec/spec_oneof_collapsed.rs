use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-collapsed",
    title: "A choice of options became a plain property",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "A `oneOf` that is gone.",
    why: "The stored object has the shape of the option that was chosen.",
    example: "A `credentials` choice becomes one `access_token`.",
    effect: Template::new(
        "Saved configs hold one of the options[ {old} in {field}|], and the new spec expects something else.",
    ),
    action: EDIT_SETTINGS_OR_MIGRATE,
    cannot_see: "Whether the plain schema happens to accept what every option saved.",
    references: &[docs!("source-xero 1.0.0", "integrations/sources/xero-migrations#upgrading-to-100")],
    ..Rule::breaking(BreakingType::SpecChange)
};
