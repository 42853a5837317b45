use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "stream-removed",
    title: "A stream was removed",
    affects: Affects::Stream,
    applies: |delta, _| match delta.change {
        Change::Catalog(CatalogChange::StreamRemoved(RemovalCertainty::MayHaveMoved)) => Some(Level::Review),
        _ => Some(Level::Breaking),
    },
    checks: "A stream of the old catalog that the new one does not list. It is breaking if the new catalog \
             is complete, or if its entry and its schema file are both removed and the code of the new \
             package does not contain its name. Otherwise the stream may have moved to Python, and the \
             finding is `review`.",
    why: "Data that users synced before stops arriving. The tables stay, and the platform drops the stream \
          at the next schema refresh.",
    example: Example {
        context: Context::Catalog,
        before: &[
            r#"{"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},"#,
            r#"{"name": "reviews", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}"#,
        ],
        after: &[r#"{"name": "users", "json_schema": {}, "supported_sync_modes": ["full_refresh"]},"#],
    },
    effect: Template::new("[`{stream}`|The stream] is no longer synced, and its tables stay as they are."),
    action: &[
        announce("Declare it for the stream (`scopedImpact`)."),
        document("If renamed, use the old name in `scopedImpact`,"),
        document("and users enable the new stream; else they lose it."),
    ],
    confirmed_by: Template::new("Check whether users lose [`{stream}`|the streams that may be removed]."),
    cannot_see: "Streams that Python builds under a name that the code does not contain.",
    references: &[
        docs!("source-jira 4.0.0", "integrations/sources/jira-migrations#upgrading-to-400"),
        docs!("source-shopify 2.6.1", "integrations/sources/shopify-migrations#upgrading-to-261"),
        PULL_REQUEST_HANDBOOK,
    ],
    ..Rule::breaking(BreakingType::StreamOrPropertyRemoval)
};
