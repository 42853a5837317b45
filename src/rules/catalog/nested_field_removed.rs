use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "nested-field-removed",
    title: "A nested field was removed",
    affects: Affects::Stream,
    applies: |delta, _| (delta.field.len() > 1).then_some(Level::Breaking),
    checks: "A property inside an object or a list that only the old schema declares.",
    why: "Queries that read the key find nothing.",
    example: "`address.zip` goes.",
    effect: Template::new(
        "[{field} of `{stream}`|The field] no longer arrives. Destinations with typed files drop the data; \
         elsewhere the JSON column loses the key.",
    ),
    action: &[
        announce("Announce it and name the stream in `scopedImpact`,"),
        avoid("or keep the field in the schema while the API still sends it."),
    ],
    cannot_see: "Whether the API still sends it.",
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
