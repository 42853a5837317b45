use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-object-shape-dropped",
    title: "An object or a list no longer says what it holds",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "All `properties` of an object, or the `items` of an array, that are gone.",
    why: "Destinations that type nested fields write another column type.",
    example: "`address: {properties: …}` becomes `address: {}`.",
    effect: Template::new(
        "[{field} of `{stream}`|The field] is declared without its contents: typed files (Avro, Parquet) store it \
         as text, JSON columns stay as they are.",
    ),
    action: &[
        avoid("Keep the declaration unless the contents really vary."),
        refresh("Users of typed files refresh the stream."),
    ],
    cannot_see: "Which destination is used.",
    references: &[airbyte!(
        "The S3 destination's schemaless types",
        "airbyte-cdk/bulk/core/load/src/main/kotlin/io/airbyte/cdk/load/data/SchemalessTypesToJsonString.kt"
    )],
    ..Rule::review(Bump::Minor)
};
