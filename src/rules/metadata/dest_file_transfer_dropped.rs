//! See [`RULE`].

use crate::rules::prelude::*;

/// A destination no longer transfers files.
pub(in crate::rules) static RULE: Rule = Rule {
    id: "dest-file-transfer-dropped",
    title: "A destination no longer transfers files",
    level: Level::Breaking,
    breaking_type: Some(BreakingType::DestinationFormatChange),
    bump: Bump::Major,
    affects: Affects::Everyone,
    decided: Decided::Policy,
    applies: |_| Some(Level::Breaking),
    checks: "`supportsFileTransfer: true` that is gone.",
    why: "The platform matches file streams with destinations by this flag.",
    example: "`supportsFileTransfer: true` goes.",
    effect: Template::new("Connections that copy files stop."),
    action: &[
        announce("Announce it;"),
        choose("users switch such connections off or to another destination."),
    ],
    cannot_see: "",
    reference: "metadata.yaml.",
};
