//! Samples of saved state.

use std::sync::Arc;

use serde_json::Value;

use super::{Document, Pointer, StreamId};

/// The state messages of one file.
#[derive(Debug, Clone)]
pub struct StateSample {
    /// The file.
    pub document: Arc<Document>,
    /// Its messages.
    pub messages: Vec<StateMessage>,
}

/// One state message, by the protocol's three types.
#[derive(Debug, Clone, PartialEq)]
pub enum StateMessage {
    /// The state of one stream.
    Stream {
        /// Which stream.
        id: StreamId,
        /// Its state blob.
        state: Value,
        /// Where the blob stands in the file.
        pointer: Pointer,
    },
    /// The state of all streams together, as databases under change data capture save it.
    Global {
        /// What the streams share; `None` where the message has none.
        shared: Option<Value>,
        /// The blobs per stream.
        streams: Vec<(StreamId, Value)>,
        /// Where the message stands in the file.
        pointer: Pointer,
    },
    /// The oldest form: one object, keyed by stream.
    Legacy {
        /// The object.
        data: Value,
        /// Where it stands in the file.
        pointer: Pointer,
    },
}
