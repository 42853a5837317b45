//! The names of a tree that is known as a list: files of any kind, links and folders.

use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, FILE, FOLDER, Kind, TreeError, below, links};

/// What lies where. `F` is a file.
#[derive(Debug, Clone)]
pub(super) struct Names<F> {
    nodes: BTreeMap<String, Node<F>>,
    /// Every folder, with the names in it.
    folders: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Clone)]
pub(super) enum Node<F> {
    File(F),
    Link(String),
    Refused(TreeError),
}

/// What is at the end of all links.
pub(super) enum Found<'t, F> {
    File(&'t F),
    Folder(String),
}

impl<F> Default for Names<F> {
    fn default() -> Self {
        Self { nodes: BTreeMap::new(), folders: BTreeMap::new() }
    }
}

impl<F> Names<F> {
    /// Adds what is at a path, and the folders on the way to it.
    pub(super) fn insert(&mut self, path: &str, node: Node<F>) {
        self.add_to_its_folder(path);
        self.nodes.insert(path.to_owned(), node);
    }

    /// Adds a folder, and those on the way to it.
    pub(super) fn add_folder(&mut self, path: &str) {
        if !self.folders.contains_key(path) {
            self.folders.insert(path.to_owned(), BTreeSet::new());
            self.add_to_its_folder(path);
        }
    }

    fn add_to_its_folder(&mut self, path: &str) {
        if path.is_empty() {
            return;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.add_folder(folder);
        self.folders.entry(folder.to_owned()).or_default().insert(name.to_owned());
    }

    /// What is written in the link at a path.
    pub(super) fn link(&self, path: &str) -> Option<String> {
        match self.nodes.get(path) {
            Some(Node::Link(target)) => Some(target.clone()),
            _ => None,
        }
    }

    /// What is at a path once its links are followed. `root` names the tree in what is said of links.
    pub(super) fn found(&self, root: &str, path: &str) -> Result<Found<'_, F>, TreeError> {
        let end = self.resolve(root, path)?;
        // What cannot be had hides all that lies below it.
        let around = end.match_indices('/').map(|(at, _)| &end[..at]);
        for folder in around {
            if let Some(Node::Refused(error)) = self.nodes.get(folder) {
                return Err(error.clone());
            }
        }
        match self.nodes.get(&end) {
            Some(Node::File(file)) => Ok(Found::File(file)),
            Some(Node::Refused(error)) => Err(error.clone()),
            _ if self.folders.contains_key(&end) => Ok(Found::Folder(end)),
            _ => Err(self
                .dead_link(root, path)?
                .map_or(TreeError::Absent, |target| TreeError::LinkToNowhere { target })),
        }
    }

    /// The path at the end of all links.
    fn resolve(&self, root: &str, path: &str) -> Result<String, TreeError> {
        links::follow(path, root, |path| self.link(path))
    }

    /// What is written in the first link on the way to a path that leads to nothing.
    fn dead_link(&self, root: &str, path: &str) -> Result<Option<String>, TreeError> {
        let is_there = |path: &str| Ok(self.nodes.contains_key(path) || self.folders.contains_key(path));
        links::dead(path, |path| self.resolve(root, path), |path| self.link(path), is_there)
    }

    /// What is at a path, for whoever knows how long a file is.
    pub(super) fn kind(&self, root: &str, path: &str, size: fn(&F) -> u64) -> Result<Kind, TreeError> {
        Ok(match self.found(root, path)? {
            Found::File(file) => Kind::File { size: Some(size(file)) },
            Found::Folder(_) => Kind::Folder,
        })
    }

    /// The file at a path, of which no more than `limit` bytes are wanted.
    pub(super) fn file(
        &self,
        root: &str,
        path: &str,
        limit: u64,
        size: fn(&F) -> u64,
    ) -> Result<&F, TreeError> {
        match self.found(root, path)? {
            Found::File(file) if size(file) > limit => {
                Err(TreeError::TooLarge { limit, size: Some(size(file)) })
            }
            Found::File(file) => Ok(file),
            Found::Folder(_) => Err(TreeError::Other { expected: FILE, found: FOLDER, is_file: false }),
        }
    }

    /// What a folder holds, in the order of its names.
    pub(super) fn list(
        &self,
        root: &str,
        folder: &str,
        size: fn(&F) -> u64,
    ) -> Result<Vec<Entry>, TreeError> {
        let Found::Folder(folder) = self.found(root, folder.trim_end_matches('/'))? else {
            return Err(TreeError::Other { expected: FOLDER, found: FILE, is_file: true });
        };
        let entry = |name: &String| {
            let path = below(&folder, name);
            let is_link = matches!(self.nodes.get(&path), Some(Node::Link(_)));
            Entry { kind: self.kind(root, &path, size), is_link, name: name.clone() }
        };
        Ok(self.folders.get(&folder).into_iter().flatten().map(entry).collect())
    }
}
