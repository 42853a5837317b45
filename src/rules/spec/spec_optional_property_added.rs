use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-optional-property-added",
    title: "An optional property was added to the spec",
    decided: Decided::Inclusion,
    checks: "A property that only the new spec declares and does not require, whatever it requires \
              inside.",
    why: "No saved config holds it: the form never offered it.",
    example: "`properties` gains `page_size`.",
    effect: Template::new("A new option [{field} |]appears in the settings; saved configs stay valid."),
    action: &[nothing("Nothing."), document("Describe the option in the docs.")],
    references: &[PULL_REQUEST_HANDBOOK],
    ..Rule::safe(Bump::Minor)
};
