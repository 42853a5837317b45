use crate::rules::prelude::*;

/// A waiver ended, and what it accepted is there.
pub(crate) static CHECK: Check = Check {
    id: "waiver-expired",
    title: "A waiver ended, and what it accepted is there",
    level: Severity::Error,
    checks: "`until` of the waivers in the policy file. A waiver that ends with a version holds while the new version is \
             below it. One that ends with a day holds through that day. A waiver is not reported where another one \
             accepts the same and holds, or where nothing is found that it accepts.",
    why: "Whoever wrote the waiver accepted the finding for a time. The time is over, and the finding counts again in the \
          outcome, the version and the scope.",
    example: Example {
        context: Context::Policy,
        before: &[
            "[[waivers]]",
            r#"rule = "stream-removed""#,
            r#"reason = "nobody syncs it""#,
            r#"until = "3.0.0""#,
        ],
        after: &[
            "[[waivers]]",
            r#"rule = "stream-removed""#,
            r#"reason = "nobody syncs it""#,
            r#"until = "2.0.0""#,
        ],
    },
    action: "Undo the change, or declare it. If it is still acceptable, set another `until` and say why in `reason`.",
    references: &[BREAKING_CHANGE_POLICY, POLICY_FILE],
};
