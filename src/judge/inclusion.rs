//! Asking of a spec change what it does to saved configs, edit by edit.
//!
//! The whole new spec is asked first: if it accepts every saved config, so be it. If not, each edit is put alone on top
//! of the old spec and asked again, so that a spec with five edits of which two break shows two findings with a witness
//! each. Where an edit that is alone in its part (`part`) breaks, the whole does, and is not asked. An edit whose witness
//! the whole new spec accepts is asked once more, for a config that both refuse.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::part::{PartId, Parts, without_the_same};
use super::questions::{Questions, proof};
use super::{absorbed, condition, metaschema};
use crate::diff::{Change, ConnectorChange, Delta, SpecChange, accepts_otherwise, alone, is_annotation};
use crate::limits;
use crate::model::{Artifact, ConfigStepKind, Connector, Decided, Decision, Level, Pointer, Sides, Which};
use crate::rules::{self, Rule};
use crate::schema::{
    Inclusion, NAMED, Options, SchemaError, includes, on_large_stacks, with_local_references,
};

/// Where a ConnectorSpecification holds the schema of the config.
const CONFIG: &str = "connectionSpecification";

/// What comparing the specs gives beyond the decisions on single differences.
#[derive(Debug, Default)]
pub(super) struct SpecAnswer {
    /// Whether the old spec accepts what the new one saves; `None` where that is not known.
    pub(super) rolls_back: Option<bool>,
    /// Why nothing could be asked.
    pub(super) reason: Option<String>,
    /// What cannot be read as a schema, where that leaves open whether saved configs are accepted.
    pub(super) error: Option<SchemaError>,
    /// Whether the specs were compared at all.
    pub(super) asked: bool,
    /// How many sample configs were held against the new spec.
    pub(super) replayed: usize,
    /// Config migrations that cannot be followed, in words.
    pub(super) unfollowed: Vec<String>,
}

/// A difference, and what comparing the accepted configs says of it.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) delta: Delta,
    /// `None` for what is no edit of a spec, and where nothing could be asked.
    pub(super) decision: Option<Decision>,
    /// Where the config migrations stand that were tried on it; `None` where none were.
    pub(super) migration: Option<String>,
}

impl Asked {
    /// The rule that judges it, with its level.
    pub(super) fn judge(&self) -> Option<(&'static Rule, Level)> {
        rules::judge(&self.delta, self.decision.as_ref())
    }
}

/// Asks about every difference that accepts configs more or less, and adds one where edits break together.
pub(super) fn ask(deltas: Vec<Delta>, old: &Connector, new: &Connector) -> (Vec<Asked>, SpecAnswer) {
    // One is added where edits break together: a list that grows takes twice what it holds.
    let mut asked = Vec::with_capacity(deltas.len() + 1);
    asked.extend(deltas.into_iter().map(|delta| Asked { delta, decision: None, migration: None }));
    let specs_differ = match (&old.spec, &new.spec) {
        (Some(before), Some(after)) => before.value[CONFIG] != after.value[CONFIG],
        _ => false,
    };
    let mut examined = || {
        let answer = decide(&mut asked, old, new);
        absorbed::examine(&mut asked, old, new);
        answer
    };
    // Threads are started where questions will be asked.
    let mut answer = if specs_differ { on_large_stacks(examined) } else { examined() };
    condition::decide(&mut asked, old, new);
    let refused = metaschema::hold(&mut asked, old, new);
    answer.reason =
        [answer.reason, refused].into_iter().flatten().reduce(|one, other| format!("{one}; {other}"));
    (asked, answer)
}

fn decide(deltas: &mut Vec<Asked>, old: &Connector, new: &Connector) -> SpecAnswer {
    let (Some(before), Some(after)) = (&old.spec, &new.spec) else { return SpecAnswer::default() };
    let (before, after) = (&before.value[CONFIG], &after.value[CONFIG]);
    if before == after {
        return SpecAnswer { rolls_back: Some(true), ..SpecAnswer::default() };
    }
    let written = (before, after);
    let (before, after) = (as_validated(before), as_validated(after));
    let (before, after): (&Value, &Value) = (&before, &after);
    let less = without_the_same(before, after, &BTreeSet::new());
    let fault = no_schema(after, Which::New);
    // Where the new spec is a schema, all that is the same in both is one.
    let unread = less.as_ref().filter(|_| fault.is_none()).map_or(before, |(before, _)| before);
    let faults = Sides { old: no_schema(unread, Which::Old), new: fault };
    if let Some(answer) = unanswered(deltas, faults, written.0, written.1, new) {
        return answer;
    }
    // Samples are held against the specs as they are.
    let has_samples = !old.configs.is_empty() || !new.configs.is_empty();
    let less = less.filter(|_| !has_samples);
    let (whole_before, whole_after) = (before, after);
    let (before, after) = less.as_ref().map_or((before, after), |(before, after)| (before, after));
    let edits = deltas.iter().filter(|one| accepts_otherwise(&one.delta)).count() as u64;
    // More edits are asked about together.
    let questions = match edits <= new.limits.edits {
        true => Questions::by_parts(before, after, &old.configs, &new.limits),
        false => Questions::new(before, after, &old.configs, &new.limits),
    };
    let questions = match questions {
        Ok(questions) => questions,
        Err(reason) => {
            // Single keywords are judged by rule; what they come to together nobody can say.
            if bare(whole_before) != bare(whole_after) {
                deltas.push(together(Decision::Unknown { reason: reason.clone() }));
            }
            return SpecAnswer { reason: Some(reason), ..SpecAnswer::default() };
        }
    };
    // No format refuses a config at run time; one that every saved text has already changes nothing in the form either.
    let is_format = |delta: &Delta| matches!(delta.change, Change::Spec(SpecChange::Format(_)));
    let formats = deltas.iter().filter(|one| is_format(&one.delta)).count() as u64;
    let too_many_formats = (formats > new.limits.edits).then(|| {
        let what = format!("{formats} changed formats are judged by their rules alone: there are more");
        limits::EDITS.exceeded(&what, new.limits.edits, Some(formats))
    });
    let mut parts = Parts::of(before, after);
    for one in deltas.iter_mut().filter(|one| too_many_formats.is_none() && is_format(&one.delta)) {
        let is_kept = |questions: &Questions<'_>, edited| {
            questions.ask(questions.saved(), &questions.prepared(Cow::Owned(edited))) == Inclusion::Included
        };
        let in_part = parts.as_mut().and_then(|parts| parts.edited(&one.delta));
        let is_proven = match in_part {
            Some(id) => parts.as_ref().and_then(|parts| parts.get(&id)).is_some_and(|part| {
                let inner = questions.of_part(&id, &part, &new.limits);
                inner.zip(part.edited(&id, &one.delta)).is_some_and(|(inner, edited)| is_kept(&inner, edited))
            }),
            None => alone(&one.delta, before, after).is_some_and(|edited| is_kept(&questions, edited)),
        };
        if is_proven {
            one.decision = Some(proof(&[]));
        }
    }
    // What an edit makes of a spec is as large as the spec: it is made when it is asked about, and not kept.
    let mut edits: BTreeMap<Option<PartId>, Vec<usize>> = BTreeMap::new();
    let (mut asked, mut apart) = (Vec::new(), Vec::new());
    for (index, Asked { delta, decision, .. }) in deltas.iter().enumerate() {
        if !accepts_otherwise(delta) || decision.is_some() || is_format(delta) {
            continue;
        }
        // So many are not asked about one by one, and nothing is made for them.
        if asked.len() as u64 > new.limits.edits {
            asked.push(index);
            continue;
        }
        let in_part = parts.as_mut().and_then(|parts| parts.edited(delta));
        if in_part.is_some() || alone(delta, before, after).is_some() {
            asked.push(index);
            edits.entry(in_part).or_default().push(index);
        } else {
            apart.push(index);
        }
        if asked.len() as u64 > new.limits.edits {
            edits.clear();
        }
    }
    let parts = parts.map(Parts::into_edited);
    let rolls_back = || {
        // A config that the new version saved may be one that no form shows.
        if new.configs.iter().any(|sample| questions.loses(sample)) {
            return Some(false);
        }
        questions.rolls_back()
    };
    let answer = SpecAnswer {
        rolls_back: rolls_back(),
        asked: true,
        replayed: questions.samples.len(),
        reason: too_many_formats.clone(),
        ..SpecAnswer::default()
    };
    let of_part = |(part, edits): (&Option<PartId>, &Vec<usize>)| -> Vec<(usize, Decision)> {
        let part = part.as_ref().and_then(|id| Some((id, parts.as_ref()?.get(id)?)));
        let part = part.filter(|(_, part)| !part.is_whole());
        let part = part.as_ref();
        let inner = part.and_then(|(id, part)| Some((id, part, questions.of_part(id, part, &new.limits)?)));
        let in_part = |index: &usize| {
            let (id, part, inner) = inner.as_ref()?;
            let delta = &deltas[*index].delta;
            questions.of_whole(&id.property, inner.edit(delta, &part.edited(id, delta)?))
        };
        let decided: Vec<_> = edits.par_iter().map(|index| (*index, in_part(index))).collect();
        // What says of the part which configs are saved is not kept beside what says it of the whole.
        drop(inner);
        let decide = |(index, decided): (usize, Option<Decision>)| {
            let delta = &deltas[index].delta;
            let whole = || Some(questions.edit(delta, &alone(delta, before, after)?));
            Some((index, decided.or_else(whole)?))
        };
        decided.into_par_iter().filter_map(decide).collect()
    };
    let breaks = |decision: &Decision| matches!(decision, Decision::Witness { .. } | Decision::Sample { .. });
    let count = asked.len() as u64;
    let mut groups: Vec<_> = edits.iter().collect();
    // Where one edit breaks, the whole does, and need not be asked: so one is asked first that is alone in its part.
    let single = groups.iter().position(|(part, edits)| part.is_some() && edits.len() == 1);
    let first = match single.filter(|_| count <= new.limits.edits) {
        Some(single) => of_part(groups.swap_remove(single)),
        None => Vec::new(),
    };
    let whole = OnceCell::new();
    let whole = || -> Option<Decision> { whole.get_or_init(|| questions.whole()).clone() };
    let is_broken = first.iter().any(|(_, decision)| breaks(decision));
    let proven = if is_broken { None } else { whole() };
    if let Some(proof @ Decision::Proof { .. }) = &proven {
        for index in asked.into_iter().chain(apart) {
            deltas[index].decision = Some(proof.clone());
        }
        return answer;
    }
    if count > new.limits.edits {
        let what = format!("{count} edits are judged together and not one by one: there are more");
        let reason = limits::EDITS.exceeded(&what, new.limits.edits, Some(count));
        // What single edits do nobody has looked at.
        let whole = match whole() {
            Some(Decision::Witness { value, message }) => {
                Decision::Witness { value, message: format!("{message}; {reason}") }
            }
            Some(Decision::Sample { message }) => {
                Decision::Sample { message: format!("{message}; {reason}") }
            }
            _ => Decision::Unknown { reason: reason.clone() },
        };
        deltas.push(together(whole));
        let reasons: Vec<String> = too_many_formats.into_iter().chain([reason]).collect();
        return SpecAnswer { reason: Some(reasons.join("; ")), ..answer };
    }
    let mut decisions: Vec<(usize, Decision)> = groups.into_par_iter().flat_map_iter(of_part).collect();
    decisions.extend(first);
    decisions.sort_unstable_by_key(|(index, _)| *index);
    let by_rule = |index: &usize| deltas[*index].judge().is_some_and(|(_, level)| level == Level::Breaking);
    // A rule that a policy decides says nothing of a witness.
    let takes =
        |index: usize| deltas[index].judge().is_some_and(|(rule, _)| rule.decided == Decided::Inclusion);
    let told = |(index, decision): &(usize, Decision)| breaks(decision) && takes(*index);
    let blamed = decisions.iter().any(told) || apart.iter().any(by_rule);
    let open: Vec<usize> = decisions
        .iter()
        .filter(|(index, decision)| !matches!(decision, Decision::Proof { .. }) && takes(*index))
        .map(|(index, _)| *index)
        .chain(apart)
        .collect();
    for (index, decision) in decisions {
        deltas[index].decision = Some(decision);
    }
    if !blamed && let Some(whole) = whole() {
        match open.as_slice() {
            // Every other edit is harmless: this one it is.
            [only] if breaks(&whole) => deltas[*only].decision = Some(whole),
            [_, ..] if !breaks(&whole) => {}
            _ => deltas.push(together(whole)),
        }
    }
    SpecAnswer { unfollowed: unfollowed(new), ..answer }
}

/// What of a spec is no schema.
fn no_schema(spec: &Value, side: Which) -> Option<SchemaError> {
    let read_only = Options { steps: 1, ..Options::default() };
    let error = includes(spec, &Value::Bool(true), &read_only).err()?;
    Some(SchemaError { side, ..error })
}

/// A spec that is no schema any more is a break of its own. One that was none before, or that refers to another
/// document, leaves open what the edits do.
fn unanswered(
    deltas: &mut Vec<Asked>,
    faults: Sides<Option<SchemaError>>,
    before: &Value,
    after: &Value,
    new: &Connector,
) -> Option<SpecAnswer> {
    let was_readable = faults.old.is_none();
    let mut error = faults.new.or(faults.old)?;
    // What is read is not quite what was written: the place is as deep as the file has it.
    while error.side == Which::New && error.pointer.get(after).is_none() {
        let Some(parent) = error.pointer.parent() else { break };
        error.pointer = parent;
    }
    let reason =
        format!("the {} spec is no JSON Schema: at {}: {}", error.side, error.pointer, error.message);
    let answer = SpecAnswer { reason: Some(reason), ..SpecAnswer::default() };
    let would_not_load =
        |one: &Asked| matches!(one.delta.change, Change::Connector(ConnectorChange::Invalid(_)));
    let told = deltas.iter().any(would_not_load);
    if error.side == Which::New && was_readable && (told || !error.elsewhere) {
        let place = Pointer::new([CONFIG]).concat(&error.pointer);
        let is_reference = place.segments().last().is_some_and(|last| last == "$ref");
        let place = place.parent().filter(|_| is_reference).unwrap_or(place);
        // What the unreadable part accepts is not known, so nothing is said of edits in it.
        let is_below = |delta: &Delta| {
            let whole = delta.change == Change::Spec(SpecChange::ConstraintChanged("schema".to_owned()));
            delta.config_place().is_some_and(|at| {
                let (at, place) = (at.new.segments(), place.segments());
                at.starts_with(place) || whole && place.starts_with(at)
            })
        };
        deltas.retain(|one| !is_below(&one.delta));
        if !told {
            let change = SpecChange::NoSchema {
                at: error.pointer.clone(),
                reason: format!("at {}: {}", error.pointer, error.message),
                java: !metaschema::is_python(new),
            };
            deltas.push(whole_spec(change, Sides { old: None, new: Some(place) }, None));
        }
        return Some(answer);
    }
    let error = (bare(before) != bare(after)).then_some(error);
    Some(SpecAnswer { error, ..answer })
}

/// A difference of the config as a whole.
fn whole_spec(change: SpecChange, pointer: Sides<Option<Pointer>>, decision: Option<Decision>) -> Asked {
    Asked {
        delta: Delta { pointer, ..Delta::new(Artifact::Spec, Change::Spec(change)) },
        decision,
        migration: None,
    }
}

/// Config migrations of the new manifest that cannot be followed.
fn unfollowed(new: &Connector) -> Vec<String> {
    let unknown = new.config_rules.migrations.iter().filter_map(|step| match &step.kind {
        ConfigStepKind::Opaque { what } => Some(what.clone()),
        _ => None,
    });
    unknown.collect()
}

fn together(decision: Decision) -> Asked {
    let root = Pointer::new([CONFIG]);
    let place = Sides { old: Some(root.clone()), new: Some(root) };
    whole_spec(SpecChange::BreaksTogether, place, Some(decision))
}

/// A spec as the runtime reads it. Draft 7 reads nothing beside a reference; a spec that names no draft is read by the
/// newest, which reads both.
pub(super) fn as_validated(spec: &Value) -> Cow<'_, Value> {
    let local = with_local_references(spec, true);
    // What was not copied has no reference.
    match (spec.get("$schema"), local) {
        (None, Cow::Owned(local)) => Cow::Owned(rewritten(&local, &beside_references)),
        (_, local) => local,
    }
}

/// A document with every schema in it rewritten, the inner ones first. What stands under names of the author's choice is
/// a schema, what stands in values is data.
fn rewritten(document: &Value, rewrite: &dyn Fn(&mut Map<String, Value>)) -> Value {
    fn walk(value: &Value, is_schema: bool, rewrite: &dyn Fn(&mut Map<String, Value>)) -> Value {
        match value {
            Value::Object(map) => {
                let below = |key: &String, child: &Value| match (is_schema, key.as_str()) {
                    (true, "const" | "enum" | "default" | "examples") => child.clone(),
                    (true, key) => walk(child, !NAMED.contains(&key), rewrite),
                    (false, _) => walk(child, true, rewrite),
                };
                let mut map: Map<String, Value> =
                    map.iter().map(|(key, child)| (key.clone(), below(key, child))).collect();
                if is_schema {
                    rewrite(&mut map);
                }
                Value::Object(map)
            }
            Value::Array(items) => items.iter().map(|item| walk(item, true, rewrite)).collect(),
            scalar => scalar.clone(),
        }
    }
    walk(document, true, rewrite)
}

/// Puts a reference into `allOf`, where everything beside it holds too.
fn beside_references(map: &mut Map<String, Value>) {
    let refers = map.get("$ref").is_some_and(Value::is_string);
    if map.len() > 1 && refers && map.get("allOf").is_none_or(Value::is_array) {
        let reference = json!({"$ref": map.remove("$ref")});
        let parts = map.entry("allOf").or_insert_with(|| json!([]));
        parts.as_array_mut().into_iter().for_each(|parts| parts.push(reference.clone()));
    }
}

/// A spec without what accepts no config more or less.
fn bare(spec: &Value) -> Value {
    rewritten(spec, &|map| {
        map.retain(|key, _| !is_annotation(key) && key != "default" && !key.starts_with("airbyte_"));
    })
}

/// Keys that start with an underscore are the platform's own.
pub(super) fn without_internal_keys(config: &Value) -> Value {
    match config {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, _)| !key.starts_with('_'))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        ),
        other => other.clone(),
    }
}
