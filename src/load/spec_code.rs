//! Specs that a connector builds in Java or Kotlin. Code is not run, so what such a spec accepts is not known.
//!
//! A connector of the Kotlin CDK has a class that is a `ConfigurationSpecification`; one in Java may return a
//! `ConnectorSpecification` of its own.

use super::folder::Directory;
use crate::tree::{Kind, below};

/// Where the code of a connector lies.
const CODE: &str = "src/main";

/// What code makes where it builds a spec.
const SIGNS: [&str; 2] = ["ConfigurationSpecification", "ConnectorSpecification()"];

/// A folder with more files of code than this is no connector.
const MOST_FILES: usize = 2_000;

/// The first file of Java or Kotlin that builds a spec.
pub(super) fn find(directory: &Directory<'_>) -> Option<String> {
    let mut folders = vec![CODE.to_owned()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in directory.tree.list(&folder).unwrap_or_default() {
            let path = below(&folder, &entry.name);
            match entry.kind {
                Ok(Kind::Folder) if !entry.is_link => folders.push(path),
                Ok(Kind::File { .. }) if path.ends_with(".kt") || path.ends_with(".java") => {
                    read += 1;
                    if read > MOST_FILES {
                        return None;
                    }
                    let text = directory.tree.read(&path, directory.limits.input_bytes);
                    if text.is_ok_and(|text| builds(&String::from_utf8_lossy(text.as_ref()))) {
                        return Some(path);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// Whether a line of code, and no import or comment, makes a spec.
fn builds(text: &str) -> bool {
    let is_code = |line: &&str| !["import ", "//", "/*", "*"].iter().any(|start| line.starts_with(start));
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let names = |line: &str, sign: &str| {
        line.match_indices(sign).any(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + sign.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })
    };
    text.lines().map(str::trim_start).filter(is_code).any(|line| SIGNS.iter().any(|sign| names(line, sign)))
}

#[cfg(test)]
mod tests {
    use super::builds;

    #[test]
    fn only_what_makes_a_spec_counts() {
        for (text, expected) in [
            ("class ShopSpecification : ConfigurationSpecification() {", true),
            ("class ShopSpecification :\n    ConfigurationSpecification(),\n    Other", true),
            ("  return ConnectorSpecification()", true),
            ("import io.airbyte.ConfigurationSpecification", false),
            ("// The ConnectorSpecification() of the file.", false),
            ("sealed interface CursorConfigurationSpecification", false),
            ("ConnectorSpecification spec = clone(originalSpec);", false),
        ] {
            assert_eq!(builds(text), expected, "{text}");
        }
    }
}
