use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "cursor-type-changed",
    title: "The cursor field has another type",
    values_tell: true,
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The type of the field that is `default_cursor_field` in both versions, where the stream \
             supports incremental syncs.",
    why: "Saved positions have the old type. Whether the new version can read them depends on the formats \
          in its code, not on the schema: with a known format the sync resumes, with an unknown one it \
          fails.",
    example: Example {
        context: Context::Fields,
        before: &[r#""updated": {"type": "string"}"#],
        after: &[r#""updated": {"type": "string", "format": "date-time"}"#],
    },
    effect: Template::new(
        "Incremental syncs of [`{stream}` may resume, fail or read everything again: the cursor changes \
         from {old} to {new}|the stream may resume, fail or read everything again].",
    ),
    action: &[
        check("Compare a state sample of each version,"),
        avoid("or list the old format in `cursor_datetime_formats`."),
        announce("If positions cannot be read, declare it."),
    ],
    cannot_see: "Which formats the connector reads.",
    references: &[DATETIME_FORMATS],
    ..Rule::review(Bump::Major)
};
