use crate::rules::prelude::*;

/// Airbyte's own backward compatibility test is turned off for this release.
pub(crate) static CHECK: Check = Check {
    id: "compatibility-test-disabled",
    title: "Airbyte's own backward compatibility test is turned off for this release",
    level: Severity::Warning,
    checks: "`backward_compatibility_tests_config.disable_for_version` in the sections `spec` and `discovery` of \
             `acceptance-test-config.yml`, on the new side. It counts where it names the old version, because the tests skip \
             the comparison with that version and no other. A file that cannot be read is told where that is new.",
    why: "Somebody decided that the test may not stop this release. It may find a break that is meant, or be a false alarm. \
          Nobody declares the break by it, and users are upgraded without a warning.",
    example: Example {
        context: Context::AcceptanceTests,
        before: &[],
        after: &[
            "acceptance_tests:",
            "  spec:",
            "    tests:",
            "      - backward_compatibility_tests_config:",
            "          disable_for_version: 1.4.2",
        ],
    },
    action: "Compare the findings of the spec or the catalog with what the test was turned off for. To accept them, waive \
             each with a reason, or set `disabled-compatibility-tests = \"waive\"` under `[switches]`.",
    references: &[airbyte!(
        "The acceptance tests, which skip the comparison",
        "airbyte-integrations/bases/connector-acceptance-test/connector_acceptance_test/tests/test_core.py"
    )],
};
