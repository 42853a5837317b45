use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "resumable-gained",
    title: "Full refreshes of a stream can resume",
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::ResumableChanged { gained: true }))
            .then_some(Level::Safe)
    },
    checks: "`is_resumable` that became true.",
    why: "Nothing is lost.",
    example: Example { context: Context::Stream, before: &[], after: &[r#""is_resumable": true"#] },
    effect: Template::new(
        "An interrupted full refresh of [`{stream}`|the stream] continues where it stopped.",
    ),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, `is_resumable`", "#L513")],
    ..Rule::safe(Bump::Patch)
};
