use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-nullability-added",
    title: "A field may be null now",
    checks: "`null` that joined the types of a field.",
    why: "Columns are nullable anyway.",
    example: "`string` becomes `[string, \"null\"]`.",
    effect: Template::new("Nothing: destinations treat every column as nullable."),
    action: NOTHING,
    references: &[BULK_CDK_SCHEMAS],
    ..Rule::safe(Bump::Patch)
};
