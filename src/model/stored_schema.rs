//! The schema of a stream as it is kept between the questions about it.

use serde_json::Value;

use super::RecordSchema;
use super::packed::Packed;

/// The schema of one stream. A manifest may have many, and each is looked into when its stream is compared.
#[derive(Debug, Clone)]
pub struct StoredSchema(Kept);

#[derive(Debug, Clone)]
enum Kept {
    Open(RecordSchema),
    /// One that stands alone.
    Packed(Packed),
}

impl StoredSchema {
    /// A schema that stands alone, in few bytes. Two that are equal are known to be so [at sight](Self::is_same_at_sight).
    pub fn packed(schema: &Value) -> Self {
        Self(Kept::Packed(Packed::of(schema)))
    }

    /// The schema, to be looked into.
    pub fn open(&self) -> RecordSchema {
        match &self.0 {
            Kept::Open(schema) => schema.clone(),
            Kept::Packed(schema) => RecordSchema::inline(schema.value()),
        }
    }

    /// Whether it may refer to anything.
    pub fn may_refer(&self) -> bool {
        match &self.0 {
            Kept::Open(_) => true,
            Kept::Packed(schema) => schema.may_hold("$ref"),
        }
    }

    /// Whether both are known to be the same without a look into them.
    pub fn is_same_at_sight(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kept::Packed(one), Kept::Packed(other)) => one == other,
            _ => false,
        }
    }
}

impl From<RecordSchema> for StoredSchema {
    fn from(schema: RecordSchema) -> Self {
        Self(Kept::Open(schema))
    }
}
