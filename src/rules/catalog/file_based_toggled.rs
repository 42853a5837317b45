use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "file-based-toggled",
    title: "A stream of records became one of files, or the reverse",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "`is_file_based`.",
    why: "Files and records are written in different ways.",
    example: "`is_file_based: true` is set.",
    effect: Template::new(
        "[`{stream}`|The stream] delivers files instead of records, or the reverse; destinations that do not \
         support it fail.",
    ),
    action: &[
        document("Say which destinations work with it;"),
        announce("announce it if connections exist."),
    ],
    references: &[protocol!("The Airbyte protocol, `is_file_based`", "#L518")],
    ..Rule::review(Bump::Major)
};
