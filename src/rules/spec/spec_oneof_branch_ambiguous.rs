use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-oneof-branch-ambiguous",
    title: "An option was added that may also accept old values",
    affects: Affects::ConfigBranch,
    decided: Decided::Inclusion,
    applies: |delta, decision| match (&delta.change, decision) {
        (Change::Spec(SpecChange::OptionAdded { .. }), Some(Decision::Proof { .. })) => None,
        (Change::Spec(SpecChange::OptionAdded { .. }), Some(_)) => Some(Level::Breaking),
        (Change::Spec(SpecChange::OptionAdded { ambiguous: true }), None) => Some(Level::Review),
        _ => None,
    },
    checks: "An option of a `oneOf` that has no constant, or shares it with another option, beside options \
             of the same type.",
    why: "`oneOf` accepts a value only if exactly one option does.",
    example: Example {
        context: Context::Options,
        before: &["- {title: Token, type: object, properties: {token: {type: string}}}"],
        after: &[
            "- {title: Token, type: object, properties: {token: {type: string}}}",
            "- {title: Session, type: object, properties: {session: {type: string}}}",
        ],
    },
    effect: Template::new(
        "Saved values of [{field} that the new option {new}|the property that the new option] also accepts \
         are refused: only one option may match.",
    ),
    action: &[avoid("Give every option a constant of its own, such as `auth_type`.")],
    cannot_see: "Whether a value really matches both options.",
    references: &[CONFIG_VALIDATION],
    ..Rule::breaking(BreakingType::SpecChange)
};
