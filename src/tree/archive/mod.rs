//! An archive: a zip file, which a wheel is, or a tar file, compressed with gzip or not. Nothing of it is written to a disk.
//!
//! An archive means what the folder means that it unpacks to: links are followed inside of it, and a device or a name that
//! is not UTF-8 is told where it stands. What makes no folder, or another one on another system or with another program,
//! is refused as a whole: names that lead out or are absolute, names that are there twice or differ in case only, entries
//! that are encrypted, and an archive that is cut off. So is one that holds more than the limits allow.

mod listing;
mod tar;
mod zip;

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use super::names::Names;
use super::{Bytes, Entry, Kind, Tree, TreeError, below};
use crate::limits::Limits;
use listing::Listing;

/// Why an archive, or one entry of it, cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It is called an archive and is none.
    #[error("expected {expected}, found something else")]
    Form {
        /// The form that its name or its first bytes promise.
        expected: &'static str,
    },
    /// It ends too early.
    #[error("expected a whole archive, found one that is cut off: fetch it again")]
    CutOff,
    /// It contradicts itself.
    #[error("expected a whole archive, found a damaged one: {what}")]
    Damaged {
        /// What is wrong with it.
        what: String,
    },
    /// A name with `..`.
    #[error("expected names inside of the archive, found {name}, which leads out of it")]
    LeadsOut {
        /// The name.
        name: String,
    },
    /// A name that begins with `/` or with a drive.
    #[error("expected names inside of the archive, found {name}, which is absolute")]
    Absolute {
        /// The name.
        name: String,
    },
    /// A name with a backslash, which is a part of the name on one system and a folder on another.
    #[error(
        "expected / between folders and names, found a backslash in {name}: pack it with another program"
    )]
    Backslash {
        /// The name.
        name: String,
    },
    /// A name that no system takes.
    #[error("expected names of at most {LONGEST_NAME} bytes without a zero byte, found {start}…")]
    Name {
        /// How it starts.
        start: String,
    },
    /// Two entries of one name.
    #[error("expected each name once, found {name} twice: which of the two counts depends on the program")]
    Twice {
        /// The name.
        name: String,
    },
    /// Two names of which Windows and macOS keep one.
    #[error(
        "expected names that differ in more than case, found {one} and {other}: Windows and macOS keep one of them"
    )]
    Case {
        /// The one that comes first.
        one: String,
        /// The other one.
        other: String,
    },
    /// An entry that takes a password.
    #[error(
        "expected entries that are not encrypted, found {name}, which is: unpack it, and name the folder"
    )]
    Encrypted {
        /// Its name.
        name: String,
    },
    /// An entry with holes that are not stored.
    #[error("expected files without holes, found {name}, which is sparse: pack it without --sparse")]
    Sparse {
        /// Its name.
        name: String,
    },
    /// An entry that is packed in a way that is not read here.
    #[error("expected an entry that is stored or deflated, found compression method {method}: pack it again")]
    Method {
        /// The number of the method in the zip format.
        method: u16,
    },
    /// It holds more than a limit allows.
    #[error("{0}")]
    Limit(String),
}

/// No path may be longer on Linux; Windows and macOS take less.
const LONGEST_NAME: usize = 4096;

/// What an archive that unpacks to less is never called a bomb for.
const SMALL: u64 = 1 << 20;

impl ArchiveError {
    fn damaged(what: impl fmt::Display) -> Self {
        Self::Damaged { what: what.to_string() }
    }
}

/// An archive as a tree.
pub struct Archive {
    name: String,
    /// The folder of the archive that is the root of the tree.
    root: String,
    names: Names<Packed>,
    content: Content,
}

/// The bytes that files are taken from.
enum Content {
    Zip(zip::Zip),
    /// Unpacked, since a compressed tar file can only be read from its start.
    Tar(Vec<u8>),
}

/// A file of an archive.
#[derive(Debug, Clone)]
struct Packed {
    size: u64,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Zip(zip::Place),
    /// The first byte.
    Tar(usize),
}

fn size(file: &Packed) -> u64 {
    file.size
}

/// The forms of archives that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Zip,
    Gzip,
    Tar,
}

impl Form {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            // The second one is the end of an archive without entries.
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            _ => (bytes.get(257..262) == Some(b"ustar")).then_some(Self::Tar),
        }
    }

    fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        match name.rsplit_once('.')? {
            (_, "zip" | "whl") => Some(Self::Zip),
            (_, "tgz") => Some(Self::Gzip),
            (stem, "gz") if stem.ends_with(".tar") => Some(Self::Gzip),
            (_, "tar") => Some(Self::Tar),
            _ => None,
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Zip => "a zip file",
            Self::Gzip => "a tar file that is compressed with gzip",
            Self::Tar => "a tar file",
        }
    }
}

impl Archive {
    /// Whether a file is an archive, by its first bytes or by its name.
    pub fn is_one(name: &str, bytes: &[u8]) -> bool {
        Form::of(bytes).or(Form::named(name)).is_some()
    }

    /// Reads what an archive holds. Reports call it `name`. The files of a zip file are unpacked when they are read.
    ///
    /// # Errors
    /// It is no archive, it is cut off or damaged, it does not unpack to the same folder everywhere, or it holds more than
    /// the limits allow.
    pub fn open(name: impl Into<String>, bytes: Vec<u8>, limits: &Limits) -> Result<Self, ArchiveError> {
        let name = name.into();
        let form = match (Form::of(&bytes), Form::named(&name)) {
            (Some(form), _) => form,
            // The first tar files had no mark.
            (None, Some(Form::Tar)) => Form::Tar,
            (None, named) => {
                let expected = named.map_or("an archive", Form::expected);
                return Err(ArchiveError::Form { expected });
            }
        };
        let mut listing = Listing::new(&name, limits);
        let content = match form {
            Form::Zip => Content::Zip(zip::list(bytes, &mut listing)?),
            Form::Gzip => Content::Tar(tar::list(tar::unpack(&bytes, limits)?, Form::Gzip, &mut listing)?),
            Form::Tar => Content::Tar(tar::list(bytes, Form::Tar, &mut listing)?),
        };
        let names = listing.into_names();
        Ok(Self { name, root: String::new(), names, content })
    }

    /// The same archive with one of its folders as the root of the tree.
    #[must_use]
    pub fn at(self, folder: &str) -> Self {
        Self { root: folder.to_owned(), ..self }
    }

    fn path(&self, path: &str) -> String {
        match path {
            "" => self.root.clone(),
            path => below(&self.root, path),
        }
    }
}

impl Tree for Archive {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        self.names.kind(&self.name, &self.path(path), size)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError> {
        self.names.list(&self.name, &self.path(folder), size)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        let path = self.path(path);
        let file = self.names.file(&self.name, &path, limit, size)?;
        match (&self.content, &file.place) {
            (Content::Zip(zip), Place::Zip(place)) => Ok(zip::read(zip, place, file.size)?.into()),
            (Content::Tar(bytes), Place::Tar(start)) => {
                let len = usize::try_from(file.size).map_err(|_| ArchiveError::CutOff)?;
                let bytes = bytes.get(*start..).and_then(|rest| rest.get(..len));
                Ok(bytes.ok_or(ArchiveError::CutOff)?.to_vec().into())
            }
            _ => Err(TreeError::Absent),
        }
    }

    fn link(&self, path: &str) -> Option<String> {
        self.names.link(&self.path(path))
    }

    fn shown(&self, path: &str) -> String {
        match path {
            "" => self.name.clone(),
            path => below(&self.name, &self.path(path)),
        }
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        None
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("name", &self.name).field("root", &self.root).finish_non_exhaustive()
    }
}
