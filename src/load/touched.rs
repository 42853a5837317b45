//! Which connectors a change touches, read off the paths that differ between two states of a repository.
//!
//! A connector is a folder that has a connector's `metadata.yaml`; where there is none, the outermost one with a low-code
//! manifest, or that is called `source-…` or `destination-…`. What is a connector on the old side stays one, whatever the
//! change puts around it: else a file that it adds would hide the connector. A page of the docs belongs to the connector that it is
//! named after. All other files lie outside of connectors.

use std::collections::{BTreeSet, HashMap};

use crate::limits::Limits;
use crate::tree::{Kind, Tree, below};

use super::common::builds;
use super::{read, renamed};

/// A connector by where it lies on each side; a side that has it nowhere is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TouchedConnector {
    /// The folder on the old side.
    pub old: Option<String>,
    /// The folder on the new side.
    pub new: Option<String>,
}

/// What a change touches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// The connectors, by where they lie.
    pub connectors: Vec<TouchedConnector>,
    /// Files outside of connectors that connectors may be built from.
    pub shared: Vec<String>,
}

/// The two states of a repository.
#[derive(Debug, Clone, Copy)]
pub struct Roots<'t> {
    /// The old one.
    pub old: &'t dyn Tree,
    /// The new one.
    pub new: &'t dyn Tree,
    /// How much is read of one file.
    pub limits: &'t Limits,
}

/// The connectors that the paths belong to.
pub fn touched(roots: Roots<'_>, paths: &BTreeSet<String>) -> Touched {
    let mut finder = Finder { roots, known: HashMap::new() };
    let mut folders: BTreeSet<String> = BTreeSet::new();
    let (mut pages, mut others) = (Vec::new(), Vec::new());
    for path in paths {
        let around = finder.around(path);
        match (around.is_empty(), documented(path)) {
            (false, _) => folders.extend(around),
            (true, Some(name)) => pages.push(name),
            (true, None) => others.push(path),
        }
    }
    if !pages.is_empty() {
        folders.extend(finder.named(&pages.into_iter().collect()));
    }
    let mut sides = |folder: String| {
        let mut on = |is_old| finder.sign_on(is_old, &folder).is_some().then(|| folder.clone());
        TouchedConnector { old: on(true), new: on(false) }
    };
    let mut connectors: Vec<TouchedConnector> = folders.into_iter().map(&mut sides).collect();
    renamed::join_renamed(roots, &mut connectors);
    connectors.retain(|one| one.old.is_some() || one.new.is_some());
    connectors.sort();
    let shared = others.into_iter().filter(|path| is_built_from(path)).cloned().collect();
    Touched { connectors, shared }
}

/// The connectors at a path that somebody names: those of `touched` that lie or lay there or below, and else the one that
/// it is.
pub fn touched_at(roots: Roots<'_>, folder: &str, touched: &[TouchedConnector]) -> Vec<TouchedConnector> {
    let lies = |at: &Option<String>| {
        at.as_ref()
            .is_some_and(|at| at == folder || folder.is_empty() || at.starts_with(&format!("{folder}/")))
    };
    let found: Vec<TouchedConnector> =
        touched.iter().filter(|one| lies(&one.old) || lies(&one.new)).cloned().collect();
    if !found.is_empty() {
        return found;
    }
    let finder = Finder { roots, known: HashMap::new() };
    let on = |tree: &dyn Tree| finder.sign(tree, folder).is_some().then(|| folder.to_owned());
    let named = TouchedConnector { old: on(roots.old), new: on(roots.new) };
    if named.old.is_some() || named.new.is_some() { vec![named] } else { Vec::new() }
}

/// What shows that a folder is a connector, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Metadata,
    Other,
}

/// Connectors lie no deeper than so many folders.
const DEEPEST_CONNECTOR: usize = 24;

struct Finder<'t> {
    roots: Roots<'t>,
    known: HashMap<(bool, String), Option<Sign>>,
}

impl Finder<'_> {
    /// The connectors that a file belongs to, by what either side has around it. What is one on the old side stays one,
    /// whatever the change puts above or between; on the new side a folder with metadata of its own is one, whatever it
    /// is put into.
    fn around(&mut self, path: &str) -> BTreeSet<String> {
        // A connector may be a link to a folder, and then the path is its own.
        let is_link =
            [self.roots.old, self.roots.new].iter().any(|tree| matches!(tree.kind(path), Ok(Kind::Folder)));
        let ends = path.match_indices('/').map(|(at, _)| at).chain(is_link.then_some(path.len()));
        let folders: Vec<&str> =
            std::iter::once("").chain(ends.map(|end| &path[..end])).take(DEEPEST_CONNECTOR).collect();
        let mut found = BTreeSet::new();
        for is_old in [true, false] {
            // What tests build connectors from is none that users have.
            let folders = folders.iter().filter(|folder| !is_of_tests(folder));
            let signs: Vec<(Sign, &str)> =
                folders.filter_map(|folder| Some((self.sign_on(is_old, folder)?, *folder))).collect();
            let by_metadata: Vec<&str> =
                signs.iter().filter(|(sign, _)| *sign == Sign::Metadata).map(|(_, folder)| *folder).collect();
            let outermost = by_metadata.first().or(signs.first().map(|(_, folder)| folder));
            let Some(outermost) = outermost.copied() else { continue };
            // What tests a connector is none.
            let is_own = |folder: &&str| builds(&format!("{}/x", inside(outermost, folder)));
            let inner = by_metadata.into_iter().filter(|folder| *folder != outermost).filter(is_own);
            // Below a connector of the old side only metadata makes another.
            let outermost = (found.is_empty()).then_some(outermost);
            let all: Vec<String> = outermost.into_iter().chain(inner).map(str::to_owned).collect();
            found.extend(all);
        }
        found
    }

    fn sign_on(&mut self, is_old: bool, folder: &str) -> Option<Sign> {
        let key = (is_old, folder.to_owned());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let tree = if is_old { self.roots.old } else { self.roots.new };
        let sign = self.sign(tree, folder);
        self.known.insert(key, sign);
        sign
    }

    fn sign(&self, tree: &dyn Tree, folder: &str) -> Option<Sign> {
        let says = |file: &str, words: &[&str]| {
            let path = below(folder, file);
            // What cannot be read is told by whoever compares it.
            read::is_there(tree, &path)
                && tree.read(&path, self.roots.limits.input_bytes).map_or(true, |bytes| {
                    let text = String::from_utf8_lossy(bytes.as_ref()).into_owned();
                    // A key may be written with escapes.
                    words.iter().any(|word| text.contains(word)) || text.contains('\\')
                })
        };
        if says("metadata.yaml", &["dockerRepository", "connectorType"])
            || says("metadata.yml", &["dockerRepository", "connectorType"])
        {
            return Some(Sign::Metadata);
        }
        let name = folder.rsplit('/').next().unwrap_or_default();
        let is_named = name.starts_with("source-") || name.starts_with("destination-");
        let is_other = says("manifest.yaml", &["DeclarativeSource"])
            || is_named && matches!(tree.kind(folder), Ok(Kind::Folder));
        is_other.then_some(Sign::Other)
    }

    /// The folders of connectors with these names, on either side.
    fn named(&self, names: &BTreeSet<String>) -> BTreeSet<String> {
        let sides = [self.roots.old, self.roots.new].into_iter();
        let called = sides.flat_map(|tree| called_connectors(tree).into_iter().map(move |one| (tree, one)));
        let is_one = |tree: &dyn Tree, name: &String, folder: &str| {
            names.contains(name) && self.sign(tree, folder).is_some()
        };
        called
            .filter(|(tree, (name, folder))| is_one(*tree, name, folder))
            .map(|(_, (_, folder))| folder)
            .collect()
    }
}

/// Every folder with metadata, wherever it lies and whatever it is called.
pub(super) fn folders_with_metadata(tree: &dyn Tree) -> BTreeSet<String> {
    /// A repository of several hundred connectors has some ten thousand folders.
    const MOST_FOLDERS: usize = 100_000;
    let mut found = BTreeSet::new();
    let mut folders = vec![String::new()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        seen += 1;
        if seen > MOST_FOLDERS {
            break;
        }
        for entry in tree.list(&folder).unwrap_or_default() {
            match entry.kind {
                // What tests are made of is no connector that users have.
                Ok(Kind::Folder) if entry.is_link || is_of_tests(&entry.name) => {}
                Ok(Kind::Folder) if folder.split('/').count() < DEEPEST_CONNECTOR => {
                    folders.push(below(&folder, &entry.name));
                }
                Ok(Kind::File { .. }) if ["metadata.yaml", "metadata.yml"].contains(&entry.name.as_str()) => {
                    found.insert(folder.clone());
                }
                _ => {}
            }
        }
    }
    found
}

/// The folders that are called as connectors are, each after its name.
fn called_connectors(tree: &dyn Tree) -> Vec<(String, String)> {
    /// Connectors lie no deeper, and no more folders are looked into.
    const DEEPEST: usize = 3;
    const MOST_FOLDERS: usize = 2_000;
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = folders.pop() {
        seen += 1;
        if seen > MOST_FOLDERS {
            break;
        }
        for entry in tree.list(&folder).unwrap_or_default() {
            if !matches!(entry.kind, Ok(Kind::Folder)) || entry.is_link || entry.name.starts_with('.') {
                continue;
            }
            let path = below(&folder, &entry.name);
            if entry.name.starts_with("source-") || entry.name.starts_with("destination-") {
                found.push((entry.name, path));
            } else if depth + 1 < DEEPEST {
                folders.push((path, depth + 1));
            }
        }
    }
    found
}

/// A path below a folder as it is seen from there.
fn inside<'p>(folder: &str, path: &'p str) -> &'p str {
    path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/')
}

/// The connector that a page of the docs is about: `docs/integrations/sources/lantern-migrations.md` is about
/// `source-lantern`.
fn documented(path: &str) -> Option<String> {
    let page = path.strip_prefix("docs/integrations/")?.strip_suffix(".md")?;
    let (folder, name) = page.split_once('/')?;
    let kind = match folder {
        "sources" => "source",
        "destinations" => "destination",
        _ => return None,
    };
    (!name.contains('/')).then(|| format!("{kind}-{}", name.strip_suffix("-migrations").unwrap_or(name)))
}

/// Folders of pages for readers, and of the site that shows them.
const DOCS: [&str; 2] = ["docs/", "docusaurus/"];

/// Folders of tests, wherever they lie.
const TESTS: [&str; 8] = [
    "test",
    "tests",
    "unit_tests",
    "integration_tests",
    "test-integration",
    "testFixtures",
    "fixtures",
    "testdata",
];

fn is_of_tests(path: &str) -> bool {
    path.split('/').any(|part| TESTS.contains(&part))
}

/// Whether connectors may be built from a file that lies outside of them: what describes, checks or decorates the
/// repository is in no image.
fn is_built_from(path: &str) -> bool {
    let is_hidden = path.split('/').any(|part| part.starts_with('.'));
    let is_text =
        [".md", ".mdx", ".rst", ".svg", ".png", ".jpg", ".gif"].iter().any(|end| path.ends_with(end));
    !is_hidden
        && !is_of_tests(path)
        && !is_text
        && !DOCS.iter().any(|folder| path.starts_with(folder))
        && builds_or_pins(path)
}

/// As for the files of a connector, where those that pin what is built with count too.
fn builds_or_pins(path: &str) -> bool {
    builds(path) || super::common::pins(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    const METADATA: &str = "data:\n  dockerRepository: lantern/source-lantern\n  definitionId: first\n";

    fn found(old: &Memory, new: &Memory, paths: &[&str]) -> Touched {
        let limits = Limits::default();
        let roots = Roots { old, new, limits: &limits };
        touched(roots, &paths.iter().map(|path| (*path).to_owned()).collect())
    }

    fn both(folder: &str) -> TouchedConnector {
        TouchedConnector { old: Some(folder.to_owned()), new: Some(folder.to_owned()) }
    }

    #[test]
    fn a_file_belongs_to_the_outermost_connector_around_it() {
        let tree = Memory::new("tree")
            .file("metadata.yaml", "title: the whole repository\n")
            .file("connectors/source-a/metadata.yaml", METADATA)
            .file("connectors/source-a/tests/source-b/metadata.yaml", METADATA)
            .file("connectors/low/manifest.yaml", "type: DeclarativeSource\n")
            .file("connectors/destination-c/spec.json", "{}")
            .file("connectors/source-d/src/x.py", "")
            .file("charts/manifest.yaml", "kind: Chart\n");
        let touched = found(
            &tree,
            &tree,
            &[
                "connectors/source-a/tests/source-b/metadata.yaml",
                "connectors/low/manifest.yaml",
                "connectors/destination-c/spec.json",
                "connectors/source-d/src/x.py",
                "charts/manifest.yaml",
                "connectors/README.md",
                "connectors/cdk/version.properties",
                "connectors/cdk/src/test/Client.kt",
                ".github/workflows/x.yml",
                "docs/integrations/sources/a-migrations.md",
                "docs/integrations/sources/none.md",
                "docs/integrations/sources/d.md",
                "build.gradle",
            ],
        );
        let folders =
            ["low", "destination-c", "source-a", "source-d"].map(|name| format!("connectors/{name}"));
        let mut expected: Vec<TouchedConnector> = folders.iter().map(|folder| both(folder)).collect();
        expected.sort();
        assert_eq!(touched.connectors, expected);
        assert_eq!(
            touched.shared,
            ["build.gradle", "charts/manifest.yaml", "connectors/cdk/version.properties"]
        );
    }
}
