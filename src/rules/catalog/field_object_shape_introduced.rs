use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-object-shape-introduced",
    title: "An object or list lists its fields now",
    title_of: |delta| match delta.change {
        Change::Catalog(CatalogChange::ObjectShapeIntroduced) => Some("An object lists its fields now"),
        Change::Catalog(CatalogChange::ArrayItemsIntroduced) => Some("A list declares its items now"),
        _ => None,
    },
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "An object that gets `properties`, or an array that gets `items`, where there were none.",
    why: "Destinations that type nested fields write another column type.",
    example: Example {
        context: Context::Fields,
        before: &[r#""address": {"type": "object"}"#],
        after: &[r#""address": {"type": "object", "properties": {"zip": {"type": "string"}}}"#],
    },
    effect: Template::new(
        "Typed files (Avro, Parquet) store the field as a record, without unlisted fields.",
    ),
    action: &[
        avoid("List all fields [of {field} |]that the API returns."),
        refresh("Users of typed files refresh the stream."),
    ],
    cannot_see: "Which destination a user has.",
    references: &[airbyte!(
        "The S3 destination's schemaless types",
        "airbyte-cdk/bulk/core/load/src/main/kotlin/io/airbyte/cdk/load/data/SchemalessTypesToJsonString.kt"
    )],
    ..Rule::review(Bump::Minor)
};
