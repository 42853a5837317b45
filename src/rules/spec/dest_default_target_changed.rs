use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-default-target-changed",
    title: "A default that decides where or how data is written changed",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    applies: |delta, _| {
        let is_one = matches!(
            delta.change,
            Change::Spec(
                SpecChange::Default { places_data: true, .. }
                    | SpecChange::PropertyAdded { places_data: true, .. }
            )
        );
        is_one.then_some(Level::Review)
    },
    checks: "`default` of an option of a destination that decides where it writes (schema, dataset, database, path, location), in \
             which form (format, compression, flattening, `enable_json`) or what becomes of tables and rows \
             (`disable_type_dedupe`, `cdc_deletion_mode`, `upsert`), also of an option that is new.",
    why: "Configs that were saved without the option are read as if they held the default, so that the data of one \
          connection is in two places or in two forms.",
    example: Example {
        context: Context::Destination,
        before: &["schema: {type: string, default: public}"],
        after: &["schema: {type: string, default: airbyte}"],
    },
    effect: Template::new(
        "Configs without [{field} write with {new} instead of {old}|the property write with another default]; \
         queries still expect data as the old one wrote it.",
    ),
    action: &[
        ship_migration("Ship a config migration that saves the old default,"),
        announce("or declare the change."),
    ],
    cannot_see: "Whether configs hold the value anyway.",
    references: &[docs!(
        "Airbyte's breaking-change policy page, destination format changes",
        "platform/connector-development/connector-breaking-changes#types-of-breaking-changes"
    )],
    ..Rule::review(Bump::Major)
};
