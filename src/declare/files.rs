//! The files that a declaration stands in: where they are, and their texts as they are.

use std::sync::Arc;

use super::DeclareError;
use super::overlay::Place;
use crate::limits::Limits;
use crate::tree::{Kind, Tree, TreeError};

/// Where the docs of the repository are looked for: in the folder of the connector and in those around it, as the loader
/// does.
const LEVELS: usize = 4;

/// The trees of a side: its own, and those of the folders around it.
pub(super) struct Trees {
    all: Vec<Arc<dyn Tree>>,
    limits: Limits,
}

/// A file with its whole text.
#[derive(Debug, Clone)]
pub(super) struct Read {
    /// What stands before the text: a byte order mark, or nothing.
    pub(super) mark: &'static str,
    /// The text behind it.
    pub(super) text: String,
}

const MARK: &str = "\u{feff}";

impl Trees {
    pub(super) fn of(tree: &Arc<dyn Tree>, limits: Limits) -> Self {
        let all = std::iter::successors(Some(tree.clone()), |tree| tree.above()).take(LEVELS).collect();
        Self { all, limits }
    }

    /// How a file is called in messages.
    pub(super) fn shown(&self, place: &Place) -> String {
        self.all.get(place.0).map_or_else(|| place.1.clone(), |tree| tree.shown(&place.1))
    }

    /// The text of a file; `None` where there is none.
    pub(super) fn read(&self, place: &Place) -> Result<Option<Read>, DeclareError> {
        let Some(tree) = self.all.get(place.0) else { return Ok(None) };
        let shown = tree.shown(&place.1);
        let bytes = match tree.read(&place.1, self.limits.input_bytes) {
            Ok(bytes) => bytes.into_vec(),
            Err(TreeError::Absent) => return Ok(None),
            Err(error) => return Err(DeclareError::Input(vec![format!("{shown}: {error}")])),
        };
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let line = 1 + memchr::memchr_iter(b'\n', &error.as_bytes()[..valid]).count();
            DeclareError::Input(vec![format!(
                "{shown}:{line}: expected UTF-8 text, found other bytes: save it as UTF-8"
            )])
        })?;
        if let Some(line) = conflict(&text) {
            let message = format!(
                "{shown}:{line}: expected a merged file, found the marker of a merge conflict: resolve it first"
            );
            return Err(DeclareError::Input(vec![message]));
        }
        Ok(Some(match text.strip_prefix(MARK) {
            Some(rest) => Read { mark: MARK, text: rest.to_owned() },
            None => Read { mark: "", text },
        }))
    }

    /// Where the docs of a connector are, or may be written: the tree and the folder in it.
    pub(super) fn docs(&self, kind: &str, name: &str) -> Option<Place> {
        let folders = [format!("docs/integrations/{kind}s"), "docs".to_owned()];
        let has_page = |tree: &Arc<dyn Tree>, folder: &str| {
            let pages = [format!("{folder}/{name}.md"), format!("{folder}/{name}-migrations.md")];
            pages.iter().any(|page| !matches!(tree.kind(page), Ok(Kind::Folder) | Err(TreeError::Absent)))
        };
        let places = || {
            let levels = self.all.iter().enumerate();
            levels.flat_map(|(level, tree)| folders.iter().map(move |folder| (level, tree, folder)))
        };
        let with_page = places().find(|(_, tree, folder)| has_page(tree, folder));
        let is_of_repository = |(_, tree, folder): &(usize, &Arc<dyn Tree>, &String)| {
            folder.len() > "docs".len() && matches!(tree.kind(folder), Ok(Kind::Folder))
        };
        let found = with_page.or_else(|| places().find(is_of_repository));
        found.map(|(level, _, folder)| (level, folder.clone()))
    }
}

/// The line of the first marker that git leaves where two sides of a merge differ. What has no start or no end was left
/// behind by somebody, and is a text like others.
fn conflict(text: &str) -> Option<usize> {
    let start = text.lines().position(|line| line.starts_with("<<<<<<< "))?;
    text.lines().skip(start).any(|line| line.starts_with(">>>>>>> ")).then_some(start + 1)
}
