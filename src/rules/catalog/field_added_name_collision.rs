use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-added-name-collision",
    title: "A new field differs from another only in case or symbols",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::FieldAdded { collides: Some(_) }))
            .then_some(Level::Review)
    },
    checks: "A new field of the record whose name, without case and symbols, is that of a field that stays.",
    why: "Many destinations fold case and replace symbols in column names: one of the two is renamed, or both meet in one column.",
    example: "`userId` is added beside `user_id`.",
    effect: Template::new(
        "In destinations that fold case or symbols, [{field} of `{stream}` and {detail}|two fields of the stream] \
         ask for one column: one is renamed, or their values mix.",
    ),
    action: &[
        avoid("Choose another name."),
        document("If both have to stay, tell users which column is which."),
    ],
    cannot_see: "How the destination names columns.",
    references: &[docs!(
        "Airbyte's typing and deduping documentation, column names",
        "release_notes/upgrading_to_destinations_v2#destinations-v2-implementation-differences"
    )],
    ..Rule::review(Bump::Minor)
};
