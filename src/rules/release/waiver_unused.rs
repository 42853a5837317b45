use crate::rules::prelude::*;

/// A waiver matches nothing.
pub(crate) static CHECK: Check = Check {
    id: "waiver-unused",
    title: "A waiver matches nothing",
    level: Severity::Warning,
    checks: "The waivers that are meant for this connector: in its section of the policy file, with its name as `connector`, \
             in a policy file that names no other connector, or in one that lies in the connector's folder. A pattern for \
             several connectors is not reported, and neither is a waiver where something cannot be read.",
    why: "A waiver that is left behind accepts the next change that looks the same, and nobody decides again. One with a \
          mistake in it does not accept what it was written for.",
    example: Example {
        context: Context::Policy,
        before: &[
            "[[waivers]]",
            r#"rule = "stream-removed""#,
            r#"connector = "source-shop""#,
            r#"reason = "nobody syncs it""#,
        ],
        after: &[
            "[[waivers]]",
            r#"rule = "stream-added""#,
            r#"connector = "source-shop""#,
            r#"reason = "nobody syncs it""#,
        ],
    },
    action: "Remove the waiver, or correct what it names. `--format concise` shows the id, the rule and the place of each \
             finding.",
    references: &[BREAKING_CHANGE_POLICY, POLICY_FILE],
};
