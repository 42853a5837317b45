use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-legacy-map-replaced",
    title: "State by partition id became a list of partitions",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "A map of one-key objects in a sample of the old side, `states` in one of the new or a router in its manifest; \
             the CDK's migration is carried out where it is declared.",
    why: "Python substreams kept their positions by parent id.",
    example: "`{\"7\": {\"updated\": …}}` becomes `{\"states\": […]}`.",
    effect: Template::new(
        "Saved state of [`{stream}`|the stream] is a map by id that the new version does not read: everything is \
         read again, or the sync fails.",
    ),
    action: &[
        ship_migration("Ship a state migration"),
        check(
            "and try it on a sample: the CDK's LegacyToPerPartitionStateMigration leaves no `parent_slice` in \
             partitions, and those of a substream router have one.",
        ),
    ],
    cannot_see: "A migration in code.",
    references: &[
        docs!("source-typeform 1.1.0", "integrations/sources/typeform-migrations#upgrading-to-110"),
        cdk!("airbyte_cdk/sources/declarative/migrations/legacy_to_per_partition_state_migration.py#L77"),
    ],
    ..Rule::breaking(BreakingType::StateChange)
};
