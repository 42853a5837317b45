//! Sides that are named as `REV:path`, the way git names the files of a revision.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::image;
use crate::suggest::nearest;
use crate::tree::git::{GitError, GitTree, Repository, Snapshot};
use crate::tree::{Tree, below};

/// Forces a name to be one of git's where a file has it too.
const FORCED: &str = "git:";

/// A name of the form `REV:path`, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Revision<'n> {
    revision: &'n str,
    path: &'n str,
}

impl<'n> Revision<'n> {
    /// What git would be asked for; `None` where the name is that of a file, or no name of git's.
    pub(super) fn of(side: &'n Path) -> Option<Self> {
        let name = side.to_str()?;
        match name.strip_prefix(FORCED) {
            Some(name) => Self::parse(name),
            None if image::is_one(side) || side.symlink_metadata().is_ok() => None,
            None => Self::parse(name),
        }
    }

    fn parse(name: &'n str) -> Option<Self> {
        // A date in braces has colons of its own: HEAD@{2026-01-01 10:00:00}.
        let mut open = 0_usize;
        let colon = name.char_indices().find(|(_, c)| {
            match c {
                '{' => open += 1,
                '}' => open = open.saturating_sub(1),
                _ => {}
            }
            *c == ':' && open == 0
        });
        let (at, _) = colon.filter(|(at, _)| *at > 0)?;
        Some(Self { revision: &name[..at], path: &name[at + 1..] })
    }

    /// The files.
    ///
    /// # Errors
    /// There is no repository here, no such revision, or nothing at that path in it; in words.
    pub(super) fn tree(&self) -> Result<Arc<dyn Tree>, String> {
        let repository = Repository::around(Path::new(".")).map_err(|error| error.to_string())?;
        let commit = repository.commit(self.revision).map_err(|error| error.to_string())?;
        let path = match self.path.starts_with("./") || self.path.starts_with("../") || self.path == "." {
            true => in_repository(&repository, Path::new(self.path)).map_err(|error| error.to_string())?,
            false => self.path.trim_matches('/').to_owned(),
        };
        let snapshot = Snapshot::of_commit(&repository, self.revision, commit);
        match snapshot.holds(&path) {
            Ok(true) => Ok(Arc::new(snapshot.tree(&path))),
            Ok(false) => {
                let hint = near(&snapshot.tree(""), &path);
                let hint = hint.map(|near| format!(": did you mean {near}?")).unwrap_or_default();
                Err(format!("{} holds nothing at {path}{hint}", self.revision))
            }
            Err(error) => Err(format!("{} cannot be read: {error}", self.revision)),
        }
    }
}

/// The path that one may have meant: with another name in the first folder that does not hold it.
fn near(root: &GitTree, path: &str) -> Option<String> {
    let mut folder = String::new();
    for name in path.split('/') {
        let entries = root.list(&folder).ok()?;
        if !entries.iter().any(|entry| entry.name == name) {
            let near = nearest(name, entries.iter().map(|entry| entry.name.as_str()))?;
            let rest =
                path[folder.len()..].trim_start_matches('/').split_once('/').map_or("", |(_, rest)| rest);
            return Some(below(&below(&folder, near), rest).trim_end_matches('/').to_owned());
        }
        folder = below(&folder, name);
    }
    None
}

/// Why a path has no place in a repository.
#[derive(Debug, thiserror::Error)]
pub(super) enum PathError {
    /// It leads elsewhere.
    #[error("{path} lies outside of the repository {repository}")]
    Outside {
        /// The path.
        path: String,
        /// The root of the work tree.
        repository: String,
    },
    /// It is not UTF-8.
    #[error("{path}: expected a path in UTF-8")]
    Name {
        /// The path.
        path: String,
    },
    /// Nobody knows where it starts from.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The system does not say where this is.
    #[error("the working directory cannot be found: {0}")]
    Here(#[from] std::io::Error),
}

/// A path from the working directory as one from the root of the repository. It need not be there.
///
/// # Errors
/// It lies outside.
pub(super) fn in_repository(repository: &Repository, path: &Path) -> Result<String, PathError> {
    let Some(root) = repository.work_tree() else {
        // Of a bare repository the root is where everything starts, and nothing on disk lies in it.
        if path.is_absolute() {
            let (path, repository) = (path.display().to_string(), "that has no work tree".to_owned());
            return Err(PathError::Outside { path, repository });
        }
        return joined(&normal(path), path);
    };
    let here = std::env::current_dir()?.canonicalize()?;
    let root = root.canonicalize()?;
    let outside =
        || PathError::Outside { path: path.display().to_string(), repository: root.display().to_string() };
    let whole = normal(&here.join(path));
    if let Ok(inside) = whole.strip_prefix(&root) {
        return joined(inside, path);
    }
    // The work tree may be named by a link that lies around it. One inside leads nowhere else.
    let named = normal(&std::path::absolute(path)?);
    let root_by_name = named.ancestors().find(|folder| folder.canonicalize().is_ok_and(|real| real == root));
    let inside = root_by_name.and_then(|folder| named.strip_prefix(folder).ok());
    joined(inside.ok_or_else(outside)?, path)
}

fn joined(inside: &Path, path: &Path) -> Result<String, PathError> {
    let name = |part: Component<'_>| part.as_os_str().to_str().map(str::to_owned);
    let parts: Option<Vec<String>> = inside.components().map(name).collect();
    parts.map(|parts| parts.join("/")).ok_or_else(|| PathError::Name { path: path.display().to_string() })
}

/// A path without `.` and `..`, as it is written: what is not there any more has no other.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_git_are_taken_apart() {
        for (name, expected) in [
            ("HEAD~1:a/b", Some(("HEAD~1", "a/b"))),
            ("v1:", Some(("v1", ""))),
            ("git:v1:a:b", Some(("v1", "a:b"))),
            ("HEAD@{2026-01-01 10:00:00}:a", Some(("HEAD@{2026-01-01 10:00:00}", "a"))),
            (":a", None),
            ("a/b", None),
        ] {
            let found = Revision::of(Path::new(name)).map(|found| (found.revision, found.path));
            assert_eq!(found, expected, "{name}");
        }
    }
}
