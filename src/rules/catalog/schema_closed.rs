use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-closed",
    title: "A record schema refuses undeclared fields",
    checks: "`additionalProperties: false` where it was absent or true.",
    why: "Destinations read the declared fields in both cases.",
    example: Example {
        context: Context::Schema,
        before: &[r#""properties": {"id": {"type": "integer"}},"#],
        after: &[r#""properties": {"id": {"type": "integer"}},"#, r#""additionalProperties": false"#],
    },
    effect: Template::new("No change, but Airbyte's checks ask for `additionalProperties: true`."),
    action: &[avoid("Set `additionalProperties` to true.")],
    references: &[airbyte!(
        "Airbyte's catalog validators",
        "airbyte-ci/connectors/live-tests/src/live_tests/validation_tests/test_discover.py#L146"
    )],
    ..Rule::safe(Bump::None)
};
