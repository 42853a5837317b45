use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-property-made-required",
    title: "An optional property became required",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    checks: "A property that both specs declare and only the new one requires.",
    why: "Users who left the field empty have no value saved, and nothing fills defaults into saved \
          configs.",
    example: Example {
        context: Context::SpecSchema,
        before: &["required: [api_key]", "properties: {api_key: {type: string}, region: {type: string}}"],
        after: &[
            "required: [api_key, region]",
            "properties: {api_key: {type: string}, region: {type: string}}",
        ],
    },
    effect: Template::new("Syncs fail with a config error for users without [{field}|the property]."),
    action: &[
        avoid("Keep [{field}|each property] optional with a default in the code,"),
        ship_migration("or ship a config migration."),
        edit_settings("Otherwise users fill in [{field}|each property]."),
    ],
    cannot_see: "How many users left it empty.",
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
