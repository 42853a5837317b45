//! Asking of a spec change what it does to saved configs, edit by edit.
//!
//! The whole new spec is asked first: if it accepts every saved config, so be it. If not, each edit is put alone on top
//! of the old spec and asked again, so that a spec with five edits of which two break shows two findings with a witness
//! each. Where an edit that is alone in its part (`part`) breaks, the whole does, and is not asked. An edit whose witness
//! the whole new spec accepts is asked once more, for a config that both refuse.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::part::{
    Part, PartId, Parts, differing, only_property, with_property, with_required_alone, without_required,
    without_the_same,
};
use super::stored::{Limited, is_walked_through, likely_stored, stored};
use super::{absorbed, condition, metaschema};
use crate::diff::{
    Change, ConnectorChange, Delta, SpecChange, accepts_otherwise, alone, is_annotation, relocated,
};
use crate::limits::{self, Limits};
use crate::model::{
    Artifact, ConfigSample, ConfigStepKind, Connector, Decided, Decision, Level, Pointer, Sides, Which,
};
use crate::rules::{self, Rule};
use crate::schema::{
    Inclusion, NAMED, Options, Prepared, SchemaError, Validator, includes, on_large_stacks,
    with_local_references,
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

/// A spec whose properties have nothing to do with each other: what it says of each, and which it requires. One validator says
/// what the spec says of any of its properties alone.
struct Open<'s> {
    properties: Arc<Validator>,
    required: Vec<&'s str>,
}

impl Open<'_> {
    fn accepts(&self, config: &Value) -> bool {
        self.required.iter().all(|name| config.get(name).is_some()) && self.properties.accepts(config)
    }
}

/// The old spec, limited to configs that are saved.
struct Form {
    saved: Prepared<'static>,
    /// Whether anything of it is likely and not certain.
    is_likely: bool,
}

pub(super) struct Questions<'s> {
    old: Prepared<'s>,
    pub(super) new: Prepared<'s>,
    /// The configs that are saved: it takes as long to say them as to ask, and where every edit is asked of its part, nobody asks.
    form: OnceLock<Form>,
    /// Both specs by their properties, where these have nothing to do with each other and there are no samples.
    open: Option<Sides<Open<'s>>>,
    /// What says of the values of a property what the old spec says, where it is the property of these specs.
    old_property: Option<(Arc<Validator>, String)>,
    /// The same, with configs that lack the constant of their option; `None` where that is no other.
    possible: OnceLock<Option<Prepared<'static>>>,
    options: Options,
    pub(super) samples: Vec<(&'s str, Value)>,
    /// A config that is saved; `None` where the specs are those of one property.
    base: Option<Value>,
}

/// Asks about every difference that accepts configs more or less, and adds one where edits break together.
pub(super) fn ask(deltas: Vec<Delta>, old: &Connector, new: &Connector) -> (Vec<Asked>, SpecAnswer) {
    let mut asked =
        deltas.into_iter().map(|delta| Asked { delta, decision: None, migration: None }).collect();
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
            questions.ask(questions.saved(), &questions.prepared(edited)) == Inclusion::Included
        };
        let in_part = parts.as_mut().and_then(|parts| parts.edited(&one.delta));
        let is_proven = match in_part {
            Some(id) => parts.as_ref().and_then(|parts| parts.get(&id)).is_some_and(|part| {
                let inner = questions.of_part(&id, part, &new.limits);
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
            if let Some(parts) = &mut parts {
                parts.forget();
            }
        }
    }
    let parts = parts.map(Parts::into_parts).unwrap_or_default();
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
        let part = part.as_ref().and_then(|id| Some((id, parts.get(id)?)));
        let inner = part.and_then(|(id, part)| Some((id, part, questions.of_part(id, part, &new.limits)?)));
        let decide = |index: &usize| {
            let delta = &deltas[*index].delta;
            let decided = inner.as_ref().and_then(|(id, part, inner)| {
                let edited = part.edited(id, delta)?;
                questions.of_whole(&id.property, inner.edit(delta, &edited))
            });
            let whole = || Some(questions.edit(delta, &alone(delta, before, after)?));
            Some((*index, decided.or_else(whole)?))
        };
        edits.par_iter().filter_map(decide).collect()
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

impl Form {
    /// Any config that a spec accepts.
    fn of_all(spec: &Prepared<'_>, options: &Options) -> Self {
        Self { saved: Prepared::new(Cow::Owned(spec.document().clone()), options), is_likely: false }
    }
}

impl<'s> Questions<'s> {
    /// # Errors
    /// The validator cannot read one of the specs; the text says which and why.
    pub(super) fn new(
        old: &'s Value,
        new: &'s Value,
        configs: &'s [ConfigSample],
        limits: &Limits,
    ) -> Result<Self, String> {
        let questions = Self::unsampled(old, new, limits)?;
        let accepts_old = questions.validators()?.old;
        let samples = configs
            .iter()
            .map(|sample| (sample.file.as_str(), without_internal_keys(&sample.value)))
            .filter(|(_, config)| accepts_old.refusal(config).is_none())
            .collect();
        Ok(Self { samples, ..questions })
    }

    fn unsampled(old: &'s Value, new: &'s Value, limits: &Limits) -> Result<Self, String> {
        let nothing = Prepared::new(Cow::Owned(Value::Bool(false)), &options_of(limits));
        let any = |schema: &Prepared<'_>| match schema.included_in(&nothing) {
            Ok(Inclusion::Included) => None,
            Ok(Inclusion::NotIncluded { witness, .. }) => Some(witness),
            _ => Some(json!({})),
        };
        Self::unchecked(old, new, limits, &any)
    }

    /// The same, to be asked property by property.
    fn by_parts(
        old: &'s Value,
        new: &'s Value,
        configs: &'s [ConfigSample],
        limits: &Limits,
    ) -> Result<Self, String> {
        let Some(specs) = without_required(old, new).filter(|_| configs.is_empty()) else {
            return Self::new(old, new, configs, limits);
        };
        let questions = Self::unsampled(old, new, limits)?;
        let open = |(spec, required): (Cow<'_, Value>, Vec<&'s str>), name: &str| {
            let properties = Validator::new(&spec, &questions.options);
            let properties = properties.map_err(|error| format!("the {name} spec: {error}"))?;
            Ok::<_, String>(Open { properties: Arc::new(properties), required })
        };
        let open = Sides { old: open(specs.old, "old")?, new: open(specs.new, "new")? };
        Ok(Self { open: Some(open), ..questions })
    }

    /// The same questions about one property of the config alone.
    fn of_part<'p>(&'p self, id: &PartId, part: &'p Part, limits: &Limits) -> Option<Questions<'p>> {
        // Nobody is shown such a config: it is enough to know that there is one.
        let any = |schema: &Prepared<'_>| (!schema.is_empty()).then_some(Value::Null);
        let name = &id.property;
        let mut questions = Questions::unchecked(&part.old, &part.new, limits, &any).ok()?;
        if let Some(open) = self.open.as_ref().filter(|_| id.is_property()) {
            questions.new = questions.new.with_stand_in(open.new.properties.clone(), name);
            questions.old_property = Some((open.old.properties.clone(), name.clone()));
        }
        let samples = self.samples.iter().map(|(file, config)| (*file, only_property(config, name)));
        Some(Questions { samples: samples.collect(), base: None, ..questions })
    }

    /// The questions, without validators: these are made where one has to be asked. `any` gives a value of a schema.
    fn unchecked(
        old: &'s Value,
        new: &'s Value,
        limits: &Limits,
        any: &dyn Fn(&Prepared<'_>) -> Option<Value>,
    ) -> Result<Self, String> {
        let options = options_of(limits);
        // A config that is saved need not hold what nobody requires.
        let alone = with_required_alone(old, new);
        let is_certain = alone.is_some() && is_walked_through(old);
        let least = alone.and_then(|(old, new)| stored(&old, &new, true));
        let mut form = None;
        if least.is_none() || !is_certain {
            let Some(Limited { schema, is_likely, .. }) = likely_stored(old, new) else {
                return Err("the spec fans out too far".to_owned());
            };
            form = Some(Form { saved: Prepared::new(Cow::Owned(schema), &options), is_likely });
        }
        let found = match (least, &form) {
            (Some(least), _) => any(&Prepared::new(Cow::Owned(least), &options)),
            (None, form) => form.as_ref().and_then(|form| any(&form.saved)),
        };
        let (old, new) =
            (Prepared::new(Cow::Borrowed(old), &options), Prepared::new(Cow::Borrowed(new), &options));
        // An empty set proves nothing: where the form can save no config, any that the old spec accepts is asked about.
        let base = found.or_else(|| {
            form = Some(Form::of_all(&old, &options));
            any(&old)
        });
        let Some(base) = base else { return Err("the old spec accepts no config at all".to_owned()) };
        let form = form.map_or_else(OnceLock::new, OnceLock::from);
        let (possible, samples, base) = (OnceLock::new(), Vec::new(), Some(base));
        Ok(Self { old, new, form, open: None, old_property: None, possible, options, samples, base })
    }

    fn form(&self) -> &Form {
        self.form.get_or_init(|| match likely_stored(self.old.document(), self.new.document()) {
            Some(Limited { schema, is_likely, is_idle }) => {
                let saved = self.prepared(schema);
                let saved = match self.old_property.as_ref().filter(|_| is_idle) {
                    Some((validator, name)) => saved.with_stand_in(validator.clone(), name),
                    None => saved,
                };
                Form { saved, is_likely }
            }
            None => Form::of_all(&self.old, &self.options),
        })
    }

    /// The old spec, limited to configs that are saved.
    pub(super) fn saved(&self) -> &Prepared<'static> {
        &self.form().saved
    }

    /// The same, to be kept.
    pub(super) fn into_saved(self) -> Prepared<'static> {
        self.form();
        let Self { form, old, options, .. } = self;
        form.into_inner().unwrap_or_else(|| Form::of_all(&old, &options)).saved
    }

    /// Both specs, ready to validate configs.
    ///
    /// # Errors
    /// The validator cannot read one of them; the text says which and why.
    pub(super) fn validators(&self) -> Result<Sides<Arc<Validator>>, String> {
        Ok(Sides {
            old: self.old.validator().map_err(|error| format!("the old spec: {error}"))?.clone(),
            new: self.new.validator().map_err(|error| format!("the new spec: {error}"))?.clone(),
        })
    }

    /// Whether the new spec refuses a config.
    fn new_refuses(&self, config: &Value) -> bool {
        match &self.open {
            Some(open) => !open.new.accepts(config),
            None => self.new.validator_of(config).is_ok_and(|new| !new.accepts(config)),
        }
    }

    /// Why it does.
    fn new_refusal(&self, config: &Value) -> Option<String> {
        self.new.validator_of(config).ok().and_then(|new| new.refusal(config))
    }

    /// Whether a config that was found is one of the old spec. What is found of a part is held against the whole old spec
    /// (`of_whole`).
    fn is_of_old(&self, config: &Value) -> bool {
        match &self.open {
            Some(open) => open.old.accepts(config),
            None => self.base.is_none() || self.old.validator().is_ok_and(|old| old.accepts(config)),
        }
    }

    /// What was decided of one property, said of whole configs; `None` where that does not follow.
    fn of_whole(&self, name: &str, decision: Decision) -> Option<Decision> {
        let whole = |value: &Value| {
            let config = with_property(self.base.as_ref()?, name, value);
            (self.new_refuses(&config) && self.is_of_old(&config)).then_some(config)
        };
        match decision {
            Decision::Witness { value, message } => {
                Some(Decision::Witness { value: whole(&value)?, message })
            }
            Decision::Unlikely { value, message } => {
                Some(Decision::Unlikely { value: whole(&value)?, message })
            }
            Decision::Unknown { .. } => None,
            decided => Some(decided),
        }
    }

    /// Whether the old spec refuses a config that the new one accepts.
    fn loses(&self, sample: &ConfigSample) -> bool {
        let config = without_internal_keys(&sample.value);
        !self.new_refuses(&config) && !self.is_of_old(&config)
    }

    /// Whether the old spec accepts what the new version saves; `None` where that is not known.
    fn rolls_back(&self) -> Option<bool> {
        self.rolls_back_by_parts().or_else(|| {
            let saved = self.prepared(stored(self.new.document(), self.old.document(), true)?);
            match saved.included_in(&self.old) {
                Ok(Inclusion::Included) => Some(true),
                Ok(Inclusion::NotIncluded { .. }) => Some(false),
                _ => None,
            }
        })
    }

    /// The same, property by property: one of which the old spec refuses a value is enough. What is found is held against both
    /// specs as a whole.
    fn rolls_back_by_parts(&self) -> Option<bool> {
        let (old, new) = (self.old.document(), self.new.document());
        let (least_new, least_old) = with_required_alone(new, old)?;
        let base = self.prepared(stored(&least_new, &least_old, true)?);
        let base = base.outside(&self.prepared(json!(false)))??;
        for (name, part) in differing(old, new)? {
            let part = part?;
            let saved = self.prepared(stored(&part.new, &part.old, true)?);
            if let Some(value) = saved.outside(&Prepared::new(Cow::Borrowed(&part.old), &self.options))? {
                let config = with_property(&base, name, &value);
                return (!self.new_refuses(&config) && !self.is_of_old(&config)).then_some(false);
            }
        }
        Some(true)
    }

    /// What the whole new spec does; `None` where nothing can be said.
    fn whole(&self) -> Option<Decision> {
        for (file, sample) in &self.samples {
            if let Some(message) = self.refused_by_new(sample) {
                return Some(Decision::Sample {
                    message: format!("the config {file} is refused by {message}"),
                });
            }
        }
        match self.ask(self.saved(), &self.new) {
            Inclusion::Included => match self.possible().map(|all| self.ask(all, &self.new)) {
                Some(Inclusion::NotIncluded { .. }) => None,
                _ => Some(proof(&self.samples)),
            },
            Inclusion::NotIncluded { witness, message } => {
                Some(Decision::Witness { value: witness, message })
            }
            Inclusion::Unknown { reason } => Some(Decision::Unknown { reason }),
        }
    }

    /// The configs that API clients may save besides; `None` where there are no others.
    fn possible(&self) -> Option<&Prepared<'static>> {
        let made = || {
            let possible = if self.form().is_likely {
                stored(self.old.document(), self.new.document(), false)
            } else {
                None
            };
            possible
                .filter(|possible| possible != self.saved().document())
                .map(|possible| self.prepared(possible))
        };
        self.possible.get_or_init(made).as_ref()
    }

    fn prepared<'v>(&self, schema: Value) -> Prepared<'v> {
        Prepared::new(Cow::Owned(schema), &self.options)
    }

    fn ask(&self, saved: &Prepared<'_>, new: &Prepared<'_>) -> Inclusion {
        saved.included_in(new).unwrap_or_else(|error| Inclusion::Unknown { reason: error.message })
    }

    /// Which keyword of the new spec refuses a config.
    fn refused_by_new(&self, config: &Value) -> Option<String> {
        self.new.validator().ok().and_then(|new| new.refused_by(config))
    }

    /// What one edit does, alone on top of the old spec.
    fn edit(&self, delta: &Delta, edited: &Value) -> Decision {
        let alone;
        let edited = match edited == self.new.document() {
            // It is all that differs.
            true => &self.new,
            false => {
                alone = Prepared::new(Cow::Borrowed(edited), &self.options);
                &alone
            }
        };
        if !self.samples.is_empty()
            && let Ok(validator) = edited.validator()
        {
            for (file, sample) in &self.samples {
                if let (Some(message), Some(_)) = (validator.refused_by(sample), self.refused_by_new(sample))
                {
                    return Decision::Sample {
                        message: format!("the config {file} is refused by {message}"),
                    };
                }
            }
        }
        let limited = self.about(delta);
        let saved = limited.as_ref().unwrap_or_else(|| self.saved());
        match self.ask(saved, edited) {
            Inclusion::NotIncluded { witness, message } => self.refused(saved, edited, witness, message),
            Inclusion::Unknown { reason } => Decision::Unknown { reason: self.with_samples(reason) },
            Inclusion::Included => match self.possible().map(|all| self.ask(all, edited)) {
                Some(Inclusion::NotIncluded { witness, .. }) => match self.new_refusal(&witness) {
                    Some(message) => Decision::Unlikely { value: witness, message },
                    None => proof(&self.samples),
                },
                _ => proof(&self.samples),
            },
        }
    }

    /// A witness against one edit counts if the whole new spec refuses it too, or another that both refuse.
    fn refused(
        &self,
        saved: &Prepared<'_>,
        edited: &Prepared<'_>,
        witness: Value,
        message: String,
    ) -> Decision {
        // What the edit alone is refused for, not what another edit is.
        if self.new_refuses(&witness) && self.is_of_old(&witness) {
            return Decision::Witness { value: witness, message };
        }
        let either = json!({"anyOf": [{"$ref": "#/definitions/edited"}, {"$ref": "#/definitions/new"}],
            "definitions": {"edited": relocated(edited.document(), "edited"), "new": relocated(self.new.document(), "new")}});
        match self.ask(saved, &self.prepared(either)) {
            Inclusion::Included => Decision::Proof {
                message: "what this edit refuses alone is accepted by the spec as a whole".to_owned(),
            },
            Inclusion::NotIncluded { witness, .. } if self.is_of_old(&witness) => {
                let own = edited.validator_of(&witness).ok().and_then(|alone| alone.refusal(&witness));
                Decision::Witness { value: witness, message: own.unwrap_or(message) }
            }
            Inclusion::NotIncluded { .. } => Decision::Unknown {
                reason: format!("a config was found that may be refused and that no form saves: {message}"),
            },
            Inclusion::Unknown { reason } => Decision::Unknown { reason: self.with_samples(reason) },
        }
    }

    /// The saved configs that an edit is about: where a property leaves a closed object, those that hold it; `None` where
    /// it is about all.
    fn about(&self, delta: &Delta) -> Option<Prepared<'static>> {
        let Change::Spec(SpecChange::PropertyRemoved { closed: true }) = &delta.change else { return None };
        let mut held = json!({});
        let mut place = &mut held;
        for (index, name) in delta.field.iter().enumerate() {
            if index > 0 && delta.branch.is_some() {
                // Inside options the path alone does not say which.
                break;
            }
            place["required"] = json!([name]);
            place["properties"] = json!({name: {}});
            place = &mut place["properties"][name];
        }
        let mut limited = self.saved().document().clone();
        if let Value::Object(map) = &mut limited {
            let parts = map.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(parts) = parts {
                parts.push(held);
            }
        }
        // Through lists the path leads nowhere: then no config holds it and nothing would be shown.
        let limited = self.prepared(limited);
        let is_held =
            matches!(self.ask(&limited, &self.prepared(json!(false))), Inclusion::NotIncluded { .. });
        is_held.then_some(limited)
    }

    fn with_samples(&self, reason: String) -> String {
        match self.samples.len() {
            0 => reason,
            1 => format!("{reason}; the sample config is accepted"),
            count => format!("{reason}; all {count} sample configs are accepted"),
        }
    }
}

fn options_of(limits: &Limits) -> Options {
    Options { steps: limits.steps, ..Options::default() }
}

fn proof(samples: &[(&str, Value)]) -> Decision {
    let beside = match samples.len() {
        0 => "",
        _ => ", the samples among them",
    };
    Decision::Proof { message: format!("every saved config is accepted{beside}") }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is the same in both specs and that neither requires decides nothing: the long way says the same, config and all.
    #[test]
    fn what_did_not_change_is_not_asked_about() {
        let choice = |kind: &str| {
            json!({"type": "object", "oneOf": [
                {"required": ["k"], "properties": {"k": {"const": "x"}, "v": {"type": kind}}},
                {"required": ["k"], "properties": {"k": {"const": "y"}}},
            ]})
        };
        let spec = |edited: Value, required: Value, others: Value| {
            json!({
                "$schema": "http://json-schema.org/draft-07/schema#",
                "type": "object",
                "required": required,
                "additionalProperties": others,
                "properties": {
                    "edited": edited,
                    "kept": {"type": "string", "minLength": 3, "default": "abcd"},
                    "needed": {"type": "string", "pattern": "^n", "title": "Needed"},
                    "choice": choice("integer"),
                    "day": {"type": "string", "format": "date"},
                    "never": {"not": {}},
                },
            })
        };
        let (text, number) = (json!({"type": "string"}), json!({"type": "integer"}));
        let edits = [
            (text.clone(), number.clone()),
            (number.clone(), text.clone()),
            (text.clone(), json!({"type": ["string", "null"]})),
            (choice("string"), choice("integer")),
            (choice("integer"), choice("number")),
            (json!({"type": "string", "enum": ["a", "b"]}), json!({"type": "string", "enum": ["b"]})),
            (json!({"type": "string", "format": "date"}), json!({"type": "string", "pattern": "^2"})),
        ];
        let mut asked = 0;
        for (was, is) in &edits {
            for (before, after) in [
                (json!([]), json!([])),
                (json!(["needed"]), json!(["needed"])),
                (json!(["needed"]), json!(["needed", "edited"])),
                (json!(["needed"]), json!(["kept", "needed"])),
                (json!(["never"]), json!(["never"])),
            ] {
                for others in [json!(true), json!(false)] {
                    let old = spec(was.clone(), before.clone(), others.clone());
                    let new = spec(is.clone(), after.clone(), others.clone());
                    let (less_old, less_new) =
                        without_the_same(&old, &new, &BTreeSet::new()).expect("something is the same");
                    assert!(less_old["properties"].get("choice").is_none(), "{less_old}");
                    let said = |old: &Value, new: &Value| {
                        let limits = Limits::default();
                        let questions = Questions::new(old, new, &[], &limits);
                        let back = |questions: &Questions<'_>| {
                            let saved = questions.prepared(stored(new, old, true).expect("a small spec"));
                            saved.included_in(&questions.old)
                        };
                        let said = |questions: Questions<'_>| {
                            let base = questions.base.clone();
                            format!("{:?} {:?} {base:?}", questions.whole(), back(&questions))
                        };
                        questions.map(said)
                    };
                    assert_eq!(said(&less_old, &less_new), said(&old, &new), "{old}\n{new}");
                    asked += 1;
                }
            }
        }
        assert_eq!(asked, 70);
    }

    /// Where a property may have to do with others, all of them are asked about.
    #[test]
    fn properties_that_meet_are_kept() {
        let spec = |kind: &str, more: Value| {
            let mut spec =
                json!({"type": "object", "properties": {"a": {"type": kind}, "b": {"type": "string"}}});
            let more = more.as_object().cloned().unwrap_or_default();
            more.into_iter().for_each(|(key, value)| spec[key] = value);
            spec
        };
        for (more, is_less) in [
            (json!({}), true),
            (json!({"required": ["a"]}), true),
            (json!({"required": ["b"]}), false),
            (json!({"minProperties": 2}), false),
            (json!({"dependencies": {"a": ["b"]}}), false),
            (json!({"anyOf": [{"required": ["b"]}]}), false),
            (json!({"additionalProperties": {"type": "string"}}), false),
            (json!({"$ref": "#/properties/b"}), false),
        ] {
            let (old, new) = (spec("string", more.clone()), spec("integer", more.clone()));
            let found = without_the_same(&old, &new, &BTreeSet::new());
            assert_eq!(found.is_some(), is_less, "{more}");
            let kept = BTreeSet::from(["b".to_owned()]);
            assert!(without_the_same(&old, &new, &kept).is_none(), "{more}");
        }
        // The keyword that tells the draft stands in what is the same.
        let of_draft = |kind: &str| {
            let newer = json!({"type": "array", "prefixItems": [{"type": "string"}]});
            json!({"type": "object", "properties": {"a": {"type": kind}, "b": newer}})
        };
        assert!(without_the_same(&of_draft("string"), &of_draft("integer"), &BTreeSet::new()).is_none());
    }
}
