use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-unknown-key-changed",
    title: "A key of the specification that is not known here changed",
    affects: Affects::Everyone,
    checks: "Keys of the ConnectorSpecification that the protocol, as known to this version, does not define.",
    why: "What reads the key is not known, so neither is what its change does.",
    example: "`x_internal: 1` becomes `2`.",
    effect: Template::new(
        "Whatever reads [{detail} of the specification|this key of the specification] sees another value.",
    ),
    action: &[check("Find out what reads the key."), nothing("Nothing to announce if nothing does.")],
    cannot_see: "What reads the key.",
    references: &[protocol!("The Airbyte protocol, ConnectorSpecification: every object is open", "#L684")],
    ..Rule::review(Bump::None)
};
