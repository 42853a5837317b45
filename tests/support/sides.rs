//! Sides in memory.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Connector, ConnectorReport};
use connector_diff::tree::{Memory, Tree};
use connector_diff::{Options, compare};

/// Files with their names.
pub(crate) type Files<'f> = &'f [(&'f str, &'f str)];

/// A folder that holds these files.
pub(crate) fn folder(name: &str, files: Files<'_>) -> Memory {
    files.iter().fold(Memory::new(name), |tree, (name, body)| tree.file(name, body))
}

/// A tree that is this file alone.
pub(crate) fn file(name: &str, bytes: impl AsRef<[u8]>) -> Memory {
    Memory::new(name).file("", bytes)
}

/// A file that a flag names beside a side.
pub(crate) fn beside(name: &str, bytes: impl AsRef<[u8]>) -> Arc<dyn Tree> {
    Arc::new(file(name, bytes))
}

/// A side that holds these files.
pub(crate) fn side(name: &str, files: Files<'_>) -> Connector {
    load(folder(name, files))
}

/// What is read of a tree.
pub(crate) fn load(tree: Memory) -> Connector {
    connector_in(&Request::new(tree))
}

/// What is read of a tree with these state samples beside it.
pub(crate) fn load_with_states(tree: Memory, states: Vec<Arc<dyn Tree>>) -> Connector {
    connector_in(&Request { states, ..Request::new(tree) })
}

/// What is said of two sides that hold these files.
pub(crate) fn report(old: Files<'_>, new: Files<'_>) -> ConnectorReport {
    compare(&side("old", old), &side("new", new), &Options::default())
}

/// What a folder on disk holds, in memory and by the same name.
pub(crate) fn copy_of(folder: &Path) -> Memory {
    fn add(tree: Memory, folder: &Path, name: &str) -> Memory {
        let mut tree = tree;
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let own = path.file_name().expect("a name").to_str().expect("a name in UTF-8");
            let name = if name.is_empty() { own.to_owned() } else { format!("{name}/{own}") };
            tree = match path.is_dir() {
                true => add(tree.folder(&name), &path, &name),
                false => tree.file(&name, fs::read(&path).expect("a file")),
            };
        }
        tree
    }
    add(Memory::new(folder.display().to_string()), folder, "")
}
