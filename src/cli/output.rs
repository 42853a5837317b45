//! The only place that writes: to the terminal, or to files that are never left half-written.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::Failure;

/// Writes to standard output; a reader that went away is no failure.
pub(super) fn stdout(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::input(format!("standard output cannot be written: {error}"))),
    }
}

/// Writes a message to standard error.
pub(super) fn stderr(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Writes a file whole: into a neighbour first, which then takes its name.
pub(super) fn file(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |error: io::Error| Failure::input(format!("{} cannot be written: {error}", path.display()));
    let name =
        path.file_name().ok_or_else(|| Failure::usage(format!("{} is no file name", path.display())))?;
    let mut neighbour = name.to_os_string();
    neighbour.push(format!(".{}.tmp", std::process::id()));
    let neighbour = path.with_file_name(neighbour);
    fs::write(&neighbour, text).map_err(fail)?;
    fs::rename(&neighbour, path).map_err(|error| {
        let _ = fs::remove_file(&neighbour);
        fail(error)
    })
}
