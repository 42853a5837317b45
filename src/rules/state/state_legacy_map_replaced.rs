use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-legacy-map-replaced",
    title: "State by partition id became a list of partitions",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "A map of one-key objects in a sample of the old version, and `states` in a sample of the new \
             one or a router in its manifest. The CDK's migration is applied where it is declared.",
    why: "Python substreams kept their positions by parent id.",
    example: Example {
        context: Context::State,
        before: &[r#""1": {"updated": "2024-05-01T00:00:00Z"}, "2": {"updated": "2024-05-01T00:00:00Z"}"#],
        after: &[
            r#""states": [{"partition": {"board_id": "1"}, "cursor": {"updated": "2024-05-01T00:00:00Z"}}]"#,
        ],
    },
    effect: Template::new(
        "The next sync of [`{stream}`|the stream] reads everything again or fails: the new version does \
         not read the map by id.",
    ),
    action: &[
        ship_migration("Ship a state migration"),
        check(
            "and test it on a sample. LegacyToPerPartitionStateMigration does not write the `parent_slice` \
             of a substream router.",
        ),
    ],
    cannot_see: "A migration in code.",
    references: &[
        docs!("source-typeform 1.1.0", "integrations/sources/typeform-migrations#upgrading-to-110"),
        cdk!("airbyte_cdk/sources/declarative/migrations/legacy_to_per_partition_state_migration.py#L77"),
    ],
    ..Rule::breaking(BreakingType::StateChange)
};
