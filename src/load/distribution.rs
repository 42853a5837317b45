//! What a Python distribution says of itself. A wheel, and what pip installs, has it in `*.dist-info/METADATA`; a source
//! distribution in `PKG-INFO`. Source: Python's "Core metadata specifications".

use super::folder::Directory;
use super::loaded::Loaded;
use crate::tree::Kind;

/// Reads the version of the distribution that a folder is, where it is one.
pub(super) fn load(directory: &Directory<'_>) -> Loaded {
    let mut found = Loaded::default();
    // What cannot be listed is said by whoever looks for the connector.
    let infos = directory.tree().list("").unwrap_or_default();
    let mut infos = infos.iter().filter(|entry| {
        entry.name.ends_with(".dist-info") && !entry.is_link && matches!(entry.kind, Ok(Kind::Folder))
    });
    let file = match (infos.next(), infos.next()) {
        (Some(info), None) => format!("{}/METADATA", info.name),
        (None, None) => "PKG-INFO".to_owned(),
        // A folder that many distributions are installed in.
        _ => return found,
    };
    if !directory.has(&file) {
        return found;
    }
    match directory.document(&file) {
        Ok(document) => {
            // Headers, then an empty line and the readme.
            let mut headers = document.text.lines().take_while(|line| !line.trim().is_empty());
            let version = headers.find_map(|line| line.strip_prefix("Version:"));
            found.version = version.map(|version| version.trim().to_owned());
        }
        Err(unread) => found.unread_beside.push(unread),
    }
    found
}
