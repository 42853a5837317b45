use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-sequential-to-slices",
    title: "One position became date ranges",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "A simple cursor on the old side, `slices` on the new.",
    why: "Older cursors do not look for `slices`.",
    example: "`{\"updated\": …}` becomes `{\"slices\": […]}`.",
    effect: Template::new(
        "Syncs of [`{stream}`|the stream] go on, but the old version cannot read the new state: a rollback fails or \
         starts over.",
    ),
    action: &[document("Note in the migration guide that the upgrade cannot be undone without a refresh.")],
    references: &[cdk!(
        "airbyte_cdk/sources/streams/concurrent/state_converters/abstract_stream_state_converter.py#L34"
    )],
    ..Rule::review(Bump::Minor)
};
