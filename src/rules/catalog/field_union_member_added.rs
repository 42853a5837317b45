use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-union-member-added",
    title: "A union has another member",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::TypeChanged { old, new, .. })
            if old.is_union() && new.is_union() && new.members.is_superset(&old.members) =>
        {
            Some(Level::Review)
        }
        _ => None,
    },
    checks: "A union that gained types and lost none.",
    why: "The stored form of a union depends on the destination.",
    example: "`number or string` becomes `number, string or object`.",
    effect: Template::new(
        "[{field} of `{stream}` may hold {new} instead of {old}|The field may hold more types than before]; the \
         column is text or JSON already in most destinations.",
    ),
    action: &[
        check("Check the destinations in use for how they store unions;"),
        announce("where the column changes, announce it."),
    ],
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
