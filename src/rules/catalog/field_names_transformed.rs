use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "field-names-transformed",
    title: "A transformation that renames fields was added or removed",
    title_of: |delta| match [&delta.old, &delta.new]
        .map(|names| names.as_ref().is_none_or(|one| one.is_null()))
    {
        [true, false] => Some("A transformation that renames fields was added"),
        [false, true] => Some("A transformation that renames fields was removed"),
        _ => Some("The transformations that rename fields changed"),
    },
    breaking_type: Some(BreakingType::StreamOrPropertyRemoval),
    affects: Affects::Stream,
    checks: "KeysToLower, KeysToSnakeCase, KeysReplace, FlattenFields and DpathFlattenFields among the \
             transformations of a stream.",
    why: "The fields of the records get other names. Where the schema does not follow, columns stay empty.",
    example: Example {
        context: Context::ManifestStream,
        before: &[],
        after: &["transformations:", "  - type: KeysToSnakeCase"],
    },
    effect: Template::new(
        "Columns of [`{stream}`|the stream] may stay empty: its fields may have other names[ \
         (transformations: {new} instead of {old})|].",
    ),
    action: &[
        check("Compare a record with the schema;"),
        announce("declare it if a declared field is no longer filled."),
    ],
    cannot_see: "The names that the API sends.",
    references: &[docs!(
        "Transformations of low-code manifests: they change records, not the catalog",
        "platform/connector-development/config-based/understanding-the-yaml-file/record-selector#transformations"
    )],
    ..Rule::review(Bump::Major)
};
