use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-constraint-only",
    title: "Only constraints on values changed",
    checks: "`enum`, lengths, patterns and other keywords that do not set a type.",
    why: "They do not affect columns.",
    example: Example {
        context: Context::Fields,
        before: &[r#""status": {"type": "string", "enum": ["open", "closed"]}"#],
        after: &[r#""status": {"type": "string"}"#],
    },
    effect: Template::new("No change: destinations ignore [{detail}|constraints on values]."),
    action: NOTHING,
    references: &[BULK_CDK_SCHEMAS],
    ..Rule::safe(Bump::Patch)
};
