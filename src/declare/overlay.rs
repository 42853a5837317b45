//! A tree as it will be: some of its files, and of the folders around it, have other contents than they have now.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::tree::{Bytes, Entry, Kind, Tree, TreeError};

/// A file: how many folders above the side its tree is, and its path in that tree.
pub(super) type Place = (usize, String);

/// The tree of a side with planned contents.
#[derive(Debug)]
pub(super) struct Overlay {
    below: Arc<dyn Tree>,
    level: usize,
    files: Arc<BTreeMap<Place, Vec<u8>>>,
}

impl Overlay {
    pub(super) fn new(below: Arc<dyn Tree>, files: BTreeMap<Place, Vec<u8>>) -> Self {
        Self { below, level: 0, files: Arc::new(files) }
    }

    fn planned(&self, path: &str) -> Option<&Vec<u8>> {
        self.files.get(&(self.level, path.to_owned()))
    }
}

impl Tree for Overlay {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        match self.planned(path) {
            Some(bytes) => Ok(Kind::File { size: Some(bytes.len() as u64) }),
            None => self.below.kind(path),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError> {
        let mut entries = self.below.list(folder)?;
        for ((level, path), bytes) in self.files.iter() {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            if *level != self.level || parent != folder.trim_end_matches('/') {
                continue;
            }
            let kind = Ok(Kind::File { size: Some(bytes.len() as u64) });
            match entries.iter_mut().find(|entry| entry.name == name) {
                Some(entry) => entry.kind = kind,
                None => entries.push(Entry { name: name.to_owned(), kind, is_link: false }),
            }
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        match self.planned(path) {
            Some(bytes) if bytes.len() as u64 > limit => {
                Err(TreeError::TooLarge { limit, size: Some(bytes.len() as u64) })
            }
            Some(bytes) => Ok(bytes.clone().into()),
            None => self.below.read(path, limit),
        }
    }

    fn link(&self, path: &str) -> Option<String> {
        self.below.link(path)
    }

    fn shown(&self, path: &str) -> String {
        self.below.shown(path)
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        let below = self.below.above()?;
        Some(Arc::new(Self { below, level: self.level + 1, files: self.files.clone() }))
    }
}
