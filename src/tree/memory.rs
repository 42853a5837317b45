//! A tree in memory.

use std::sync::Arc;

use super::names::{Names, Node};
use super::{Bytes, Entry, Kind, Tree, TreeError, below};

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
    names: Names<Arc<[u8]>>,
    above: Option<Arc<dyn Tree>>,
}

impl Memory {
    /// An empty folder; reports call it `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }.folder("")
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
        self.names.add_folder(path);
        self
    }

    /// Says what lies around the root.
    #[must_use]
    pub fn within(mut self, above: impl Tree + 'static) -> Self {
        self.above = Some(Arc::new(above));
        self
    }

    fn node(mut self, path: &str, node: Node<Arc<[u8]>>) -> Self {
        self.names.insert(path, node);
        self
    }
}

fn size(bytes: &Arc<[u8]>) -> u64 {
    bytes.len() as u64
}

impl Tree for Memory {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        self.names.kind(&self.name, path, size)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError> {
        self.names.list(&self.name, folder, size)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        Ok(self.names.file(&self.name, path, limit, size)?.clone().into())
    }

    fn link(&self, path: &str) -> Option<String> {
        self.names.link(path)
    }

    fn shown(&self, path: &str) -> String {
        below(&self.name, path).trim_end_matches('/').to_owned()
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        self.above.clone()
    }
}
