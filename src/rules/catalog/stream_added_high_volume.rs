use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-added-high-volume",
    title: "A new stream is enabled by default",
    affects: Affects::Stream,
    applies: |delta, _| {
        matches!(delta.change, Change::Catalog(CatalogChange::StreamAdded { suggested: true }))
            .then_some(Level::Review)
    },
    checks: "A stream that only the new catalog lists and that `suggestedStreams` of the new metadata \
             names.",
    why: "Suggested streams are enabled in every new connection. The policy asks to leave out a stream of \
          twice the usual volume.",
    example: Example {
        context: Context::Case { place: "`metadata.yaml`", case: "suggested" },
        before: &["suggestedStreams:", "  streams:", "    - users"],
        after: &["suggestedStreams:", "  streams:", "    - users", "    - audit_logs"],
    },
    effect: Template::new("New connections sync [`{stream}`|the stream] unless the user disables it."),
    action: &[
        avoid("Remove it from `suggestedStreams` if it is at least twice as large as the others;"),
        nothing("otherwise nothing to do."),
    ],
    cannot_see: "How large the stream is.",
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Minor)
};
