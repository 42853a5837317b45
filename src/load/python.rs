//! The little that can be read off a connector's code without running it: which words stand in it, whether it
//! defines streams, whether it builds the spec. Of TypeScript only the words are read.

use super::read;
use crate::limits::Limits;
use crate::model::{CodeWords, InputError};
use crate::python::Code;
use crate::tree::{Kind, Tree, TreeError, below};

/// What the Python of a package shows.
#[derive(Debug, Default)]
pub(super) struct PythonCode {
    pub(super) words: CodeWords,
    pub(super) code: Code,
    pub(super) words_found: bool,
    /// `source.py` defines or overrides `streams(`.
    pub(super) defines_streams: bool,
    /// The file that defines the spec as a class.
    pub(super) spec_in_code: Option<String>,
    /// Files and folders that are there and may not be read.
    pub(super) errors: Vec<InputError>,
}

/// Folders whose code is no part of the connector.
const NOT_SHIPPED: [&str; 6] =
    ["unit_tests", "integration_tests", "tests", "__pycache__", ".venv", "node_modules"];

/// A folder with more Python files than this is no connector.
const MOST_FILES: usize = 2_000;

/// Reads the Python files of a package.
pub(super) fn scan(tree: &dyn Tree, package: &str, limits: &Limits) -> PythonCode {
    let mut code = PythonCode::default();
    let mut folders = vec![package.to_owned()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        let entries = match tree.list(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                code.refuse(&folder, &error);
                continue;
            }
        };
        for entry in entries {
            let (path, name) = (below(&folder, &entry.name), entry.name);
            if matches!(entry.kind, Ok(Kind::Folder)) {
                if !NOT_SHIPPED.contains(&name.as_str()) && !entry.is_link {
                    folders.push(path);
                }
                continue;
            }
            if !name.ends_with(".py") {
                continue;
            }
            read += 1;
            // What is no file is read by no import either.
            let bytes =
                if read <= MOST_FILES { tree.read(&path, limits.input_bytes).map(Some) } else { Ok(None) };
            let bytes = match bytes {
                Ok(Some(bytes)) => bytes,
                Ok(None) => {
                    code.code.add_unread(path);
                    continue;
                }
                Err(error) => {
                    code.refuse(&path, &error);
                    code.code.add_unread(path);
                    continue;
                }
            };
            let text = String::from_utf8_lossy(bytes.as_ref()).into_owned();
            code.code.add(path, text.clone());
            let text = without_comments(&text, "#");
            code.words_found |= !text.trim().is_empty();
            code.defines_streams |= name == "source.py" && text.contains("def streams(");
            if name == "spec.py" || (name == "source.py" && text.contains("def spec(")) {
                code.spec_in_code = Some(name);
            }
            code.words.add_code(&text);
        }
    }
    code.words.has_python = code.words_found;
    code
}

/// Adds the words of a connector's TypeScript, which lies in `src/`.
pub(super) fn add_typescript(tree: &dyn Tree, limits: &Limits, code: &mut PythonCode) {
    let mut folders = vec!["src".to_owned()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        let entries = match tree.list(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                code.refuse(&folder, &error);
                continue;
            }
        };
        for entry in entries {
            let path = below(&folder, &entry.name);
            match entry.kind {
                Ok(Kind::Folder) if !NOT_SHIPPED.contains(&entry.name.as_str()) && !entry.is_link => {
                    folders.push(path);
                }
                Ok(Kind::Folder) => {}
                _ if [".ts", ".tsx", ".js", ".mjs"].iter().any(|ending| path.ends_with(ending))
                    && read < MOST_FILES =>
                {
                    read += 1;
                    match tree.read(&path, limits.input_bytes) {
                        Ok(bytes) => {
                            let text = String::from_utf8_lossy(bytes.as_ref()).into_owned();
                            code.words.add(&without_comments(&text, "//"));
                        }
                        Err(error) => code.refuse(&path, &error),
                    }
                }
                _ => {}
            }
        }
    }
}

impl PythonCode {
    /// Says what is there and may not be read; that something is missing or no file is nothing to say.
    fn refuse(&mut self, path: &str, error: &TreeError) {
        if !error.is_of_the_files() {
            self.errors.push(read::not_given(path, error));
        }
    }
}

/// Drops what follows the sign of a comment that stands outside quotes.
fn without_comments(text: &str, sign: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let mut quote = None;
        let end = line.char_indices().find(|(at, c)| {
            match (quote, c) {
                (None, '\'' | '"') => quote = Some(*c),
                (Some(open), c) if open == *c => quote = None,
                (None, _) if line[*at..].starts_with(sign) => return true,
                _ => {}
            }
            false
        });
        kept.push_str(end.map_or(line, |(at, _)| &line[..at]));
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_comment_is_no_name() {
        let mut words = CodeWords::default();
        words.add(&without_comments("x = 'a#b'  # pull_requests are gone\nclass IssueEvents(Stream):", "#"));
        assert!(!words.mention("pull_requests"));
        assert!(words.mention("issue_events"));
    }
}
