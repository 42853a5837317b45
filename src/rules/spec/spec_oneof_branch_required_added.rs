use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-required-added",
    title: "An option requires another property",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| match &delta.change {
        Change::Spec(SpecChange::PropertyMadeRequired | SpecChange::PropertyAdded { required: true, .. })
            if delta.branch.is_some() =>
        {
            Some(Level::Breaking)
        }
        _ => None,
    },
    checks: "`required` inside an option of a `oneOf`.",
    why: "Users who chose the option have no value saved, and nothing fills defaults into saved configs. \
          Users of other options are not affected.",
    example: Example {
        context: Context::Options,
        before: &[
            "- {title: OAuth, type: object, required: [auth_type], properties: {auth_type: {const: oauth}, token: {type: string}}}",
        ],
        after: &[
            "- {title: OAuth, type: object, required: [auth_type, token], properties: {auth_type: {const: oauth}, token: {type: string}}}",
        ],
    },
    effect: Template::new(
        "Syncs fail with a config error for users of this option without [{field}|the property].",
    ),
    action: &[
        avoid("Keep [{field}|each property] optional with a default in the code,"),
        ship_migration("or ship a config migration."),
        edit_settings("Otherwise users fill in [{field}|each property]."),
    ],
    cannot_see: "How many users chose the option.",
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
