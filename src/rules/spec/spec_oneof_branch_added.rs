use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-added",
    title: "An option was added",
    decided: Decided::Inclusion,
    checks: "An option of a `oneOf` that has no counterpart on the old side.",
    why: "Saved configs name the option they chose.",
    example: "OAuth joins the API token.",
    effect: Template::new(
        "A new option [{new} can be chosen for {field}|can be chosen]; saved configs stay valid.",
    ),
    action: NOTHING,
    cannot_see: "Whether the new option accepts old values too, where options are not told apart by a \
              constant.",
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
