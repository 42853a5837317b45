//! Which of Airbyte's own backward compatibility tests a connector turns off, from `acceptance-test-config.yml`.
//!
//! `backward_compatibility_tests_config.disable_for_version` of a test names the version that the new one is compared with.
//! The connector acceptance tests (`skip_backward_compatibility_tests` in `tests/test_core.py` of
//! `connector_acceptance_test`) skip the comparison of the specs, or of the catalogs that `discover` prints, where the label
//! `io.airbyte.version` of the previous image equals it as a text. Each entry of a section is a test of its own there, so
//! that others may still compare. The standard tests of the Python CDK (`disabled_for_version` in
//! `test/standard_tests/_spec_compatibility.py`) read the entries of the section `spec` alone, and one that names the
//! published version turns the test off; they say of themselves that it is for findings that a config migration absorbs and
//! for false alarms. One entry is enough here too, and the number that YAML makes of an unquoted version counts as its text.
//!
//! Two layouts are in use: `acceptance_tests.spec.tests[]`, and `tests.spec[]` of older files, which the acceptance tests
//! turn into the first. Nothing else is asked of the file: it is no part of the connector, and one that cannot be read
//! turns nothing off, which is said.

use serde_json::Value;

use super::read;
use crate::model::{Artifact, Connector, DisabledTest, InputError, Located, Pointer};

/// The file, in the folder of the connector.
const FILE: &str = "acceptance-test-config.yml";

/// The sections with what they compare.
const SECTIONS: [(&str, Artifact); 2] = [("spec", Artifact::Spec), ("discovery", Artifact::Catalog)];

/// The backward compatibility tests that a side turns off, in the order of the sections.
///
/// # Errors
/// The file is there and cannot be read.
pub fn disabled_tests(side: &Connector) -> Result<Vec<DisabledTest>, InputError> {
    let Some(tree) = side.tree.as_deref() else { return Ok(Vec::new()) };
    if !read::is_there(tree, FILE) {
        return Ok(Vec::new());
    }
    let (value, document) = read::value_at(tree, FILE, Artifact::Metadata, &side.limits)?;
    let mut disabled = Vec::new();
    for (section, artifact) in SECTIONS {
        for path in [["acceptance_tests", section, "tests"].as_slice(), &["tests", section]] {
            let tests = path.iter().try_fold(&value, |value, key| value.get(key)).and_then(Value::as_array);
            for (index, test) in tests.into_iter().flatten().enumerate() {
                let keys = ["backward_compatibility_tests_config", "disable_for_version"];
                let version = match &test[keys[0]][keys[1]] {
                    Value::String(version) => version.clone(),
                    Value::Number(version) => version.to_string(),
                    _ => continue,
                };
                let index = index.to_string();
                let pointer = Pointer::new(path.iter().copied().chain([index.as_str()]).chain(keys));
                disabled.push(DisabledTest {
                    artifact,
                    version,
                    place: Located::in_document(document.clone(), pointer),
                });
            }
        }
    }
    Ok(disabled)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::tree::Memory;

    fn disabled(text: &str) -> Vec<(&'static str, String)> {
        let tree = Arc::new(Memory::new("side").file(FILE, text));
        let side = Connector { tree: Some(tree), ..Connector::default() };
        disabled_tests(&side)
            .expect("YAML")
            .into_iter()
            .map(|test| (test.artifact.name(), test.version))
            .collect()
    }

    #[test]
    fn both_layouts_name_versions() {
        let off = |version: &str| {
            format!("backward_compatibility_tests_config: {{disable_for_version: {version}}}")
        };
        let new = format!(
            "acceptance_tests:\n  spec:\n    tests:\n      - spec_path: a\n      - {}\n  discovery:\n    tests:\n      - {}\n",
            off("1.2.3"),
            off("\"1.2.0\"")
        );
        assert_eq!(disabled(&new), [("spec", "1.2.3".to_owned()), ("catalog", "1.2.0".to_owned())]);
        let old = format!("tests:\n  spec:\n    - {}\n  discovery:\n    - {}\n", off("1.2"), off("null"));
        assert_eq!(disabled(&old), [("spec", "1.2".to_owned())]);
        for other in [
            "acceptance_tests:\n  spec:\n    bypass_reason: x\n",
            "acceptance_tests: [spec]\n",
            "acceptance_tests:\n  spec:\n    tests:\n      - 3\n      - {backward_compatibility_tests_config: x}\n",
            &format!("acceptance_tests:\n  basic_read:\n    tests:\n      - {}\n", off("1.2.3")),
            "",
        ] {
            assert_eq!(disabled(other), [], "{other}");
        }
        let tree = Arc::new(Memory::new("side").file(FILE, "a: [\n"));
        let unread = disabled_tests(&Connector { tree: Some(tree), ..Connector::default() });
        assert_eq!(unread.err().and_then(|error| error.line), Some(1));
    }
}
