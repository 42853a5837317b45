//! What could be seen of both sides, and what could not be read.

use std::collections::{BTreeMap, BTreeSet};

use super::inclusion::SpecAnswer;
use super::{editions, keys, origin};
use crate::diff::{compares_what_is_written, shows_what_is_written, what_is_written_differs};
use crate::model::{
    Artifact, BuildChange, Catalog, Common, Connector, ConnectorType, Coverage, CoverageStatus, Fact,
    FaultKind, InputError, Metadata, Pair, Pointer, ReleaseDocs, ReportError, Sides, StateEvidence,
    StateMessage, StateOutcome, StreamStateReport, Which, WrittenKind,
};
use crate::schema::SchemaError;

/// A spec that leaves open what its edits do.
pub(super) fn unread_spec(error: &SchemaError, old: &Connector, new: &Connector) -> ReportError {
    let connector = match error.side {
        Which::Old => old,
        Which::New => new,
    };
    let (file, line) =
        origin::of_spec(connector, &Pointer::new(["connectionSpecification"]).concat(&error.pointer))
            .map_or_else(Default::default, |origin| (origin.file.to_string(), origin.line));
    let what = if error.elsewhere { "cannot be read as a whole" } else { "is no JSON Schema" };
    ReportError {
        side: error.side,
        artifact: Some(Artifact::Spec),
        file,
        root: String::new(),
        line,
        message: format!(
            "the spec {what}, so nobody can say which configs it accepts: at {}: {}",
            error.pointer, error.message
        ),
    }
}

/// What of the sides cannot be read.
pub(super) fn unread(pair: Pair<'_>) -> Vec<ReportError> {
    let Pair { old, new, common } = pair;
    let mut errors = unread_of(Which::Old, (old, new), common);
    errors.extend(unread_of(Which::New, (new, old), common));
    errors.extend(common.doubts.iter().map(|doubt| ReportError {
        side: Which::New,
        artifact: doubt.artifact,
        file: doubt.file.clone(),
        root: String::new(),
        line: doubt.line,
        message: doubt.message.clone(),
    }));
    errors
}

/// What of one side cannot be read. What is wrong with both sides in the same way is not seen, and no error of this
/// release.
fn unread_of(side: Which, (connector, other): (&Connector, &Connector), common: &Common) -> Vec<ReportError> {
    // What a stream of the other side is built from is needed.
    let streams = || other.catalog.iter().flat_map(|catalog| &catalog.streams);
    let is_stream = |error: &&InputError| {
        let stem = error.file.rsplit('/').next().and_then(|file| file.strip_suffix(".json"));
        error.artifact == Some(Artifact::Catalog)
            && stem.is_some_and(|stem| streams().any(|stream| *stream.id.name == *stem))
    };
    let needed = connector.unread_beside.iter().filter(is_stream).filter(|error| error.line.is_some());
    let unread = |kind: FaultKind| match kind {
        FaultKind::Unreadable => true,
        FaultKind::Refused => side == Which::Old,
        FaultKind::Disallowed => false,
    };
    let faults = connector.faults.iter().filter(|fault| unread(fault.kind)).map(|fault| &fault.error);
    connector
        .errors
        .iter()
        .chain(faults)
        .chain(needed)
        .filter(|error| !common.has(error))
        .map(|error| ReportError {
            side,
            artifact: error.artifact,
            file: error.file.clone(),
            root: String::new(),
            line: error.line,
            message: error.message.clone(),
        })
        .collect()
}

pub(super) fn coverage(
    pair: Pair<'_>,
    both_empty: bool,
    spec: &SpecAnswer,
    states: &[StreamStateReport],
) -> Vec<Coverage> {
    let Pair { old, new, .. } = pair;
    let presence = |present: bool| if present { CoverageStatus::Complete } else { CoverageStatus::Absent };
    let is_destination = new.connector_type == ConnectorType::Destination;
    let mut lines = Vec::new();
    let mut say = |artifact, old: CoverageStatus, new: CoverageStatus, reasons: Vec<String>| {
        lines.push(Coverage { artifact, old, new, reason: reasons.join("; ") });
    };
    let sided = |side: &str, reason: &str| format!("{side}: {reason}");
    let (spec_old, spec_new) = (presence(old.spec.is_some()), presence(new.spec.is_some()));
    let mut reasons = Vec::new();
    for (side, connector) in [("old", old), ("new", new)] {
        match (&connector.spec, connector.spec_reason.as_str()) {
            (None, "") => reasons.push(sided(side, "there is no spec")),
            (Some(_), "") => {}
            (_, reason) => reasons.push(sided(side, reason)),
        }
    }
    if let Some(reason) = &spec.reason {
        reasons.push(format!("{reason}; its edits are judged keyword by keyword"));
    }
    if !spec.unfollowed.is_empty() {
        reasons.push(sided(
            "new",
            &format!("config migrations that cannot be followed: {}", spec.unfollowed.join(", ")),
        ));
    }
    let refused = old.configs.len() - spec.replayed.min(old.configs.len());
    if refused > 0 && spec.reason.is_none() && old.spec.is_some() && new.spec.is_some() && spec.asked {
        reasons.push(sided(
            "old",
            &format!("{refused} sample configs are refused by the old spec itself and were left out"),
        ));
    }
    reasons.extend(not_read(pair, &[Some(Artifact::Spec)]));
    reasons.extend(editions::not_judged(old, new));
    reasons.extend(dependencies(pair));
    say(Artifact::Spec, spec_old, spec_new, reasons);
    // A stream whose schema or cursor nobody can read off is listed and not wholly known.
    let status = |catalog: &Option<Catalog>| match catalog {
        None => CoverageStatus::Absent,
        Some(catalog)
            if catalog.status == CoverageStatus::Complete && unknown_facts(catalog).next().is_some() =>
        {
            CoverageStatus::Partial
        }
        Some(catalog) => catalog.status,
    };
    let mut reasons = Vec::new();
    for (side, connector) in [("old", old), ("new", new)] {
        match &connector.catalog {
            None if is_destination => reasons.push(sided(side, "a destination has no catalog")),
            None if !connector.catalog_reason.is_empty() => {
                reasons.push(sided(side, &connector.catalog_reason))
            }
            None => reasons.push(sided(side, "there is no catalog, manifest or schema folder")),
            Some(catalog) => {
                reasons.extend(catalog.reasons.iter().map(|reason| sided(side, reason)));
                reasons.extend(unknown_facts(catalog).map(|reason| sided(side, &reason)));
            }
        }
    }
    if let (Some(before), Some(after)) = (&old.manifest_version, &new.manifest_version)
        && before != after
    {
        reasons.push(format!(
            "the manifest moves from CDK {before} to {after}: what the CDK does by itself is not compared"
        ));
    }
    for (side, connector) in [("old", old), ("new", new)] {
        let disallowed = connector.faults.iter().filter(|fault| fault.kind == FaultKind::Disallowed);
        if let (Some(first), count) = (disallowed.clone().next(), disallowed.count()) {
            let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
            reasons.push(sided(
                side,
                &format!("versions of the CDK refuse the manifest: {}{more}", first.error),
            ));
        }
    }
    if let Some(keys::OfOneSide { keys, .. }) = keys::of_one_side(old, new) {
        reasons.push(format!("keys that only one version shows are not compared: {keys}"));
    }
    if both_empty {
        reasons.push("both catalogs are empty: there is nothing to compare".to_owned());
    }
    reasons.extend(not_read(pair, &[Some(Artifact::Catalog), None]));
    say(Artifact::Catalog, status(&old.catalog), status(&new.catalog), reasons);
    if !is_destination {
        let (status, mut reasons) = state(old, new, states);
        reasons.extend(not_read(pair, &[Some(Artifact::State)]));
        say(Artifact::State, status.old, status.new, reasons);
    }
    if is_destination {
        let (status, mut reasons) = written(pair);
        reasons.extend(not_read(pair, &[Some(Artifact::Destination)]));
        say(Artifact::Destination, status.old, status.new, reasons);
    }
    let mut reasons = match (old.metadata.is_some(), new.metadata.is_some()) {
        (true, true) => Vec::new(),
        _ => {
            vec!["without metadata.yaml on both sides the version and the declaration are unknown".to_owned()]
        }
    };
    reasons.extend(not_read(pair, &[Some(Artifact::Metadata), Some(Artifact::Docs)]));
    say(Artifact::Metadata, presence(old.metadata.is_some()), presence(new.metadata.is_some()), reasons);
    let has_docs = |side: &Connector| side.release_files.docs.as_ref().is_some_and(ReleaseDocs::is_any_there);
    if has_docs(new) {
        say(Artifact::Docs, presence(has_docs(old)), presence(true), Vec::new());
    }
    lines
}

/// What of the written format was seen, and by what.
fn written(pair: Pair<'_>) -> (Sides<CoverageStatus>, Vec<String>) {
    let Pair { old, new, common } = pair;
    let mut reasons = Vec::new();
    // Code names few columns, and no file of a kind that only one side has is held against another.
    let is_comparable = shows_what_is_written(old, new);
    let mut status = |side: &str, connector: &Connector| {
        let seen = &connector.written;
        if seen.is_empty() {
            reasons.push(format!(
                "{side}: no expected records, golden files or CREATE TABLE statements were found; give what it writes \
                 with --{side}-output"
            ));
            return CoverageStatus::Absent;
        }
        let mut counts: BTreeMap<WrittenKind, usize> = BTreeMap::new();
        for table in &seen.tables {
            *counts.entry(table.kind).or_default() += 1;
        }
        let counted =
            counts.iter().map(|(kind, count)| format!("{count} {}", kind.noun(*count).replace('`', "")));
        let operations =
            seen.operations.iter().map(|operations| format!("{} operations", operations.list.len()));
        reasons
            .push(format!("{side}: read off {}", counted.chain(operations).collect::<Vec<_>>().join(", ")));
        let is_unread = |error: &&InputError| error.artifact == Some(Artifact::Destination);
        let is_whole =
            !connector.unread_beside.iter().chain(&connector.errors).any(|error| is_unread(&error));
        let is_code_alone = seen.operations.is_none() && counts.keys().all(|kind| *kind == WrittenKind::Code);
        match is_whole && is_comparable && !is_code_alone {
            true => CoverageStatus::Complete,
            false => CoverageStatus::Partial,
        }
    };
    let mut status = Sides { old: status("old", old), new: status("new", new) };
    // Of what a user hands in nobody says that it is all.
    let there: BTreeSet<&str> = new.written.tables.iter().map(|table| table.key.as_str()).collect();
    let handed = old.written.tables.iter().filter(|table| table.kind == WrittenKind::Output);
    let lacking: Vec<&str> =
        handed.map(|table| table.key.as_str()).filter(|key| !there.contains(key)).take(MOST_UNREAD).collect();
    if !lacking.is_empty() && status.new == CoverageStatus::Complete {
        status.new = CoverageStatus::Partial;
        reasons
            .push(format!("new: nothing is there to hold {} against", lacking.join(", ").replace('#', "")));
    }
    let is_absent = [status.old, status.new].contains(&CoverageStatus::Absent);
    if !is_absent && !is_comparable {
        reasons.push("the two sides have no such file in common, so that none could be compared".to_owned());
    }
    if !compares_what_is_written(pair) && what_is_written_differs(old, new) {
        reasons.push(match &common.build {
            BuildChange::None { dependencies, .. } if !dependencies.is_empty() => {
                let names: Vec<&str> = dependencies.iter().map(String::as_str).collect();
                format!(
                    "what tests expect changed with {}, and no code did: compare what both versions write",
                    names.join(", ")
                )
            }
            _ => "what tests expect changed, and nothing that builds the connector did: the tests changed"
                .to_owned(),
        });
    }
    (status, reasons)
}

/// What of some artifacts cannot be read and is no error: what nothing needs, and what is wrong with both sides in the
/// same way.
fn not_read(Pair { old, new, common }: Pair<'_>, artifacts: &[Option<Artifact>]) -> Vec<String> {
    let of = |side: &Connector| -> Vec<String> {
        let unread = side.unread_beside.iter().filter(|error| artifacts.contains(&error.artifact));
        unread.map(ToString::to_string).collect()
    };
    let (before, after) = (of(old), of(new));
    let shared = common.defects.iter().filter(|error| artifacts.contains(&error.artifact));
    let mut both: Vec<String> = shared.map(ToString::to_string).collect();
    both.sort();
    let (ours, theirs): (BTreeSet<&String>, BTreeSet<&String>) =
        (before.iter().collect(), after.iter().collect());
    both.extend(before.iter().filter(|error| theirs.contains(error)).cloned());
    let alone = |errors: &[String], others: &BTreeSet<&String>| -> Vec<String> {
        errors.iter().filter(|error| !others.contains(error)).cloned().collect()
    };
    let sides = [("both", both), ("old", alone(&before, &theirs)), ("new", alone(&after, &ours))];
    sides
        .into_iter()
        .flat_map(|(side, errors)| {
            let left = errors.len().saturating_sub(MOST_UNREAD);
            let more = (left > 0).then(|| format!("{side}: {left} more like these"));
            let shown = errors.into_iter().take(MOST_UNREAD);
            shown.map(|error| format!("{side}: not read: {error}")).chain(more).collect::<Vec<_>>()
        })
        .collect()
}

/// So many files that are not read are named.
const MOST_UNREAD: usize = 8;

/// What the connector is built with beside its own files, where that changed: nobody looks into it here.
fn dependencies(Pair { old, new, common }: Pair<'_>) -> Vec<String> {
    let image = |side: &Connector| side.metadata.as_ref().and_then(Metadata::base_image).map(str::to_owned);
    let mut reasons = Vec::new();
    let (before, after) = (image(old), image(new));
    if before != after && old.metadata.is_some() && new.metadata.is_some() {
        let shown = |image: Option<String>| image.unwrap_or_else(|| "none".to_owned());
        reasons.push(format!(
            "the base image moves from {} to {}: what it does by itself is not compared",
            shown(before),
            shown(after)
        ));
    }
    if let BuildChange::None { dependencies, .. } = &common.build
        && !dependencies.is_empty()
    {
        let names: Vec<&str> = dependencies.iter().map(String::as_str).collect();
        reasons.push(format!("{} changed: what dependencies do is not compared", names.join(", ")));
    }
    reasons
}

/// How many streams have schemas, cursors or keys that nobody can read off, with the first reason.
fn unknown_facts(catalog: &Catalog) -> impl Iterator<Item = String> {
    let mut schemas = Vec::new();
    let mut cursors = Vec::new();
    let mut keys = Vec::new();
    for (stream, properties) in catalog.derived() {
        if let Fact::Unknown(reason) = &properties.json_schema {
            schemas.push((stream.id.to_string(), reason.clone()));
        }
        if let (Fact::Unknown(reason), Some(_)) =
            (&properties.default_cursor_field, properties.supported_sync_modes.known())
        {
            cursors.push((stream.id.to_string(), reason.clone()));
        }
        if let (Fact::Unknown(reason), Some(_)) =
            (&properties.source_defined_primary_key, properties.supported_sync_modes.known())
        {
            keys.push((stream.id.to_string(), reason.clone()));
        }
    }
    [("schema", schemas), ("cursor", cursors), ("primary key", keys)].into_iter().filter_map(
        |(what, unknown)| {
            let (first, reason) = unknown.first()?;
            Some(match unknown.len() {
                1 => format!("the {what} of {first} is not known: {reason}"),
                more => format!("the {what}s of {more} streams are not known ({first}: {reason})"),
            })
        },
    )
}

/// What of saved state was seen.
fn state(
    old: &Connector,
    new: &Connector,
    states: &[StreamStateReport],
) -> (Sides<CoverageStatus>, Vec<String>) {
    let by_manifests = states.iter().any(|one| one.forward.evidence == StateEvidence::Manifests);
    // What every cursor of both manifests saves and reads needs no sample.
    let all = states.iter().all(|one| match one.forward.outcome {
        StateOutcome::NoStream => true,
        StateOutcome::Unknown => false,
        _ => one.forward.evidence == StateEvidence::Manifests,
    });
    let status = |connector: &Connector| match (by_manifests, connector.states.is_empty()) {
        (true, _) if all => CoverageStatus::Complete,
        (true, _) | (_, false) => CoverageStatus::Partial,
        (false, true) => CoverageStatus::Absent,
    };
    let reason = match (old.states.is_empty(), new.states.is_empty()) {
        (true, true) if by_manifests => {
            "there is no state sample; what the cursors of both manifests save and read was compared"
        }
        (true, true) => "there is no state sample; give one with --old-state and --new-state",
        (false, false) => "samples show some of the states that users have",
        (false, true) => "samples of the old side were held against the new manifest where it keeps state",
        (true, false) => "only the new side has a state sample",
    };
    let mut reasons = vec![reason.to_owned()];
    for (side, connector) in [("old", old), ("new", new)] {
        let Some(catalog) =
            connector.catalog.as_ref().filter(|catalog| catalog.status == CoverageStatus::Complete)
        else {
            continue;
        };
        let messages = connector.states.iter().flat_map(|sample| &sample.messages);
        let mut sampled = messages.flat_map(StateMessage::streams).peekable();
        // Without a sample nobody asks for the names of a million streams.
        if sampled.peek().is_none() {
            continue;
        }
        let known: BTreeSet<&str> = catalog.streams.iter().map(|stream| &*stream.id.name).collect();
        let strangers: BTreeSet<String> =
            sampled.filter(|one| !known.contains(&*one.id.name)).map(|one| one.id.to_string()).collect();
        if let Some(first) = strangers.first() {
            let more = match strangers.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let what = format!("the sample has state of {first}{more}, which the catalog does not list");
            reasons.push(format!("{side}: {what}"));
        }
    }
    (Sides { old: status(old), new: status(new) }, reasons)
}
