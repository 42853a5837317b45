use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "file-based-toggled",
    title: "A stream changed between records and files",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "`is_file_based` of a stream.",
    why: "Destinations write files and records in different ways.",
    example: Example { context: Context::Stream, before: &[], after: &[r#""is_file_based": true"#] },
    effect: Template::new(
        "Destinations without support for it fail: [`{stream}`|the stream] delivers files instead of \
         records, or the reverse.",
    ),
    action: &[document("Say which destinations support it;"), announce("declare it if connections exist.")],
    references: &[protocol!("The Airbyte protocol, `is_file_based`", "#L518")],
    ..Rule::review(Bump::Major)
};
