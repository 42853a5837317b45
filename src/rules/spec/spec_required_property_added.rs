use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-required-property-added",
    title: "A required property was added to the spec",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::PropertyAdded { required: true, .. }))
            .then_some(Level::Breaking)
    },
    checks: "A property that only the new spec declares, and requires.",
    why: "The CDK validates the saved config before every command and does not fill in defaults, so a \
          `default` does not help.",
    example: Example {
        context: Context::SpecSchema,
        before: &["required: [api_key]", "properties: {api_key: {type: string}}"],
        after: &[
            "required: [api_key, region]",
            "properties: {api_key: {type: string}, region: {type: string}}",
        ],
    },
    effect: Template::new(
        "Check, discover and every sync fail with a config error until users fill in [{field}|the \
         property].",
    ),
    action: &[
        avoid("Make [{field}|each property] optional with a default in the code,"),
        ship_migration("or ship a config migration."),
        edit_settings("Otherwise users fill in [{field}|each property]."),
    ],
    cannot_see: "A config migration in Python that adds the property.",
    references: &[PULL_REQUEST_HANDBOOK, CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
