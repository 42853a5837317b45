use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-not-compared",
    title: "Part of a spec is too large to be compared place by place",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::ConfigBranch,
    checks: "A definition in which a secret, a hidden property or, in a destination, a default changed, at more than 500 places; and what \
             lies behind 20,000 schemas, or deeper than 512 levels of the spec, references followed.",
    why: "Whether saved configs stay valid is decided for the whole spec. That a property is no longer a \
          secret, or that data goes elsewhere, is seen only where the place is compared.",
    example: Example {
        context: Context::Case { place: "`spec.json`", case: "fires" },
        before: &[r#""d260": {"type": "string", "airbyte_secret": true}"#],
        after: &[r#""d260": {"type": "string"}"#],
    },
    effect: Template::new(
        "A secret may be lost, or a default may send data elsewhere: not every place of the spec is compared.",
    ),
    action: &[check("Check that each secret keeps `airbyte_secret: true`, and that defaults stay.")],
    cannot_see: "Whether a secret is no longer marked, or a default differs, at a place that is not compared.",
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
