//! See [`RULE`].

use crate::rules::prelude::*;

/// A state migration was removed.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-migration-dropped",
    title: "A state migration was removed",
    level: Level::Review,
    breaking_type: Some(BreakingType::StateChange),
    bump: Bump::Minor,
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    applies: |_| Some(Level::Review),
    checks: "`state_migrations` of a stream, by class.",
    why: "Users do not install every version.",
    example: "`LegacyToPerPartitionStateMigration` goes.",
    effect: Template::new(
        "Users who skipped the versions in between still have the old state of [`{stream}`|the stream], and nothing \
         migrates it any more.",
    ),
    action: &[avoid("Keep the migration while old state may be around.")],
    cannot_see: "Who still has the old state.",
    reference: "Observed on the Python CDK 7.39.1.",
};
