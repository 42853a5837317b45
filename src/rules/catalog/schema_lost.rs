use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-lost",
    title: "A stream lost its schema",
    affects: Affects::Stream,
    checks: "A schema with fields that became empty.",
    why: "The catalog's fields become the destination's columns.",
    example: "The inline schema is forgotten when a package becomes manifest-only.",
    effect: Template::new(
        "[`{stream}`|The stream] declares no fields any more: every column disappears at the next schema refresh.",
    ),
    action: &[avoid(
        "Put the schema back; a schema loader that finds no file gives an empty schema without an error.",
    )],
    references: &[cdk!("airbyte_cdk/sources/declarative/schema/default_schema_loader.py#L31")],
    ..Rule::breaking(BreakingType::SchemaChange)
};
