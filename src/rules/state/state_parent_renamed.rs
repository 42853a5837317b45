use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-parent-renamed",
    title: "A parent whose position is saved has another name",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The names in `parent_state`, or of parents with `incremental_dependency`.",
    why: "The position of a parent is found by its name. If it is missing, the position of the substream \
          replaces it, and parents that changed between the two are skipped.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &["name: boards"],
        after: &["name: all_boards"],
    },
    effect: Template::new(
        "Changed parents of [`{stream}` may be skipped: the saved position of {old} is not found as \
         {new}|the stream may be skipped: the saved position is not found under the new name].",
    ),
    action: &[
        avoid("Keep the name,"),
        ship_migration("or ship a state migration."),
        refresh("Otherwise users refresh the stream."),
    ],
    cannot_see: "How far apart the two positions are.",
    references: &[PARENT_STATE],
    ..Rule::review(Bump::Minor)
};
