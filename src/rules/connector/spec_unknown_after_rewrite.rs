use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-unknown-after-rewrite",
    title: "Saved configs may not fit",
    breaking_type: Some(BreakingType::SpecChange),
    affects: Affects::Everyone,
    checks: "A connector that has its spec as a file in one version and builds it in code in the other.",
    why: "Code is not run, so nobody can hold the two specs against each other. A rewrite often renames \
          options or asks for new ones, and saved configs keep the old ones.",
    example: Example {
        context: Context::Case { place: "`spec.yaml`, then `source.py`", case: "fires" },
        before: &["connectionSpecification:", "  type: object"],
        after: &[
            "class SourceShop(AbstractSource):",
            "    def spec(self, logger) -> ConnectorSpecification:",
        ],
    },
    effect: Template::new("One version builds the spec in code[ ({detail})|]: saved configs may be refused."),
    action: &[
        check("Give the spec that each version prints (`--old-spec`, `--new-spec`)."),
        ship_migration("If saved configs break, ship a config migration"),
        announce("or declare it."),
    ],
    cannot_see: "What the code prints as its spec.",
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::Major)
};
