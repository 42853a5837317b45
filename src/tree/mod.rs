//! Where files come from: a folder on disk, a folder in memory, an archive, and whatever else holds named files.
//!
//! This room knows nothing of connectors. Its paths are relative to the root of a tree, with `/` between their parts and
//! no `.` or `..` among them; the empty path is the root, which is a folder or a single file. A link is followed within
//! its tree only: what a side holds must not depend on what lies around it, and a change that somebody proposes must
//! not read the files of the machine that checks it.

pub mod archive;
mod disk;
pub mod git;
mod links;
mod memory;
mod names;

use std::fmt;
use std::io;
use std::sync::Arc;

use thiserror::Error;

pub use archive::Archive;
use archive::ArchiveError;
pub use disk::Disk;
pub use memory::Memory;

/// Something that holds files by name.
pub trait Tree: fmt::Debug + Send + Sync {
    /// What is at a path. Links are followed.
    ///
    /// # Errors
    /// There is nothing, it is neither a file nor a folder, its link cannot be followed, or it cannot be looked at.
    fn kind(&self, path: &str) -> Result<Kind, TreeError>;

    /// What a folder holds, in the order of its names.
    ///
    /// # Errors
    /// As [`Self::kind`]; the folder is a file; it cannot be listed. What is wrong with one entry is told by that entry.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError>;

    /// The bytes of a file, at most `limit` of them.
    ///
    /// # Errors
    /// As [`Self::kind`]; it is a folder; it holds more bytes than `limit`, of which no more are read.
    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError>;

    /// Where the link at a path leads, as it is written; `None` where no link is.
    fn link(&self, path: &str) -> Option<String>;

    /// How reports name a path when it is not clear which tree is meant. The root is named as the user named it, and what
    /// lies below it ends with its path.
    fn shown(&self, path: &str) -> String;

    /// The tree around this one, where there is one: its root is the folder that holds this root.
    fn above(&self) -> Option<Arc<dyn Tree>>;

    /// The name of a file's bytes in the store that holds them, so that two files can be compared without being read;
    /// `None` where there is no store, no file, or a file that is not stored.
    fn content(&self, _path: &str) -> Option<ContentId> {
        None
    }

    /// What two trees have in common only if they are the same place; `None` where nothing tells.
    fn identity(&self) -> Option<String> {
        None
    }
}

/// Whether two trees are the same place.
pub fn is_same(one: &Arc<dyn Tree>, other: &Arc<dyn Tree>) -> bool {
    Arc::ptr_eq(one, other) || one.identity().is_some_and(|place| other.identity() == Some(place))
}

/// A name of bytes in one store: two that are equal stand for the same bytes, two that differ for different ones.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId {
    /// Which store. Names of two stores cannot be compared.
    pub store: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

/// Whether two files hold the same bytes, as far as that is known without reading them.
pub fn has_same_content(one: &dyn Tree, other: &dyn Tree, path: &str) -> Option<bool> {
    let (one, other) = (one.content(path)?, other.content(path)?);
    (one.store == other.store).then(|| one.name == other.name)
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file.
    File {
        /// Its length in bytes, where that is known without reading it.
        size: Option<u64>,
    },
    /// A pipe or a device that is the root itself, since the user named it. It can be read once.
    Stream,
}

/// One name in a folder.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name, without the folder. A name that is not UTF-8 has U+FFFD where it is not, and its kind is an error.
    pub name: String,
    /// What is there. Links are followed.
    pub kind: Result<Kind, TreeError>,
    /// Whether it is a link.
    pub is_link: bool,
}

/// Why something in a tree cannot be had.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TreeError {
    /// Nothing has that name.
    #[error("nothing is there")]
    Absent,
    /// Something else is there.
    #[error("expected {expected}, found {found}")]
    Other {
        /// A file or a folder.
        expected: &'static str,
        /// What is there, with its article.
        found: &'static str,
        /// Whether a plain file is there.
        is_file: bool,
    },
    /// A link whose target is missing, or that leads back to itself.
    #[error("expected a file or a folder, found a link to {target}, where nothing is")]
    LinkToNowhere {
        /// The link as it is written.
        target: String,
    },
    /// A link whose target lies outside the tree.
    #[error("expected a file or a folder inside {root}, found a link to {target}: put a copy in its place")]
    LeadsOut {
        /// Where it leads.
        target: String,
        /// The root of the tree.
        root: String,
    },
    /// A file of more bytes than were asked for.
    #[error("expected at most {limit} bytes, found more")]
    TooLarge {
        /// What was asked for.
        limit: u64,
        /// How many there are, where that is known.
        size: Option<u64>,
    },
    /// A name that is not UTF-8.
    #[error("expected a name in UTF-8, found another")]
    Name,
    /// An archive, or one entry of it, cannot be unpacked.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The system refuses it.
    #[error("cannot be {action}: {source}")]
    Io {
        /// "read" or "listed".
        action: &'static str,
        /// What the system says.
        source: Arc<io::Error>,
    },
}

impl TreeError {
    /// Whether the files themselves are like that, as everybody finds them who has them: there is nothing, a link to
    /// nowhere, a folder in the place of a file. Other errors come from what this program may or will do.
    pub fn is_of_the_files(&self) -> bool {
        matches!(self, Self::Absent | Self::Other { .. } | Self::LinkToNowhere { .. } | Self::Name)
    }
}

/// The bytes of a file. Who made them says whether they are held alone or shared.
#[derive(Debug, Clone)]
pub struct Bytes(Held);

#[derive(Debug, Clone)]
enum Held {
    Owned(Vec<u8>),
    Shared(Arc<[u8]>),
}

impl Bytes {
    /// The bytes as a vector, copied only where others hold them too.
    pub fn into_vec(self) -> Vec<u8> {
        match self.0 {
            Held::Owned(bytes) => bytes,
            Held::Shared(bytes) => bytes.to_vec(),
        }
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Held::Owned(bytes) => bytes,
            Held::Shared(bytes) => bytes,
        }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Held::Owned(bytes))
    }
}

impl From<Arc<[u8]>> for Bytes {
    fn from(bytes: Arc<[u8]>) -> Self {
        Self(Held::Shared(bytes))
    }
}

/// What stands where a file was expected.
const FILE: &str = "a file";
const FOLDER: &str = "a folder";

/// A path below a folder; the folder may be the root.
pub fn below(folder: &str, name: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}
