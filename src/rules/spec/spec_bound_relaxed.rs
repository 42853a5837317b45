use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-bound-relaxed",
    title: "A bound allows more",
    decided: Decided::Inclusion,
    checks: "`minimum`, `maximum`, lengths, counts, `multipleOf` and `uniqueItems` that allow more than \
             before.",
    why: "The new spec accepts every value that was accepted.",
    example: Example {
        context: Context::SpecProperties,
        before: &["page_size: {type: integer, maximum: 100}"],
        after: &["page_size: {type: integer, maximum: 1000}"],
    },
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
