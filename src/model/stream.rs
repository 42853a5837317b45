//! One stream of a catalog: a piece of a file, or what was derived from a manifest, a folder of schemas or Python.
//!
//! A catalog may have a million streams, so a stream is small, and one that was printed in the same bytes by both sides is cut
//! and named once.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use super::{Document, Locate, Located, Pointer, StreamId, StreamProperties, airbyte_stream};
use crate::nesting;

/// One stream of a catalog.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its identity.
    pub id: StreamId,
    /// Its place in the catalog, from 0.
    pub index: usize,
    /// Its contents.
    pub body: StreamBody,
}

/// Where the text of a stream is.
#[derive(Debug, Clone)]
pub enum StreamBody {
    /// A piece of a captured catalog, parsed only when it differs from the other side's.
    Captured(CapturedBody),
    /// Read off a manifest or a schema folder.
    Derived(Box<DerivedBody>),
}

/// A stream that was printed.
#[derive(Debug, Clone)]
pub struct CapturedBody {
    document: Arc<Document>,
    start: usize,
    length: u32,
    copy_of: Option<NonZeroU32>,
    /// Whether it stands in a configured catalog, where an empty schema says nothing.
    pub configured: bool,
    /// Whether its keys are spelled as Airbyte's API does.
    pub is_of_api: bool,
}

/// A stream that is known from what it is made of.
#[derive(Debug, Clone)]
pub struct DerivedBody {
    /// How sure it is that it exists.
    pub standing: StreamStanding,
    /// What is known.
    pub properties: Arc<StreamProperties>,
    /// Where it was written.
    pub locate: Arc<dyn Locate>,
}

impl CapturedBody {
    /// A stream object by its bytes in a file; `None` for one of more than 4 GiB.
    pub fn new(document: Arc<Document>, range: Range<usize>) -> Option<Self> {
        let length = u32::try_from(range.len()).ok()?;
        let (configured, is_of_api) = (false, false);
        Some(Self { document, start: range.start, length, copy_of: None, configured, is_of_api })
    }

    /// The same stream in a file that has its bytes at another place. `index` is that of this stream in its catalog.
    pub(crate) fn copied(&self, document: Arc<Document>, start: usize, index: usize) -> Self {
        Self { document, start, copy_of: place_among_streams(index), ..*self }
    }

    /// The file.
    pub fn document(&self) -> &Arc<Document> {
        &self.document
    }

    /// The bytes of the stream object.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.length as usize
    }

    /// Its text.
    pub fn text(&self) -> &str {
        self.document.text.get(self.range()).unwrap_or_default()
    }
}

/// The place of a stream as one among some 4 billion, from 1.
fn place_among_streams(index: usize) -> Option<NonZeroU32> {
    NonZeroU32::new(u32::try_from(index.checked_add(1)?).ok()?)
}

/// How sure it is that the stream exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamStanding {
    /// The catalog or the manifest lists it.
    Listed,
    /// The manifest lists it under a condition on the config.
    Conditional(String),
    /// It stands for all streams of a set that a manifest makes while it runs.
    Set {
        /// What they are made from.
        from: &'static str,
    },
    /// Python code builds it.
    Python {
        /// The schema file it is built from, in the folder of schemas.
        schema_file: Option<String>,
        /// Other streams may be built from that file as well.
        others: bool,
    },
    /// There is a schema file of that name and nothing else: the stream may be Python, or the file a leftover.
    SchemaFile,
}

impl StreamStanding {
    /// Whether a manifest, or a catalog, lists the stream.
    pub fn is_listed(&self) -> bool {
        matches!(self, Self::Listed | Self::Conditional(_) | Self::Set { .. })
    }
}

impl Stream {
    /// The index of a stream that stands for the set at a place among the open ones: it is none of the list's.
    pub(crate) fn index_of_set(place: usize) -> usize {
        usize::MAX - place
    }

    /// How sure it is that it exists: what was printed is listed.
    pub fn standing(&self) -> &StreamStanding {
        match &self.body {
            StreamBody::Captured(_) => &StreamStanding::Listed,
            StreamBody::Derived(derived) => &derived.standing,
        }
    }

    /// The bytes of a captured stream; `None` for a derived one.
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            StreamBody::Captured(captured) => Some(captured.text()),
            StreamBody::Derived(_) => None,
        }
    }

    /// Whether two sides printed the same bytes. What was cut as a copy is not compared again.
    pub(crate) fn is_one_text(old: &Self, new: &Self) -> bool {
        let (StreamBody::Captured(before), StreamBody::Captured(after)) = (&old.body, &new.body) else {
            return false;
        };
        let is_copy = after.copy_of.is_some()
            && after.copy_of == place_among_streams(old.index)
            && after.document.cut_beside.get().is_some_and(|known| Arc::ptr_eq(known, &before.document));
        is_copy || before.text() == after.text()
    }

    /// A place in a captured stream, as the stream spells its keys; `None` for a derived one.
    pub fn captured_place(&self, pointer: &Pointer) -> Option<Located> {
        let StreamBody::Captured(captured) = &self.body else { return None };
        let (document, range) = (captured.document.clone(), captured.range());
        let pointer = match pointer.segments() {
            [first, rest @ ..] => match airbyte_stream::api_key(first).filter(|_| captured.is_of_api) {
                Some(first) => Pointer::new(std::iter::once(first.to_owned()).chain(rest.iter().cloned())),
                None => pointer.clone(),
            },
            [] => pointer.clone(),
        };
        Some(Located { document, range, pointer, offset: None, position: None, entry: None, shared: None })
    }

    /// What is known of the stream; a captured one is parsed here.
    ///
    /// # Errors
    /// The captured text is no AirbyteStream; the error says why.
    pub fn properties(&self) -> Result<Cow<'_, StreamProperties>, StreamError> {
        match &self.body {
            StreamBody::Captured(captured) => {
                let value: Value = nesting::value(captured.text())
                    .map_err(|error| StreamError(format!("stream {}: {error}", self.id)))?;
                self.properties_of(value, captured.configured).map(Cow::Owned)
            }
            StreamBody::Derived(derived) => Ok(Cow::Borrowed(&*derived.properties)),
        }
    }

    /// What an AirbyteStream object says, for a stream whose text was parsed already.
    ///
    /// # Errors
    /// The value is no AirbyteStream; the error says why.
    pub fn properties_of(&self, value: Value, configured: bool) -> Result<StreamProperties, StreamError> {
        airbyte_stream::properties(value, configured)
            .map_err(|error| StreamError(format!("stream {}: {error}", self.id)))
    }
}

/// Why a value is not what the protocol says of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct StreamError(pub(super) String);
