use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-edits-break-together",
    title: "Several edits of the spec together refuse saved configs",
    affects: Affects::Everyone,
    decided: Decided::Inclusion,
    applies: |_, decision| match decision {
        Some(Decision::Witness { .. } | Decision::Sample { .. }) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "The new spec as a whole, where it refuses a saved config but no single edit of the old spec \
             does, or where there are too many edits to check one by one.",
    why: "Users get all edits of a release at once.",
    example: Example {
        context: Context::SpecProperties,
        before: &[
            "workspace: {type: string, anyOf: [{title: Short, maxLength: 5}, {title: Long, maxLength: 8}]}",
        ],
        after: &[
            "workspace: {type: string, anyOf: [{title: Short, maxLength: 3}, {title: Long, minLength: 6, maxLength: 8}]}",
        ],
    },
    effect: Template::new(
        "A config that the old spec accepts is refused. No single edit is shown to cause it.",
    ),
    action: &[
        avoid("Undo one of the edits,"),
        ship_migration("or ship a config migration."),
        announce("Otherwise declare it for everyone:"),
        edit_settings("users must edit their settings."),
    ],
    references: &[JSON_SCHEMA_DRAFT_7, Reference::unlinked("Decided by comparing what both specs accept")],
    ..Rule::breaking(BreakingType::SpecChange)
};
