//! The user docs of a connector, where the directory lies in a repository that holds them.

use std::path::Path;

use super::read;
use crate::model::{Connector, MigrationGuide};

/// How far above the connector directory the docs are looked for.
const LEVELS_UP: usize = 4;

/// Finds the migration guide and the changelog: in `docs/integrations/{sources,destinations}/` of the repository
/// around, or in a `docs/` of the directory itself.
pub(super) fn find(root: &Path, connector: &mut Connector) {
    let Some(name) = connector.name.clone() else { return };
    let (short, folder) = match (name.strip_prefix("source-"), name.strip_prefix("destination-")) {
        (Some(short), _) => (short, "sources"),
        (_, Some(short)) => (short, "destinations"),
        _ => return,
    };
    let absolute = std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf());
    for ancestor in absolute.ancestors().take(LEVELS_UP) {
        for docs in [format!("docs/integrations/{folder}"), "docs".to_owned()] {
            let page = format!("{docs}/{short}.md");
            let guide = format!("{docs}/{short}-migrations.md");
            let open = |name: &str| {
                let path = ancestor.join(name);
                path.is_file().then(|| read::document(&path, name).ok()).flatten()
            };
            if let Some(document) = open(&page) {
                connector.changelog = Some(versions_in_tables(&document.text));
            }
            if let Some(document) = open(&guide) {
                connector.migration_guide =
                    Some(MigrationGuide { file: guide, versions: upgrade_headings(&document.text) });
            }
            if connector.changelog.is_some() || connector.migration_guide.is_some() {
                return;
            }
        }
    }
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
