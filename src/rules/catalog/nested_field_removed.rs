use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "nested-field-removed",
    title: "A nested field was removed",
    affects: Affects::Stream,
    applies: |delta, _| (delta.field.len() > 1).then_some(Level::Breaking),
    checks: "A property inside an object or list that only the old schema declares.",
    why: "Queries that read the key find nothing.",
    example: Example {
        context: Context::Fields,
        before: &[
            r#""address": {"type": "object", "properties": {"zip": {"type": "string"}, "city": {"type": "string"}}}"#,
        ],
        after: &[r#""address": {"type": "object", "properties": {"zip": {"type": "string"}}}"#],
    },
    effect: Template::new(
        "[{field} of `{stream}`|The field] no longer arrives: typed files drop the data, JSON columns lose \
         the key.",
    ),
    action: &[
        avoid("Keep the field while the API sends it."),
        announce("Otherwise declare it for the stream (`scopedImpact`)."),
        check("If renamed, name the new field."),
        leave("Users change queries that use it."),
    ],
    cannot_see: "Whether the API still sends the field.",
    references: &[
        airbyte!(
            "The acceptance tests",
            "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/utils/backward_compatibility.py#L281"
        ),
        docs!(
            "The S3 destination's notes on undeclared fields",
            "platform/understanding-airbyte/json-avro-conversion#additional-properties"
        ),
    ],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
