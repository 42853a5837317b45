//! A git repository: what its revisions are called, what changed between them, and their files as [trees](super::Tree).
//!
//! Objects are read by children of `git cat-file --batch`, and questions about revisions by one `git` each. Of the other
//! ways, `gix` brings about ninety crates and `git2` a C library, for answers that a program which everybody has who has
//! a repository gives in some milliseconds; and what a repository says of itself (alternates, replaced objects,
//! `safe.directory`, SHA-256, reftables) is then read by git's own rules. No call writes, asks the network or starts a
//! program that the repository names: objects that a partial clone left out are missing here.

mod changes;
mod folder;
mod objects;
mod snapshot;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use thiserror::Error;

use crate::suggest;
pub use changes::Changes;
use objects::Objects;
pub use snapshot::{GitTree, Snapshot};

/// A repository, with a work tree or without.
#[derive(Debug)]
pub struct Repository {
    /// Where git keeps it.
    folder: PathBuf,
    work_tree: Option<PathBuf>,
    is_shallow: bool,
    objects: Objects,
}

/// The name of a commit or a tree: its object id in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(Arc<str>);

/// How many digits of an object id are shown.
const SHORT: usize = 12;

impl ObjectId {
    /// The id in a line that git printed.
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.trim_end();
        let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_id.then(|| Self(text.into()))
    }

    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// So many digits that people tell it from others, the same for everybody.
    pub fn short(&self) -> &str {
        self.0.get(..SHORT).unwrap_or(&self.0)
    }
}

/// Why git does not answer. Nothing of a comparison was done yet.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GitError {
    /// There is no git.
    #[error("expected the program git on PATH, found none: install it, or compare two folders")]
    NoGit,
    /// The system does not start it.
    #[error("git cannot be started: {0}")]
    NotStarted(io::Error),
    /// The folder belongs to no repository.
    #[error("{place}: expected a git repository here or in a folder above, found none")]
    NoRepository {
        /// The folder.
        place: String,
    },
    /// Git reads no repository of another user.
    #[error(
        "{place}: the repository belongs to another user, and git does not read it: if you trust it, run \
         `git config --global --add safe.directory {place}`"
    )]
    NotOwned {
        /// The folder.
        place: String,
    },
    /// No commit has that name.
    #[error("{revision}: expected a revision, found none of that name{hint}")]
    NoRevision {
        /// The name.
        revision: String,
        /// What may be meant or is to be done, with a sign before it.
        hint: String,
    },
    /// Two commits have no common ancestor here.
    #[error("{base} and {head} have no merge base{hint}")]
    NoMergeBase {
        /// One.
        base: String,
        /// The other.
        head: String,
        /// What is to be done, with a sign before it.
        hint: String,
    },
    /// Two commits have several last common ancestors, and nothing but their dates would choose one.
    #[error(
        "{base} and {head} were merged into each other and have several merge bases ({found}): merge {base} into the \
         branch, or compare with {base} itself by --base-exact"
    )]
    ManyMergeBases {
        /// One.
        base: String,
        /// The other.
        head: String,
        /// The ancestors, shortened.
        found: String,
    },
    /// Git refuses.
    #[error("git {command}: {message}")]
    Refused {
        /// What was asked.
        command: String,
        /// The first line of what it says.
        message: String,
    },
    /// Git says what nobody understands.
    #[error("git {command}: expected {expected}, found something else")]
    Answer {
        /// What was asked.
        command: String,
        /// What an answer looks like.
        expected: &'static str,
    },
}

/// Git as it answers the same everywhere: no lock is taken, nothing is fetched, no pattern in a path means anything.
fn git() -> Command {
    let mut git = Command::new("git");
    git.args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "protocol.allow=never"])
        .envs([
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("LC_ALL", "C"),
        ])
        .env_remove("GIT_EXTERNAL_DIFF")
        .stdin(Stdio::null());
    git
}

/// What git said on standard output, and on the first line of standard error where it failed.
struct Said {
    out: Vec<u8>,
    failure: Option<String>,
}

fn ask(mut git: Command) -> Result<Said, GitError> {
    let output = git.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => GitError::NoGit,
        _ => GitError::NotStarted(error),
    })?;
    let failure = (!output.status.success()).then(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| line.starts_with("fatal: ")).or_else(|| said.lines().next());
        let line = line.unwrap_or("it failed and says nothing");
        line.strip_prefix("fatal: ").unwrap_or(line).to_owned()
    });
    Ok(Said { out: output.stdout, failure })
}

impl Repository {
    /// The repository around a folder.
    ///
    /// # Errors
    /// There is none, or git does not read it.
    pub fn around(place: &Path) -> Result<Arc<Self>, GitError> {
        let asked = |is_bare_too: bool| {
            let mut command = git();
            if !is_bare_too {
                command.args(["-c", "safe.bareRepository=explicit"]);
            }
            command.arg("-C").arg(place);
            command.args(["rev-parse", "--is-shallow-repository", "--absolute-git-dir", "--show-toplevel"]);
            ask(command)
        };
        let mut said = asked(false)?;
        let is_refused = said.failure.as_ref().is_some_and(|failure| failure.contains("safe.bareRepository"));
        // Files that somebody proposes may look like a repository, with programs to run in its config.
        if is_refused && !is_in_checkout(place) {
            said = asked(true)?;
        }
        let Said { out, failure } = said;
        let shown = || place.display().to_string();
        let out = String::from_utf8_lossy(&out);
        let mut lines = out.lines();
        let (Some(shallow), Some(folder)) = (lines.next(), lines.next()) else {
            return Err(match failure {
                Some(failure) if failure.contains("dubious ownership") => {
                    GitError::NotOwned { place: owned(&failure).map_or_else(shown, str::to_owned) }
                }
                Some(failure) if failure.contains("not a git repository") => {
                    GitError::NoRepository { place: shown() }
                }
                Some(message) => GitError::Refused { command: "rev-parse".to_owned(), message },
                None => {
                    GitError::Answer { command: "rev-parse".to_owned(), expected: "where the repository is" }
                }
            });
        };
        // A bare repository has no top level, and git says the rest all the same.
        let work_tree = lines.next().filter(|_| failure.is_none()).map(PathBuf::from);
        let folder = PathBuf::from(folder);
        let objects = Objects::new(folder.clone());
        Ok(Arc::new(Self { is_shallow: shallow == "true", folder, work_tree, objects }))
    }

    /// The root of the work tree; `None` of a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.work_tree.as_deref()
    }

    /// A commit by any name that git knows.
    ///
    /// # Errors
    /// There is none.
    pub fn commit(&self, revision: &str) -> Result<ObjectId, GitError> {
        let is_option = revision.is_empty() || revision.starts_with('-');
        let said = match is_option {
            true => None,
            false => {
                Some(self.ask(["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])?)
            }
        };
        let found = said.filter(|said| said.failure.is_none()).and_then(|said| ObjectId::parse(&said.out));
        found.ok_or_else(|| GitError::NoRevision { revision: revision.to_owned(), hint: self.hint(revision) })
    }

    /// What may be meant by a revision that is not there.
    fn hint(&self, revision: &str) -> String {
        let names = self.run(["for-each-ref", "--format=%(refname:short)"]).unwrap_or_default();
        let names = String::from_utf8_lossy(&names).into_owned();
        if let Some(near) = suggest::nearest(revision, names.lines()) {
            return format!(": did you mean {near}?");
        }
        let remotes = self.run(["remote"]).unwrap_or_default();
        let remotes = String::from_utf8_lossy(&remotes).into_owned();
        match revision.split_once('/') {
            Some((remote, branch)) if remotes.lines().any(|known| known == remote) => {
                format!(": fetch it with `git fetch {remote} {branch}:refs/remotes/{revision}`")
            }
            _ if self.is_shallow => {
                ": this clone is shallow, so it may lie deeper: `git fetch --unshallow`".to_owned()
            }
            _ => String::new(),
        }
    }

    /// The commit that two histories have in common last.
    ///
    /// # Errors
    /// There is none here: the histories are unrelated, or a shallow clone ends above it.
    pub fn merge_base(&self, base: (&str, &ObjectId), head: (&str, &ObjectId)) -> Result<ObjectId, GitError> {
        let said = self.ask(["merge-base", "--all", base.1.as_str(), head.1.as_str()])?;
        let all: Vec<ObjectId> = said.out.split(|byte| *byte == b'\n').filter_map(ObjectId::parse).collect();
        match all.as_slice() {
            [] => {}
            [one] => return Ok(one.clone()),
            several => {
                return Err(GitError::ManyMergeBases {
                    base: base.0.to_owned(),
                    head: head.0.to_owned(),
                    found: several.iter().map(ObjectId::short).collect::<Vec<_>>().join(", "),
                });
            }
        }
        let hint = match self.is_shallow {
            true => {
                let depth = self.run(["rev-list", "--count", head.1.as_str()]).unwrap_or_default();
                let depth = String::from_utf8_lossy(&depth).trim().parse::<u64>().unwrap_or(1);
                let commits = if depth == 1 { "commit" } else { "commits" };
                format!(
                    ": this clone is shallow and knows {depth} {commits} of {}; fetch more with \
                     `git fetch --deepen={}` (in a workflow of GitHub `fetch-depth: 0`), or compare with {} itself by \
                     --base-exact",
                    head.0,
                    depth.saturating_mul(10).max(100),
                    base.0,
                )
            }
            false => {
                format!(": their histories are not related; compare with {} itself by --base-exact", base.0)
            }
        };
        Err(GitError::NoMergeBase { base: base.0.to_owned(), head: head.0.to_owned(), hint })
    }

    /// Whether objects may be missing because the clone was made without them.
    pub fn is_partial(&self) -> bool {
        const KEYS: &str = r"^(extensions\.partialclone|remote\..*\.promisor)$";
        self.ask(["config", "--get-regexp", KEYS]).is_ok_and(|said| said.failure.is_none())
    }

    /// How many objects were asked for and are not there.
    pub fn missing(&self) -> usize {
        self.objects.missing()
    }

    fn ask<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Said, GitError> {
        let mut command = git();
        command.arg("--git-dir").arg(&self.folder);
        if let Some(work_tree) = &self.work_tree {
            command.arg("--work-tree").arg(work_tree).current_dir(work_tree);
        }
        ask({
            command.args(arguments);
            command
        })
    }

    /// What git prints where it does not fail.
    fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Result<Vec<u8>, GitError> {
        let arguments: Vec<&str> = arguments.into_iter().collect();
        let Said { out, failure } = self.ask(&arguments)?;
        match failure {
            None => Ok(out),
            Some(message) => Err(GitError::Refused {
                command: arguments.first().copied().unwrap_or_default().to_owned(),
                message,
            }),
        }
    }
}

/// Whether a folder lies in the work tree of a repository, as far as that shows.
fn is_in_checkout(place: &Path) -> bool {
    let Ok(place) = place.canonicalize() else { return true };
    place.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// The folder that git names in "detected dubious ownership in repository at '…'".
fn owned(failure: &str) -> Option<&str> {
    Some(failure.split_once(" at '")?.1.trim_end().trim_end_matches('\''))
}
