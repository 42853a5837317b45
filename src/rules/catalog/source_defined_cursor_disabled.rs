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
    why: "Connections hold no choice of their own while the source decides.",
    example: "`source_defined_cursor: true` goes.",
    effect: Template::new(
        "[`{stream}`|The stream] no longer brings its own cursor: users choose one before the next incremental sync.",
    ),
    action: &[
        avoid("Keep `source_defined_cursor`,"),
        announce("or announce it."),
        choose("Where a default cursor remains, the platform proposes it."),
    ],
    references: &[protocol!("The Airbyte protocol, `source_defined_cursor`", "#L492")],
    ..Rule::breaking(BreakingType::StateChange)
};
