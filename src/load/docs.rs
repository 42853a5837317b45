//! The user docs of a connector, where the directory lies in a repository that holds them.

use std::sync::Arc;

use super::loaded::Loaded;
use super::read;
use crate::limits::Limits;
use crate::model::{Artifact, Document, ErrorCause, MigrationGuide};
use crate::tree::Tree;

/// How many folders the docs are looked for in, the connector directory first and then those around it.
const LEVELS: usize = 4;

/// Finds the migration guide and the changelog: in `docs/integrations/{sources,destinations}/` of the repository
/// around, or in a `docs/` of the directory itself.
pub(super) fn find(tree: &Arc<dyn Tree>, limits: &Limits, name: Option<&str>) -> Loaded {
    let mut found = Loaded::default();
    let Some(name) = name else { return found };
    let (short, folder) = match (name.strip_prefix("source-"), name.strip_prefix("destination-")) {
        (Some(short), _) => (short, "sources"),
        (_, Some(short)) => (short, "destinations"),
        _ => return found,
    };
    let levels = std::iter::successors(Some(tree.clone()), |tree| tree.above()).take(LEVELS);
    for (level, tree) in levels.enumerate() {
        for docs in [format!("docs/integrations/{folder}"), "docs".to_owned()] {
            let mut open = |name: &str| -> Option<Arc<Document>> {
                if !read::is_there(&*tree, name) {
                    return None;
                }
                let unread = match read::document(&*tree, name, limits) {
                    Ok(document) => return Some(document),
                    Err(unread) => unread.of(Artifact::Docs),
                };
                match (level, unread.cause) {
                    // A page that is no text says nothing, and syncs do not depend on it.
                    (_, ErrorCause::Content) => found.unread_beside.push(unread),
                    (0, _) => found.errors.push(unread),
                    // The docs around a connector are no part of it.
                    (_, ErrorCause::NotAFile) => {}
                    _ => found.unread_beside.push(unread),
                }
                None
            };
            let page = open(&format!("{docs}/{short}.md"));
            let guide = format!("{docs}/{short}-migrations.md");
            let headings = open(&guide);
            if let Some(document) = &page {
                found.changelog = Some(versions_in_tables(&document.text));
            }
            if let Some(document) = headings {
                found.migration_guide =
                    Some(MigrationGuide { file: guide, versions: upgrade_headings(&document.text) });
            }
            if found.changelog.is_some() || found.migration_guide.is_some() {
                return found;
            }
        }
    }
    found
}

/// The versions of headings "Upgrading to X.Y.Z".
fn upgrade_headings(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("##")?.trim().strip_prefix("Upgrading to "))
        .map(|version| version.trim().to_owned())
        .collect()
}

/// The versions in the first column of Markdown tables.
fn versions_in_tables(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix('|')?.split('|').next())
        .map(|cell| cell.trim().trim_matches('`').to_owned())
        .filter(|cell| semver::Version::parse(cell).is_ok())
        .collect()
}
