//! What a manifest does to a saved config before the connector uses it.

use serde_json::Value;

use super::Pointer;

/// `spec.config_normalization_rules` of a manifest, as it resolves.
///
/// Source: `ConfigNormalizationRules` in `declarative_component_schema.yaml` of airbyte-cdk 7.39.1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ConfigRules {
    /// `config_migrations`, the steps of all in order: they run at every start and what they leave is saved.
    pub migrations: Vec<ConfigStep>,
    /// `transformations`: they run at every start after the migrations, and are not saved.
    pub transformations: Vec<ConfigStep>,
    /// `validations`: what a config has to pass afterwards.
    pub validations: Vec<ConfigValidation>,
}

impl ConfigRules {
    /// Whether nothing is done to a config.
    pub fn is_empty(&self) -> bool {
        self.migrations.is_empty() && self.transformations.is_empty()
    }
}

impl ConfigRules {
    /// A step by its number among all, migrations first.
    pub fn step(&self, step: usize) -> Option<&ConfigStep> {
        self.migrations.iter().chain(&self.transformations).nth(step)
    }
}

/// One step, as it is written.
#[derive(Debug, Clone)]
pub struct ConfigStep {
    /// Where it stands, from `spec` on.
    pub pointer: Pointer,
    /// What it does.
    pub kind: ConfigStepKind,
}

/// A step is known by what it does, wherever it stands.
impl PartialEq for ConfigStep {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConfigStepKind {
    /// `ConfigRemapField`.
    Remap {
        /// The field: each part may be a template.
        path: Vec<String>,
        /// Old values with the new ones; both may be templates.
        map: Vec<(String, Value)>,
    },
    /// `ConfigAddFields`.
    Add {
        /// The fields.
        fields: Vec<AddedConfigField>,
        /// A template; empty where there is none.
        condition: String,
    },
    /// `ConfigRemoveFields`.
    Remove {
        /// The fields: parts may be patterns of file names.
        pointers: Vec<Vec<String>>,
        /// A template; empty where there is none.
        condition: String,
    },
    /// What the files do not tell: code of the connector, or a component that is not read.
    Opaque {
        /// What it is.
        what: String,
    },
}

/// A field that `ConfigAddFields` sets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AddedConfigField {
    /// The field; parts are taken as they are written.
    pub path: Vec<String>,
    /// A template.
    pub value: String,
    /// `value_type`.
    pub value_type: Option<ValueType>,
}

/// The type that the CDK asks of what a template gives, before it takes it for more than text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A text.
    String,
    /// A number with a fraction.
    Number,
    /// A whole number, or a boolean.
    Integer,
    /// A boolean.
    Boolean,
}

/// One of the `validations`.
#[derive(Debug, Clone, PartialEq)]
pub enum ConfigValidation {
    /// `DpathValidator` with `ValidateAdheresToSchema`: a value, where it is there, has to adhere to a schema.
    Schema {
        /// The field.
        path: Vec<String>,
        /// The schema.
        schema: Value,
    },
    /// What the files do not tell.
    Opaque {
        /// What it is.
        what: String,
    },
}
