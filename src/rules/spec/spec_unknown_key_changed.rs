use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-unknown-key-changed",
    title: "An unknown key of the specification changed",
    affects: Affects::Everyone,
    checks: "Keys of the ConnectorSpecification that the protocol, as known to this version, does not \
             define.",
    why: "It is unknown what reads the key, so the effect of the change is unknown too.",
    example: Example { context: Context::Spec, before: &["x_internal: 1"], after: &["x_internal: 2"] },
    effect: Template::new("Whatever reads [{detail} of the spec|this key of the spec] gets another value."),
    action: &[check("Find out what reads the key."), nothing("If nothing does, there is nothing to do.")],
    cannot_see: "What reads the key.",
    references: &[protocol!("The Airbyte protocol, ConnectorSpecification: every object is open", "#L684")],
    ..Rule::review(Bump::None)
};
