use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "cursor-type-changed",
    title: "The cursor field has another type",
    breaking_type: Some(BreakingType::StateChange),
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "The type of the field that is `default_cursor_field` on both sides, where the stream supports incremental syncs.",
    why: "Saved positions are values of the old type. Whether they can still be read follows from the formats the code reads and not from the schema: an unread format crashes, a read one resumes.",
    example: "`updated` becomes a timestamp where it was text.",
    effect: Template::new(
        "Saved positions of [`{stream}` hold {old} and the stream now has {new}|the stream hold values of the old \
         type and the cursor now has another]: syncs resume, or fail, or read everything again.",
    ),
    action: &[
        check("Compare a state sample of either version,"),
        avoid("or list the old format in `cursor_datetime_formats`."),
        announce("If positions cannot be read, announce it as a state change."),
    ],
    cannot_see: "Which formats the connector reads.",
    references: &[DATETIME_FORMATS],
    ..Rule::review(Bump::Major)
};
