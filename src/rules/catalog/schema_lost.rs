use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-lost",
    title: "A stream lost its schema",
    affects: Affects::Stream,
    checks: "A schema with fields that became empty, for example because the inline schema was forgotten \
             when a package became manifest-only.",
    why: "The fields of the catalog are the columns of the destination, and the stream declares none.",
    example: Example {
        context: Context::Stream,
        before: &[r#""json_schema": {"type": "object", "properties": {"id": {"type": "integer"}}}"#],
        after: &[r#""json_schema": {}"#],
    },
    effect: Template::new("Every column of [`{stream}`|the stream] disappears at the next schema refresh."),
    action: &[avoid("Restore the schema: a loader that finds no file gives an empty one without an error.")],
    references: &[cdk!("airbyte_cdk/sources/declarative/schema/default_schema_loader.py#L31")],
    ..Rule::breaking(BreakingType::SchemaChange)
};
