//! What comparing the configs that two specs accept says of an edit.

use serde_json::Value;

/// What comparing the configs that both specs accept says of one difference.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Every saved config is still accepted.
    Proof {
        /// What was shown.
        message: String,
    },
    /// A saved config that is refused.
    Witness {
        /// The config.
        value: Value,
        /// What the validator says.
        message: String,
    },
    /// A config that is refused, and that the form does not save: it lacks the constant that tells options apart, or has
    /// another text where a date belongs.
    Unlikely {
        /// The config.
        value: Value,
        /// What the validator says.
        message: String,
    },
    /// The config migrations of the new manifest leave every saved config that was tried in a form that is accepted, at
    /// the first start and at the second.
    Migrated {
        /// How many configs were tried.
        tried: usize,
    },
    /// A sample of a saved config is refused.
    Sample {
        /// Which one, and what the validator says.
        message: String,
    },
    /// Neither could be shown.
    Unknown {
        /// Why.
        reason: String,
    },
}
