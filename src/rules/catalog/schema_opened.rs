use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-opened",
    title: "A record schema accepts undeclared fields",
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::ClosedChanged { closed: false }))
            .then_some(Level::Cosmetic)
    },
    checks: "`additionalProperties: false` that is removed.",
    why: "Destinations read the declared fields in both cases.",
    example: Example {
        context: Context::Schema,
        before: &[r#""properties": {"id": {"type": "integer"}},"#, r#""additionalProperties": false"#],
        after: &[r#""properties": {"id": {"type": "integer"}},"#],
    },
    effect: Template::new("No change."),
    action: NOTHING,
    references: &[airbyte!(
        "Airbyte's catalog validators",
        "airbyte-ci/connectors/live-tests/src/live_tests/validation_tests/test_discover.py#L146"
    )],
    ..Rule::cosmetic()
};
