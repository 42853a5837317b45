use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-object-shape-dropped",
    title: "An object or list no longer lists its fields",
    title_of: |delta| match delta.change {
        Change::Catalog(CatalogChange::ObjectShapeDropped) => Some("An object no longer lists its fields"),
        Change::Catalog(CatalogChange::ArrayItemsDropped) => Some("A list no longer declares its items"),
        _ => None,
    },
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "An object that loses all its `properties`, or an array that loses its `items`.",
    why: "Destinations that type nested fields write another column type when the contents are no longer \
          declared.",
    example: Example {
        context: Context::Fields,
        before: &[r#""address": {"type": "object", "properties": {"zip": {"type": "string"}}}"#],
        after: &[r#""address": {"type": "object"}"#],
    },
    effect: Template::new(
        "Typed files (Avro, Parquet) store [{field} of `{stream}`|the field] as text. JSON columns do not \
         change.",
    ),
    action: &[
        avoid("Keep the list of fields unless the contents vary."),
        refresh("Users of typed files refresh the stream."),
    ],
    cannot_see: "Which destination a user has.",
    references: &[airbyte!(
        "The S3 destination's schemaless types",
        "airbyte-cdk/bulk/core/load/src/main/kotlin/io/airbyte/cdk/load/data/SchemalessTypesToJsonString.kt"
    )],
    ..Rule::review(Bump::Minor)
};
