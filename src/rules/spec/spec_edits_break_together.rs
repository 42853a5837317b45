use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-edits-break-together",
    title: "Edits of the spec refuse saved configs together",
    affects: Affects::Everyone,
    decided: Decided::Inclusion,
    applies: |_, decision| match decision {
        Some(Decision::Witness { .. } | Decision::Sample { .. }) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "The new spec as a whole, where it refuses a saved config and no single edit on top of the old spec does, or \
              where there are too many edits to look at one by one.",
    why: "Users meet all edits of a release at once.",
    example: "Short codes may have 3 letters instead of 5, long ones 6 to 8 instead of up to 8: each edit alone leaves a code of 4 to the other option.",
    effect: Template::new(
        "A config that the old spec accepts is refused by the new one, and no single edit could be shown to do it.",
    ),
    action: &[
        avoid("Keep one of the edits back,"),
        ship_migration("or ship a config migration."),
        announce("Otherwise announce it for everyone:"),
        edit_settings("users edit their settings and save before the next sync."),
    ],
    references: &[JSON_SCHEMA_DRAFT_7, Reference::unlinked("Decided by comparing what both specs accept")],
    ..Rule::breaking(BreakingType::SpecChange)
};
