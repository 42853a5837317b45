use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "catalog-duplicate-stream",
    title: "A stream is listed more than once",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "Streams with the same namespace and name, compared as a set of copies.",
    why: "Catalogs are keyed by namespace and name, so only one copy can be used.",
    example: "Two streams are called `users`.",
    effect: Template::new(
        "Which of several copies of [`{stream}`|the stream] users get is undefined, and the copies differ \
         between the versions.",
    ),
    action: &[avoid("Give every stream a name of its own.")],
    references: &[protocol!("The Airbyte protocol, `AirbyteCatalog`", "#L460")],
    ..Rule::review(Bump::Major)
};
