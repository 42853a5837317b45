use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-unknown-format-changed",
    title: "A format that destinations do not know changed",
    checks: "`format` values such as `uri`, `email` or `%Y-%m-%d`.",
    why: "Destinations know only `date`, `time` and `date-time`.",
    example: Example {
        context: Context::Fields,
        before: &[r#""website": {"type": "string"}"#],
        after: &[r#""website": {"type": "string", "format": "uri"}"#],
    },
    effect: Template::new("No change: [{field}|the field] is text in both versions."),
    action: NOTHING,
    references: &[airbyte!(
        "The bulk CDK's reading of schemas",
        "airbyte-cdk/bulk/core/load/src/main/kotlin/io/airbyte/cdk/load/data/json/JsonSchemaToAirbyteType.kt#L113"
    )],
    ..Rule::safe(Bump::Patch)
};
