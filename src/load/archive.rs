//! Where the connector is in an archive.

use crate::limits::Limits;
use crate::tree::{Archive, Kind, Tree, TreeError};

/// What programs add beside the files that they are asked to pack: macOS keeps what it knows of files there.
const BESIDE: [&str; 2] = ["__MACOSX", ".DS_Store"];

/// Opens an archive at the folder that holds the connector. Source distributions and archives of a repository have all they
/// hold in one folder, which is named for the version; a wheel has the package beside what pip writes of it.
///
/// # Errors
/// As [`Archive::open`].
pub(super) fn open(name: String, bytes: Vec<u8>, limits: &Limits) -> Result<Archive, TreeError> {
    let archive = Archive::open(name, bytes, limits)?;
    let only = only_folder(&archive)?;
    Ok(match only {
        Some(folder) if !is_package(&archive, &folder) => archive.at(&folder),
        _ => archive,
    })
}

fn only_folder(archive: &Archive) -> Result<Option<String>, TreeError> {
    let mut entries = archive.list("")?;
    entries.retain(|entry| !BESIDE.contains(&entry.name.as_str()));
    Ok(match entries.as_slice() {
        [only] if !only.is_link && matches!(only.kind, Ok(Kind::Folder)) => Some(only.name.clone()),
        _ => None,
    })
}

/// Whether a folder is the Python package of a connector, so that the connector is what holds it.
fn is_package(archive: &Archive, folder: &str) -> bool {
    let is_module = folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let has_prefix = folder.starts_with("source_") || folder.starts_with("destination_");
    is_module && has_prefix && archive.kind(&format!("{folder}/metadata.yaml")).is_err()
}
