use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-renamed",
    title: "A parent whose position is kept has another name",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The names in `parent_state`, or of parents with `incremental_dependency`.",
    why: "A parent's position is found by its name; without one the position of the substream stands in.",
    example: "The parent `boards` becomes `all_boards`.",
    effect: Template::new(
        "The saved position of the parent [{old} of `{stream}` is not found under {new}|is not found under its new \
         name]. The stream's own position stands in for it: parents that changed between the two may be skipped.",
    ),
    action: &[
        avoid("Keep the parent's name,"),
        ship_migration("or ship a state migration."),
        refresh("Otherwise ask users to refresh the stream."),
    ],
    cannot_see: "How far the two positions are apart.",
    references: &[PARENT_STATE],
    ..Rule::review(Bump::Minor)
};
