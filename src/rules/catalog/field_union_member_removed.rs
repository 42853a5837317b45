use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-union-member-removed",
    title: "A union lost a member",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { old, new, .. }) if old.is_union() && new.is_union() => {
            Some(Level::Review)
        }
        _ => None,
    },
    checks: "A union that lost types or has others, and stays a union.",
    why: "The stored form of a union depends on the destination.",
    example: "`number, string or object` becomes `number or string`.",
    effect: Template::new(
        "[{field} of `{stream}` may hold {new} instead of {old}|The field no longer holds all types that it held]; \
         the column stays text or JSON in most destinations.",
    ),
    action: &[
        check("Check the destinations in use for how they store unions;"),
        announce("where the column changes, announce it."),
    ],
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Minor)
};
