use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-property-removed-closed",
    title: "A property was removed from an object that refuses unknown keys",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, _| {
        matches!(delta.change, Change::Spec(SpecChange::PropertyRemoved { closed: true }))
            .then_some(Level::Breaking)
    },
    checks: "A property that only the old spec declares, in an object with `additionalProperties: false`.",
    why: "The platform keeps what the form saved, and nothing removes the key.",
    example: Example {
        context: Context::SpecSchema,
        before: &[
            "properties: {api_key: {type: string}, legacy: {type: boolean}}",
            "additionalProperties: false",
        ],
        after: &["properties: {api_key: {type: string}}", "additionalProperties: false"],
    },
    effect: Template::new(
        "Every sync fails with a config error: saved configs hold [{field}|the property], which the new \
         spec refuses.",
    ),
    action: &[
        avoid("Hide the property (`airbyte_hidden`), remove `additionalProperties: false`,"),
        ship_migration("or ship a config migration."),
    ],
    cannot_see: "A config migration in Python that removes the key.",
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
