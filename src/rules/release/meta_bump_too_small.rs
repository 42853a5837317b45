use crate::rules::prelude::*;

/// The version moved too little.
pub(crate) static CHECK: Check = Check {
    id: "meta-bump-too-small",
    title: "The version moved too little",
    level: Severity::Error,
    checks: "The bump from the old to the new `dockerImageTag`, held against what the findings ask for. Below \
             1.0.0 a break needs a minor version and an addition a patch.",
    why: "Users and tools read from the version whether they have to act.",
    action: "Choose at least the version the report names. For additions this is advice.",
    references: &[BREAKING_CHANGE_POLICY],
};
