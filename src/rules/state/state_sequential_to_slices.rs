use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-sequential-to-slices",
    title: "A single position became date ranges",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "A simple cursor in the old version, `slices` in the new one.",
    why: "Older cursors do not look for `slices`.",
    example: Example {
        context: Context::State,
        before: &[r#""updated": "2024-05-01T00:00:00Z""#],
        after: &[
            r#""state_type": "date-range","#,
            r#""slices": [{"start": "2024-05-01T00:00:00Z", "end": "2024-05-01T00:00:00Z"}]"#,
        ],
    },
    effect: Template::new(
        "Syncs of [`{stream}`|the stream] resume, but the old version cannot read the new state after a \
         rollback.",
    ),
    action: &[document("Say in the migration guide that a rollback needs a refresh.")],
    references: &[cdk!(
        "airbyte_cdk/sources/streams/concurrent/state_converters/abstract_stream_state_converter.py#L34"
    )],
    ..Rule::review(Bump::Minor)
};
