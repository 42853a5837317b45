use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-ambiguous",
    title: "An option was added that may accept old values too",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, decision| match (&delta.change, decision) {
        (Change::Spec(SpecChange::OptionAdded { .. }), Some(Decision::Proof { .. })) => None,
        (Change::Spec(SpecChange::OptionAdded { .. }), Some(_)) => Some(Level::Breaking),
        (Change::Spec(SpecChange::OptionAdded { ambiguous: true }), None) => Some(Level::Review),
        _ => None,
    },
    checks: "An option of a `oneOf` that has no constant, or one that another option has too, beside \
              options of the same type.",
    why: "`oneOf` accepts a value only if exactly one option does.",
    example: "An option without `auth_type` is added.",
    effect: Template::new(
        "Saved values of [{field} may match the new option {new}|the choice may match the new option] besides the \
         one they were saved under; a value that two options of a `oneOf` accept is refused.",
    ),
    action: &[avoid("Give every option a constant of its own, such as `auth_type`.")],
    cannot_see: "Whether some value really matches both.",
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
