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
    example: "`start_datetime` becomes `2024-01-01T00:00:00Z`, and a connection last synced in 2023.",
    effect: Template::new(
        "Records are skipped without an error: a sample of [`{stream}` is before {new}, the new start|the \
         stream is before the new start].",
    ),
    action: &[
        avoid("To sync earlier records, keep `start_datetime` or let the config set it;"),
        document("otherwise note the new start in the changelog."),
    ],
    cannot_see: "How far behind users' connections are.",
    references: &[SAVED_POSITION],
    ..Rule::review(Bump::Minor)
};
