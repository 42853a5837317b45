use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-type-widened-numeric",
    title: "An integer became a number",
    affects: Affects::Stream,
    applies: |delta, _| {
        let Change::Catalog(change) = &delta.change else { return None };
        let (old, new) = change.single_types()?;
        ((old, new) == (Scalar::Integer, Scalar::Number)).then_some(Level::Breaking)
    },
    checks: "`integer` that became `number`.",
    why: "Most warehouses rewrite the column or refuse the change. Airbyte's policy page calls it \
          harmless, but published connectors declare it as breaking.",
    example: Example {
        context: Context::Fields,
        before: &[r#""total": {"type": "integer"}"#],
        after: &[r#""total": {"type": "number"}"#],
    },
    effect: Template::new(
        "The integer column [{field} of `{stream}` |]becomes a decimal or floating point column.",
    ),
    action: ANNOUNCE_AND_REFRESH,
    references: &[
        docs!(
            "source-aws-cloudtrail 1.0.0",
            "integrations/sources/aws-cloudtrail-migrations#upgrading-to-100"
        ),
        docs!(
            "The policy page dissents",
            "platform/connector-development/connector-breaking-changes#schema-change-considerations-data-type-compatibility"
        ),
    ],
    ..Rule::breaking(BreakingType::SchemaChange)
};
