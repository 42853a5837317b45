//! Which connector of the new side a connector of the old side is now.
//!
//! Users hold to a connector by its definition id, and to its image by the repository: whatever takes one of these over is
//! what they get, whether the folder that had it is still there or not. So it is compared with that one. Where nothing
//! of the kind is written, a folder that went and one that came are one connector if most of their files are the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::limits::Limits;
use crate::tree::{ContentId, Kind, Tree, TreeError, below, has_same_content};

use super::touched::{Roots, TouchedConnector};
use super::{touched, yaml};

/// Pairs what was with what it is now. A connector that several take over is compared with each of them.
pub(super) fn join_renamed(roots: Roots<'_>, connectors: &mut Vec<TouchedConnector>) {
    let taken_over = taken_over(roots, connectors);
    let (taken, takers): (HashSet<&String>, HashSet<&String>) =
        taken_over.iter().map(|(old, new)| (old, new)).unzip();
    let is_in = |folder: &Option<String>, all: &HashSet<&String>| {
        folder.as_ref().is_some_and(|folder| all.contains(folder))
    };
    let is_gone = |one: &&TouchedConnector| one.new.is_none() && !is_in(&one.old, &taken);
    let is_come = |one: &&TouchedConnector| one.old.is_none() && !is_in(&one.new, &takers);
    let gone: BTreeSet<String> =
        connectors.iter().filter(is_gone).filter_map(|one| one.old.clone()).collect();
    let come: BTreeSet<String> =
        connectors.iter().filter(is_come).filter_map(|one| one.new.clone()).collect();
    let mut pairs = taken_over.clone();
    pairs.extend(same_files(roots, &gone, &come));
    let renamed: HashSet<&String> = pairs.iter().flat_map(|(old, new)| [old, new]).collect();
    connectors.retain(|one| match (&one.old, &one.new) {
        (Some(folder), None) | (None, Some(folder)) => !renamed.contains(folder),
        _ => true,
    });
    let pair = |(old, new)| TouchedConnector { old: Some(old), new: Some(new) };
    connectors.extend(pairs.into_iter().map(pair));
}

/// What users hold to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identity {
    DefinitionId(String),
    DockerRepository(String),
}

impl Identity {
    fn name(&self) -> &str {
        let (Self::DefinitionId(name) | Self::DockerRepository(name)) = self;
        name
    }
}

/// An id or a repository without what makes no other one of it: the case of letters, blanks around it, the braces and
/// hyphens of an id, the name of the registry that is meant where none is named.
fn plain(written: &str) -> String {
    const DEFAULT_REGISTRIES: [&str; 3] = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
    let name = written.trim().to_ascii_lowercase();
    let is_hexadecimal = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits: String = name.chars().filter(|c| !matches!(c, '{' | '}' | '-')).collect();
    if is_hexadecimal(&digits) {
        return digits;
    }
    let registry = DEFAULT_REGISTRIES.iter().find_map(|registry| name.strip_prefix(registry));
    registry.map_or(name.clone(), str::to_owned)
}

/// The folders that have an identity now that they did not have, each after the folders that had it.
fn taken_over(roots: Roots<'_>, connectors: &[TouchedConnector]) -> BTreeSet<(String, String)> {
    let mut takers: BTreeMap<Identity, BTreeSet<&String>> = BTreeMap::new();
    for one in connectors {
        let Some(new) = &one.new else { continue };
        if one.old.as_ref() == Some(new) && says_the_same(roots, new) {
            continue;
        }
        let before = one.old.as_ref().map(|old| identities(roots.old, old, roots.limits)).unwrap_or_default();
        for identity in identities(roots.new, new, roots.limits).difference(&before) {
            takers.entry(identity.clone()).or_default().insert(new);
        }
    }
    if takers.is_empty() {
        return BTreeSet::new();
    }
    let mut holders: BTreeSet<String> = connectors.iter().filter_map(|one| one.old.clone()).collect();
    holders.extend(touched::folders_with_metadata(roots.old));
    let mut pairs = BTreeSet::new();
    for old in &holders {
        for identity in identities(roots.old, old, roots.limits) {
            let takers = takers.get(&identity).into_iter().flatten();
            pairs.extend(takers.filter(|new| **new != old).map(|new| (old.clone(), (*new).clone())));
        }
    }
    pairs
}

/// Whether the metadata of a folder is known to be the same on both sides.
fn says_the_same(roots: Roots<'_>, folder: &str) -> bool {
    METADATA.iter().all(|file| {
        let path = below(folder, file);
        let is_absent = |tree: &dyn Tree| matches!(tree.kind(&path), Err(TreeError::Absent));
        has_same_content(roots.old, roots.new, &path).unwrap_or(is_absent(roots.old) && is_absent(roots.new))
    })
}

/// The files that metadata may lie in.
const METADATA: [&str; 2] = ["metadata.yaml", "metadata.yml"];

/// What the metadata of a folder says that users hold to.
fn identities(tree: &dyn Tree, folder: &str, limits: &Limits) -> BTreeSet<Identity> {
    let read = |file: &str| {
        let bytes = tree.read(&below(folder, file), limits.input_bytes).ok()?;
        yaml::parse(std::str::from_utf8(bytes.as_ref()).ok()?, limits).ok()
    };
    let Some(metadata) = METADATA.iter().find_map(|file| read(file)) else {
        return BTreeSet::new();
    };
    let data = metadata.get("data");
    let of_registry = |registry: &str| data?.get("registryOverrides")?.get(registry);
    let places = [data, of_registry("oss"), of_registry("cloud")];
    let said = |key: &'static str| {
        places.into_iter().flatten().filter_map(move |place| place.get(key)?.as_str().map(plain))
    };
    let ids = said("definitionId").map(Identity::DefinitionId);
    let repositories = said("dockerRepository").map(Identity::DockerRepository);
    ids.chain(repositories).filter(|identity| !identity.name().is_empty()).collect()
}

/// What went and what came of which most files are the same.
fn same_files(
    roots: Roots<'_>,
    gone: &BTreeSet<String>,
    come: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut holders: HashMap<ContentId, Vec<&String>> = HashMap::new();
    let mut sizes: HashMap<&String, usize> = HashMap::new();
    for folder in come {
        let files = contents(roots.new, folder);
        sizes.insert(folder, files.len());
        for file in files {
            holders.entry(file).or_default().push(folder);
        }
    }
    let mut pairs = BTreeMap::new();
    let mut used: HashSet<&String> = HashSet::new();
    for old in gone {
        let files = contents(roots.old, old);
        let mut common: BTreeMap<&String, usize> = BTreeMap::new();
        for folder in files.iter().filter_map(|file| holders.get(file)).flatten() {
            *common.entry(folder).or_default() += 1;
        }
        let is_most = |folder: &String, common: usize| {
            2 * common > files.len().max(sizes.get(folder).copied().unwrap_or_default())
        };
        let best = common
            .into_iter()
            .filter(|(folder, common)| is_most(folder, *common) && !used.contains(folder))
            .max_by_key(|(_, common)| *common);
        if let Some((new, _)) = best {
            used.insert(new);
            pairs.insert(old.clone(), new.clone());
        }
    }
    pairs
}

/// The names of the contents of a folder's files, where a store holds them.
fn contents(tree: &dyn Tree, folder: &str) -> BTreeSet<ContentId> {
    const MOST_FILES: usize = 20_000;
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in tree.list(&folder).unwrap_or_default() {
            let path = below(&folder, &entry.name);
            match entry.kind {
                Ok(Kind::Folder) if !entry.is_link => folders.push(path),
                Ok(Kind::File { .. }) if found.len() < MOST_FILES => found.extend(tree.content(&path)),
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    fn metadata(id: &str, repository: &str) -> String {
        format!("data:\n  definitionId: {id}\n  dockerRepository: lantern/{repository}\n")
    }

    fn joined(old: &Memory, new: &Memory, folders: &[&str]) -> Vec<TouchedConnector> {
        let limits = Limits::default();
        let roots = Roots { old, new, limits: &limits };
        let paths = folders.iter().map(|folder| format!("{folder}/metadata.yaml")).collect();
        touched::touched(roots, &paths).connectors
    }

    fn pair(old: Option<&str>, new: Option<&str>) -> TouchedConnector {
        TouchedConnector { old: old.map(str::to_owned), new: new.map(str::to_owned) }
    }

    #[test]
    fn what_came_and_went_is_one_connector_where_its_id_is_the_same() {
        let old = Memory::new("old")
            .file("source-a/metadata.yaml", metadata("first", "source-a"))
            .file("source-c/metadata.yaml", metadata("third", "source-c"));
        let new = Memory::new("new")
            .file("source-b/metadata.yaml", metadata("FIRST", "source-b"))
            .file("source-d/metadata.yaml", metadata("fourth", "source-d"));
        let expected = [
            pair(None, Some("source-d")),
            pair(Some("source-a"), Some("source-b")),
            pair(Some("source-c"), None),
        ];
        assert_eq!(joined(&old, &new, &["source-a", "source-b", "source-c", "source-d"]), expected);
    }

    #[test]
    fn whatever_takes_an_id_or_a_repository_over_is_compared_with_what_has_it() {
        let first = metadata("first", "source-a");
        let old = Memory::new("old")
            .file("source-a/metadata.yaml", first.clone())
            .file("source-b/metadata.yaml", metadata("second", "source-b"));
        let kept = |old: &'static str| pair(Some(old), Some(old));
        // The one that has it is left as it was, gives up its repository, or is gone.
        let left = [
            (Some(first), None),
            (Some(metadata("first", "source-other")), Some(kept("source-a"))),
            (None, None),
        ];
        for (left, own) in left {
            let new = Memory::new("new")
                .file("source-b/metadata.yaml", metadata("second", "source-a"))
                .file("source-c/metadata.yaml", metadata("first", "source-c"))
                .file("source-d/metadata.yaml", metadata("first", "source-d"));
            let new = match &left {
                Some(left) => new.file("source-a/metadata.yaml", left.clone()),
                None => new,
            };
            let is_touched = own.is_some() || left.is_none();
            let touched: &[&str] = if is_touched { &["source-a"] } else { &[] };
            let mut expected: Vec<TouchedConnector> = own.into_iter().collect();
            expected
                .extend(["source-b", "source-c", "source-d"].map(|new| pair(Some("source-a"), Some(new))));
            expected.push(kept("source-b"));
            expected.sort();
            let touched = [touched, &["source-b", "source-c", "source-d"]].concat();
            assert_eq!(joined(&old, &new, &touched), expected);
        }
    }

    #[test]
    fn what_tests_are_made_of_has_no_users() {
        let old = Memory::new("old")
            .file("cdk/unit_tests/source-a/metadata.yaml", metadata("first", "source-a"))
            .file("lamps/metadata.yaml", metadata("second", "source-b"));
        let new = old
            .clone()
            .file("source-a/metadata.yaml", metadata("first", "source-a"))
            .file("source-b/metadata.yaml", metadata("second", "source-c"));
        let expected = [pair(None, Some("source-a")), pair(Some("lamps"), Some("source-b"))];
        assert_eq!(joined(&old, &new, &["source-a", "source-b"]), expected);
    }

    #[test]
    fn an_id_that_both_always_had_is_taken_over_by_neither() {
        let tree = Memory::new("tree")
            .file("source-a/metadata.yaml", metadata("first", "source-a"))
            .file("source-b/metadata.yaml", metadata("first", "source-b"))
            .file("source-c/metadata.yaml", metadata("''", "source-c"));
        let new = tree.clone().file("source-d/metadata.yaml", metadata("''", "source-d"));
        let kept = |folder| pair(Some(folder), Some(folder));
        let expected = [pair(None, Some("source-d")), kept("source-a"), kept("source-b"), kept("source-c")];
        assert_eq!(joined(&tree, &new, &["source-a", "source-b", "source-c", "source-d"]), expected);
    }
}
