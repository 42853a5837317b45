//! What of a catalog no user wants, although it breaks nobody: checks that the CDK's standard tests make of `discover`
//! (`airbyte_cdk/test/standard_tests/_catalog_checks.py`, 7.39.1), of what this release brings.

use std::collections::{HashMap, HashSet};

use super::{Found, Subject};
use crate::diff::{NewFaults, StreamFault, StreamFaultKind};
use crate::model::Connector;
use crate::model::{Catalog, Finding, Located, Pointer, Stream, StreamBody, StreamId};
use crate::rules::Check;
use crate::rules::release as checks;

/// So many places are named.
const MOST_NAMED: usize = 5;

/// The checks with what is said of the places.
static CHECKS: [(StreamFaultKind, &Check, &str); 4] = [
    (
        StreamFaultKind::KeyNotScalar,
        &checks::catalog_key_not_scalar::CHECK,
        "a primary key has to be a plain value, and these are objects or lists",
    ),
    (
        StreamFaultKind::CursorNotInSchema,
        &checks::catalog_cursor_not_in_schema::CHECK,
        "the cursor stands in no schema",
    ),
    (
        StreamFaultKind::AirbyteTypeUnknown,
        &checks::catalog_airbyte_type_unknown::CHECK,
        "this airbyte_type is none that Airbyte knows",
    ),
    (
        StreamFaultKind::KeywordUnsupported,
        &checks::catalog_keyword_unsupported::CHECK,
        "destinations read over this keyword of a schema",
    ),
];

/// What the new catalog has and the old one had not. Only streams of which something is found bring anything.
pub(super) fn problems(new: &Connector, faults: &[NewFaults], findings: &[Finding]) -> Vec<Found> {
    let Some(catalog) = new.catalog.as_ref().filter(|_| !faults.is_empty()) else { return Vec::new() };
    let differing: HashSet<&str> = findings
        .iter()
        .flat_map(|finding| {
            let own = finding.stream.iter().map(|stream| &*stream.name);
            own.chain(finding.scope.streams.iter().map(String::as_str))
        })
        .collect();
    let found = found(catalog, faults, &differing);
    let problem = |(kind, check, what): &(StreamFaultKind, &'static Check, &str)| {
        let places: Vec<&Place<'_>> = found.iter().filter(|(_, fault)| fault.kind == *kind).collect();
        let named = |(stream, StreamFault { field, value, .. }): &&Place<'_>| match value.as_str() {
            "" => format!("{} of {}", field.join("."), stream.id),
            value if field.is_empty() => format!("{value} in {}", stream.id),
            value => format!("{value} at {} of {}", field.join("."), stream.id),
        };
        let more = places.len().saturating_sub(MOST_NAMED);
        let names: Vec<String> = places.iter().take(MOST_NAMED).map(named).collect();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let about = Subject::release(new)
            .streams(places.iter().map(|(stream, _)| &stream.id))
            .values(places.iter().map(named));
        let (first, StreamFault { field, .. }) = places.first()?;
        let message = format!("{what}: {}{more}", names.join(", "));
        Some(Found { place: place(first, field), ..Found::new(check, about, message) })
    };
    CHECKS.iter().filter_map(problem).collect()
}

/// A stream of the new catalog, with what is wrong in one place of it.
type Place<'f> = (&'f Stream, &'f StreamFault);

/// The faults of streams that are named, in the order of the catalog.
fn found<'f>(catalog: &'f Catalog, faults: &'f [NewFaults], names: &HashSet<&str>) -> Vec<Place<'f>> {
    let named = faults.iter().filter(|one| names.contains(&*one.stream.name));
    let named: HashMap<(&StreamId, usize), &NewFaults> =
        named.map(|one| ((&one.stream, one.index), one)).collect();
    let of = |stream: &'f Stream| {
        let faults = named.get(&(&stream.id, stream.index)).into_iter().flat_map(|one| &one.faults);
        faults.map(move |fault| (stream, fault))
    };
    catalog.streams.iter().flat_map(of).collect()
}

/// Where a field of a stream stands, or the stream.
fn place(stream: &Stream, field: &[String]) -> Option<Located> {
    let steps = field.iter().flat_map(|name| ["properties".to_owned(), name.clone()]);
    let pointer = Pointer::new(std::iter::once("json_schema".to_owned()).chain(steps));
    match &stream.body {
        StreamBody::Captured(_) => stream.captured_place(&pointer),
        StreamBody::Derived(derived) => derived.locate.locate(&pointer),
    }
}
