use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "cursor-added",
    title: "A default cursor was added",
    checks: "`default_cursor_field` where there was none.",
    why: "Users who chose a cursor keep it.",
    example: Example {
        context: Context::Stream,
        before: &[],
        after: &[r#""default_cursor_field": ["updated_at"]"#],
    },
    effect: Template::new("[`{stream}` proposes {new} as cursor|The stream proposes a cursor]."),
    action: NOTHING,
    references: &[MERGE_RULES],
    ..Rule::safe(Bump::Minor)
};
