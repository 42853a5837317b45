use crate::diff::MetadataChange;
use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "meta-registry-pin-passes-break",
    title: "Users of a registry pass a declared break",
    affects: Affects::Everyone,
    checks: "`registryOverrides.*.dockerImageTag` that comes, goes or moves, so that a registry serves a version behind a \
             declared break that it did not serve before, and that this release does not bring.",
    why: "Whoever was held at the pin gets the break at once, and its deadline may have passed.",
    example: "The pin 6.2.24 goes while the connector is at 7.0.2, behind the break 7.0.0.",
    effect: Template::new(
        "[A registry serves {new} instead of {old}: its users pass {detail}|Users of a registry pass a declared break] at \
         once, and where a deadline has passed their connections are paused.",
    ),
    action: &[
        check("Look at what the breaks ask of users, and whether their deadlines leave time for it."),
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
