use crate::rules::prelude::*;

/// `pyproject.toml` has another version, or none.
pub(crate) static CHECK: Check = Check {
    id: "meta-version-differs-in-pyproject",
    title: "`pyproject.toml` has another version, or none",
    level: Severity::Error,
    checks: "The version in `pyproject.toml` against `dockerImageTag`; and of a connector in Python, that the \
             file has a version under `[tool.poetry]`. What was wrong before is a warning.",
    why: "Airbyte's check asks that they agree; the Python package and the image would be published \
             under different versions.",
    example: Example {
        context: Context::Pyproject,
        before: &["[tool.poetry]", r#"version = "1.4.2""#],
        after: &["[tool.poetry]", r#"version = "1.4.2""#],
    },
    action: "Write the same version in both, in `pyproject.toml` under `[tool.poetry]`.",
    references: &[CONNECTOR_CHECKS],
};
