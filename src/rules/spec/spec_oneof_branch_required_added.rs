use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-required-added",
    title: "An option requires a property that it did not require",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::PropertyMadeRequired | SpecChange::PropertyAdded { required: true })
            if delta.branch.is_some() =>
        {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "`required` inside an option of a `oneOf`.",
    why: "Users who chose the option have no value saved, and defaults are not applied to stored configs. Users of the other options are not touched.",
    example: "The option `oauth2.0` gets `required: [refresh_token]`.",
    effect: Template::new(
        "Configs saved with this option and without [{field}|the property] fail with a config error at the next \
         sync.",
    ),
    action: &[
        avoid("Keep it optional and default it in the code,"),
        ship_migration("or ship a config migration."),
        edit_settings("Otherwise users who chose the option fill in [{field}|the property] and save."),
    ],
    cannot_see: "How many users chose the option.",
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
