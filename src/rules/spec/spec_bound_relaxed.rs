use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-bound-relaxed",
    title: "A bound allows more",
    decided: Decided::Inclusion,
    checks: "The same bounds, where they allow more.",
    why: "Everything that was accepted still is.",
    example: "`maximum: 100` becomes `maximum: 1000`.",
    effect: Template::new("Saved values of [{field}|the property] stay valid."),
    action: NOTHING,
    references: &[CONFIG_VALIDATION],
    ..Rule::safe(Bump::Patch)
};
