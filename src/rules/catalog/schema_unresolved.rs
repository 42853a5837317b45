use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "schema-unresolved",
    title: "A part of a schema cannot be followed",
    breaking_type: Some(BreakingType::SchemaChange),
    affects: Affects::Stream,
    checks: "References that cannot be followed, and texts or lists where a schema belongs.",
    why: "What cannot be read cannot be called compatible.",
    example: "`parent: {name: \"string\"}`.",
    effect: Template::new(
        "What [{field} of `{stream}`|the field] holds cannot be read on one side: a reference leads nowhere, or \
         something that is no schema stands there.",
    ),
    action: &[avoid("Fix the reference,"), check("and compare again.")],
    references: &[JSON_SCHEMA_DRAFT_7],
    ..Rule::review(Bump::Major)
};
