//! The checks of a declaration, with what `explain` prints of them.

/// A check of what the release declares.
#[derive(Debug)]
pub struct Check {
    /// Stable, kebab-case: `meta-…` for what stands in the metadata.
    pub id: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What is looked at, and when it is wrong.
    pub checks: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to write.
    pub action: &'static str,
}

/// Every check.
pub static CHECKS: &[Check] = &[
    Check {
        id: "meta-allowed-hosts-introduced",
        title: "The list of allowed hosts is new",
        checks: "`allowedHosts.hosts` where there was none.",
        why: "Without a list every host may be reached; with one all others are blocked.",
        action: "List every host the connector reaches, those a user sets included (`${host}`).",
    },
    Check {
        id: "meta-allowed-hosts-narrowed",
        title: "Hosts left the list of allowed hosts",
        checks: "Entries of `allowedHosts.hosts` that no new entry covers.",
        why: "Requests to them are blocked, and syncs that need them fail.",
        action: "Keep them unless nothing reaches them any more.",
    },
    Check {
        id: "meta-breaking-entry-missing",
        title: "A break is not declared",
        checks: "There is a breaking finding, and `releases.breakingChanges` has no entry between the old version \
                 (excluded) and the new one.",
        why: "Without an entry the platform upgrades every user with no warning and no deadline.",
        action: "Add an entry for the new version with `message`, `upgradeDeadline` and, where only some streams \
                 break, `scopedImpact`; write the migration guide.",
    },
    Check {
        id: "meta-bump-too-small",
        title: "The version moved too little",
        checks: "The bump from the old to the new `dockerImageTag`, held against what the findings ask for. Below \
                 1.0.0 a break needs a minor version and an addition a patch.",
        why: "Users and tools read from the version whether they have to act.",
        action: "Choose at least the version the report names. For additions this is advice.",
    },
    Check {
        id: "meta-connector-type-changed",
        title: "The connector changed between source and destination",
        checks: "`connectorType`.",
        why: "Connections use the connector on one end; none of them can go on.",
        action: "Release it as a connector of its own.",
    },
    Check {
        id: "meta-definition-id-changed",
        title: "The connector has another definition id",
        checks: "`definitionId`.",
        why: "The platform knows connectors by it: users of the old id are never upgraded.",
        action: "Restore the id.",
    },
    Check {
        id: "meta-docker-repository-changed",
        title: "The image is in another repository",
        checks: "`dockerRepository`.",
        why: "Mirrors and self-managed installations pull by it.",
        action: "Make sure the image is published there, and say so in the changelog.",
    },
    Check {
        id: "meta-entry-without-finding",
        title: "A declared break is not found",
        checks: "There is an entry for this release and no breaking finding.",
        why: "The break may lie in code that these files do not show, or an input is missing.",
        action: "Check that the entry describes this release; give captured catalogs or state samples to confirm it.",
    },
    Check {
        id: "meta-license-changed",
        title: "The licence changed",
        checks: "`license`.",
        why: "Users may have to agree to it before they upgrade.",
        action: "Say so in the changelog.",
    },
    Check {
        id: "meta-scope-ambiguous-namespace",
        title: "A stream of the scope stands in several namespaces",
        checks: "The streams that break and those of `impactedScopes`, held against the old catalog.",
        why: "`impactedScopes` takes names without a namespace: users of every stream of that name are held back.",
        action: "Nothing to write; say in the message which namespace is meant.",
    },
    Check {
        id: "meta-scope-misses-stream",
        title: "The scope leaves out streams that break",
        checks: "The streams of breaking findings, held against the `impactedScopes` of the entries of this release.",
        why: "Users who sync only the streams left out are upgraded with no warning.",
        action: "Add the streams to `impactedScopes`, by name; for renames the old name.",
    },
    Check {
        id: "meta-scope-with-global-finding",
        title: "The scope names streams and the break reaches everyone",
        checks: "A breaking finding that is not about single streams, beside a `scopedImpact`.",
        why: "Users outside the scope are upgraded with no warning.",
        action: "Drop `scopedImpact`, or split the release.",
    },
    Check {
        id: "meta-support-level-lowered",
        title: "The support level went down",
        checks: "`supportLevel`, from certified to community or archived.",
        why: "Users choose connectors by it.",
        action: "Say so in the changelog.",
    },
    Check {
        id: "meta-version-not-bumped",
        title: "The version did not move",
        checks: "The connector changed, and `dockerImageTag` is the same or lower.",
        why: "A version that does not move is not released, or replaces what users run.",
        action: "Choose at least the version the report names.",
    },
    Check {
        id: "meta-version-unreadable",
        title: "The version cannot be read",
        checks: "`dockerImageTag` is missing or is not three numbers such as `1.2.3`, with or without a pre-release.",
        why: "Without it neither the bump nor the declaration can be judged.",
        action: "Write `dockerImageTag: 1.2.3`.",
    },
    Check {
        id: "spec-golden-differs",
        title: "The golden spec and the spec no longer agree",
        checks: "Specs among the tests (`integration_tests/spec.json`, `expected_spec.json` and the like), where the \
                 connector ships a spec too and the two agreed before.",
        why: "A test compares the two. Which of them is right this program cannot tell; it judges the one that is \
              shipped.",
        action: "Write what the connector prints on `spec` into the golden file.",
    },
];

impl Check {
    /// The whole explanation, as Markdown.
    pub fn explanation(&self) -> String {
        format!(
            "# {}\n\n{}.\n\n## What it checks\n\n{}\n\n## Why it matters\n\n{}\n\n## What to do\n\n{}\n\n\
             ## Reference\n\nAirbyte's breaking-change policy page; the connector metadata's `releases`.\n",
            self.id, self.title, self.checks, self.why, self.action
        )
    }
}
