use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-nullability-removed",
    title: "A field is no longer declared nullable",
    applies: |delta| {
        matches!(delta.change, Change::Catalog(CatalogChange::NullabilityChanged { added: false }))
            .then_some(Level::Safe)
    },
    checks: "`null` that left the types of a field.",
    why: "Columns are nullable anyway.",
    example: "`[string, \"null\"]` becomes `string`.",
    effect: Template::new("Nothing: destinations treat every column as nullable."),
    action: NOTHING,
    reference: "The bulk CDK's reading of schemas; the acceptance tests call it breaking.",
    ..Rule::safe(Bump::Patch)
};
