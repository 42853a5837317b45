use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-removed",
    title: "A stream was removed",
    affects: Affects::Stream,
    applies: |delta, _| match delta.change {
        Change::Catalog(CatalogChange::StreamRemoved(RemovalCertainty::MayHaveMoved)) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "A stream of the old catalog that the new one does not list. It is breaking when the new \
              catalog is complete, or when both its entry and its schema file are gone and its name stands \
              nowhere in the new package's code; otherwise it may have moved to Python and is to be \
              reviewed.",
    why: "Previously synced data stops arriving.",
    example: "`pull_requests` goes.",
    effect: Template::new(
        "[`{stream}`|The stream] is no longer synced. The tables stay as they are and go stale; the platform drops \
         the stream at the next schema refresh.",
    ),
    action: &[
        announce("Announce the removal and name the stream in `scopedImpact`."),
        document("If it was renamed, list the old name"),
        choose("and tell users to enable the new one"),
        refresh("and re-sync it."),
    ],
    cannot_see: "Streams that Python builds under a name that stands nowhere in the code.",
    references: &[
        docs!("source-jira 4.0.0", "integrations/sources/jira-migrations#upgrading-to-400"),
        docs!("source-shopify 2.6.1", "integrations/sources/shopify-migrations#upgrading-to-261"),
        PULL_REQUEST_HANDBOOK,
    ],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
