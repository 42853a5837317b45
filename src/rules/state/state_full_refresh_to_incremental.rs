use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-full-refresh-to-incremental",
    title: "A stream keeps a position now",
    decided: Decided::Replay,
    checks: "A full refresh marker in the old version, a position in the new one.",
    why: "There was no position to lose.",
    example: "The marker gives way to `{\"updated\": …}`.",
    effect: Template::new(
        "The first incremental sync of [`{stream}`|the stream] reads everything, as expected.",
    ),
    action: NOTHING,
    references: &[SAVED_POSITION],
    ..Rule::safe(Bump::Minor)
};
