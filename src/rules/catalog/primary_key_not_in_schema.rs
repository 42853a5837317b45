use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "primary-key-not-in-schema",
    title: "A part of the primary key is not in the schema",
    affects: Affects::DedupSyncs,
    checks: "Parts of the new `source_defined_primary_key` that were not in the old one and that the \
             record schema does not declare.",
    why: "Syncs that deduplicate look the key up in the record. A destination that keeps only declared \
          fields never sees it.",
    example: Example {
        context: Context::Stream,
        before: &[r#""source_defined_primary_key": [["id"]]"#],
        after: &[r#""source_defined_primary_key": [["uuid"]]"#],
    },
    effect: Template::new(
        "Syncs that deduplicate [`{stream}` may find no value for {detail}|the stream may find no value \
         for a part of the key].",
    ),
    action: &[avoid("Declare the field in the schema, or correct the key.")],
    cannot_see: "Whether records hold the undeclared field.",
    references: &[airbyte!(
        "Airbyte's catalog validators",
        "airbyte-ci/connectors/live-tests/src/live_tests/validation_tests/test_discover.py#L127"
    )],
    ..Rule::review(Bump::None)
};
