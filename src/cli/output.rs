//! The only place that writes: to standard output and error, and to the files that `--output` names.
//!
//! A plain file is replaced in one step by a neighbour that was written first, so nobody reads half a report and a disk that
//! is full leaves the old one. Whatever else has the name (a device, a pipe, a link) is written to as `> PATH` would.

use std::collections::HashSet;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use crate::model::{clipped, harmless_start, visible};

/// Writes a text as it is to standard output.
pub(super) fn stdout(text: &str) -> Result<(), Failure> {
    written(io::stdout().lock(), &|out| out.write_all(text.as_bytes()))
}

/// What writes a text somewhere, from its start each time it is asked.
pub(super) type Writes<'w> = &'w dyn Fn(&mut dyn Write) -> io::Result<()>;

/// Writes to standard output what `writes` makes, as it makes it.
pub(super) fn stdout_by(writes: Writes<'_>) -> Result<(), Failure> {
    written(BufWriter::new(io::stdout().lock()), writes)
}

/// Writes a text with styles to standard output, without them where colour is not wanted.
pub(super) fn styled(text: &str) -> Result<(), Failure> {
    match anstream::AutoStream::choice(&io::stdout()) {
        // Names in the text lose nothing: only what paints is taken away.
        anstream::ColorChoice::Never => stdout(&plain(text)),
        _ => written(anstream::stdout().lock(), &|out| out.write_all(text.as_bytes())),
    }
}

/// A reader that went away is no failure.
fn written(mut out: impl Write, writes: Writes<'_>) -> Result<(), Failure> {
    match writes(&mut out).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::input(format!("standard output cannot be written: {error}"))),
    }
}

/// Writes a message to standard error, on one line: a name in it starts none.
pub(super) fn message(kind: &str, text: &str) {
    stderr(&format!("{kind}: {}\n", visible(text)));
}

/// Writes lines to standard error.
pub(super) fn stderr(text: &str) {
    let _ = anstream::stderr().lock().write_all(harmless(text).as_bytes());
}

/// Lines that a terminal and a log can be given, whatever a stranger had a say in.
pub(super) fn harmless(text: &str) -> String {
    let line = |line: &str| format!("{}\n", harmless_start(&clipped(&visible(line), LONGEST_LINE)));
    text.lines().map(line).collect()
}

/// A line of a message that is longer is shown by its two ends.
const LONGEST_LINE: usize = 2_000;

/// A text without the sequences that select colours and weights, which are the only ones that reports have.
pub(super) fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_digit() || c == ';'));
        match end.filter(|end| part[*end..].starts_with('m')) {
            Some(end) => plain.push_str(&part[end + 1..]),
            None => {
                plain.push_str("\u{1b}[");
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Standard output.
    Stdout,
    /// Whatever has this name.
    Path(PathBuf),
}

impl From<&str> for Place {
    fn from(text: &str) -> Self {
        // Opened by its name, a file that standard output is redirected to would be written from its start.
        match text {
            "-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => Self::Stdout,
            path => Self::Path(path.into()),
        }
    }
}

/// Checks, before any work, that reports can go where they are told, and that none takes the place of another. Standard
/// output and devices take several, one after the other.
pub(super) fn check<'p>(places: impl Iterator<Item = &'p Place>) -> Result<(), Failure> {
    let mut taken = HashSet::new();
    let mut has_stdout = false;
    for place in places {
        let (identity, name) = match place {
            Place::Stdout if has_stdout => continue,
            Place::Stdout => {
                has_stdout = true;
                (of_stdout(), "-".to_owned())
            }
            Place::Path(path) => (of_path(path)?, path.display().to_string()),
        };
        if identity.is_some_and(|identity| !taken.insert(identity)) {
            let message = "another report goes to the same file: expected a file for each";
            return Err(Failure::usage(format!("--output {name}: {message}")));
        }
    }
    Ok(())
}

/// What two names of one file have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Identity {
    /// Of a file that is there: its device and number.
    #[cfg(unix)]
    There(u64, u64),
    /// Of a file that is not there yet, or where files have no numbers.
    Named(PathBuf),
}

/// The file that standard output was redirected to.
#[cfg(unix)]
fn of_stdout() -> Option<Identity> {
    use std::os::fd::AsFd;

    let about = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?).metadata().ok()?;
    about.is_file().then(|| there(&about))
}

#[cfg(not(unix))]
fn of_stdout() -> Option<Identity> {
    None
}

#[cfg(unix)]
fn there(about: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;

    Identity::There(about.dev(), about.ino())
}

/// The file at a path, or the one that will be there; `None` where several reports can follow each other.
fn of_path(path: &Path) -> Result<Option<Identity>, Failure> {
    let name = path.display();
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            Err(Failure::usage(format!("--output {name}: expected a file, found a folder")))
        }
        Ok(about) if is_device(&about) => Ok(None),
        #[cfg(unix)]
        Ok(about) => Ok(Some(there(&about))),
        #[cfg(not(unix))]
        Ok(_) => Ok(path.canonicalize().ok().map(Identity::Named)),
        Err(error) if is_absent(&error) => new_file(path).map(|path| Some(Identity::Named(path))),
        // Writing it tells what is wrong.
        Err(_) => Ok(None),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn is_device(about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;

    about.file_type().is_char_device() || about.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(about: &Metadata) -> bool {
    !about.is_file()
}

/// The one path that a file will have.
fn new_file(path: &Path) -> Result<PathBuf, Failure> {
    /// Systems follow about so many.
    const MOST_LINKS: usize = 40;
    let mut end = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(target) = fs::read_link(&end) else { break };
        end = folder_of(&end).join(target);
    }
    let folder = folder_of(&end);
    let is_folder = end.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
    match (folder.canonicalize(), end.file_name()) {
        (Ok(folder), Some(name)) if folder.is_dir() && !is_folder => Ok(folder.join(name)),
        (Ok(folder), _) if folder.is_dir() => {
            Err(Failure::usage(format!("--output {}: expected the path of a file", path.display())))
        }
        _ => {
            let (path, folder) = (path.display(), folder.display());
            Err(Failure::usage(format!(
                "--output {path}: expected a folder {folder}, found none: create it first"
            )))
        }
    }
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Writes a text to whatever has this name, or to a new file. A reader that went away is no failure.
pub(super) fn file(path: &Path, text: &str) -> Result<(), Failure> {
    file_by(path, &|out| out.write_all(text.as_bytes()))
}

/// The same of what `writes` makes, as it makes it.
pub(super) fn file_by(path: &Path, writes: Writes<'_>) -> Result<(), Failure> {
    let buffered: Writes<'_> = &|out| {
        let mut out = BufWriter::new(out);
        writes(&mut out).and_then(|()| out.flush())
    };
    match write(path, buffered) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::input(format!("{} cannot be written: {error}", path.display()))),
    }
}

fn write(path: &Path, writes: Writes<'_>) -> io::Result<()> {
    let is_link = || fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink());
    // What may not be written to is not replaced either.
    let (mut file, there) = match OpenOptions::new().write(true).open(path) {
        Ok(file) => {
            let about = file.metadata()?;
            (Some(file), Some(about))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (None, None),
        Err(error) => return Err(error),
    };
    if there.as_ref().is_none_or(is_plain) && !is_link() && replace(path, there.as_ref(), writes)? {
        return Ok(());
    }
    let mut file = match file.take() {
        Some(file) => file,
        None => File::create(path)?,
    };
    if there.is_some_and(|about| about.is_file()) {
        file.set_len(0)?;
    }
    writes(&mut file)
}

/// Whether a file can be replaced by another and nobody is left with the old one.
#[cfg(unix)]
fn is_plain(about: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    about.is_file() && about.nlink() == 1
}

#[cfg(not(unix))]
fn is_plain(about: &Metadata) -> bool {
    about.is_file()
}

/// Writes a neighbour, which then takes the name with the mode and the owner of what was there. `false` where that cannot
/// be done here: no file can be added to the folder, or the file has another owner or is a mount of its own.
fn replace(path: &Path, there: Option<&Metadata>, writes: Writes<'_>) -> io::Result<bool> {
    let is_new = there.is_none();
    let Ok(mut neighbour) = neighbour(folder_of(path), is_new) else { return Ok(false) };
    // To the file itself, whose errors do not name the neighbour.
    writes(neighbour.as_file_mut())?;
    if there.is_some_and(|about| keep(neighbour.as_file(), about).is_err()) {
        return Ok(false);
    }
    Ok(neighbour.persist(path).is_ok())
}

/// How the names of neighbours start and end.
const NEIGHBOUR: (&str, &str) = (".connector-diff-", ".tmp");

/// Whether a file of this name was made to take the place of another one.
pub(super) fn is_neighbour(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(NEIGHBOUR.0) && name.ends_with(NEIGHBOUR.1))
}

/// A file of its own that is gone with its handle.
pub(super) fn neighbour(
    folder: &Path,
    #[cfg_attr(not(unix), expect(unused))] is_new: bool,
) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(NEIGHBOUR.0).suffix(NEIGHBOUR.1);
    #[cfg(unix)]
    if is_new {
        // What any new file gets, and not what others must not see.
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(unix)]
pub(super) fn keep(file: &File, about: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (about.uid(), about.gid()) {
        fchown(file, Some(about.uid()), Some(about.gid()))?;
    }
    // After the owner, whose change takes some bits of the mode away.
    file.set_permissions(about.permissions())
}

#[cfg(not(unix))]
pub(super) fn keep(file: &File, about: &Metadata) -> io::Result<()> {
    file.set_permissions(about.permissions())
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn only_what_paints_is_taken_away() {
        assert_eq!(plain("\u{1b}[1;31mred\u{1b}[0m and \u{1b}[mplain"), "red and plain");
        for other in ["a\u{7f}b", "\u{1b}[2J", "\u{1b}]8;;x\u{7}", "\u{1b}[", "[1m", "\u{9b}1m", "\u{1b}[1"] {
            assert_eq!(plain(other), other);
        }
    }
}
