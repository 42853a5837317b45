//! Questions that Airbyte's own pages and tools answer differently. A project answers each once, by name, instead of
//! finding out which rules are concerned.

/// A disputed question.
#[derive(Debug)]
pub struct Switch {
    /// Stable, kebab-case.
    pub name: &'static str,
    /// What is disputed.
    pub question: &'static str,
    /// Who says what.
    pub positions: &'static str,
    /// The rules whose level it sets; all have the same level of their own.
    pub rules: &'static [&'static str],
}

/// Every switch, by name.
pub static SWITCHES: &[Switch] = &[
    Switch {
        name: "config-property-removed",
        question: "an optional config property leaves an open object",
        positions: "the regression tests and later acceptance tests fail it; the runtime accepts the saved value and ignores it",
        rules: &["spec-property-removed-open"],
    },
    Switch {
        name: "config-type-widening",
        question: "a config property accepts more types, numbers instead of integers among them",
        positions: "the acceptance and the regression tests call integer to number a break; the runtime accepts it",
        rules: &["spec-type-widened"],
    },
    Switch {
        name: "default-changed",
        question: "the default of a config property changed",
        positions: "the regression tests note it as compatible; configs that omit the key behave differently",
        rules: &["spec-default-changed"],
    },
    Switch {
        name: "incremental-added",
        question: "a stream gains incremental syncs",
        positions: "the schema-change page lists a new sync mode as a reason for a major version; the handbook's spirit is a feature",
        rules: &["sync-mode-incremental-added"],
    },
    Switch {
        name: "nullability-removed",
        question: "a field no longer allows null",
        positions: "the acceptance and the regression tests fail it; destinations treat every column as nullable",
        rules: &["field-nullability-removed"],
    },
    Switch {
        name: "numeric-widening",
        question: "an integer column becomes a number column",
        positions: "the handbook, the tests and real releases call it breaking; the policy page calls it safe",
        rules: &["field-type-widened-numeric"],
    },
    Switch {
        name: "oauth-scope-changed",
        question: "the OAuth scope changed",
        positions: "the regression tests fail it; saved tokens go on working until users sign in again",
        rules: &["spec-oauth-scope-changed"],
    },
    Switch {
        name: "partitioned-state",
        question: "saved state goes from one position to one per partition",
        positions: "the regression tests fail it and source-jira 1.0.0 declared it; the Python CDK resumes",
        rules: &["state-partitioned"],
    },
    Switch {
        name: "primary-key-added",
        question: "a stream that had no primary key gets one",
        positions: "the schema-change page asks for a major version; the platform pauses only connections with another key",
        rules: &["primary-key-added"],
    },
    Switch {
        name: "removal",
        question: "a stream or a field is gone",
        positions: "the release policy calls it breaking; the platform goes on unless a cursor or key is lost",
        rules: &["field-removed", "nested-field-removed", "stream-removed"],
    },
    Switch {
        name: "state-format",
        question: "saved state is of another form and everything is read again",
        positions: "the handbook's table says patch; the policy page and real releases call it breaking",
        rules: &[
            "cursor-changed",
            "state-class-changed",
            "state-cursor-format-changed",
            "state-cursor-key-renamed",
            "state-cursor-value-type-changed",
            "state-departitioned",
            "state-legacy-map-replaced",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn a_switch_sets_rules_of_one_level_and_no_rule_has_two() {
        let mut seen = std::collections::BTreeSet::new();
        for switch in SWITCHES {
            let levels: Vec<_> = switch
                .rules
                .iter()
                .map(|id| rules::find(id).unwrap_or_else(|| panic!("{id} is no rule")).level)
                .collect();
            assert!(levels.windows(2).all(|pair| pair[0] == pair[1]), "{}: {levels:?}", switch.name);
            assert!(switch.rules.iter().all(|id| seen.insert(*id)), "{}", switch.name);
        }
        assert!(SWITCHES.is_sorted_by_key(|switch| switch.name));
    }
}
