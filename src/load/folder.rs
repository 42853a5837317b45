//! A connector directory as its readers see it: names, and documents below a limit.

use std::collections::HashMap;
use std::sync::Arc;

use super::read;
use crate::limits::Limits;
use crate::model::{Document, ErrorCause, InputError};
use crate::tree::{Entry, Kind, Tree, TreeError, below};

/// A connector directory and how much of its files is read.
pub(super) struct Directory<'d> {
    pub(super) tree: &'d Arc<dyn Tree>,
    pub(super) limits: &'d Limits,
}

impl<'d> Directory<'d> {
    pub(super) fn new(tree: &'d Arc<dyn Tree>, limits: &'d Limits) -> Self {
        Self { tree, limits }
    }

    pub(super) fn tree(&self) -> &dyn Tree {
        &**self.tree
    }

    /// Whether something other than a folder has this name. What it is, is told when it is read.
    pub(super) fn has(&self, name: &str) -> bool {
        read::is_there(self.tree(), name)
    }

    pub(super) fn document(&self, name: &str) -> Result<Arc<Document>, InputError> {
        read::document(self.tree(), name, self.limits)
    }

    /// What lies directly below a folder of this directory; nothing where there is no such folder. A folder that is there
    /// and cannot be listed is an error, since anything may be in it.
    pub(super) fn entries(&self, folder: &str, errors: &mut Vec<InputError>) -> Vec<Entry> {
        match self.tree.list(folder) {
            Ok(entries) => {
                errors.extend(self.doubtful(folder, &entries));
                entries
            }
            Err(error) => {
                if is_unseen(&error) {
                    let name = match folder.trim_end_matches('/') {
                        "" => self.tree.shown(""),
                        name => name.to_owned(),
                    };
                    errors.push(read::not_given(&name, &error));
                }
                Vec::new()
            }
        }
    }

    /// What makes nobody sure of what a folder holds: names that some systems do not tell apart, and more of them than a
    /// connector has.
    fn doubtful(&self, folder: &str, entries: &[Entry]) -> Option<InputError> {
        let error = |file: String, cause: ErrorCause, message: String| {
            Some(InputError { cause, artifact: None, file, line: None, message })
        };
        if entries.len() > MOST_NAMES {
            let name = if folder.is_empty() { self.tree.shown("") } else { folder.to_owned() };
            let message = format!("expected at most {MOST_NAMES} files and folders, found {}", entries.len());
            return error(name, ErrorCause::Limit, message);
        }
        let mut seen: HashMap<String, &str> = HashMap::with_capacity(entries.len());
        let (first, second) = entries.iter().find_map(|entry| {
            let first = seen.insert(entry.name.to_lowercase(), &entry.name)?;
            Some((first, &entry.name))
        })?;
        let message = format!(
            "expected names that differ in more than case, found {first} and {second}: Windows and macOS keep one of them"
        );
        error(below(folder, second), ErrorCause::NotAFile, message)
    }

    /// The names of these, folders with a `/` at their end.
    pub(super) fn names(&self, folder: &str, errors: &mut Vec<InputError>) -> Vec<String> {
        let name = |entry: Entry| match entry.kind {
            Ok(Kind::Folder) => format!("{}/", entry.name),
            _ => entry.name,
        };
        let mut names: Vec<String> = self.entries(folder, errors).into_iter().map(name).collect();
        names.sort();
        names
    }
}

/// A folder with more names than this is none of a connector.
const MOST_NAMES: usize = 20_000;

/// Whether something is there that may hold anything: it is not seen, and not missing.
pub(super) fn is_unseen(error: &TreeError) -> bool {
    match error {
        TreeError::LinkToNowhere { .. } => true,
        // A plain file of that name is no folder, and holds nothing that would be in one.
        TreeError::Other { is_file, .. } => !is_file,
        error => !error.is_of_the_files(),
    }
}
