//! Replaces files, all of them or none: every new text is written beside its file first, then they take the names one after
//! the other, and where one cannot, those before it get their old texts back.

use std::collections::BTreeSet;
use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::output;

/// A file with the text that it has and the one that it is to get.
#[derive(Debug, Clone)]
pub(super) struct Replacement {
    pub(super) path: PathBuf,
    /// The folder that it has to lie in once links are followed.
    pub(super) within: PathBuf,
    /// `None` where nothing may be there.
    pub(super) old: Option<String>,
    pub(super) new: String,
}

/// A text that waits beside its file.
struct Staged<'r> {
    replacement: &'r Replacement,
    /// The file itself, behind links.
    path: PathBuf,
    neighbour: NamedTempFile,
}

/// Replaces every file, or none.
///
/// # Errors
/// What is wrong with each file; nothing is changed then.
pub(super) fn all(replacements: &[Replacement]) -> Result<(), Vec<String>> {
    let (mut staged, mut wrong) = (Vec::new(), Vec::new());
    for replacement in replacements {
        match stage(replacement) {
            Ok(one) => staged.push(one),
            Err(message) => {
                wrong.push(format!("{} {message}: no file is changed", replacement.path.display()))
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut done: Vec<(&Replacement, PathBuf)> = Vec::new();
    for Staged { replacement, path, neighbour } in staged {
        // A new file takes a name that nobody has.
        let taken = match replacement.old {
            Some(_) => unchanged(replacement, &path).and_then(|()| {
                neighbour
                    .persist(&path)
                    .map(drop)
                    .map_err(|error| format!("cannot be written: {}", error.error))
            }),
            None => neighbour.persist_noclobber(&path).map(drop).map_err(|error| match error.error.kind() {
                ErrorKind::AlreadyExists => CHANGED.to_owned(),
                _ => format!("cannot be written: {}", error.error),
            }),
        };
        match taken {
            Ok(()) => done.push((replacement, path)),
            Err(message) => {
                let mut messages = vec![format!("{} {message}", replacement.path.display())];
                messages
                    .extend(done.iter().rev().filter_map(|(replacement, path)| put_back(replacement, path)));
                return Err(messages);
            }
        }
    }
    Ok(())
}

/// The files that other runs left beside those that are replaced: one that is stopped from outside removes nothing.
pub(super) fn left_behind(replacements: &[Replacement]) -> Vec<PathBuf> {
    let folders: BTreeSet<&Path> = replacements.iter().filter_map(|one| one.path.parent()).collect();
    let entries = folders.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let is_one = |path: &PathBuf| path.file_name().is_some_and(output::is_neighbour);
    let mut left: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_one).collect();
    left.sort();
    left
}

/// What is said of a file that is not what was read.
const CHANGED: &str = "changed since it was read: run this again";

/// Gives a file its old text back, as it got the new one: nobody reads half of it. What goes wrong is said.
fn put_back(replacement: &Replacement, path: &Path) -> Option<String> {
    let put = |old: &str| {
        let about = fs::metadata(path)?;
        let neighbour = beside(path, old, Some(&about))?;
        neighbour.persist(path).map(drop).map_err(|error| error.error)
    };
    let result = match &replacement.old {
        Some(old) => put(old),
        None => fs::remove_file(path),
    };
    let error = result.err()?;
    Some(format!("{} is edited, and cannot be put back: {error}", replacement.path.display()))
}

fn unchanged(replacement: &Replacement, path: &Path) -> Result<(), String> {
    match fs::read(path) {
        Ok(bytes) if Some(bytes.as_slice()) == replacement.old.as_deref().map(str::as_bytes) => Ok(()),
        Ok(_) => Err(CHANGED.to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(CHANGED.to_owned()),
        Err(error) => Err(format!("cannot be read: {error}")),
    }
}

fn stage(replacement: &Replacement) -> Result<Staged<'_>, String> {
    let failed = |error: std::io::Error| format!("cannot be written: {error}");
    let folder = replacement.path.parent().unwrap_or(Path::new("."));
    let path = match replacement.old {
        Some(_) => replacement.path.canonicalize().map_err(|error| match error.kind() {
            ErrorKind::NotFound => CHANGED.to_owned(),
            _ => format!("cannot be read: {error}"),
        })?,
        None => {
            if fs::symlink_metadata(&replacement.path).is_ok() {
                return Err(CHANGED.to_owned());
            }
            let name = replacement.path.file_name().ok_or("is no name of a file")?;
            folder.canonicalize().map_err(failed)?.join(name)
        }
    };
    let within = replacement.within.canonicalize().map_err(failed)?;
    if !path.starts_with(&within) {
        let message =
            format!("leads out of {} to {}: put a copy in its place", within.display(), path.display());
        return Err(message);
    }
    let about = match replacement.old {
        None => None,
        Some(_) => {
            unchanged(replacement, &path)?;
            // What may not be written to is not replaced either.
            let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
            Some(file.metadata().map_err(failed)?)
        }
    };
    let neighbour = beside(&path, &replacement.new, about.as_ref()).map_err(failed)?;
    Ok(Staged { replacement, path, neighbour })
}

/// A text beside the file that is to get it, with the owner and the mode of what is there.
fn beside(path: &Path, text: &str, about: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut neighbour = output::neighbour(folder, about.is_none())?;
    neighbour.as_file_mut().write_all(text.as_bytes())?;
    if let Some(about) = about {
        output::keep(neighbour.as_file(), about)?;
    }
    Ok(neighbour)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replacement(folder: &Path, name: &str, old: Option<&str>) -> Replacement {
        let old = old.map(str::to_owned);
        Replacement { path: folder.join(name), within: folder.to_owned(), old, new: "new".to_owned() }
    }

    #[test]
    fn all_files_are_replaced_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        for name in ["a", "b"] {
            fs::write(folder.path().join(name), "old").expect("a file");
        }
        let of = |name, old| replacement(folder.path(), name, old);
        let changed = [of("a", Some("old")), of("b", Some("other")), of("c", None)];
        let messages = all(&changed).expect_err("b changed");
        assert!(messages.len() == 1 && messages[0].contains("changed since it was read"), "{messages:?}");
        let there = [of("a", Some("old")), of("b", None)];
        assert!(all(&there).is_err(), "what is to be created is there");
        assert_eq!((text("a"), text("b"), text("c")), (Some("old".to_owned()), Some("old".to_owned()), None));
        let good = [of("a", Some("old")), of("b", Some("old")), of("c", None)];
        assert_eq!(all(&good), Ok(()));
        assert!(["a", "b", "c"].iter().all(|name| text(name).as_deref() == Some("new")));
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 3, "no neighbour is left");
        assert_eq!(left_behind(&good), Vec::<PathBuf>::new());
        let left = output::neighbour(folder.path(), true).expect("a neighbour");
        assert_eq!(left_behind(&good), [left.path()], "what a run leaves that is stopped");
    }

    #[test]
    fn what_was_replaced_is_put_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        fs::write(folder.path().join("a"), "old").expect("a file");
        let of = |name, old| replacement(folder.path(), name, old);
        // The second time the file is not what it was.
        for last in [of("a", Some("old")), of("b", None)] {
            let messages = all(&[of("a", Some("old")), of("b", None), last]).expect_err("it changed");
            assert!(messages.len() == 1 && messages[0].contains("changed since it was read"), "{messages:?}");
            assert_eq!((text("a").as_deref(), text("b")), (Some("old"), None));
        }
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "no neighbour is left");
        // Another name of a file keeps what it has: the file is replaced, and not written over.
        let path = folder.path().join("a");
        fs::write(&path, "new").expect("a file");
        fs::hard_link(&path, folder.path().join("other")).expect("a link");
        assert_eq!(put_back(&of("a", Some("old")), &path), None);
        assert_eq!((text("a").as_deref(), text("other").as_deref()), (Some("old"), Some("new")));
        assert!(put_back(&of("lost", Some("old")), &folder.path().join("lost")).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn modes_stay_and_links_lead_nowhere_else() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a");
        fs::write(&file, "old").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o750)).expect("a mode");
        symlink("a", folder.path().join("link")).expect("a link");
        assert_eq!(all(&[replacement(folder.path(), "link", Some("old"))]), Ok(()));
        let about = fs::metadata(&file).expect("the file");
        assert_eq!(about.permissions().mode() & 0o777, 0o750);
        assert!(fs::symlink_metadata(folder.path().join("link")).expect("the link").is_symlink());
        fs::write(outside.path().join("x"), "old").expect("a file");
        symlink(outside.path().join("x"), folder.path().join("out")).expect("a link");
        let messages = all(&[replacement(folder.path(), "out", Some("old"))]).expect_err("it leads out");
        assert!(messages[0].contains("leads out of"), "{messages:?}");
        assert_eq!(fs::read_to_string(outside.path().join("x")).expect("the file"), "old");
    }
}
