//! Config migrations in Python: which keys of the config they name.
//!
//! The CDK gives such code no place of its own. It is known by what it does or is called: it sends the platform a changed
//! config, or its name or that of its file speaks of migrating or transforming a config. What it does with a key is not
//! followed, so it never makes a break harmless; but a break of a key that only a new migration names is not certain any
//! more.

use std::cell::OnceCell;

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

/// What a class that is the connector itself defines: it names keys for other reasons.
const IS_A_SOURCE: [&str; 4] = ["check", "check_connection", "streams", "spec"];

/// A migration looks at its own texts and at those of so many classes that it is derived from.
const MOST_CLASSES: usize = 8;

/// The migrations of both versions, found when they are first asked for.
pub(super) struct PythonMigrations<'c> {
    old: &'c Code,
    new: &'c Code,
    found: OnceCell<[Vec<Vec<&'c Definition>>; 2]>,
}

impl<'c> PythonMigrations<'c> {
    pub(super) fn of(old: &'c Connector, new: &'c Connector) -> Self {
        Self { old: &old.code, new: &new.code, found: OnceCell::new() }
    }

    /// Where the new version migrates the key that a difference of the spec is about, and no migration of the old one
    /// named it.
    pub(super) fn of_key(&self, delta: &Delta) -> Option<String> {
        let Change::Spec(_) = &delta.change else { return None };
        let [old, new] = self.found.get_or_init(|| [migrations(self.old), migrations(self.new)]);
        // A key inside others is named with all of them: `type` alone may be anybody's.
        let names = |migration: &Vec<&Definition>| {
            !delta.field.is_empty()
                && delta.field.iter().all(|key| migration.iter().any(|part| part.texts.contains(key)))
        };
        if old.iter().any(names) {
            return None;
        }
        let migration = new.iter().find(|migration| names(migration))?.first()?;
        Some(format!("{}:{}", migration.file, migration.line))
    }
}

/// Each migration with the classes that it is derived from.
fn migrations(code: &Code) -> Vec<Vec<&Definition>> {
    let found = code.definitions().filter(|definition| is_migration(definition));
    found
        .map(|migration| {
            let (mut parts, _) = code.lineage(migration);
            parts.truncate(MOST_CLASSES);
            parts
        })
        .collect()
}

fn is_migration(definition: &Definition) -> bool {
    let is_source = IS_A_SOURCE.iter().any(|member| definition.members.contains(*member));
    let is_exception =
        definition.bases.iter().any(|base| base.ends_with("Error") || base.ends_with("Exception"));
    let in_tests = definition.file.split('/').any(|part| part == "test" || part.starts_with("test_"));
    if definition.is_assignment || is_source || is_exception || in_tests {
        return false;
    }
    let lower = definition.name.to_lowercase();
    let file = definition.file.rsplit('/').next().unwrap_or_default().to_lowercase();
    let speaks_of_config =
        file.contains("config") && ["migrat", "transform"].iter().any(|word| file.contains(word));
    let is_called_so = lower.contains("migrat") && !lower.contains("state") && !file.contains("state");
    is_called_so || speaks_of_config || SENDS_A_CONFIG.iter().any(|name| definition.names.contains(*name))
}
