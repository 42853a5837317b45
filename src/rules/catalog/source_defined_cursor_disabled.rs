use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "source-defined-cursor-disabled",
    title: "Users must choose the cursor now",
    affects: Affects::IncrementalSyncs,
    applies: |delta, _| match (&delta.change, delta.in_stream().and_then(|stream| stream.incremental)) {
        (_, Some(false)) => Some(Level::Safe),
        (
            Change::Catalog(CatalogChange::SourceDefinedCursorChanged { default_remains: false, .. }),
            Some(true),
        ) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "`source_defined_cursor` that is no longer true.",
    why: "While the source decides, connections save no cursor of their own.",
    example: Example { context: Context::Stream, before: &[r#""source_defined_cursor": true"#], after: &[] },
    effect: Template::new(
        "Users must choose a cursor for [`{stream}`|the stream] before the next incremental sync.",
    ),
    action: &[
        avoid("Keep `source_defined_cursor`,"),
        announce("or declare it."),
        document("The platform proposes the default cursor, if any."),
    ],
    references: &[protocol!("The Airbyte protocol, `source_defined_cursor`", "#L492")],
    ..Rule::breaking(BreakingType::StateChange)
};
