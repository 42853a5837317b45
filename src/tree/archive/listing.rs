//! What an archive lists, as names that mean the same on every system.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{ArchiveError, LONGEST_NAME, Packed, SMALL};
use crate::limits::{ARCHIVE_ENTRIES, ARCHIVE_RATIO, ARCHIVE_SIZE, Limits};
use crate::tree::names::{Names, Node};
use crate::tree::{TreeError, links};

/// The names of an archive while it is listed.
pub(super) struct Listing<'l> {
    archive: &'l str,
    pub(super) limits: &'l Limits,
    names: Names<Packed>,
    /// Every file and folder by its name in lower case.
    seen: HashMap<String, Seen>,
}

struct Seen {
    name: String,
    is_folder: bool,
}

impl<'l> Listing<'l> {
    pub(super) fn new(archive: &'l str, limits: &'l Limits) -> Self {
        let mut names = Names::default();
        names.add_folder("");
        Self { archive, limits, names, seen: HashMap::new() }
    }

    pub(super) fn into_names(self) -> Names<Packed> {
        self.names
    }

    /// Adds an entry that is no folder.
    ///
    /// # Errors
    /// Its name leads out, is there already or may mean something else on another system; there are too many entries.
    pub(super) fn add(&mut self, name: &[u8], node: Node<Packed>) -> Result<(), ArchiveError> {
        let (path, is_utf8) = path(name)?;
        if path.is_empty() {
            return Err(ArchiveError::damaged(format_args!("the entry {} is no folder", shown(name))));
        }
        self.claim(&path, false)?;
        self.names.insert(&path, if is_utf8 { node } else { Node::Refused(TreeError::Name) });
        Ok(())
    }

    /// Adds a folder.
    ///
    /// # Errors
    /// As [`Self::add`]; a folder may be there more than once.
    pub(super) fn add_folder(&mut self, name: &[u8]) -> Result<(), ArchiveError> {
        let (path, _) = path(name)?;
        if !path.is_empty() {
            self.claim(&path, true)?;
            self.names.add_folder(&path);
        }
        Ok(())
    }

    /// The file that a hard link of a tar file stands for; its name is that of an earlier entry.
    pub(super) fn linked(&self, target: &[u8]) -> Node<Packed> {
        let shown = shown(target);
        let Ok((path, true)) = path(target) else {
            return Node::Refused(TreeError::LeadsOut { target: shown, root: self.archive.to_owned() });
        };
        // A link that it stands for is followed as the one that it is.
        let end = links::follow(&path, self.archive, |path| self.names.link(path));
        match end.and_then(|end| self.names.file(self.archive, &end, u64::MAX, super::size).cloned()) {
            Ok(file) => Node::File(file),
            Err(error @ TreeError::LeadsOut { .. }) => Node::Refused(error),
            Err(_) => Node::Refused(TreeError::LinkToNowhere { target: shown }),
        }
    }

    /// Takes a name and those of the folders on the way to it, each once.
    fn claim(&mut self, path: &str, is_folder: bool) -> Result<(), ArchiveError> {
        let (mut part, mut is_folder) = (path, is_folder);
        loop {
            match self.seen.entry(part.to_lowercase()) {
                Entry::Occupied(seen) if seen.get().name != part => {
                    let (one, other) = (seen.get().name.clone(), part.to_owned());
                    return Err(ArchiveError::Case { one, other });
                }
                // What is around it was taken with it.
                Entry::Occupied(seen) if seen.get().is_folder && is_folder => return Ok(()),
                Entry::Occupied(_) => return Err(ArchiveError::Twice { name: part.to_owned() }),
                Entry::Vacant(free) => free.insert(Seen { name: part.to_owned(), is_folder }),
            };
            let most = self.limits.archive_entries;
            if self.seen.len() as u64 > most {
                let said = ARCHIVE_ENTRIES.exceeded("the archive holds more files and folders", most, None);
                return Err(ArchiveError::Limit(said));
            }
            let Some((folder, _)) = part.rsplit_once('/') else { return Ok(()) };
            (part, is_folder) = (folder, true);
        }
    }
}

/// How many bytes an archive of this size may unpack to by each limit: by size, and by ratio.
pub(super) fn most_bytes(packed: usize, limits: &Limits) -> (u64, u64) {
    (limits.archive_bytes, (packed as u64).saturating_mul(limits.archive_ratio).max(SMALL))
}

/// Checks what an archive of `packed` bytes unpacks to. `whole` is whether no more comes.
///
/// # Errors
/// It is more than a limit allows.
pub(super) fn check_size(
    packed: usize,
    unpacked: u64,
    whole: bool,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    let (by_size, by_ratio) = most_bytes(packed, limits);
    let said = if unpacked > by_size {
        ARCHIVE_SIZE.exceeded("the archive unpacks to more bytes", by_size, whole.then_some(unpacked))
    } else if unpacked > by_ratio {
        let needed = whole.then(|| unpacked.div_ceil((packed as u64).max(1)));
        let what = "the archive unpacks to more times its own size";
        ARCHIVE_RATIO.exceeded(what, limits.archive_ratio, needed)
    } else {
        return Ok(());
    };
    Err(ArchiveError::Limit(said))
}

fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// The path that the name of an entry stands for, and whether the name is UTF-8. The root of the archive is empty.
fn path(name: &[u8]) -> Result<(String, bool), ArchiveError> {
    let is_utf8 = std::str::from_utf8(name).is_ok();
    if name.len() > LONGEST_NAME || name.contains(&0) {
        let start = shown(name).chars().take_while(|character| *character != '\0').take(60).collect();
        return Err(ArchiveError::Name { start });
    }
    let name = shown(name);
    if name.contains('\\') {
        return Err(ArchiveError::Backslash { name });
    }
    let has_drive = matches!(name.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    if name.starts_with('/') || has_drive {
        return Err(ArchiveError::Absolute { name });
    }
    let parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err(ArchiveError::LeadsOut { name });
    }
    Ok((parts.join("/"), is_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_paths_inside() {
        for (name, expected) in [
            ("a/b.json", "a/b.json"),
            ("./a//b/", "a/b"),
            ("./", ""),
            ("a..b/..c", "a..b/..c"),
            ("notes: old", "notes: old"),
            ("\u{e9}t\u{e9}.json", "\u{e9}t\u{e9}.json"),
        ] {
            assert_eq!(path(name.as_bytes()), Ok((expected.to_owned(), true)), "{name}");
        }
        for (name, expected) in [
            ("../a", "leads out"),
            ("a/../../b", "leads out"),
            ("a/..", "leads out"),
            ("/etc/passwd", "absolute"),
            ("C:/a", "absolute"),
            ("c:a", "absolute"),
            ("a\\b", "backslash"),
            ("a\0b", "without a zero byte, found a…"),
        ] {
            let error = path(name.as_bytes()).expect_err(name).to_string();
            assert!(error.contains(expected), "{name}: {error}");
        }
        assert_eq!(path(b"caf\xe9.json"), Ok(("caf\u{fffd}.json".to_owned(), false)));
        assert!(path("a/".repeat(3000).as_bytes()).is_err());
    }
}
