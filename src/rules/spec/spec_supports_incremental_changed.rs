use crate::rules::prelude::*;

pub(in crate::rules) static RULE: Rule = Rule {
    id: "spec-supports-incremental-changed",
    title: "The deprecated flag supportsIncremental changed",
    checks: "`supportsIncremental`.",
    why: "The platform reads `supported_sync_modes` of each stream.",
    example: Example {
        context: Context::Spec,
        before: &["supportsIncremental: true"],
        after: &["supportsIncremental: false"],
    },
    effect: Template::new("No change: the sync modes of each stream decide."),
    action: NOTHING,
    references: &[protocol!("The Airbyte protocol, `supportsIncremental`", "#L708")],
    ..Rule::safe(Bump::None)
};
