//! What a manifest shows of the state that a stream saves and reads.
//!
//! The forms of partitions are those that airbyte-cdk 7.39.1 was seen to save.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::component::Component;
use super::cursor::{CURSORS, cursor_field};
use super::interpolation::{Evaluated, evaluate};
use super::node::Node;
use super::raw::At;
use crate::model::{CustomCursor, ParentTraits, PartitionForm, PartitionValue, StateTraits};

/// So many routers and parents are followed from one stream, over all levels; beyond them its partitions are not known.
const MOST_STEPS: usize = 1_024;

/// Routers and parents nest less deep than this; what goes deeper is in a circle.
const DEEPEST: usize = 24;

/// More kinds of partition than this are not told apart.
const MOST_FORMS: usize = 64;

/// The state of a stream, if it keeps any; the incremental half of a StateDelegatingStream decides.
pub(super) fn traits(stream: &Component<'_>) -> Option<StateTraits> {
    Reader { left: Cell::new(MOST_STEPS), depth: Cell::new(0) }.traits(stream)
}

/// The parents of a stream without a cursor.
pub(super) fn handed_to(stream: &Component<'_>) -> Vec<ParentTraits> {
    let reader = Reader { left: Cell::new(MOST_STEPS), depth: Cell::new(0) };
    match stream.component("retriever").filter(|_| stream.component("incremental_sync").is_none()) {
        Some(retriever) => reader.parents(&retriever.components("partition_router")),
        None => Vec::new(),
    }
}

/// The streams that a stream takes its partitions from, and those that these take theirs from.
pub(super) fn parent_streams<'m>(stream: &Component<'m>) -> Vec<Component<'m>> {
    let mut found = Vec::new();
    let mut open = vec![stream.clone()];
    let mut steps = 0;
    while let Some(next) = open.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            break;
        }
        match next.kind.as_deref() {
            Some("StateDelegatingStream") => {
                open.extend(next.component("full_refresh_stream"));
                open.extend(next.component("incremental_stream"));
            }
            Some("SubstreamPartitionRouter") => {
                let parents: Vec<Component<'m>> = next
                    .components("parent_stream_configs")
                    .into_iter()
                    .filter_map(|config| config.component("stream"))
                    .collect();
                found.extend(parents.iter().cloned());
                open.extend(parents);
            }
            Some("GroupingPartitionRouter") => open.extend(next.components("underlying_partition_router")),
            Some("UnionPartitionRouter") => open.extend(next.components("partition_routers")),
            _ => open.extend(
                next.component("retriever")
                    .into_iter()
                    .flat_map(|retriever| retriever.components("partition_router")),
            ),
        }
    }
    found
}

/// What is written of a stream's state: values of the document, to tell where they stand.
#[derive(Debug, Default)]
pub(super) struct WrittenState<'m> {
    pub(super) cursors: Vec<WrittenCursor<'m>>,
    /// Any value of the component that keeps the position.
    pub(super) keeper: Option<At<'m>>,
    pub(super) migrations: Option<At<'m>>,
}

/// What is written of a datetime cursor.
#[derive(Debug)]
pub(super) struct WrittenCursor<'m> {
    /// The names of the parents that lead to it.
    pub(super) parents: Vec<String>,
    pub(super) format: At<'m>,
    pub(super) formats: Option<At<'m>>,
}

/// What is written of the state of a stream.
pub(super) fn written<'m>(stream: &Component<'m>) -> WrittenState<'m> {
    let Some(keeper) = keeper(stream) else { return WrittenState::default() };
    let mut found = WrittenState {
        keeper: keeper.map.any_value(),
        migrations: keeper.map.raw("state_migrations"),
        cursors: Vec::new(),
    };
    let mut open: Vec<(Vec<String>, Component<'m>)> = vec![(Vec::new(), keeper)];
    let mut steps = 0;
    while let Some((parents, next)) = open.pop() {
        steps += 1;
        if steps > MOST_STEPS {
            // What was followed in part is not known.
            return WrittenState::default();
        }
        let inner = match next.kind.as_deref() {
            Some("SubstreamPartitionRouter") => {
                for config in next.components("parent_stream_configs") {
                    let is_kept = config.value("incremental_dependency") == Some(Value::Bool(true));
                    let Some(stream) = config.component("stream").filter(|_| is_kept) else { continue };
                    let (Some(name), Some(keeper)) = (stream.text("name"), self::keeper(&stream)) else {
                        continue;
                    };
                    if parents.len() < DEEPEST {
                        open.push(([parents.as_slice(), &[name]].concat(), keeper));
                    }
                }
                continue;
            }
            Some("GroupingPartitionRouter") => "underlying_partition_router",
            Some("UnionPartitionRouter") => "partition_routers",
            _ => {
                if let Some(cursor) =
                    next.component("incremental_sync").filter(|one| one.is("DatetimeBasedCursor"))
                    && let Some(format) = cursor.map.raw("datetime_format")
                {
                    let formats = cursor.map.raw("cursor_datetime_formats");
                    found.cursors.push(WrittenCursor { parents: parents.clone(), format, formats });
                }
                let routers = next.component("retriever").map(|one| one.components("partition_router"));
                open.extend(routers.into_iter().flatten().map(|router| (parents.clone(), router)));
                continue;
            }
        };
        open.extend(next.components(inner).into_iter().map(|router| (parents.clone(), router)));
    }
    found
}

/// The component that keeps the position: of a StateDelegatingStream its incremental half.
fn keeper<'m>(stream: &Component<'m>) -> Option<Component<'m>> {
    match stream.is("StateDelegatingStream") {
        true => stream.component("incremental_stream"),
        false => Some(stream.clone()),
    }
}

struct Reader {
    /// How many routers and parents may still be followed; none once one was not.
    left: Cell<usize>,
    depth: Cell<usize>,
}

impl Reader {
    /// One step further, if that is not too far.
    fn step<T>(&self, further: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= DEEPEST {
            self.left.set(0);
        }
        self.left.set(self.left.get().checked_sub(1)?);
        self.depth.set(self.depth.get() + 1);
        let found = further();
        self.depth.set(self.depth.get() - 1);
        Some(found)
    }

    fn traits(&self, stream: &Component<'_>) -> Option<StateTraits> {
        let keeper = keeper(stream)?;
        let incremental = keeper.component("incremental_sync")?;
        if !incremental.kind.as_deref().is_some_and(|kind| CURSORS.contains(&kind)) {
            return None;
        }
        let is_custom = !incremental.is("DatetimeBasedCursor") && !incremental.is("IncrementingCountCursor");
        let custom_cursor = is_custom.then(|| custom_cursor(&keeper, &incremental));
        let retriever = keeper.component("retriever");
        let router = retriever.as_ref().and_then(|retriever| retriever.node("partition_router"));
        let routers = retriever.map(|retriever| retriever.components("partition_router")).unwrap_or_default();
        // Of a list of routers, even of one, the CDK keeps no state of parents.
        let is_list = matches!(router, Some(Node::List(_) | Node::MadeList(_)));
        let migrations = keeper
            .components("state_migrations")
            .into_iter()
            .filter_map(|migration| migration.text("class_name").or(migration.kind))
            .collect();
        let formats = match incremental.value("cursor_datetime_formats") {
            Some(Value::Array(formats)) => {
                formats.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        let (partitions, parents) = (self.forms(&routers), self.parents(&routers));
        // What was followed in part is not known.
        let partitions = partitions.filter(|_| self.left.get() > 0);
        let is_group = |router: &Component<'_>| router.is("GroupingPartitionRouter");
        Some(StateTraits {
            custom_cursor,
            cursor_type: incremental.kind.clone().unwrap_or_default(),
            cursor_field: cursor_field(&incremental).known().cloned(),
            partitions,
            parents,
            keeps_parents: !is_list,
            // In a list of routers, even of one, groups are partitions like others.
            global: incremental.value("global_substream_cursor") == Some(Value::Bool(true))
                || !is_list && routers.iter().any(is_group),
            partitioned: router.is_some_and(|node| node.is_truthy()),
            migrations,
            writes: incremental.text("datetime_format"),
            // The CDK tries these in their order.
            reads: formats.into_iter().chain(incremental.text("datetime_format")).collect(),
            start: start(&incremental),
        })
    }

    /// The forms of the partitions of these routers together; `None` where a router is custom or unknown.
    fn forms(&self, routers: &[Component<'_>]) -> Option<BTreeSet<PartitionForm>> {
        let mut product = BTreeSet::from([PartitionForm::new()]);
        for router in routers {
            let own = self.forms_of(router)?;
            let mut larger = BTreeSet::new();
            for form in &product {
                for more in &own {
                    // Of two routers with one key the first counts.
                    let mut both = more.clone();
                    both.extend(form.clone());
                    larger.insert(both);
                }
            }
            if larger.len() > MOST_FORMS {
                return None;
            }
            product = larger;
        }
        Some(product)
    }

    fn forms_of(&self, router: &Component<'_>) -> Option<BTreeSet<PartitionForm>> {
        self.step(|| self.forms_of_kind(router))?
    }

    fn forms_of_kind(&self, router: &Component<'_>) -> Option<BTreeSet<PartitionForm>> {
        let one = |key: String, value: PartitionValue| BTreeSet::from([BTreeMap::from([(key, value)])]);
        match router.kind.as_deref() {
            Some("ListPartitionRouter") => {
                let values = match router.value("values") {
                    Some(Value::Array(values)) => values
                        .iter()
                        .map(|value| value.as_str().filter(|text| !text.contains("{{")).map(str::to_owned))
                        .collect(),
                    _ => None,
                };
                Some(one(static_text(router, "cursor_field")?, PartitionValue::Listed(values)))
            }
            Some("SubstreamPartitionRouter") => {
                let mut forms = BTreeSet::new();
                for (config, stream) in Self::streams_of(router)? {
                    let field = static_text(&config, "partition_field")?;
                    let key = static_text(&config, "parent_key")?;
                    let stream_name = stream.text("name").unwrap_or_default();
                    let above = stream
                        .component("retriever")
                        .map(|retriever| retriever.components("partition_router"));
                    // Whatever the router of the parent yields, its own key stays what it is.
                    let slices: Vec<PartitionValue> = match self.forms(&above.unwrap_or_default()) {
                        Some(slices) => slices.into_iter().map(PartitionValue::Slice).collect(),
                        None => vec![PartitionValue::OpenSlice],
                    };
                    for slice in slices {
                        let value =
                            PartitionValue::FromParent { stream: stream_name.clone(), key: key.clone() };
                        forms.insert(BTreeMap::from([
                            (field.clone(), value),
                            ("parent_slice".to_owned(), slice),
                        ]));
                    }
                }
                Some(forms)
            }
            Some("UnionPartitionRouter") => {
                let field = static_text(router, "partition_field")?;
                let mut forms = BTreeSet::new();
                for inner in router.components("partition_routers") {
                    for form in self.forms_of(&inner)? {
                        // Only the one value is kept; a parent's slice is not.
                        let value = form.get(&field)?.clone();
                        forms.insert(BTreeMap::from([(field.clone(), value)]));
                    }
                }
                Some(forms)
            }
            Some("GroupingPartitionRouter") => {
                let grouped = self.forms(&router.components("underlying_partition_router"))?;
                let size = router.value("group_size").as_ref().and_then(Value::as_u64);
                let group = |value| PartitionValue::Grouped { size, of: Some(Box::new(value)) };
                let in_groups = |form: PartitionForm| -> PartitionForm {
                    form.into_iter().map(|(key, value)| (key, group(value))).collect()
                };
                Some(grouped.into_iter().map(in_groups).collect())
            }
            _ => None,
        }
    }

    /// The parent configs of a substream router with their streams; `None` where one has none.
    fn streams_of<'m>(router: &Component<'m>) -> Option<Vec<(Component<'m>, Component<'m>)>> {
        let stream = |config: Component<'m>| config.component("stream").map(|stream| (config, stream));
        router.components("parent_stream_configs").into_iter().map(stream).collect()
    }

    fn parents(&self, routers: &[Component<'_>]) -> Vec<ParentTraits> {
        let parents = routers.iter().filter_map(|router| self.step(|| self.parents_of(router)));
        parents.flatten().collect()
    }

    fn parents_of(&self, router: &Component<'_>) -> Vec<ParentTraits> {
        match router.kind.as_deref() {
            Some("SubstreamPartitionRouter") => {}
            Some("GroupingPartitionRouter") => {
                return self.parents(&router.components("underlying_partition_router"));
            }
            Some("UnionPartitionRouter") => return self.parents(&router.components("partition_routers")),
            _ => return Vec::new(),
        }
        let streams = Self::streams_of(router).unwrap_or_default();
        streams
            .into_iter()
            .filter_map(|(config, stream)| {
                let dependent = config.value("incremental_dependency") == Some(Value::Bool(true));
                let state = dependent.then(|| self.traits(&stream)).flatten();
                let above =
                    |retriever: Component<'_>| self.parents(&retriever.components("partition_router"));
                let parents = match (dependent, &state) {
                    (true, None) => stream.component("retriever").map(above).unwrap_or_default(),
                    _ => Vec::new(),
                };
                Some(ParentTraits { name: stream.text("name")?, dependent, state, parents })
            })
            .collect()
    }
}

/// A cursor that is a class of the connector. In which module the class stands does not matter.
fn custom_cursor(stream: &Component<'_>, cursor: &Component<'_>) -> CustomCursor {
    let path = cursor.text("class_name").or_else(|| cursor.kind.clone()).unwrap_or_default();
    let (module, class) = path.rsplit_once('.').unwrap_or(("", &path));
    let (module, class) = (module.to_owned(), class.to_owned());
    let written = stream.node("incremental_sync").and_then(|node| cursor.resolver.write_out(&node).ok());
    let parameters: Option<BTreeMap<&String, Value>> = cursor
        .parameters
        .iter()
        .map(|(name, node)| Some((name, cursor.resolver.write_out(node).ok()?)))
        .collect();
    let arguments = written.zip(parameters).map(|(mut arguments, parameters)| {
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.remove("class_name");
        }
        json!([arguments, parameters])
    });
    CustomCursor { class, module, arguments }
}

/// Where a datetime cursor starts and the format of that, where the manifest alone decides both.
pub(super) fn start(cursor: &Component<'_>) -> Option<(String, String)> {
    if !cursor.is("DatetimeBasedCursor") {
        return None;
    }
    let own_format = || static_text(cursor, "datetime_format");
    match cursor.component("start_datetime") {
        None => Some((static_text(cursor, "start_datetime")?, own_format()?)),
        Some(moment) => {
            let bounded = ["min_datetime", "max_datetime"]
                .iter()
                .any(|bound| moment.node(bound).is_some_and(|node| node.is_truthy()));
            let has_format = moment.node("datetime_format").is_some_and(|node| node.is_truthy());
            let format = if has_format { static_text(&moment, "datetime_format") } else { own_format() };
            Some((static_text(&moment, "datetime")?, format?)).filter(|_| !bounded)
        }
    }
    // Templates lose the line break at their end.
    .map(|(text, format)| (text.strip_suffix('\n').unwrap_or(&text).to_owned(), format))
}

/// A text that the config does not decide.
fn static_text(component: &Component<'_>, field: &str) -> Option<String> {
    let template = component.text(field)?;
    match evaluate(&component.resolver, &template, &[("parameters", &component.parameters)]) {
        Evaluated::Text(text) => Some(text),
        Evaluated::Node(node) => node.as_text().map(str::to_owned),
        Evaluated::Unknown(_) => None,
    }
}
