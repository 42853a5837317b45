use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-not-filled",
    title: "A field is declared as before and no longer filled",
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::FieldNotFilled { taken_out: true }) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "A RemoveFields transformation that takes a declared field out of every record, and an AddFields \
              transformation that put one in and is gone. Under a condition neither counts.",
    why: "The catalog does not change, and the column stays empty from the next sync on.",
    example: "`RemoveFields` with `field_pointers: [[total]]`, while the schema still declares `total`.",
    effect: Template::new("The column [{field} of `{stream}` |]stays, and new records leave it empty."),
    action: &[
        avoid("Keep filling the field."),
        announce(
            "Otherwise take it out of the schema too, announce it and name the stream in `scopedImpact`.",
        ),
    ],
    cannot_see: "Whether the API sends a field that a transformation used to put in.",
    references: &[docs!(
        "Transformations of low-code manifests: they change records, not the catalog",
        "platform/connector-development/config-based/understanding-the-yaml-file/record-selector#transformations"
    )],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
