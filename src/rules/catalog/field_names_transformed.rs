use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-names-transformed",
    title: "Transformations that rename the fields of records came or went",
    breaking_type: Some(BreakingType::StreamOrPropertyRemoval),
    affects: Affects::Stream,
    checks: "KeysToLower, KeysToSnakeCase, KeysReplace, FlattenFields and DpathFlattenFields among the transformations \
              of a stream.",
    why: "Records then carry other names than before; where the schema did not follow, columns stay empty.",
    example: "`KeysToSnakeCase` is added.",
    effect: Template::new(
        "Fields of [`{stream}`|the stream] may arrive under other names than the schema declares[: {old} became \
         {new}|].",
    ),
    action: &[
        check("Hold a record against the schema."),
        announce("If a declared field is no longer filled, this is a breaking change."),
    ],
    cannot_see: "The names that the API sends.",
    references: &[docs!(
        "Transformations of low-code manifests: they change records, not the catalog",
        "platform/connector-development/config-based/understanding-the-yaml-file/record-selector#transformations"
    )],
    ..Rule::review(Bump::Major)
};
