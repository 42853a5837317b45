//! What belongs to the releases of a connector: its pages for users, where the directory lies in a repository that holds
//! them, and the files that repeat its version or stop it.

use std::sync::Arc;

use super::loaded::Loaded;
use super::read;
use crate::limits::Limits;
use crate::model::{Artifact, DocsPage, ErrorCause, Metadata, ReleaseDocs, ReleaseFiles};
use crate::tree::{Kind, Tree};

/// How many folders the docs are looked for in, the connector directory first and then those around it.
const LEVELS: usize = 4;

/// Finds the migration guide and the changelog: in `docs/integrations/{sources,destinations}/` of the repository
/// around, or in a `docs/` of the directory itself.
pub(super) fn find(
    tree: &Arc<dyn Tree>,
    limits: &Limits,
    name: Option<&str>,
    metadata: Option<&Metadata>,
) -> Loaded {
    let mut found = Loaded::default();
    let Some(name) = name else { return found };
    let (short, folder) = match (name.strip_prefix("source-"), name.strip_prefix("destination-")) {
        (Some(short), _) => (short, "sources"),
        (_, Some(short)) => (short, "destinations"),
        _ => return found,
    };
    // The page that the metadata names may be that of another connector.
    let named = metadata.and_then(Metadata::page_file).and_then(|file| {
        let is_plain = |part: &str| {
            let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            !part.starts_with('.') && !part.is_empty() && part.chars().all(is_known)
        };
        let path = file.strip_suffix(".md")?;
        path.split('/').all(is_plain).then(|| path.to_owned())
    });
    let levels = std::iter::successors(Some(tree.clone()), |tree| tree.above()).take(LEVELS);
    // Where the folder is there and has neither page, both are missing.
    let mut without_pages = None;
    for (level, tree) in levels.enumerate() {
        found.release_files.levels = level + 1;
        for docs in [format!("docs/integrations/{folder}"), "docs".to_owned()] {
            let mut page = |file: String| {
                if !read::is_there(&*tree, &file) {
                    return DocsPage { file, document: None, unread: None };
                }
                let unread = match read::document(&*tree, &file, limits) {
                    Ok(document) => return DocsPage { file, document: Some(document), unread: None },
                    Err(unread) => unread.of(Artifact::Docs),
                };
                let cause = unread.cause;
                match (level, cause) {
                    // A page that is no text says nothing, and syncs do not depend on it.
                    (_, ErrorCause::Content) => found.unread_beside.push(unread),
                    (0, _) => found.errors.push(unread),
                    // The docs around a connector are no part of it.
                    (_, ErrorCause::NotAFile) => {}
                    _ => found.unread_beside.push(unread),
                }
                DocsPage { file, document: None, unread: Some(cause) }
            };
            let own = format!("{docs}/{short}");
            let of_page = named.clone().filter(|named| read::is_there(&*tree, &format!("{named}.md")));
            let of_page = of_page.unwrap_or_else(|| own.clone());
            let pages = ReleaseDocs {
                level,
                page: page(format!("{of_page}.md")),
                guide: page(format!("{own}-migrations.md")),
                shared_guide: (of_page != own).then(|| page(format!("{of_page}-migrations.md"))),
            };
            if pages.is_any_there() {
                found.release_files.docs = Some(pages);
                return found;
            }
            if without_pages.is_none() && docs != "docs" && matches!(tree.kind(&docs), Ok(Kind::Folder)) {
                without_pages = Some(pages);
            }
        }
    }
    found.release_files.docs = without_pages;
    found
}

/// The files of the connector directory itself. One that cannot be read as text is not taken: what is built does not
/// depend on it.
pub(super) fn beside(tree: &dyn Tree, limits: &Limits) -> Loaded {
    let mut found = Loaded::default();
    let mut open = |name: &str| {
        let document = read::is_there(tree, name).then(|| read::document(tree, name, limits))?;
        document.map_err(|unread| found.unread_beside.push(unread.of(Artifact::Metadata))).ok()
    };
    let files = ReleaseFiles {
        docs: None,
        levels: 0,
        pyproject: open("pyproject.toml"),
        release_block: open("block-release.yaml"),
    };
    Loaded { release_files: files, ..found }
}
