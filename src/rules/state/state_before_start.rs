use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-before-start",
    title: "A saved position is before the new start",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Positions of the old sample, read with the formats of the new cursor, are compared with its \
             `start_datetime`. Only where the manifest alone sets that start, and the old version did not \
             start there too.",
    why: "A cursor continues from its position or from its start, whichever is later.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "fires" },
        before: &[r#"start_datetime: "2020-01-01""#],
        after: &[r#"start_datetime: "2024-01-01""#],
    },
    effect: Template::new(
        "Records are skipped without an error: a position in a sample of [`{stream}` is before {new}, the \
         new start|the stream is before the new start].",
    ),
    action: &[
        avoid("To sync earlier records, keep `start_datetime` or let the config set it;"),
        document("otherwise note the new start in the changelog."),
    ],
    cannot_see: "How far behind users' connections are.",
    references: &[SAVED_POSITION],
    ..Rule::review(Bump::Minor)
};
