use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-table-gone",
    title: "A table is no longer in the output",
    breaking_type: Some(BreakingType::DestinationFormatChange),
    affects: Affects::Everyone,
    checks: "Tables of output that is handed in (a file of a folder, or a statement), where the new output holds no table of that \
             name, in whatever case, and none of the same shape, while it holds others of them. Tests that are removed are none.",
    why: "The old version wrote the table, and the new one does not, or the output is of other streams.",
    example: Example {
        context: Context::Case {
            place: "`tables.sql`, given with `--old-output`",
            case: "a-table-of-history",
        },
        before: &["CREATE TABLE app.orders_scd (id BIGINT, valid BOOLEAN);"],
        after: &[],
    },
    effect: Template::new(
        "[`{old}` is no longer written|A table is no longer written]: queries read what stays behind.",
    ),
    action: &[
        check("Check that both outputs are of the same streams."),
        announce("Declare it if the table is no longer written."),
    ],
    cannot_see: "Whether both outputs are of the same streams.",
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
