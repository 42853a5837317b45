use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-before-start",
    title: "A saved position lies before the new start",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "Positions of the old sample, read in the formats of the new cursor, against its `start_datetime` where \
              the manifest alone decides it and the old one did not start there as well.",
    why: "A cursor goes on from the later of its position and its start.",
    example: "`start_datetime` becomes `2024-01-01T00:00:00Z`, and a connection last synced in 2023.",
    effect: Template::new(
        "A sample of [`{stream}` holds a position before {new}, where the new version starts|the stream holds a \
         position before the new start]: what changed between the two is never read, and nothing says so.",
    ),
    action: &[
        avoid(
            "If history before [{new}|the new start] is still wanted, leave `start_datetime` where it was or let \
             the config decide it.",
        ),
        document("If not, say in the changelog from when on records are read."),
    ],
    cannot_see: "How far behind users' connections are.",
    references: &[SAVED_POSITION],
    ..Rule::review(Bump::Minor)
};
