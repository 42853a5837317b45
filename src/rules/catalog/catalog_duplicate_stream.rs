use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "catalog-duplicate-stream",
    title: "A stream is listed more than once",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "Streams of one namespace and name, compared as a set of copies.",
    why: "Catalogs are keyed by namespace and name.",
    example: "Two streams are called `users`.",
    effect: Template::new(
        "[`{stream}`|The stream] stands more than once in a catalog, and the copies differ between the sides: which \
         one users get is not defined.",
    ),
    action: &[avoid("Give every stream a name of its own.")],
    references: &[protocol!("The Airbyte protocol, `AirbyteCatalog`", "#L460")],
    ..Rule::review(Bump::Major)
};
