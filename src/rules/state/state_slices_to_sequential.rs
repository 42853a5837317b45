//! See [`RULE`].

use crate::rules::prelude::*;

/// Date ranges became one position.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-slices-to-sequential",
    title: "Date ranges became one position",
    level: Level::Cosmetic,
    breaking_type: None,
    bump: Bump::None,
    affects: Affects::Nobody,
    decided: Decided::Replay,
    applies: |_| Some(Level::Cosmetic),
    checks: "`slices` on the old side, a simple cursor on the new.",
    why: "The CDK reads the ranges as a position.",
    example: "`{\"slices\": […]}` becomes `{\"updated\": …}`.",
    effect: Template::new("Syncs of [`{stream}`|the stream] go on."),
    action: NOTHING,
    cannot_see: "",
    reference: "Observed on the Python CDK 7.39.1.",
};
