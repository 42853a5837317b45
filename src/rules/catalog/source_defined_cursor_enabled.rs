use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "source-defined-cursor-enabled",
    title: "The source decides the cursor now",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| match delta.in_stream().and_then(|stream| stream.incremental) {
        Some(false) => Some(Level::Safe),
        _ => Some(Level::Review),
    },
    checks: "`source_defined_cursor` that became true.",
    why: "Saved state is keyed by the name of the cursor.",
    example: Example { context: Context::Stream, before: &[], after: &[r#""source_defined_cursor": true"#] },
    effect: Template::new(
        "The cursor that users chose for [`{stream}`|the stream] is ignored. If it differs, the next sync \
         reads everything again.",
    ),
    action: &[check("If users could choose another cursor,"), announce("declare it.")],
    cannot_see: "Which cursor users chose.",
    references: &[protocol!("The Airbyte protocol, `source_defined_cursor`", "#L492")],
    ..Rule::review(Bump::Major)
};
