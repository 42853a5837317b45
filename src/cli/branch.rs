//! `connector-diff check --base REV`: the connectors that a branch changes, each against the commit where the branch left
//! REV, in one report.
//!
//! Both sides come from the git repository around the working directory. The policy comes from there too, and from the old
//! side: nobody accepts a break by writing so in the change that brings it. What the branch's own policy file would change
//! is said and takes effect once it is merged.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use rayon::prelude::*;

use super::check::{CheckArgs, Compared};
use super::policy::{self, FILE_NAME};
use super::progress::Progress;
use super::revision::in_repository;
use super::{Failure, INCONCLUSIVE, output};
use crate::limits::Limits;
use crate::load::{self, Request, Roots, TouchedConnector};
use crate::model::{Artifact, Branch, Connector, ErrorCause, InputError, Renamed};
use crate::policy::{PendingSetting, PolicyFile};
use crate::report::{Asked, View};
use crate::tree::git::{GitError, GitTree, Repository, Snapshot};
use crate::tree::{Tree, below};

#[derive(Debug, Args)]
pub(super) struct BranchArgs {
    /// Compare each connector that the branch changes with the commit where the branch left REV, such as origin/master
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// Compare with REV itself, and not with the merge base
    #[arg(long, requires = "base")]
    base_exact: bool,
    /// Look at this revision, and not at the work tree
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
    /// Let the branch's own policy file decide; only where nobody else can propose a change
    #[arg(long, requires = "base")]
    trust_new_policy: bool,
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        Self::usage(error.to_string())
    }
}

/// Both states of the repository.
struct Sides {
    repository: Arc<Repository>,
    old: Arc<Snapshot>,
    new: Arc<Snapshot>,
    is_merge_base: bool,
}

pub(super) fn check(arguments: &CheckArgs, limits: &Limits) -> Result<u8, Failure> {
    arguments.check_beside_base()?;
    let base = arguments.branch.base.as_deref().unwrap_or_default();
    let sides = Sides::of(&arguments.branch, base)?;
    no_links_to_write_through(arguments, &sides.repository)?;
    let changes = sides.new.changes_since(&sides.old)?;
    let (old, new) = (sides.old.tree(""), sides.new.tree(""));
    let roots = Roots { old: &old, new: &new, limits };
    let touched = load::touched(roots, &changes.paths);
    let connectors = match arguments.paths().next() {
        None => touched.connectors,
        Some(_) => named(arguments, &sides, roots, &touched.connectors)?,
    };
    let (policies, pending) = policies(arguments, &sides, limits)?;
    let progress = Progress::start("comparing", connectors.len());
    let compare = |one: &TouchedConnector| {
        let compared = compare_one(arguments, &sides, &policies, one, limits);
        progress.step();
        compared
    };
    let found: Vec<Option<Compared>> = connectors.par_iter().map(compare).collect();
    drop(progress);
    if sides.repository.missing() > 0 && sides.repository.is_partial() {
        return Err(Failure::usage(format!(
            "this clone is partial, and {} objects that are needed are not in it: fetch them with `git fetch --refetch \
             --filter=tree:9999`, or clone without --filter",
            sides.repository.missing()
        )));
    }
    let mut compared: Vec<Compared> = Vec::new();
    for (one, found) in connectors.iter().zip(found) {
        match found {
            Some(found) => compared.push(found),
            None => {
                let folder = one.new.as_ref().or(one.old.as_ref()).map_or("", String::as_str);
                output::message("warning", &format!("{folder} holds nothing of a connector on either side"));
            }
        }
    }
    compared.sort_by_cached_key(rank);
    let left: HashSet<&String> = connectors.iter().filter_map(|one| one.new.as_ref()).collect();
    let renamed = |one: &TouchedConnector| {
        let (old, new) = (one.old.clone()?, one.new.clone()?);
        let is_old_left =
            left.contains(&old) || sides.new.holds(&below(&old, "metadata.yaml")).unwrap_or(true);
        (old != new).then_some(Renamed { old, new, is_old_left })
    };
    let branch = Branch {
        base: base.to_owned(),
        commit: sides.old.commit().as_str().to_owned(),
        is_merge_base: sides.is_merge_base,
        head: arguments
            .branch
            .head
            .clone()
            .or_else(|| (!sides.new.is_work_tree()).then(|| "HEAD".to_owned())),
        shared_files: touched.shared,
        submodules: changes.submodules.into_iter().collect(),
        pending_policy: pending.iter().map(ToString::to_string).collect(),
        renamed: connectors.iter().filter_map(renamed).collect(),
    };
    let unnamed: Vec<String> = branch
        .shared_files
        .iter()
        .filter(|path| path.contains(char::REPLACEMENT_CHARACTER))
        .cloned()
        .collect();
    let code = arguments.deliver(compared, Some(branch), limits)?;
    for path in &unnamed {
        let why = "the name is not UTF-8, so nobody can say what lies there: rename it";
        output::message("error", &format!("{path}: {why}"));
    }
    Ok(if unnamed.is_empty() { code } else { code.max(INCONCLUSIVE) })
}

/// What is worst comes first, by what the report says, whether anybody asked to fail by it or not.
pub(super) fn rank(Compared { report, gate }: &Compared) -> (u8, bool, usize, String) {
    let answer = View::of(report, Asked { gate: *gate, ..Asked::default() }).answer;
    let is_break = answer.word.eq_ignore_ascii_case("breaking");
    (answer.mark.rank(), !is_break, usize::MAX - report.summary.breaking, report.name.clone())
}

impl Sides {
    fn of(arguments: &BranchArgs, base: &str) -> Result<Self, Failure> {
        let repository = Repository::around(Path::new("."))?;
        let base_commit = repository.commit(base)?;
        let new = match &arguments.head {
            Some(head) => Snapshot::of_commit(&repository, head, repository.commit(head)?),
            None => {
                let here = in_repository(&repository, Path::new(".")).ok();
                Snapshot::of_work_tree(&repository, here.as_deref())?
            }
        };
        let head = arguments.head.as_deref().unwrap_or("HEAD");
        let is_merge_base = !arguments.base_exact;
        let commit = match is_merge_base {
            true => repository.merge_base((base, &base_commit), (head, new.commit()))?,
            false => base_commit,
        };
        let name = commit.short().to_owned();
        let old = Snapshot::of_commit(&repository, &name, commit);
        Ok(Self { repository, old, new, is_merge_base })
    }
}

/// Checks that no report is written through a link of the work tree: a branch may have brought it.
fn no_links_to_write_through(arguments: &CheckArgs, repository: &Repository) -> Result<(), Failure> {
    let Some(root) = repository.work_tree() else { return Ok(()) };
    for path in arguments.outputs() {
        let Ok(inside) = in_repository(repository, path) else { continue };
        let mut at = root.to_path_buf();
        for part in inside.split('/') {
            at.push(part);
            if at.symlink_metadata().is_ok_and(|about| about.is_symlink()) {
                let (path, link) = (path.display(), at.display());
                return Err(Failure::usage(format!(
                    "--output {path}: {link} is a link, which the branch may have brought: expected a path without links, or \
                     one outside of the repository"
                )));
            }
        }
    }
    Ok(())
}

/// The connectors at the paths that are named.
fn named(
    arguments: &CheckArgs,
    sides: &Sides,
    roots: Roots<'_>,
    touched: &[TouchedConnector],
) -> Result<Vec<TouchedConnector>, Failure> {
    let mut connectors: Vec<TouchedConnector> = Vec::new();
    let mut mistakes = Vec::new();
    for path in arguments.paths() {
        let shown = path.display();
        let folder = match in_repository(&sides.repository, path) {
            Ok(folder) => folder,
            Err(error) => {
                mistakes.push(format!("PATH {error}"));
                continue;
            }
        };
        let is_there = [&sides.old, &sides.new].iter().any(|side| side.holds(&folder).unwrap_or(true));
        let found = load::touched_at(roots, &folder, touched);
        if !is_there {
            mistakes.push(format!(
                "PATH {shown}: expected a connector directory or a folder of them, found nothing of that name in the work \
                 tree or in {}",
                sides.old.commit().short()
            ));
        } else if found.is_empty() && !holds_connectors(sides, &folder) {
            mistakes.push(format!(
                "PATH {shown}: expected a connector directory or a folder of them, found no connector"
            ));
        }
        connectors.extend(found);
    }
    connectors.sort();
    connectors.dedup();
    if mistakes.is_empty() { Ok(connectors) } else { Err(Failure::usages(mistakes)) }
}

fn holds_connectors(sides: &Sides, folder: &str) -> bool {
    [&sides.old, &sides.new].iter().any(|side| !load::connectors_in(&side.tree(folder)).is_empty())
}

/// Reads both sides of a connector and compares them; `None` where neither side has anything of one.
fn compare_one(
    arguments: &CheckArgs,
    sides: &Sides,
    policies: &Policies,
    one: &TouchedConnector,
    limits: &Limits,
) -> Option<Compared> {
    let read = |snapshot: &Arc<Snapshot>, folder: &Option<String>| {
        let Some(folder) = folder else { return Connector::absent() };
        let tree: Arc<dyn Tree> = Arc::new(snapshot.tree(folder));
        let read =
            load::connector_in(&Request { limits: *limits, reads_printed: false, ..Request::of(tree) });
        let is_unread = !(read.errors.is_empty() && read.faults.is_empty() && read.unread_beside.is_empty());
        if load::is_connector(&read) || is_unread { read } else { Connector::absent() }
    };
    let (old, mut new) = rayon::join(|| read(&sides.old, &one.old), || read(&sides.new, &one.new));
    if old.is_absent && new.is_absent {
        return None;
    }
    if old.metadata.is_some() && new.metadata.is_none() && !new.is_absent && new.errors.is_empty() {
        new.errors.push(InputError {
            cause: ErrorCause::MissingFile,
            artifact: Some(Artifact::Metadata),
            file: "metadata.yaml".to_owned(),
            line: None,
            message: "expected the connector's metadata, as the old side has it, found none".to_owned(),
        });
    }
    // A name that the branch brings chooses no other section.
    let mut policy = policies.file.policy(old.name.as_deref().or(new.name.as_deref()));
    if [&one.old, &one.new].into_iter().flatten().any(|folder| policies.folder.as_ref() == Some(folder)) {
        policy.waivers.iter_mut().for_each(|waiver| waiver.is_meant = true);
    }
    Some(arguments.compare(&old, &new, &arguments.options(policy)))
}

/// The policy that holds.
struct Policies {
    file: PolicyFile,
    /// The folder that it lies in, where that is in the repository.
    folder: Option<String>,
}

/// The policy that holds, and what the branch's own would change about it.
fn policies(
    arguments: &CheckArgs,
    sides: &Sides,
    limits: &Limits,
) -> Result<(Policies, Vec<PendingSetting>), Failure> {
    let inside = match &arguments.config {
        Some(path) => match in_repository(&sides.repository, path) {
            Ok(inside) => Some(inside),
            // What lies elsewhere is in nobody's branch.
            Err(_) => {
                let policies = Policies { file: policy::load(Some(path))?, folder: None };
                return Ok((policies, Vec::new()));
            }
        },
        None => None,
    };
    let here = in_repository(&sides.repository, Path::new(".")).unwrap_or_default();
    let of = |snapshot: &Arc<Snapshot>| -> Result<Policies, Failure> {
        let path = match &inside {
            Some(path) => snapshot.holds(path).unwrap_or(true).then(|| path.clone()),
            None => above(&here)
                .map(|folder| below(folder, FILE_NAME))
                .find(|path| snapshot.holds(path).unwrap_or(true)),
        };
        let Some(path) = path else { return Ok(Policies { file: PolicyFile::default(), folder: None }) };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        Ok(Policies { file: read_policy(&snapshot.tree(&path), limits)?, folder: Some(folder) })
    };
    let new = of(&sides.new)?;
    // What is trusted may mend what the base has, so that is not read then.
    let old = if arguments.branch.trust_new_policy { None } else { Some(of(&sides.old)?) };
    if let Some(path) = &inside
        && new.folder.is_none()
        && old.as_ref().is_none_or(|old| old.folder.is_none())
    {
        return Err(Failure::usage(format!("--config {path}: expected a file, found nothing of that name")));
    }
    let Some(old) = old else { return Ok((new, Vec::new())) };
    let pending = old.file.pending(&new.file);
    Ok((old, pending))
}

fn read_policy(tree: &GitTree, limits: &Limits) -> Result<PolicyFile, Failure> {
    let text = load::text(tree, limits).map_err(|error| Failure::usage(error.to_string()))?;
    PolicyFile::parse(&text, &tree.shown(""))
        .map_err(|errors| Failure::usages(errors.iter().map(ToString::to_string).collect()))
}

/// A folder and those above it, the root last.
fn above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above))
    })
}
