//! A folder or a file on disk.

use std::collections::HashMap;
use std::fs::{self, File, FileType, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Bytes, Entry, FILE, FOLDER, Kind, Tree, TreeError, below, links};

/// A folder or a file on disk, as the user named it.
///
/// The root may be a link, a pipe or a device: it was named. Below it there are files and folders, and links that lead to
/// files and folders below the root.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// The root without links, once somebody has asked for it.
    canonical: OnceLock<Option<PathBuf>>,
    /// Folders that were seen to lie below the root, or not to.
    folders: Mutex<HashMap<String, Result<(), TreeError>>>,
}

impl Disk {
    /// The tree whose root is at this path. Nothing is looked at yet.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), canonical: OnceLock::new(), folders: Mutex::default() }
    }

    fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    /// What is at a path whose folders were seen to lie inside.
    fn about(&self, path: &str) -> Result<Metadata, TreeError> {
        let full = self.path(path);
        if path.is_empty() {
            return fs::metadata(full).map_err(|error| failed(error, "read"));
        }
        if Path::new(path).is_absolute() || path.split('/').any(|part| matches!(part, "." | "..")) {
            return Err(TreeError::LeadsOut { target: path.to_owned(), root: self.shown("") });
        }
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.folder_is_inside(folder)?;
        }
        let about = fs::symlink_metadata(&full).map_err(|error| failed(error, "read"))?;
        if !about.is_symlink() {
            return Ok(about);
        }
        let target = || fs::read_link(&full).map(|target| target.display().to_string()).unwrap_or_default();
        let about = match fs::metadata(&full) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(failed(error, "read")),
            Err(_) => {
                // A link that leads out does so whether anything is there or not.
                links::follow(path, &self.shown(""), |path| self.link(path))?;
                return Err(TreeError::LinkToNowhere { target: target() });
            }
        };
        // A device is none wherever the link to it leads.
        if about.is_file() || about.is_dir() {
            self.link_is_inside(&full, target)?;
        }
        Ok(about)
    }

    fn folder_is_inside(&self, folder: &str) -> Result<(), TreeError> {
        let known = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if let Some(known) = known {
            return known;
        }
        let found = self.about(folder).map(drop);
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.insert(folder.to_owned(), found.clone());
        found
    }

    fn link_is_inside(&self, full: &Path, target: impl Fn() -> String) -> Result<(), TreeError> {
        let root = self.canonical.get_or_init(|| self.root.canonicalize().ok());
        let end = full.canonicalize().map_err(|error| failed(error, "read"))?;
        match root {
            Some(root) if end.starts_with(root) => Ok(()),
            _ => Err(TreeError::LeadsOut { target: target(), root: self.shown("") }),
        }
    }

    fn kind_of(path: &str, about: &Metadata) -> Result<Kind, TreeError> {
        match about {
            about if about.is_dir() => Ok(Kind::Folder),
            about if about.is_file() => Ok(Kind::File { size: Some(about.len()) }),
            _ if path.is_empty() => Ok(Kind::Stream),
            about => Err(TreeError::Other { expected: FILE, found: what(about.file_type()), is_file: false }),
        }
    }
}

fn failed(error: io::Error, action: &'static str) -> TreeError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => TreeError::Absent,
        _ => TreeError::Io { action, source: Arc::new(error) },
    }
}

#[cfg(unix)]
fn what(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;

    match kind {
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "something else",
    }
}

#[cfg(not(unix))]
fn what(_: FileType) -> &'static str {
    "something else"
}

impl Tree for Disk {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        Self::kind_of(path, &self.about(path)?)
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError> {
        let folder = folder.trim_end_matches('/');
        if !self.about(folder)?.is_dir() {
            return Err(TreeError::Other { expected: FOLDER, found: FILE, is_file: true });
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.path(folder)).map_err(|error| failed(error, "listed"))? {
            let entry = entry.map_err(|error| failed(error, "listed"))?;
            let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            entries.push(match entry.file_name().into_string() {
                Ok(name) => {
                    let path = below(folder, &name);
                    let about = match is_link {
                        true => self.about(&path),
                        false => entry.metadata().map_err(|error| failed(error, "read")),
                    };
                    Entry { kind: about.and_then(|about| Self::kind_of(&path, &about)), is_link, name }
                }
                Err(name) => {
                    let name = name.to_string_lossy().into_owned();
                    Entry { name, kind: Err(TreeError::Name), is_link }
                }
            });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        match Self::kind_of(path, &self.about(path)?)? {
            Kind::Folder => Err(TreeError::Other { expected: FILE, found: FOLDER, is_file: false }),
            Kind::File { size: Some(size) } if size > limit => {
                Err(TreeError::TooLarge { limit, size: Some(size) })
            }
            Kind::File { .. } | Kind::Stream => {
                match contents(&self.path(path), limit).map_err(|error| failed(error, "read"))? {
                    Some(bytes) => Ok(bytes.into()),
                    None => Err(TreeError::TooLarge { limit, size: None }),
                }
            }
        }
    }

    fn link(&self, path: &str) -> Option<String> {
        fs::read_link(self.path(path)).ok().map(|target| target.to_string_lossy().into_owned())
    }

    fn shown(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        // What is around a root is around what its name leads to: above `a/..` is not `a`.
        let canonical = self.canonical.get_or_init(|| self.root.canonicalize().ok());
        let root = canonical.clone().or_else(|| std::path::absolute(&self.root).ok())?;
        Some(Arc::new(Self::new(root.parent()?)))
    }

    fn identity(&self) -> Option<String> {
        Some(std::path::absolute(&self.root).ok()?.display().to_string())
    }
}

/// What a file holds, or `None` where that is more than `limit` bytes. Of a large file the pieces are read side by side,
/// since most of the time goes into making room for them.
fn contents(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    if about.is_file() && about.len() > limit {
        return Ok(None);
    }
    if let Some(bytes) = in_pieces(&file, &about)? {
        return Ok(Some(bytes));
    }
    // A pipe has no length, and a file may grow while it is read.
    let expected = if about.is_file() { usize::try_from(about.len()).unwrap_or(0) } else { 0 };
    let mut bytes = Vec::with_capacity(expected.saturating_add(1));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// A large file, read in pieces; `None` for others.
#[cfg(unix)]
fn in_pieces(file: &File, about: &Metadata) -> io::Result<Option<Vec<u8>>> {
    use std::os::unix::fs::FileExt;

    use rayon::prelude::*;

    const PIECE: usize = 4 << 20;
    match usize::try_from(about.len()) {
        Ok(len) if about.is_file() && len > PIECE => {
            let mut bytes = vec![0; len];
            bytes
                .par_chunks_mut(PIECE)
                .enumerate()
                .try_for_each(|(index, piece)| file.read_exact_at(piece, (index * PIECE) as u64))?;
            Ok(Some(bytes))
        }
        _ => Ok(None),
    }
}

#[cfg(not(unix))]
fn in_pieces(_: &File, _: &Metadata) -> io::Result<Option<Vec<u8>>> {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_several_pieces_is_read_whole() {
        let text: String = (0..1_400_000).map(|number| format!("{number}\n")).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("numbers.txt"), &text).expect("a temporary file");
        let tree = Disk::new(folder.path());
        let bytes = tree.read("numbers.txt", 1 << 30).expect("the file");
        assert!(text.len() > 8 << 20 && bytes.as_ref() == text.as_bytes());
        assert!(matches!(tree.read("", 1 << 30), Err(TreeError::Other { .. })), "a folder is no file");
        let size = text.len() as u64;
        for outside in ["../numbers.txt", "/etc/hostname", "a/../../b", "."] {
            assert!(matches!(tree.read(outside, size), Err(TreeError::LeadsOut { .. })), "{outside}");
        }
        for limit in [0, 1, size - 1] {
            let error = tree.read("numbers.txt", limit);
            assert!(matches!(error, Err(TreeError::TooLarge { size: Some(n), .. }) if n == size));
        }
        assert!(tree.read("numbers.txt", size).is_ok());
    }
}
