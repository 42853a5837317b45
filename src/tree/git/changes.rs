//! What differs between two revisions, and between a revision and the work tree.

use std::collections::{BTreeMap, BTreeSet};

use super::{GitError, ObjectId, Repository};

/// Paths of the work tree that are not as the commit it stands on has them.
#[derive(Debug, Default)]
pub(super) struct Uncommitted {
    pub(super) paths: BTreeMap<String, InWorkTree>,
}

/// What became of a path in the work tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InWorkTree {
    /// It is not there any more.
    Deleted,
    /// What is on disk counts.
    OnDisk,
    /// Another repository, which this one does not look into.
    Repository,
}

/// What differs between two states of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Every path that came, went or differs.
    pub paths: BTreeSet<String>,
    /// Those of them that are other repositories on either side: a submodule that moved. Nothing in it was looked at.
    pub submodules: BTreeSet<String>,
}

/// The mode of a submodule.
const SUBMODULE: &str = "160000";

impl Repository {
    /// What differs between two commits.
    pub(super) fn between(&self, old: &ObjectId, new: &ObjectId) -> Result<Changes, GitError> {
        let mut changes = Changes::default();
        if old == new {
            return Ok(changes);
        }
        // The branch's own `.gitmodules` says nothing about what is told.
        let submodules = "--ignore-submodules=none";
        let command =
            ["diff-tree", "-r", "-z", "--raw", "--no-renames", submodules, old.as_str(), new.as_str()];
        for Raw { path, modes, .. } in raw(&self.run(command)?) {
            if modes.contains(&SUBMODULE.to_owned()) {
                changes.submodules.insert(path.clone());
            }
            changes.paths.insert(path);
        }
        Ok(changes)
    }

    /// What the work tree has that the commit it stands on has not, and the other way round. Files that git ignores do not
    /// count, and neither does what a sparse checkout leaves out.
    pub(super) fn uncommitted(&self) -> Result<Uncommitted, GitError> {
        let mut found = Uncommitted::default();
        if self.work_tree.is_none() {
            return Ok(found);
        }
        // The porcelain command looks at the contents where only the times of files differ.
        let tracked = || {
            let flags = [
                "--raw",
                "-z",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--ignore-submodules=dirty",
            ];
            self.run(["diff"].into_iter().chain(flags).chain(["HEAD", "--"]))
        };
        let untracked = || self.run(["ls-files", "--others", "--exclude-standard", "-z"]);
        let (tracked, untracked) = rayon::join(tracked, untracked);
        for Raw { path, modes, status } in raw(&tracked?) {
            let now = match (status, modes) {
                ('D', _) => InWorkTree::Deleted,
                (_, [_, mode]) if mode == SUBMODULE => InWorkTree::Repository,
                _ => InWorkTree::OnDisk,
            };
            found.paths.insert(path, now);
        }
        for path in names(&untracked?) {
            match path.strip_suffix('/') {
                Some(path) => found.paths.insert(path.to_owned(), InWorkTree::Repository),
                None => found.paths.insert(path, InWorkTree::OnDisk),
            };
        }
        Ok(found)
    }
}

/// One line of `--raw -z`.
struct Raw {
    path: String,
    /// Before and after.
    modes: [String; 2],
    status: char,
}

/// The lines `:MODE MODE ID ID STATUS`, each followed by its path.
fn raw(out: &[u8]) -> Vec<Raw> {
    let mut parts = names(out);
    let mut found = Vec::new();
    while let (Some(about), Some(path)) = (parts.next(), parts.next()) {
        let mut words = about.trim_start_matches(':').split(' ');
        let modes =
            [words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned()];
        let status = words.nth(2).and_then(|status| status.chars().next()).unwrap_or('M');
        found.push(Raw { path, modes, status });
    }
    found
}

/// Names that end with a zero byte. One that is not UTF-8 has U+FFFD where it is not.
fn names(out: &[u8]) -> impl Iterator<Item = String> {
    out.split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
}
