//! What a release says beside `metadata.yaml`: its pages for users, and the files that repeat its version or stop it.

use std::sync::Arc;

use super::{Document, ErrorCause};

/// The files of a connector that belong to its releases and not to what runs.
#[derive(Debug, Clone, Default)]
pub struct ReleaseFiles {
    /// The pages for users; `None` where no folder of them was found.
    pub docs: Option<ReleaseDocs>,
    /// In how many folders they were looked for: the connector's own, and those around it.
    pub levels: usize,
    /// `pyproject.toml`.
    pub pyproject: Option<Arc<Document>>,
    /// `block-release.yaml`, which keeps a connector from being published.
    pub release_block: Option<Arc<Document>>,
}

/// The pages of a connector in a folder of docs.
#[derive(Debug, Clone)]
pub struct ReleaseDocs {
    /// How many folders above the connector their paths start.
    pub level: usize,
    /// The page of the connector, with its changelog.
    pub page: DocsPage,
    /// The migration guide, by the connector's name.
    pub guide: DocsPage,
    /// The guide beside the page that the metadata names, where that is the page of another connector: the two share it.
    pub shared_guide: Option<DocsPage>,
}

impl ReleaseDocs {
    /// Whether one of them is there, whatever could be read of it.
    pub fn is_any_there(&self) -> bool {
        let is_there = |page: &DocsPage| page.document.is_some() || page.unread.is_some();
        is_there(&self.page) || is_there(&self.guide)
    }

    /// The same pages where all of them are gone.
    pub fn gone(&self) -> Self {
        let gone = |page: &DocsPage| DocsPage { file: page.file.clone(), document: None, unread: None };
        Self { level: self.level, page: gone(&self.page), guide: gone(&self.guide), shared_guide: None }
    }
}

/// A page, there or not.
#[derive(Debug, Clone)]
pub struct DocsPage {
    /// Where it is, or would be: `docs/integrations/sources/NAME.md`.
    pub file: String,
    /// The page; `None` where it is missing, or cannot be read.
    pub document: Option<Arc<Document>>,
    /// Why it is there and was not read.
    pub unread: Option<ErrorCause>,
}

impl DocsPage {
    /// Whether it is there, and only this run may not or cannot read it.
    pub fn is_withheld(&self) -> bool {
        self.unread.is_some_and(ErrorCause::is_of_this_run)
    }
}
