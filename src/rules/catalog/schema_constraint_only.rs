use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-constraint-only",
    title: "Only constraints on values changed",
    checks: "`enum`, lengths, patterns and other keywords that are no type.",
    why: "They decide no column.",
    example: "`enum: [open, closed]` goes.",
    effect: Template::new("Nothing: destinations do not look at [{detail}|constraints on values]."),
    action: NOTHING,
    references: &[BULK_CDK_SCHEMAS],
    ..Rule::safe(Bump::Patch)
};
