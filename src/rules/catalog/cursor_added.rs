//! See [`RULE`].

use crate::rules::prelude::*;

/// A default cursor was added.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "cursor-added",
    title: "A default cursor was added",
    level: Level::Safe,
    breaking_type: None,
    bump: Bump::Minor,
    affects: Affects::Nobody,
    decided: Decided::Policy,
    applies: |_| Some(Level::Safe),
    checks: "`default_cursor_field` where there was none.",
    why: "Users who chose a cursor keep it.",
    example: "`updated_at` is proposed.",
    effect: Template::new("[`{stream}` proposes {new} as cursor|The stream proposes a cursor]."),
    action: NOTHING,
    cannot_see: "",
    reference: "The platform's merge rules.",
};
