use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-slices-to-sequential",
    title: "Date ranges became a single position",
    decided: Decided::Replay,
    checks: "`slices` in the old version, a simple cursor in the new one.",
    why: "The CDK reads the ranges as a position.",
    example: Example {
        context: Context::State,
        before: &[
            r#""state_type": "date-range","#,
            r#""slices": [{"start": "2024-05-01T00:00:00Z", "end": "2024-05-01T00:00:00Z"}]"#,
        ],
        after: &[r#""updated": "2024-05-01T00:00:00Z""#],
    },
    effect: Template::new("Syncs of [`{stream}`|the stream] resume."),
    action: NOTHING,
    references: &[cdk!(
        "airbyte_cdk/sources/streams/concurrent/state_converters/abstract_stream_state_converter.py#L34"
    )],
    ..Rule::cosmetic()
};
