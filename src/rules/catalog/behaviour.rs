use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "behaviour",
    title: "How a stream requests or reads its records changed",
    affects: Affects::Stream,
    checks: "The request, authentication, error handling, pagination, record selection, transformations, \
             partitions and incremental window of each stream of a manifest, with references resolved. An \
             edit of a shared place is reported once, with the streams it reaches.",
    why: "The catalog does not show it, but it decides which records arrive. Users do not have to act.",
    example: Example {
        context: Context::ManifestStream,
        before: &[
            "retriever:",
            "  type: SimpleRetriever",
            r#"  requester: {type: HttpRequester, url_base: "https://shop.test/v1", path: users}"#,
            "  record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}",
        ],
        after: &[
            "retriever:",
            "  type: SimpleRetriever",
            r#"  requester: {type: HttpRequester, url_base: "https://shop.test/v2", path: users}"#,
            "  record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}",
        ],
    },
    effect: Template::new("More, fewer or other records may arrive[: {detail} changed|]."),
    action: &[
        nothing("Nothing to do if the records are the same;"),
        document("otherwise note it in the changelog."),
    ],
    cannot_see: "What the API answers, and what custom Python classes do.",
    references: &[
        docs!(
            "Low-code manifests of the Python CDK",
            "platform/connector-development/config-based/understanding-the-yaml-file/yaml-overview"
        ),
        Reference::unlinked("A request is not part of the contract with users"),
    ],
    ..Rule::safe(Bump::Patch)
};
