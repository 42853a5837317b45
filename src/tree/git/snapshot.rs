//! The files of a revision, or of the work tree, as trees.
//!
//! The work tree is the commit it stands on with what is not committed laid over it, so that both sides of a comparison
//! hold the same kind of file: what git ignores is on neither, what a sparse checkout leaves out is on both, and a filter
//! that writes other bytes to disk (line ends, large files) changes nothing.

use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::changes::{Changes, InWorkTree, Uncommitted};
use super::folder::{Folder, Stored, parse};
use super::{GitError, ObjectId, Repository};
use crate::tree::{Bytes, ContentId, Disk, Entry, FILE, FOLDER, Kind, Tree, TreeError, below, links};

/// A tree object that is larger is no folder of a connector.
const MOST_OF_A_FOLDER: u64 = 64 << 20;

/// A link is a path, and systems have an end to these.
const LONGEST_LINK: u64 = 4096;

/// All files of a repository at one moment.
#[derive(Debug)]
pub struct Snapshot {
    repository: Arc<Repository>,
    commit: ObjectId,
    place: Place,
    uncommitted: Uncommitted,
    /// The folders around what is not committed.
    around: HashMap<String, Around>,
    /// Folders of which files are deleted, and whether that leaves nothing.
    emptied: Mutex<HashMap<String, bool>>,
    folders: Mutex<HashMap<String, Option<Arc<Folder>>>>,
    /// What is written in links that were read.
    links: Mutex<HashMap<ObjectId, String>>,
    disk: Option<Disk>,
}

/// How a path is shown so that it can be opened.
#[derive(Debug)]
enum Place {
    /// As `REV:path`.
    Revision(String),
    /// As seen from a folder of the work tree.
    WorkTree(String),
    /// Below the root of the work tree, which is far away.
    Root(PathBuf),
}

/// What is not committed below a folder.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// Something is there.
    holds: bool,
    /// Something is not there any more.
    lacks: bool,
}

/// What a path stands for.
enum Node {
    Folder,
    Stored(Stored),
    OnDisk,
    Repository,
}

impl Snapshot {
    /// The files of a commit, which reports call by `name`.
    pub fn of_commit(repository: &Arc<Repository>, name: &str, commit: ObjectId) -> Arc<Self> {
        Arc::new(Self::new(repository, Place::Revision(format!("{name}:")), commit, Uncommitted::default()))
    }

    /// The files of the work tree, as seen from the folder `here` of it, or from outside where that is `None`; those of
    /// `HEAD` where there is no work tree.
    ///
    /// # Errors
    /// There is no commit yet, or git fails.
    pub fn of_work_tree(repository: &Arc<Repository>, here: Option<&str>) -> Result<Arc<Self>, GitError> {
        let head = repository.commit("HEAD")?;
        Ok(match &repository.work_tree {
            None => Self::of_commit(repository, "HEAD", head),
            Some(root) => {
                let uncommitted = repository.uncommitted()?;
                let place = match here {
                    Some(here) => Place::WorkTree(here.to_owned()),
                    None => Place::Root(root.clone()),
                };
                Arc::new(Self::new(repository, place, head, uncommitted))
            }
        })
    }

    fn new(repository: &Arc<Repository>, place: Place, commit: ObjectId, uncommitted: Uncommitted) -> Self {
        let disk = match place {
            Place::WorkTree(_) | Place::Root(_) => repository.work_tree.clone().map(Disk::new),
            Place::Revision(_) => None,
        };
        let repository = repository.clone();
        let mut around: HashMap<String, Around> = HashMap::new();
        for (path, now) in &uncommitted.paths {
            for (at, _) in path.match_indices('/') {
                let folder = around.entry(path[..at].to_owned()).or_default();
                match now {
                    InWorkTree::Deleted => folder.lacks = true,
                    InWorkTree::OnDisk | InWorkTree::Repository => folder.holds = true,
                }
            }
        }
        Self {
            repository,
            commit,
            place,
            uncommitted,
            around,
            emptied: Mutex::default(),
            folders: Mutex::default(),
            links: Mutex::default(),
            disk,
        }
    }

    /// The commit; of a work tree the one it stands on.
    pub fn commit(&self) -> &ObjectId {
        &self.commit
    }

    /// Whether these are files of the work tree.
    pub fn is_work_tree(&self) -> bool {
        self.disk.is_some()
    }

    /// The paths that differ between an older snapshot of the repository and this one.
    ///
    /// # Errors
    /// Git fails.
    pub fn changes_since(&self, old: &Self) -> Result<Changes, GitError> {
        let mut changes = self.repository.between(&old.commit, &self.commit)?;
        for snapshot in [old, self] {
            for (path, now) in &snapshot.uncommitted.paths {
                if *now == InWorkTree::Repository {
                    changes.submodules.insert(path.clone());
                }
                changes.paths.insert(path.clone());
            }
        }
        Ok(changes)
    }

    /// What lies at a path, as a tree: a folder or a file. The empty path is the root.
    pub fn tree(self: &Arc<Self>, path: &str) -> GitTree {
        let named = path.trim_matches('/').to_owned();
        // The root may be a link: it was named.
        let root = links::follow(&named, &self.shown(""), |path| self.link(path)).unwrap_or(named.clone());
        GitTree { snapshot: self.clone(), root, named }
    }

    /// Whether anything is at a path.
    ///
    /// # Errors
    /// The repository cannot be read there.
    pub fn holds(&self, path: &str) -> Result<bool, TreeError> {
        Ok(self.node(path)?.is_some())
    }

    fn shown(&self, path: &str) -> String {
        match &self.place {
            Place::Revision(prefix) => format!("{prefix}{path}"),
            Place::WorkTree(here) => seen_from(here, path),
            Place::Root(root) if path.is_empty() => root.display().to_string(),
            Place::Root(root) => root.join(path).display().to_string(),
        }
    }

    /// The names in a folder of the commit, or `None` where it has no such folder.
    fn folder(&self, path: &str) -> Result<Option<Arc<Folder>>, TreeError> {
        let known = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let id = match path.rsplit_once('/') {
            _ if path.is_empty() => Some(self.commit.clone()),
            split => {
                let (above, name) = split.unwrap_or(("", path));
                self.folder(above)?.and_then(|above| match above.names.get(name) {
                    Some(Stored::Folder(id)) => Some(id.clone()),
                    _ => None,
                })
            }
        };
        let folder = id.map(|id| self.read_folder(&id, path.is_empty())).transpose()?.map(Arc::new);
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.insert(path.to_owned(), folder.clone());
        Ok(folder)
    }

    fn read_folder(&self, id: &ObjectId, is_commit: bool) -> Result<Folder, TreeError> {
        let objects = &self.repository.objects;
        let broken = |what: &str| TreeError::Io {
            action: "read",
            source: Arc::new(std::io::Error::other(format!("the object {} is no {what}", id.short()))),
        };
        let tree = match is_commit {
            false => id.clone(),
            true => {
                let commit = objects.read(id, "commit", MOST_OF_A_FOLDER)?;
                let line = commit.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let tree = line.strip_prefix(b"tree ").and_then(ObjectId::parse);
                tree.ok_or_else(|| broken("commit"))?
            }
        };
        let bytes = objects.read(&tree, "tree", MOST_OF_A_FOLDER)?;
        parse(&bytes, tree.as_str().len() / 2).ok_or_else(|| broken("tree"))
    }

    /// What is at a path of the repository itself, no link followed.
    fn node(&self, path: &str) -> Result<Option<Node>, TreeError> {
        if path.is_empty() {
            return Ok(Some(Node::Folder));
        }
        let laid_over = self.uncommitted.paths.get(path);
        match laid_over {
            Some(InWorkTree::OnDisk) => return Ok(Some(Node::OnDisk)),
            Some(InWorkTree::Repository) => return Ok(Some(Node::Repository)),
            Some(InWorkTree::Deleted) | None => {}
        }
        let around = self.around.get(path).copied().unwrap_or_default();
        if around.holds {
            return Ok(Some(Node::Folder));
        }
        if laid_over.is_some() {
            return Ok(None);
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stored = self.folder(above)?.and_then(|above| above.names.get(name).cloned());
        Ok(match stored {
            // Git keeps no empty folders: one whose files are all deleted is gone.
            Some(Stored::Folder(_)) if around.lacks && self.is_emptied(path)? => None,
            Some(Stored::Folder(_)) => Some(Node::Folder),
            stored => stored.map(Node::Stored),
        })
    }

    /// Whether nothing is left in a folder of which files are deleted.
    fn is_emptied(&self, folder: &str) -> Result<bool, TreeError> {
        let known = self.emptied.lock().unwrap_or_else(PoisonError::into_inner).get(folder).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let is_emptied = self.names(folder)?.is_empty();
        self.emptied.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), is_emptied);
        Ok(is_emptied)
    }

    fn uncommitted_below(&self, folder: &str) -> impl Iterator<Item = (&str, InWorkTree)> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = (Bound::Included(start.clone()), Bound::Unbounded);
        let below = self.uncommitted.paths.range(from);
        below.take_while(move |(path, _)| path.starts_with(&start)).map(|(path, now)| (path.as_str(), *now))
    }

    /// The names in a folder that is there.
    fn names(&self, folder: &str) -> Result<BTreeSet<String>, TreeError> {
        let mut names = BTreeSet::new();
        if let Some(stored) = self.folder(folder)? {
            for name in stored.names.keys() {
                if self.uncommitted.paths.is_empty() || self.node(&below(folder, name))?.is_some() {
                    names.insert(name.clone());
                }
            }
        }
        let depth = if folder.is_empty() { 0 } else { folder.len() + 1 };
        for (path, now) in self.uncommitted_below(folder) {
            if now != InWorkTree::Deleted {
                names.extend(path[depth..].split('/').next().map(str::to_owned));
            }
        }
        Ok(names)
    }

    /// What is written in the link at a path.
    fn link(&self, path: &str) -> Option<String> {
        self.link_of(path, &self.node(path).ok()??)
    }

    /// What is written in the link at a path, where that is what the node at this path is.
    fn link_of(&self, path: &str, node: &Node) -> Option<String> {
        match node {
            Node::Stored(Stored::Link(id)) => {
                if let Some(known) = self.links.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
                    return Some(known.clone());
                }
                let target = self.repository.objects.read(id, "blob", LONGEST_LINK).ok()?;
                let target = String::from_utf8_lossy(&target).into_owned();
                self.links.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), target.clone());
                Some(target)
            }
            Node::OnDisk => self.disk.as_ref()?.link(path),
            _ => None,
        }
    }
}

/// The way from a folder to a path, both from the root.
fn seen_from(here: &str, path: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(here), parts(path));
    let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from.iter().skip(common).map(|_| "..");
    let way: Vec<&str> = up.chain(to.iter().skip(common).map(String::as_str)).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

/// A folder or a file of a [`Snapshot`].
#[derive(Debug, Clone)]
pub struct GitTree {
    snapshot: Arc<Snapshot>,
    /// Where it is, and how it was named.
    root: String,
    named: String,
}

impl GitTree {
    /// The path in the repository that a path stands for, and what is there.
    fn found(&self, path: &str) -> Result<(String, Node), TreeError> {
        // Git lists nothing behind a link: what it has at a path is reached through none.
        let full = self.full(path);
        match self.snapshot.node(&full) {
            Ok(Some(node)) if self.snapshot.link_of(&full, &node).is_none() => return Ok((full, node)),
            Ok(None) if self.lies_in_a_folder(path) => return Err(TreeError::Absent),
            _ => {}
        }
        let end = below(&self.root, &self.resolve(path)?);
        let end = end.trim_end_matches('/').to_owned();
        match self.snapshot.node(&end)? {
            Some(node) => Ok((end, node)),
            None => {
                let is_there = |path: &str| Ok(self.snapshot.node(&self.full(path))?.is_some());
                let dead = links::dead(path, |path| self.resolve(path), |path| self.link(path), is_there)?;
                Err(dead.map_or(TreeError::Absent, |target| TreeError::LinkToNowhere { target }))
            }
        }
    }

    /// Whether git has the folder that a path is in.
    fn lies_in_a_folder(&self, path: &str) -> bool {
        let around = path.trim_end_matches('/').rsplit_once('/').map_or("", |(around, _)| around);
        matches!(self.snapshot.node(&self.full(around)), Ok(Some(Node::Folder)))
    }

    fn full(&self, path: &str) -> String {
        below(&self.root, path).trim_matches('/').to_owned()
    }

    fn resolve(&self, path: &str) -> Result<String, TreeError> {
        links::follow(path, &self.shown(""), |path| self.link(path))
    }

    fn kind_of(&self, (path, node): (String, Node)) -> Result<Kind, TreeError> {
        match node {
            Node::Folder => Ok(Kind::Folder),
            Node::Stored(Stored::File(_)) => Ok(Kind::File { size: None }),
            Node::OnDisk => self.disk()?.kind(&path),
            // Only a root that leads out is left as a link.
            Node::Stored(Stored::Link(_)) => Err(TreeError::LeadsOut {
                target: self.snapshot.link(&path).unwrap_or_default(),
                root: self.snapshot.shown(""),
            }),
            Node::Repository | Node::Stored(_) => Err(TreeError::Other {
                expected: FILE,
                found: "a repository of its own (a submodule)",
                is_file: false,
            }),
        }
    }

    fn disk(&self) -> Result<&Disk, TreeError> {
        self.snapshot.disk.as_ref().ok_or(TreeError::Absent)
    }
}

impl Tree for GitTree {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        self.kind_of(self.found(path)?)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError> {
        let (full, node) = self.found(folder.trim_end_matches('/'))?;
        match self.kind_of((full.clone(), node))? {
            Kind::Folder => {}
            _ => return Err(TreeError::Other { expected: FOLDER, found: FILE, is_file: true }),
        }
        let entry = |name: String| {
            let at = below(&full, &name);
            let node = self.snapshot.node(&at);
            let is_link = matches!(&node, Ok(Some(node)) if self.snapshot.link_of(&at, node).is_some());
            let kind = match node {
                _ if is_link => self.kind(&below(folder.trim_end_matches('/'), &name)),
                Ok(Some(node)) => self.kind_of((at, node)),
                Ok(None) => Err(TreeError::Absent),
                Err(error) => Err(error),
            };
            Entry { name, kind, is_link }
        };
        let mut entries: Vec<Entry> = self.snapshot.names(&full)?.into_iter().map(entry).collect();
        let strange = self.snapshot.folder(&full)?;
        let strange = strange.iter().flat_map(|folder| &folder.strange);
        entries.extend(strange.map(|name| Entry {
            name: name.clone(),
            kind: Err(TreeError::Name),
            is_link: false,
        }));
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        match self.found(path)? {
            (_, Node::Folder) => Err(TreeError::Other { expected: FILE, found: FOLDER, is_file: false }),
            (_, Node::Stored(Stored::File(id))) => {
                Ok(self.snapshot.repository.objects.read(&id, "blob", limit)?.into())
            }
            (full, Node::OnDisk) => self.disk()?.read(&full, limit),
            found => Err(match self.kind_of(found) {
                Err(error) => error,
                Ok(_) => TreeError::Absent,
            }),
        }
    }

    fn link(&self, path: &str) -> Option<String> {
        self.snapshot.link(&self.full(path))
    }

    fn shown(&self, path: &str) -> String {
        self.snapshot.shown(below(&self.named, path).trim_end_matches('/'))
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        if self.root.is_empty() {
            return None;
        }
        let above = self.root.rsplit_once('/').map_or("", |(above, _)| above);
        Some(Arc::new(self.snapshot.tree(above)))
    }

    fn content(&self, path: &str) -> Option<ContentId> {
        match self.found(path).ok()?.1 {
            Node::Stored(Stored::File(id)) => {
                // Objects of the same name are the same in every repository.
                Some(ContentId { store: Arc::from("git"), name: id.0 })
            }
            _ => None,
        }
    }

    fn identity(&self) -> Option<String> {
        let place = match self.snapshot.is_work_tree() {
            true => self.snapshot.repository.work_tree()?.display().to_string(),
            false => self.snapshot.commit.as_str().to_owned(),
        };
        Some(format!("{place}:{}", self.root))
    }
}
