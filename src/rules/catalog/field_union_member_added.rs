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
    why: "How a union is stored depends on the destination.",
    example: Example {
        context: Context::Fields,
        before: &[r#""value": {"type": ["number", "string"]}"#],
        after: &[r#""value": {"type": ["number", "string", "object"]}"#],
    },
    effect: Template::new(
        "[{field} of `{stream}` may hold {new} (before: {old})|The field may hold more types]; most \
         destinations still store text or JSON.",
    ),
    action: &[check("Check how destinations store unions;"), announce("declare it if the column changes.")],
    references: &[SUPPORTED_DATA_TYPES, BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
