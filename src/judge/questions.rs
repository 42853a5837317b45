//! The questions that are asked of two specs: of both as a whole, of one edit alone, and of one property.
//!
//! They are asked over the configs that the form saves (`stored`). What is found is a config, held against validators of both
//! specs.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::inclusion::without_internal_keys;
use super::part::{
    Part, PartId, differing, only_property, with_property, with_required_alone, without_required,
};
use super::stored::{Limited, is_walked_through, likely_stored, stored};
use crate::diff::{Change, Delta, SpecChange};
use crate::limits::Limits;
use crate::model::{ConfigSample, Decision, Sides};
use crate::schema::{Inclusion, Objects, Options, Prepared, Validator};

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
struct Form<'s> {
    saved: Prepared<'s>,
    /// Whether anything of it is likely and not certain.
    is_likely: bool,
    /// Whether it says of objects what the old spec says.
    is_idle: bool,
}

pub(super) struct Questions<'s> {
    /// Both specs as they are written: what is made of them may be kept longer than these questions.
    written: Sides<&'s Value>,
    old: Prepared<'s>,
    pub(super) new: Prepared<'s>,
    /// The configs that are saved: it takes as long to say them as to ask, and where every edit is asked of its part, nobody asks.
    form: OnceLock<Form<'s>>,
    /// Both specs by their properties, where these have nothing to do with each other and there are no samples.
    open: Option<Sides<Open<'s>>>,
    /// What says of some objects what the old spec says.
    old_objects: Option<(Arc<Validator>, Objects)>,
    /// The same, with configs that lack the constant of their option; `None` where that is no other.
    possible: OnceLock<Option<Prepared<'s>>>,
    options: Options,
    pub(super) samples: Vec<(&'s str, Value)>,
    /// A config that is saved; `None` where the specs are those of one property.
    base: Option<Value>,
}

impl<'s> Form<'s> {
    /// Any config that a spec accepts.
    fn of_all(spec: &'s Value, options: &Options) -> Self {
        let saved = Prepared::new(Cow::Borrowed(spec), options);
        Self { saved, is_likely: false, is_idle: false }
    }

    fn limited(limited: Limited<'s>, options: &Options) -> Self {
        let Limited { schema, is_likely, is_idle } = limited;
        Self { saved: Prepared::new(schema, options), is_likely, is_idle }
    }

    /// The same, with a validator of the old spec, for these objects, where that says the same.
    fn with_stand_in(self, old: Option<(Arc<Validator>, Objects)>) -> Self {
        match old.filter(|_| self.is_idle) {
            Some((old, objects)) => Self { saved: self.saved.with_stand_in(old, objects), ..self },
            None => self,
        }
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
        let mut questions = Self::unsampled(old, new, limits)?;
        // Everybody asks for it, and what is noted on the way to it is not held beside the validators.
        questions.form();
        let accepts_old = questions.validators()?.old;
        questions.old_objects = Some((accepts_old.clone(), Objects::Any));
        if let Some(form) = questions.form.take() {
            questions.form = OnceLock::from(form.with_stand_in(questions.old_objects.clone()));
        }
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
    pub(super) fn by_parts(
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
        // What requires nothing says no more than of its properties.
        let all = |open: &Open<'_>| open.required.is_empty().then(|| (open.properties.clone(), Objects::Any));
        let (old_objects, new_objects) = (all(&open.old), all(&open.new));
        let new = match new_objects {
            Some((properties, objects)) => questions.new.with_stand_in(properties, objects),
            None => questions.new,
        };
        Ok(Self { open: Some(open), old_objects, new, ..questions })
    }

    /// The same questions about one property of the config alone.
    pub(super) fn of_part<'p>(
        &'p self,
        id: &PartId,
        part: &'p Part<'_>,
        limits: &Limits,
    ) -> Option<Questions<'p>> {
        // Nobody is shown such a config: it is enough to know that there is one.
        let any = |schema: &Prepared<'_>| (!schema.is_empty()).then_some(Value::Null);
        let name = &id.property;
        let mut questions = Questions::unchecked(&part.old, &part.new, limits, &any).ok()?;
        if let Some(open) = self.open.as_ref().filter(|_| id.is_property()) {
            let objects = Objects::Of(name.clone());
            questions.new = questions.new.with_stand_in(open.new.properties.clone(), objects.clone());
            questions.old_objects = Some((open.old.properties.clone(), objects));
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
        let least = alone.as_ref().and_then(|(old, new)| stored(old, new, true));
        let mut form = None;
        if least.is_none() || !is_certain {
            let Some(limited) = likely_stored(old, new) else {
                return Err("the spec fans out too far".to_owned());
            };
            form = Some(Form::limited(limited, &options));
        }
        let found = match (least, &form) {
            (Some(least), _) => any(&Prepared::new(least, &options)),
            (None, form) => form.as_ref().and_then(|form| any(&form.saved)),
        };
        let written = Sides { old, new };
        let (old, new) =
            (Prepared::new(Cow::Borrowed(old), &options), Prepared::new(Cow::Borrowed(new), &options));
        // An empty set proves nothing: where the form can save no config, any that the old spec accepts is asked about.
        let base = found.or_else(|| {
            form = Some(Form::of_all(written.old, &options));
            any(&old)
        });
        let Some(base) = base else { return Err("the old spec accepts no config at all".to_owned()) };
        let form = form.map_or_else(OnceLock::new, OnceLock::from);
        let (possible, samples, base) = (OnceLock::new(), Vec::new(), Some(base));
        Ok(Self { written, old, new, form, open: None, old_objects: None, possible, options, samples, base })
    }

    fn form(&self) -> &Form<'s> {
        self.form.get_or_init(|| self.made_form())
    }

    fn made_form(&self) -> Form<'s> {
        match likely_stored(self.written.old, self.written.new) {
            Some(limited) => Form::limited(limited, &self.options).with_stand_in(self.old_objects.clone()),
            None => Form::of_all(self.written.old, &self.options),
        }
    }

    /// The old spec, limited to configs that are saved.
    pub(super) fn saved(&self) -> &Prepared<'s> {
        &self.form().saved
    }

    /// The same, to be kept.
    pub(super) fn into_saved(self) -> Prepared<'s> {
        self.form();
        let Self { form, written, options, .. } = self;
        form.into_inner().unwrap_or_else(|| Form::of_all(written.old, &options)).saved
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
    pub(super) fn of_whole(&self, name: &str, decision: Decision) -> Option<Decision> {
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
    pub(super) fn loses(&self, sample: &ConfigSample) -> bool {
        let config = without_internal_keys(&sample.value);
        !self.new_refuses(&config) && !self.is_of_old(&config)
    }

    /// Whether the old spec accepts what the new version saves; `None` where that is not known.
    pub(super) fn rolls_back(&self) -> Option<bool> {
        self.rolls_back_by_parts().or_else(|| {
            let saved = self.prepared(stored(self.written.new, self.written.old, true)?);
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
        let (old, new) = (self.written.old, self.written.new);
        let (least_new, least_old) = with_required_alone(new, old)?;
        let base = self.prepared(stored(&least_new, &least_old, true)?);
        let base = base.outside(&self.prepared(Cow::Owned(json!(false))))??;
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
    pub(super) fn whole(&self) -> Option<Decision> {
        for (file, sample) in &self.samples {
            if let Some(message) = self.refused_by_new(sample) {
                return Some(Decision::Sample {
                    message: format!("the config {file} is refused by {message}"),
                });
            }
        }
        // Where edits are asked about in parts, hardly anybody else asks about all configs: what says them is not kept.
        let is_kept = self.open.is_none() || self.form.get().is_some();
        let (form, possible) = (OnceCell::new(), OnceCell::new());
        let form = if is_kept { self.form() } else { form.get_or_init(|| self.made_form()) };
        let possible = || match is_kept {
            true => self.possible(),
            false => possible.get_or_init(|| self.made_possible(form)).as_ref(),
        };
        match self.ask(&form.saved, &self.new) {
            Inclusion::Included => match possible().map(|all| self.ask(all, &self.new)) {
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
    fn possible(&self) -> Option<&Prepared<'s>> {
        self.possible.get_or_init(|| self.made_possible(self.form())).as_ref()
    }

    fn made_possible(&self, form: &Form<'_>) -> Option<Prepared<'s>> {
        if !form.is_likely {
            return None;
        }
        let possible = stored(self.written.old, self.written.new, false)?;
        (*possible != *form.saved.document()).then(|| self.prepared(possible))
    }

    pub(super) fn prepared<'v>(&self, schema: Cow<'v, Value>) -> Prepared<'v> {
        Prepared::new(schema, &self.options)
    }

    pub(super) fn ask(&self, saved: &Prepared<'_>, new: &Prepared<'_>) -> Inclusion {
        self.ask_any(saved, &[new])
    }

    /// Whether each config is accepted by one of several specs.
    fn ask_any(&self, saved: &Prepared<'_>, new: &[&Prepared<'_>]) -> Inclusion {
        saved.included_in_any(new).unwrap_or_else(|error| Inclusion::Unknown { reason: error.message })
    }

    /// Which keyword of the new spec refuses a config.
    fn refused_by_new(&self, config: &Value) -> Option<String> {
        self.new.validator().ok().and_then(|new| new.refused_by(config))
    }

    /// What one edit does, alone on top of the old spec.
    pub(super) fn edit(&self, delta: &Delta, edited: &Value) -> Decision {
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
        match self.ask_any(saved, &[&self.new, edited]) {
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
        let limited = self.prepared(Cow::Owned(limited));
        let is_held = matches!(
            self.ask(&limited, &self.prepared(Cow::Owned(json!(false)))),
            Inclusion::NotIncluded { .. }
        );
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

pub(super) fn proof(samples: &[(&str, Value)]) -> Decision {
    let beside = match samples.len() {
        0 => "",
        _ => ", the samples among them",
    };
    Decision::Proof { message: format!("every saved config is accepted{beside}") }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::judge::part::without_the_same;

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
