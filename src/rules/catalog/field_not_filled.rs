use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-not-filled",
    title: "A declared field is no longer filled",
    affects: Affects::Stream,
    applies: |delta, _| match &delta.change {
        Change::Catalog(CatalogChange::FieldNotFilled { taken_out: true }) => Some(Level::Breaking),
        _ => Some(Level::Review),
    },
    checks: "A RemoveFields transformation that removes a declared field from every record, or an \
             AddFields transformation that filled one and is removed. Transformations under a condition do \
             not count.",
    why: "The catalog does not change, but the column stays empty from the next sync on.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "taken-out" },
        before: &[],
        after: &["transformations: [{type: RemoveFields, field_pointers: [[total]]}]"],
    },
    effect: Template::new("The column [{field} of `{stream}` |]stays empty in new records."),
    action: &[
        avoid("Keep filling the field,"),
        announce("or remove it from the schema and declare it for the stream (`scopedImpact`)."),
    ],
    cannot_see: "Whether the API sends a field that a transformation filled before.",
    references: &[docs!(
        "Transformations of low-code manifests: they change records, not the catalog",
        "platform/connector-development/config-based/understanding-the-yaml-file/record-selector#transformations"
    )],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
