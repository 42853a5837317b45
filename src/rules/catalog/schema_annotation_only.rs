use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-annotation-only",
    title: "Only wording changed",
    checks: "Titles, descriptions, examples and defaults of record schemas.",
    why: "They decide no column.",
    example: "A description is reworded.",
    effect: Template::new("Nothing."),
    action: NOTHING,
    reference: "The platform lists it as an update and goes on.",
    ..Rule::cosmetic()
};
