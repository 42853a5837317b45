//! Config migrations in Python: which keys of the config they name.
//!
//! The CDK gives such code no place of its own. It is known by what it does or is called: it sends the platform a changed
//! config, or its name or that of its file speaks of migrating or transforming a config. What it does with a key is not
//! followed, so it never makes a break harmless; but a break of a key that a new migration names is not certain any more.

use std::collections::BTreeSet;

use crate::diff::{Change, Delta};
use crate::model::Connector;
use crate::python::{Code, Definition};

/// How code sends a changed config to the platform (`airbyte_cdk.config_observation`), or writes it back.
const SENDS_A_CONFIG: [&str; 4] = [
    "create_connector_config_control_message",
    "emit_configuration_as_airbyte_control_message",
    "observe_connector_config",
    "write_config",
];

/// Where the new version migrates the key that a difference of the spec is about, and the old one did not.
pub(super) fn names_key(delta: &Delta, old: &Connector, new: &Connector) -> Option<String> {
    let (Change::Spec(_), Some(key)) = (&delta.change, delta.field.last()) else { return None };
    let named = |code: &Code, migration: &Definition| {
        let (inside, _) = code.lineage(migration);
        inside.iter().any(|part| part.texts.contains(key))
    };
    // A name may have been left for another.
    let was_named = |name: &str| old.code.defined(name).iter().any(|migration| named(&old.code, migration));
    new.code
        .definitions()
        .filter(|definition| is_migration(definition))
        .find(|migration| named(&new.code, migration) && !was_named(&migration.name))
        .map(|migration| format!("{}:{}", migration.file, migration.line))
}

fn is_migration(definition: &Definition) -> bool {
    let speaks_of = |text: &str| {
        let text = text.to_lowercase();
        let word = ["migrat", "transform"].iter().any(|word| text.contains(word));
        word && !text.contains("state")
    };
    let file = definition.file.rsplit('/').next().unwrap_or_default();
    let names_config = |text: &str| text.to_lowercase().contains("config");
    let is_called_so = speaks_of(&definition.name) && definition.name.to_lowercase().contains("migrat")
        || speaks_of(file) && names_config(file);
    let sends: BTreeSet<&str> = definition.names.iter().map(String::as_str).collect();
    is_called_so || SENDS_A_CONFIG.iter().any(|name| sends.contains(name))
}
