use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "catalog-duplicate-stream",
    title: "A stream is listed more than once",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "Streams with the same namespace and name, compared as a set of copies.",
    why: "Catalogs are keyed by namespace and name, so only one copy can be used.",
    example: Example {
        context: Context::Catalog,
        before: &[
            r#"{"name": "users", "supported_sync_modes": ["full_refresh"], "json_schema": {"properties": {"id": {"type": "integer"}}}},"#,
        ],
        after: &[
            r#"{"name": "users", "supported_sync_modes": ["full_refresh"], "json_schema": {"properties": {"id": {"type": "integer"}}}},"#,
            r#"{"name": "users", "supported_sync_modes": ["full_refresh"], "json_schema": {"properties": {"id": {"type": "string"}}}}"#,
        ],
    },
    effect: Template::new(
        "Which of several copies of [`{stream}`|the stream] users get is undefined, and the copies differ \
         between the versions.",
    ),
    action: &[avoid("Give every stream a name of its own.")],
    references: &[protocol!("The Airbyte protocol, `AirbyteCatalog`", "#L460")],
    ..Rule::review(Bump::Major)
};
