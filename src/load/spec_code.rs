//! Specs that a connector builds in Java or Kotlin. Code is not run, so what such a spec accepts is not known.
//!
//! A connector of the Kotlin CDK has a class that is a `ConfigurationSpecification`; one in Java may return a
//! `ConnectorSpecification` of its own.

use super::folder::Directory;
use crate::tree::{Kind, below};

/// Where the code of a connector lies.
const CODE: &str = "src/main";

/// Types that code names where it builds a spec.
const SIGNS: [&str; 2] = ["ConfigurationSpecification", "ConnectorSpecification"];

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
                    let names = |sign: &str| {
                        text.as_ref()
                            .is_ok_and(|text| memchr::memmem::find(text.as_ref(), sign.as_bytes()).is_some())
                    };
                    if SIGNS.iter().any(|sign| names(sign)) {
                        return Some(path);
                    }
                }
                _ => {}
            }
        }
    }
    None
}
