use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-legacy-output-flag-gained",
    title: "A destination gained normalization or dbt support",
    checks: "`supportsNormalization` and `supportsDBT` that became true.",
    why: "Users enable both for each connection.",
    example: Example {
        context: Context::Spec,
        before: &["supportsDBT: false"],
        after: &["supportsDBT: true"],
    },
    effect: Template::new("Users can choose more; nothing changes by itself."),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, `supportsNormalization`", "#L713")],
    ..Rule::safe(Bump::Minor)
};
