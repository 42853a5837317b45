use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "request-values-dropped",
    title: "A request asks for fewer values",
    affects: Affects::Stream,
    checks: "The lists of values in the parameters and bodies of a stream's requests, such as fields and metrics, with \
             references resolved. A value that leaves the schema as well is told there. A list that is gone as a whole does not \
             count.",
    why: "APIs that take a list of fields or metrics answer with those alone. The catalog does not change, but columns \
          and records of what is no longer listed stay empty or do not arrive.",
    example: Example {
        context: Context::Case { place: "`manifest.yaml`", case: "a-metric-less" },
        before: &[r#"request_parameters: {metrics: "clicks,views,visits"}"#],
        after: &[r#"request_parameters: {metrics: "clicks,views"}"#],
    },
    effect: Template::new("Data of the values that are no longer requested stops arriving[ in `{stream}`|]."),
    action: &[
        check("Check whether the API still gives the values that are no longer requested."),
        announce("If users lose data, declare it for the stream (`scopedImpact`)."),
    ],
    cannot_see: "What the API answers.",
    references: &[docs!(
        "Request parameters of low-code manifests",
        "platform/connector-development/config-based/understanding-the-yaml-file/request-options"
    )],
    ..Rule::review(Bump::Major)
};
