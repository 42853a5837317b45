use crate::diff::MetadataChange;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "meta-registry-pin-passes-break",
    title: "A registry moves its users past a declared break",
    affects: Affects::Everyone,
    checks: "`registryOverrides.*.dockerImageTag` that is added, removed or changed, so that a registry \
             serves a version after a declared break that it did not serve before and that an earlier \
             release brought.",
    why: "Users who stayed on the pinned version get the break at once, and its deadline may have passed.",
    example: Example {
        context: Context::Metadata,
        before: &[
            "dockerImageTag: 2.1.0",
            "registryOverrides: {cloud: {dockerImageTag: 1.4.1}}",
            r#"releases: {breakingChanges: {2.0.0: {message: Orders are removed., upgradeDeadline: "2024-01-01"}}}"#,
        ],
        after: &[
            "dockerImageTag: 2.1.0",
            "registryOverrides: {cloud: {enabled: true}}",
            r#"releases: {breakingChanges: {2.0.0: {message: Orders are removed., upgradeDeadline: "2024-01-01"}}}"#,
        ],
    },
    effect: Template::new(
        "[Users of a registry get {new} instead of {old}, with {detail}|Users of a registry get a declared \
         break] at once. Connections past a deadline are paused.",
    ),
    action: &[
        check("Check what the breaks require and whether the deadlines leave time."),
        announce("Move the deadline, or tell the users of the registry."),
    ],
    cannot_see: "Which version the registry really serves, and how many users it has.",
    applies: |delta, _| match &delta.change {
        Change::Metadata(MetadataChange::RegistryPin { breaks, .. }) if !breaks.is_empty() => {
            Some(Level::Review)
        }
        _ => None,
    },
    references: &[BREAKING_CHANGE_POLICY],
    ..Rule::review(Bump::None)
};
