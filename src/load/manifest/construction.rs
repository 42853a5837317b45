//! What the CDK refuses when it builds a component whose fields have the right forms.
//!
//! Source: `model_to_component_factory.py` of airbyte-cdk 6.48.16 and 7.39.1 and the classes it builds, what both refuse
//! whatever the config.

use std::sync::LazyLock;

use regex::Regex;

use super::component::{Component, Field};
use super::components::{self, Version};
use super::node::Node;
use super::state;
use crate::datetime;

/// Why a component cannot be built, in words that follow its stream's name. `cdk` is the least version it is built by.
pub(super) fn fault(component: &Component<'_>, cdk: Version) -> Option<String> {
    match component.kind.as_deref()? {
        "AddFields" => add_fields(component),
        "ApiKeyAuthenticator" => one_of_two(component, "header", "inject_into", has),
        "CompositeErrorHandler" => not_empty(component, "error_handlers"),
        "DatetimeBasedCursor" => datetime_cursor(component, cdk),
        "DeclarativeStream" => legacy_migration(component),
        "DefaultPaginator" => paginator(component),
        "HttpRequester" => requester(component),
        "ParentStreamConfig" => lazy_reading(component),
        "RequestOption" => request_option(component, cdk),
        "SimpleRetriever" => queries(component),
        "StateDelegatingStream" => delegating_stream(component),
        "SubstreamPartitionRouter" => not_empty(component, "parent_stream_configs"),
        _ => None,
    }
}

/// Whether a field is there and not null.
fn has(component: &Component<'_>, field: &str) -> bool {
    component.node(field).is_some_and(|node| node.scalar().is_none_or(|value| !value.is_null()))
}

/// Whether Python takes a field for true.
fn is_truthy(component: &Component<'_>, field: &str) -> bool {
    component.node(field).is_some_and(|node| node.is_truthy())
}

fn one_of_two(
    component: &Component<'_>,
    one: &str,
    other: &str,
    is_set: fn(&Component<'_>, &str) -> bool,
) -> Option<String> {
    let kind = component.kind.as_deref().unwrap_or_default();
    match (is_set(component, one), is_set(component, other)) {
        (true, true) => Some(format!("expected `{one}` or `{other}` in its {kind}, found both")),
        (false, false) => Some(format!("expected `{one}` or `{other}` in its {kind}, found neither")),
        _ => None,
    }
}

fn not_empty(component: &Component<'_>, field: &str) -> Option<String> {
    let kind = component.kind.as_deref().unwrap_or_default();
    let items = component.node(field)?.elements(&component.resolver)?;
    items.is_empty().then(|| format!("expected at least one element in `{field}` of its {kind}, found none"))
}

fn add_fields(component: &Component<'_>) -> Option<String> {
    component.components("fields").iter().find_map(|field| not_empty(field, "path"))
}

/// From this major version on the start is read when the cursor is built, and not when records are.
const READS_START: u64 = 7;

/// An ISO 8601 duration.
static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    let part = |unit: char| format!(r"([0-9]+([.,][0-9]+)?{unit})?");
    let date: String = "YMWD".chars().map(part).collect();
    let time: String = "HMS".chars().map(part).collect();
    Regex::new(&format!("^[+-]?P{date}(T{time})?$")).expect("the pattern is part of the program")
});

fn datetime_cursor(component: &Component<'_>, cdk: Version) -> Option<String> {
    // An end is only looked at while records are read.
    if let Some((text, format)) = state::start(component).filter(|_| cdk[0] >= READS_START)
        // Python reads numbers with underscores.
        && !text.contains('_')
        && datetime::Reader::of(std::slice::from_ref(&format)).read(&text) == Some(None)
    {
        return Some(format!(
            "expected a datetime in the format {format} in `start_datetime` of its DatetimeBasedCursor, found {text}"
        ));
    }
    for field in ["step", "cursor_granularity"] {
        let text = component.text(field).filter(|text| !text.is_empty() && !text.contains("{{"));
        // The date of a duration may be written like one, which is rare.
        if let Some(text) = text.filter(|text| !text[1..].contains('-') && !DURATION.is_match(text)) {
            return Some(format!(
                "expected a duration such as P1D in `{field}` of its DatetimeBasedCursor, found {text}"
            ));
        }
    }
    let (step, granularity) = (is_truthy(component, "step"), is_truthy(component, "cursor_granularity"));
    (step != granularity).then(|| {
        let (found, missing) =
            if step { ("step", "cursor_granularity") } else { ("cursor_granularity", "step") };
        format!("expected `{missing}` beside `{found}` in its DatetimeBasedCursor, found none")
    })
}

/// A LegacyToPerPartitionStateMigration asks for partitions of parents.
fn legacy_migration(stream: &Component<'_>) -> Option<String> {
    let migrations = stream.components("state_migrations");
    if !migrations.iter().any(|migration| migration.is("LegacyToPerPartitionStateMigration")) {
        return None;
    }
    let needed = "expected a SubstreamPartitionRouter beside its LegacyToPerPartitionStateMigration";
    let retriever = stream.component("retriever")?;
    if retriever.map.broken {
        return None;
    }
    match retriever.field("partition_router") {
        None | Some(Field::Value(_)) => Some(format!("{needed}, found no partition router")),
        Some(Field::List(_)) => Some(format!("{needed}, found a list of routers")),
        Some(Field::Component(router)) => match router.kind.as_deref() {
            Some(kind @ ("ListPartitionRouter" | "GroupingPartitionRouter")) => {
                Some(format!("{needed}, found a {kind}"))
            }
            _ => None,
        },
    }
}

fn paginator(component: &Component<'_>) -> Option<String> {
    let strategy = component.component("pagination_strategy")?;
    let kind = strategy.kind.as_deref()?;
    let counts = matches!(kind, "PageIncrement" | "OffsetIncrement" | "CursorPagination");
    (counts && is_truthy(component, "page_size_option") && !is_truthy(&strategy, "page_size")).then(|| {
        format!("expected a `page_size` in its {kind}, because there is a `page_size_option`, found none")
    })
}

fn requester(component: &Component<'_>) -> Option<String> {
    let both = is_truthy(component, "request_body_data") && is_truthy(component, "request_body_json");
    if both {
        return Some(
            "expected `request_body_data` or `request_body_json` in its HttpRequester, found both".to_owned(),
        );
    }
    None
}

/// Properties are asked for in one place of a request.
fn queries(retriever: &Component<'_>) -> Option<String> {
    let requester = retriever.component("requester").filter(|requester| requester.is("HttpRequester"))?;
    let parameters = requester.component("request_parameters")?;
    let queries = parameters
        .map
        .keys()
        .into_iter()
        .filter(|key| parameters.component(key).is_some_and(|parameter| parameter.is("QueryProperties")));
    let found = queries.count();
    (found > 1).then(|| {
        format!("expected one QueryProperties in `request_parameters` of its HttpRequester, found {found}")
    })
}

fn lazy_reading(component: &Component<'_>) -> Option<String> {
    let steps = component.node("lazy_read_pointer")?.elements(&component.resolver)?;
    steps.iter().filter_map(Node::as_text).any(|step| step.contains('*')).then(|| {
        "expected a direct path in `lazy_read_pointer` of its ParentStreamConfig, found a `*`".to_owned()
    })
}

fn request_option(component: &Component<'_>, cdk: Version) -> Option<String> {
    // Before there were paths, a parameter of that name went unseen.
    let path = components::fields("RequestOption")?.get("field_path")?;
    if path.since > cdk {
        return None;
    }
    if let Some(fault) = one_of_two(component, "field_name", "field_path", is_truthy) {
        return Some(fault);
    }
    let place = component.text("inject_into")?;
    (is_truthy(component, "field_path") && place != "body_json").then(|| {
        format!("expected `field_name` in its RequestOption, found `field_path`, which is for body_json, not for {place}")
    })
}

fn delegating_stream(stream: &Component<'_>) -> Option<String> {
    let own = stream.text("name")?;
    for half in ["full_refresh_stream", "incremental_stream"] {
        let Some(component) = stream.component(half).filter(|half| !half.map.broken) else { continue };
        let name = component.text("name").unwrap_or_default();
        if name != own {
            return Some(format!(
                "expected the name {own} in `{half}` of its StateDelegatingStream, found {name:?}"
            ));
        }
    }
    None
}
