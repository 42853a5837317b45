//! Components of manifests, written as they stand in a `manifest.yaml`. A row names the keys that differ.

use connector_diff::load::parse_yaml;
use serde_json::{Value, json};

const MANIFEST: &str = "
version: 7.39.1
type: DeclarativeSource
check:
  type: CheckStream
  stream_names: [orders]
";

const STREAM: &str = "
type: DeclarativeStream
retriever:
  type: SimpleRetriever
  requester:
    type: HttpRequester
    url_base: https://lantern.test
    path: orders
  record_selector:
    type: RecordSelector
    extractor:
      type: DpathExtractor
      field_path: []
schema_loader:
  type: InlineSchemaLoader
  schema:
    type: object
    properties:
      id: {type: integer}
";

const DAYS: &str = "
type: DatetimeBasedCursor
cursor_field: updated
datetime_format: '%Y-%m-%d'
start_datetime: '2020-01-01'
";

const COUNT: &str = "
type: IncrementingCountCursor
cursor_field: updated
start_value: 0
";

const LIST: &str = "
type: ListPartitionRouter
cursor_field: board
values: [a, b]
";

const PARENT: &str = "
type: ParentStreamConfig
parent_key: id
partition_field: board
";

const CUSTOM_MIGRATION: &str = "
type: CustomStateMigration
class_name: source_x.components.Migrate
";

/// A component of a manifest, or another value in one.
#[derive(Debug, Clone)]
pub(crate) struct Component(Value);

/// A component as YAML has it.
pub(crate) fn component(yaml: &str) -> Component {
    Component(parse_yaml(yaml).unwrap_or_else(|error| panic!("{error} in the component\n{yaml}")))
}

impl From<&str> for Component {
    fn from(yaml: &str) -> Self {
        component(yaml)
    }
}

impl From<&Component> for Component {
    fn from(component: &Component) -> Self {
        component.clone()
    }
}

impl<const N: usize> From<[Component; N]> for Component {
    fn from(list: [Component; N]) -> Self {
        Self(list.into_iter().map(|component| component.0).collect())
    }
}

impl Component {
    /// The same with another value under a key, which a component or YAML gives. Dots lead into what is below.
    pub(crate) fn with(&self, key: &str, value: impl Into<Component>) -> Self {
        let mut changed = self.clone();
        let keys = key.split('.');
        let place = keys.fold(&mut changed.0, |inside, key| &mut inside[key]);
        *place = value.into().0;
        changed
    }

    /// The same stream with a partition router.
    pub(crate) fn router(&self, router: impl Into<Component>) -> Self {
        self.with("retriever.partition_router", router)
    }

    /// The same stream with a cursor.
    pub(crate) fn cursor(&self, cursor: impl Into<Component>) -> Self {
        self.with("incremental_sync", cursor)
    }

    /// The same stream without a cursor.
    pub(crate) fn full_refresh(&self) -> Self {
        let mut stream = self.clone();
        stream.0.as_object_mut().expect("a stream").remove("incremental_sync");
        stream
    }

    /// The same stream with a migration of its state.
    pub(crate) fn migrated_by(&self, migration: impl Into<Component>) -> Self {
        self.with("state_migrations", [migration.into()])
    }

    /// The same stream with records whose `id` has another type.
    pub(crate) fn with_id(&self, kind: &str) -> Self {
        self.with("schema_loader.schema.properties.id.type", kind)
    }

    /// The same cursor that starts at another time.
    pub(crate) fn starting(&self, date: &str) -> Self {
        Self::with(self, "start_datetime", Self(date.into()))
    }

    /// The same cursor that reads these formats as well.
    pub(crate) fn reading(&self, formats: &[&str]) -> Self {
        self.with("cursor_datetime_formats", Self(json!(formats)))
    }

    /// The same cursor with one position for all partitions.
    pub(crate) fn global(&self) -> Self {
        self.with("global_substream_cursor", "true")
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        format!("{:#}", self.0)
    }
}

/// A manifest of one stream.
pub(crate) fn manifest(stream: &Component) -> Component {
    component(MANIFEST).with("streams", [stream.clone()])
}

/// A stream that is synced incrementally, by day and without partitions.
pub(crate) fn stream(name: &str) -> Component {
    component(STREAM).with("name", name).cursor(days())
}

/// The stream that rows are about.
pub(crate) fn orders() -> Component {
    stream("orders")
}

/// A stream that has an incremental half and one for full refreshes.
pub(crate) fn delegating(incremental: &Component) -> Component {
    component("{type: StateDelegatingStream, name: orders}")
        .with("full_refresh_stream", orders().full_refresh())
        .with("incremental_stream", incremental)
}

/// A cursor over days, from 2020 on.
pub(crate) fn days() -> Component {
    component(DAYS)
}

/// The same cursor over moments in another format. Its start stays a date.
pub(crate) fn moments(format: &str) -> Component {
    let start = "{type: MinMaxDatetime, datetime: '2020-01-01', datetime_format: '%Y-%m-%d'}";
    days().with("datetime_format", Component(format.into())).with("start_datetime", start)
}

/// A cursor over numbers.
pub(crate) fn count() -> Component {
    component(COUNT)
}

/// A partition per board, which the manifest lists.
pub(crate) fn list() -> Component {
    component(LIST)
}

/// How a substream has its parent: a partition `board` for each `id`.
pub(crate) fn parent(stream: &Component) -> Component {
    component(PARENT).with("stream", stream)
}

/// The same, and the parent goes on from a position that the substream keeps for it.
pub(crate) fn dependent_parent(stream: &Component) -> Component {
    parent(stream).with("incremental_dependency", "true")
}

/// A partition per record of its parents.
pub(crate) fn substream<const N: usize>(parents: [Component; N]) -> Component {
    component("type: SubstreamPartitionRouter").with("parent_stream_configs", parents)
}

/// The partitions of other routers in groups.
pub(crate) fn groups(size: u8, router: &Component) -> Component {
    component("type: GroupingPartitionRouter")
        .with("group_size", Component(size.into()))
        .with("underlying_partition_router", router)
}

/// The partitions of several routers under the one key `board`.
pub(crate) fn union<const N: usize>(routers: [Component; N]) -> Component {
    component("{type: UnionPartitionRouter, partition_field: board}").with("partition_routers", routers)
}

/// A class of the connector that migrates state.
pub(crate) fn custom_migration() -> Component {
    component(CUSTOM_MIGRATION)
}
