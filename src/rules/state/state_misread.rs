use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "state-misread",
    title: "Saved positions are read as other instants",
    affects: Affects::IncrementalSyncs,
    decided: Decided::Replay,
    checks: "`datetime_format` of the old cursor, held against `cursor_datetime_formats` and `datetime_format` of \
              the new one, on instants that tell formats apart.",
    why: "The text parses, so nothing fails: the sync starts from another moment.",
    example: "`%s` becomes `%ms`: seconds read as milliseconds lie in 1970.",
    effect: Template::new(
        "Saved state of [`{stream}` was written as {old} and is read as {new}, which makes|the stream was written \
         in one format and is read in another, which makes] another moment of it: everything is read again, or \
         records are skipped, silently.",
    ),
    action: &[
        avoid("List the old format first in `cursor_datetime_formats`, if the two can be told apart;"),
        ship_migration("else ship a state migration."),
        announce("Otherwise announce it:"),
        clear("users clear"),
        refresh("or refresh the stream."),
    ],
    references: &[DATETIME_FORMATS],
    ..Rule::breaking(BreakingType::StateChange)
};
