use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "behaviour",
    title: "What a stream asks for, or how it reads the answer, changed",
    affects: Affects::Stream,
    checks: "The request, authentication, error handling, pagination, record selection, transformations, partitions \
              and incremental window of each stream of a manifest, resolved; told once for each shared place that was \
              edited, with the streams it reaches.",
    why: "No catalog shows it, and it decides which records arrive. Nobody has to act because of it.",
    example: "`definitions/base_requester` gets another `url_base`.",
    effect: Template::new("The same records, more, fewer or others may arrive[: {detail} changed|]."),
    action: &[
        nothing("Nothing, if the same records arrive."),
        document("If fewer or others do, say so in the changelog."),
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
