use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-slices-to-sequential",
    title: "Date ranges became one position",
    decided: Decided::Replay,
    checks: "`slices` on the old side, a simple cursor on the new.",
    why: "The CDK reads the ranges as a position.",
    example: "`{\"slices\": […]}` becomes `{\"updated\": …}`.",
    effect: Template::new("Syncs of [`{stream}`|the stream] go on."),
    action: NOTHING,
    references: &[cdk!(
        "airbyte_cdk/sources/streams/concurrent/state_converters/abstract_stream_state_converter.py#L34"
    )],
    ..Rule::cosmetic()
};
