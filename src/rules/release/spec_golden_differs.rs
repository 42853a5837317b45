use crate::rules::prelude::*;

/// The golden spec and the spec no longer agree.
pub(crate) static CHECK: Check = Check {
    id: "spec-golden-differs",
    title: "The golden spec and the spec no longer agree",
    level: Severity::Warning,
    checks: "Specs among the tests (`integration_tests/spec.json`, `expected_spec.json` and the like), \
             where the connector ships a spec too and the two agreed before.",
    why: "A test compares the two. Which one is right is unknown here; the report judges the one that is \
          shipped.",
    example: Example {
        context: Context::GoldenSpec,
        before: &[r#""region": {"type": "string", "enum": ["us", "eu"]}"#],
        after: &[r#""region": {"type": "string", "enum": ["us", "eu", "uk"]}"#],
    },
    action: "Write what the connector prints on `spec` into the golden file.",
    references: &[BREAKING_CHANGE_POLICY],
};
