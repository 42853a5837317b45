use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-nullability-removed",
    title: "A field is no longer declared nullable",
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::NullabilityChanged { added: false }))
            .then_some(Level::Safe)
    },
    checks: "`null` that is removed from the types of a field.",
    why: "Every column is nullable anyway.",
    example: Example {
        context: Context::Fields,
        before: &[r#""name": {"type": ["string", "null"]}"#],
        after: &[r#""name": {"type": "string"}"#],
    },
    effect: Template::new("No change: every column is nullable."),
    action: NOTHING,
    references: &[
        BULK_CDK_SCHEMAS,
        airbyte!(
            "The acceptance tests call it breaking",
            "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L86"
        ),
    ],
    ..Rule::safe(Bump::Patch)
};
