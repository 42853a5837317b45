//! A connector directory as its readers see it: names, and documents below a limit.

use std::sync::Arc;

use super::read;
use crate::limits::Limits;
use crate::model::{Document, InputError};
use crate::tree::{Entry, Kind, Tree, TreeError};

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
            Ok(entries) => entries,
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

/// Whether something is there that may hold anything: it is not seen, and not missing.
pub(super) fn is_unseen(error: &TreeError) -> bool {
    match error {
        TreeError::LinkToNowhere { .. } => true,
        // A plain file of that name is no folder, and holds nothing that would be in one.
        TreeError::Other { is_file, .. } => !is_file,
        error => !error.is_of_the_files(),
    }
}
