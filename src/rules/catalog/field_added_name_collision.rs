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
    checks: "A new field of the record whose name is that of another field once letters are lower case and \
             symbols are underscores.",
    why: "Many destinations fold case and replace symbols in column names. They rename one of the two, or \
          write both to one column.",
    example: Example {
        context: Context::Fields,
        before: &[r#""user_id": {"type": "integer"},"#],
        after: &[r#""user_id": {"type": "integer"},"#, r#""User-Id": {"type": "integer"}"#],
    },
    effect: Template::new(
        "Destinations that fold case or symbols rename one of [{field} and {detail} of `{stream}`|two fields \
         of the stream], or mix their values.",
    ),
    action: &[avoid("Choose another name,"), document("or tell users which column is which.")],
    cannot_see: "How the destination names columns.",
    references: &[docs!(
        "Airbyte's typing and deduping documentation, column names",
        "release_notes/upgrading_to_destinations_v2#destinations-v2-implementation-differences"
    )],
    ..Rule::review(Bump::Minor)
};
