//! A tree in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Bytes, Entry, FILE, FOLDER, Kind, Tree, TreeError, below, links};

/// Files, folders and links in memory.
///
/// ```
/// use connector_diff::tree::{Memory, Tree};
///
/// let tree = Memory::new("old").file("source_x/spec.json", "{}").link("spec.json", "source_x/spec.json");
/// assert_eq!(tree.read("spec.json", 100)?.as_ref(), b"{}");
/// # Ok::<(), connector_diff::tree::TreeError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Memory {
    name: String,
    nodes: BTreeMap<String, Node>,
    folders: BTreeSet<String>,
    above: Option<Arc<dyn Tree>>,
}

#[derive(Debug, Clone)]
enum Node {
    File(Arc<[u8]>),
    Link(String),
    Refused(TreeError),
}

impl Memory {
    /// An empty folder; reports call it `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), folders: BTreeSet::from([String::new()]), ..Self::default() }
    }

    /// Adds a file, and the folders on the way to it. At the empty path the tree is that file alone.
    #[must_use]
    pub fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.node(path, Node::File(Arc::from(bytes.as_ref())))
    }

    /// Adds a link that leads to `target`, which is relative to the folder that the link is in.
    #[must_use]
    pub fn link(self, path: &str, target: &str) -> Self {
        self.node(path, Node::Link(target.to_owned()))
    }

    /// Adds something that cannot be had.
    #[must_use]
    pub fn refused(self, path: &str, error: TreeError) -> Self {
        self.node(path, Node::Refused(error))
    }

    /// Adds an empty folder.
    #[must_use]
    pub fn folder(mut self, path: &str) -> Self {
        self.add_folders(path);
        self
    }

    /// Says what lies around the root.
    #[must_use]
    pub fn within(mut self, above: impl Tree + 'static) -> Self {
        self.above = Some(Arc::new(above));
        self
    }

    fn node(mut self, path: &str, node: Node) -> Self {
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.add_folders(folder);
        }
        self.nodes.insert(path.to_owned(), node);
        self
    }

    fn add_folders(&mut self, folder: &str) {
        self.folders.insert(String::new());
        let ends = folder.match_indices('/').map(|(at, _)| at).chain([folder.len()]);
        self.folders.extend(ends.map(|end| folder[..end].to_owned()));
    }

    /// The path at the end of all links.
    fn resolve(&self, path: &str) -> Result<String, TreeError> {
        links::follow(path, &self.name, |path| self.link(path))
    }

    fn found(&self, path: &str) -> Result<Found<'_>, TreeError> {
        let end = self.resolve(path)?;
        // What cannot be had hides all that lies below it.
        let around = end.match_indices('/').map(|(at, _)| &end[..at]);
        for folder in around {
            if let Some(Node::Refused(error)) = self.nodes.get(folder) {
                return Err(error.clone());
            }
        }
        match self.nodes.get(&end) {
            Some(Node::File(bytes)) => Ok(Found::File(bytes)),
            Some(Node::Refused(error)) => Err(error.clone()),
            _ if self.folders.contains(&end) => Ok(Found::Folder(end)),
            _ => Err(self
                .dead_link(path)?
                .map_or(TreeError::Absent, |target| TreeError::LinkToNowhere { target })),
        }
    }

    /// What is written in the first link on the way to a path that leads to nothing.
    fn dead_link(&self, path: &str) -> Result<Option<String>, TreeError> {
        let is_there = |path: &str| Ok(self.nodes.contains_key(path) || self.folders.contains(path));
        links::dead(path, |path| self.resolve(path), |path| self.link(path), is_there)
    }
}

enum Found<'t> {
    File(&'t Arc<[u8]>),
    Folder(String),
}

impl Tree for Memory {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        Ok(match self.found(path)? {
            Found::File(bytes) => Kind::File { size: Some(bytes.len() as u64) },
            Found::Folder(_) => Kind::Folder,
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError> {
        let Found::Folder(folder) = self.found(folder.trim_end_matches('/'))? else {
            return Err(TreeError::Other { expected: FOLDER, found: FILE, is_file: true });
        };
        let start = below(&folder, "");
        let start = if folder.is_empty() { start } else { format!("{folder}/") };
        let inner = |path: &String| {
            let name = path.strip_prefix(&start)?;
            (!name.is_empty() && !name.contains('/')).then(|| name.to_owned())
        };
        let names: BTreeSet<String> =
            self.nodes.keys().filter_map(inner).chain(self.folders.iter().filter_map(inner)).collect();
        let entry = |name: String| {
            let path = below(&folder, &name);
            Entry { kind: self.kind(&path), is_link: self.link(&path).is_some(), name }
        };
        Ok(names.into_iter().map(entry).collect())
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        match self.found(path)? {
            Found::File(bytes) if bytes.len() as u64 > limit => {
                Err(TreeError::TooLarge { limit, size: Some(bytes.len() as u64) })
            }
            Found::File(bytes) => Ok(bytes.clone().into()),
            Found::Folder(_) => Err(TreeError::Other { expected: FILE, found: FOLDER, is_file: false }),
        }
    }

    fn link(&self, path: &str) -> Option<String> {
        match self.nodes.get(path) {
            Some(Node::Link(target)) => Some(target.clone()),
            _ => None,
        }
    }

    fn shown(&self, path: &str) -> String {
        below(&self.name, path).trim_end_matches('/').to_owned()
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        self.above.clone()
    }
}
