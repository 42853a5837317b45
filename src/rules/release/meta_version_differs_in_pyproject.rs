use crate::rules::prelude::*;

/// `pyproject.toml` has another version.
pub(crate) static CHECK: Check = Check {
    id: "meta-version-differs-in-pyproject",
    title: "`pyproject.toml` has another version",
    level: Severity::Error,
    checks: "The version in `pyproject.toml` against `dockerImageTag`. Where they differed before, this \
             is a warning.",
    why: "Airbyte's check asks that they agree; the Python package and the image would be published \
             under different versions.",
    example: Example {
        context: Context::Pyproject,
        before: &["[project]", r#"version = "1.4.2""#],
        after: &["[project]", r#"version = "1.4.2""#],
    },
    action: "Write the same version in both.",
    references: &[CONNECTOR_CHECKS],
};
