//! What a run says beside its report, on standard error: nothing of it changes the answer.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::output;
use super::sides::SideFiles;
use crate::model::{Catalog, Connector, ConnectorReport, CoverageStatus, Metadata, RecordSchema, Stream};
use crate::policy::{FieldPattern, Policy, PolicyFile, SetBy, Waiver, WaiverIndex};
use crate::suggest::nearest;

fn warn(message: &str) {
    output::message("warning", message);
}

/// Says that both sides are one path.
pub(super) fn of_paths(old: &Path, new: &Path) {
    let real = |path: &Path| path.canonicalize().ok();
    if real(old).is_some_and(|old| real(new) == Some(old)) {
        let (old, new) = (old.display(), new.display());
        let base = "give as OLD the version before the change, such as a git worktree of the merge base";
        warn(&format!("OLD ({old}) and NEW ({new}) are the same path, so nothing can differ: {base}"));
    }
}

/// Says which of the files that flags name are held against nothing.
pub(super) fn of_files(files: &SideFiles, old: &Connector, new: &Connector) {
    files.idle_configs(old, new).iter().for_each(|idle| warn(idle));
    files.idle_outputs(old, new).iter().for_each(|idle| warn(idle));
}

/// Says that the sides are two connectors.
pub(super) fn of_sides(before: &Connector, after: &Connector) {
    let name = |side: &Connector| side.metadata.as_ref().and_then(Metadata::name).map(str::to_owned);
    if let (Some(old), Some(new)) = (name(before), name(after))
        && old != new
    {
        let message = "two connectors are compared as if one was renamed to the other";
        warn(&format!("OLD is {old} and NEW is {new}: {message}"));
    }
}

/// Says which lines of the policy look mistyped. A file is shared by many connectors, so a section for another one is no
/// mistake, and neither is a general pattern that matches nothing here: `all` asks for these too.
pub(super) fn of_policy(
    file: &PolicyFile,
    (name, policy): (&str, &Policy),
    sides: [(&Path, &Connector); 2],
    all: bool,
) {
    let is_neighbour = |other: &str| {
        sides.iter().any(|(path, _)| {
            path.canonicalize()
                .is_ok_and(|path| path.parent().is_some_and(|folder| folder.join(other).is_dir()))
        })
    };
    for (section, set_by) in file.misspelt(name).into_iter().filter(|(section, _)| !is_neighbour(section)) {
        warn(&format!("{set_by}: the section connectors.{section} is not for {name}: did you mean {name}?"));
    }
    for (other, set_by) in file.misspelt_waivers(name).into_iter().filter(|(other, _)| !is_neighbour(other)) {
        warn(&format!("{set_by}: the waiver is for {other} and not for {name}: did you mean {name}?"));
    }
    let own = file.section(name);
    let Some(names) = streams(sides.map(|(_, side)| side)) else { return };
    let unmatched = |pattern: &str, set_by: &SetBy| {
        // The name of a stream is no pattern, and may be near to one that is there.
        let stream = pattern.split('/').next().unwrap_or_default();
        let near = nearest(stream, names.iter().map(String::as_str));
        let hint = near.map(|near| format!(": did you mean {near}?")).unwrap_or_default();
        warn(&format!("{set_by}: the pattern {pattern} matches no stream of {name}{hint}"));
    };
    let asked = if all { Some(policy) } else { own };
    for glob in asked.into_iter().flat_map(|policy| &policy.ignored_streams) {
        if !names.iter().any(|name| glob.value.matches(name)) {
            unmatched(&glob.value.text, &glob.set_by);
        }
    }
    let mut schemas = Schemas::default();
    for pattern in asked.into_iter().flat_map(|policy| &policy.ignored_fields) {
        if !names.iter().any(|name| pattern.value.is_of(name)) {
            unmatched(&pattern.value.text, &pattern.set_by);
            continue;
        }
        let Some(fields) = fields_beside(&pattern.value, sides.map(|(_, side)| side), &mut schemas) else {
            continue;
        };
        let (text, set_by) = (&pattern.value.text, &pattern.set_by);
        let first = pattern.value.first_field();
        // What is wrong further down has a name that is right at the top.
        let near = nearest(first, fields.iter().map(String::as_str)).filter(|near| *near != first);
        let hint = near.map(|near| format!(": did you mean {near}?")).unwrap_or_default();
        warn(&format!("{set_by}: the pattern {text} matches no field of {name}{hint}"));
    }
}

/// The fields of the records that a pattern is about, where it matches none of them; `None` where it matches one, or where a
/// schema is not known.
fn fields_beside(
    pattern: &FieldPattern,
    sides: [&Connector; 2],
    schemas: &mut Schemas,
) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let streams = sides.into_iter().flat_map(|side| &side.catalog).flat_map(|catalog| &catalog.streams);
    for stream in streams.filter(|stream| pattern.is_of(&stream.id.name)) {
        let schema = schemas.of(stream)?;
        if schema.has_field(|depth, name| pattern.matches_at(depth, name)) {
            return None;
        }
        names.extend(schema.field_names());
    }
    Some(names)
}

/// The schemas of streams that a pattern was about. Each is read once, whatever number of patterns there are.
#[derive(Default)]
struct Schemas(HashMap<*const Stream, Option<RecordSchema>>);

impl Schemas {
    /// `None` where the schema is not known.
    fn of(&mut self, stream: &Stream) -> Option<&RecordSchema> {
        let open = || Some(stream.properties().ok()?.json_schema.known()?.open());
        self.0.entry(stream).or_insert_with(open).as_ref()
    }
}

/// Says which waivers match nothing that may be meant for other connectors; the report has those that are meant for this one.
pub(super) fn of_waivers(policy: &Policy, report: &ConnectorReport) {
    let nowhere = BTreeSet::new();
    let waivers: Vec<&Waiver> = policy.waivers.iter().filter(|waiver| !waiver.is_meant).collect();
    let index = WaiverIndex::of(waivers.iter().map(|waiver| &waiver.accepts));
    let mut is_used = vec![false; waivers.len()];
    for finding in &report.findings {
        for at in index.of_finding(finding) {
            is_used[at] |= waivers[at].accepts.finding(finding);
        }
    }
    for problem in &report.problems {
        for at in index.of_problem(&problem.id, &problem.rule, &nowhere) {
            is_used[at] |= waivers[at].accepts.problem(&problem.id, &problem.rule, &nowhere);
        }
    }
    for (waiver, _) in waivers.iter().zip(is_used).filter(|(_, is_used)| !is_used) {
        let (set_by, accepts) = (&waiver.set_by, &waiver.accepts);
        warn(&format!("{set_by}: the waiver of {accepts} matches nothing in this change of {}", report.name));
    }
}

/// The streams of both sides, where all of them are known.
fn streams(sides: [&Connector; 2]) -> Option<BTreeSet<String>> {
    let is_whole =
        |catalog: &&Catalog| catalog.status == CoverageStatus::Complete && catalog.open_sets.is_empty();
    let mut names = BTreeSet::new();
    for side in sides {
        let catalog = side.catalog.as_ref().filter(is_whole)?;
        names.extend(catalog.streams.iter().map(|stream| stream.id.name.to_string()));
    }
    Some(names)
}
