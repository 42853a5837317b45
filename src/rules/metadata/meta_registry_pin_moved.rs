use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "meta-registry-pin-moved",
    title: "A registry serves another version",
    affects: Affects::Nobody,
    checks: "`registryOverrides.*.dockerImageTag` that is added, removed or changed, with no declared \
             break in between.",
    why: "The pin decides which version users of the registry get.",
    example: Example {
        context: Context::Metadata,
        before: &["registryOverrides: {cloud: {dockerImageTag: 1.4.1}}"],
        after: &["registryOverrides: {cloud: {enabled: true}}"],
    },
    effect: Template::new("Users of the registry get [{new} instead of {old}|another version]."),
    action: NOTHING,
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::cosmetic()
};
