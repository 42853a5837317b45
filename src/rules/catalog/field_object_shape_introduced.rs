use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-object-shape-introduced",
    title: "An object or a list says what it holds",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "`properties` of an object, or `items` of an array, where there were none.",
    why: "Destinations that type nested fields write another column type.",
    example: "`address: {type: object}` gains `properties`.",
    effect: Template::new(
        "[{field} of `{stream}`|The field] declares its contents: typed files (Avro, Parquet) store a record \
         instead of text, and drop what is not declared.",
    ),
    action: &[
        avoid("Declare everything the API sends."),
        refresh("Users of typed files refresh the stream."),
    ],
    cannot_see: "Which destination is used.",
    references: &[airbyte!(
        "The S3 destination's schemaless types",
        "airbyte-cdk/bulk/core/load/src/main/kotlin/io/airbyte/cdk/load/data/SchemalessTypesToJsonString.kt"
    )],
    ..Rule::review(Bump::Minor)
};
