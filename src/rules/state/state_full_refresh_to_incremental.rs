use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-full-refresh-to-incremental",
    title: "A stream began to keep a position",
    decided: Decided::Replay,
    checks: "A full refresh marker on the old side, a position on the new.",
    why: "There was no position to lose.",
    example: "The marker gives way to `{\"updated\": …}`.",
    effect: Template::new(
        "The first incremental sync of [`{stream}`|the stream] reads everything, as expected.",
    ),
    action: NOTHING,
    references: &[SAVED_POSITION],
    ..Rule::safe(Bump::Minor)
};
