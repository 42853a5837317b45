//! What lies inside the values of positions, held side by side place by place.
//!
//! Where one side takes the keys of an object for ids, both do, and so they do where all that is in an object are objects
//! under other keys than before: what stands under ids is joined before it is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use super::compare::{unsure, value_change};
use crate::diff::{StateChange, StateValue};
use crate::model::{
    Form, JsonType, KeyName, NestedValues, Positions, SavedState, StateClass, StatePath, Step, Which,
    join_positions,
};

/// What differs inside values that both sides have.
pub(super) fn compare(old: &SavedState, new: &SavedState) -> Vec<Found> {
    if old.nested.values.is_empty() && new.nested.values.is_empty() {
        return Vec::new();
    }
    let (mut before, mut after) = (Place::of(old), Place::of(new));
    let mut walk =
        Walk { old, new, path: Vec::new(), found: Vec::new(), gone: BTreeSet::new(), added: BTreeSet::new() };
    // The keys at the top of a form of its own are compared already.
    walk.inner(&mut before, &mut after, old.class != StateClass::Opaque);
    let Walk { mut found, gone, added, .. } = walk;
    let keys = |keys: BTreeSet<KeyName>| (!keys.is_empty()).then_some(StateValue::Keys(keys));
    match (keys(gone), keys(added)) {
        (None, None) => {}
        (None, added) => found.push(Found::of(StateChange::KeysAdded, None, added)),
        (gone, added) => found.push(Found::of(StateChange::KeysRemoved, gone, added)),
    }
    match old.class {
        StateClass::Opaque | StateClass::Versioned => unsure(found),
        StateClass::FileHistory => {
            found.into_iter().map(|one| Found { change: StateChange::FileHistoryChanged, ..one }).collect()
        }
        _ => found,
    }
}

/// A place in a state, with what lies in it.
#[derive(Default)]
struct Place {
    values: Option<NestedValues>,
    keys: BTreeMap<String, Place>,
    /// Elements of a list, and values of an object whose keys may be ids.
    each: Option<Box<Place>>,
}

impl Place {
    /// Everything in a state. A key of a position is a place too.
    fn of(saved: &SavedState) -> Self {
        let mut root = Self::default();
        for (path, values) in &saved.nested.values {
            root.at(&path.0).take(values.clone());
        }
        for (key, positions) in &saved.cursor {
            let values = NestedValues { positions: positions.clone(), is_optional: false };
            root.at(&[Step::Key(key.clone())]).take(values);
        }
        root
    }

    fn at(&mut self, path: &[Step]) -> &mut Self {
        path.iter().fold(self, |place, step| match step {
            Step::Key(key) => place.keys.entry(key.clone()).or_default(),
            Step::Each => place.each.get_or_insert_default(),
        })
    }

    fn take(&mut self, values: NestedValues) {
        match &mut self.values {
            Some(known) => {
                join_positions(&mut known.positions, values.positions);
                known.is_optional |= values.is_optional;
            }
            None => self.values = Some(values),
        }
    }

    fn join(&mut self, other: Self) {
        if let Some(values) = other.values {
            self.take(values);
        }
        for (key, place) in other.keys {
            self.keys.entry(key).or_default().join(place);
        }
        if let Some(each) = other.each {
            self.each.get_or_insert_default().join(*each);
        }
    }

    /// Takes the keys for ids.
    fn fold(&mut self) {
        for place in std::mem::take(&mut self.keys).into_values() {
            self.each.get_or_insert_default().join(place);
        }
    }

    /// The forms that say something: null and what is empty do not, beside others or alone.
    fn said(&self) -> Option<Positions> {
        let Positions::Seen(forms) = &self.values.as_ref()?.positions else { return None };
        let said: BTreeMap<_, _> = forms
            .iter()
            .filter(|(form, _)| **form != Form::Empty)
            .map(|(form, values)| (form.clone(), values.clone()))
            .collect();
        (!said.is_empty()).then_some(Positions::Seen(said))
    }

    fn is_of(&self, json_type: JsonType) -> bool {
        let holds = |values: &NestedValues| matches!(&values.positions, Positions::Seen(forms) if forms.contains_key(&Form::Other(json_type)));
        self.values.as_ref().is_some_and(holds)
    }
}

struct Walk<'s> {
    old: &'s SavedState,
    new: &'s SavedState,
    path: Vec<Step>,
    found: Vec<Found>,
    gone: BTreeSet<KeyName>,
    added: BTreeSet<KeyName>,
}

impl Walk<'_> {
    /// What lies in a place that both sides have; `tells_keys` is whether keys that one side lacks are news.
    fn inner(&mut self, old: &mut Place, new: &mut Place, tells_keys: bool) {
        let is_map = |place: &Place| {
            !place.keys.is_empty() && place.keys.values().all(|inner| inner.is_of(JsonType::Object))
        };
        let has_other_ids = !old.keys.keys().eq(new.keys.keys()) && is_map(old) && is_map(new);
        if old.each.is_some() || new.each.is_some() || has_other_ids {
            old.fold();
            new.fold();
        }
        if let (Some(old), Some(new)) = (&mut old.each, &mut new.each) {
            self.step(Step::Each, old, new);
        }
        for (key, old) in &mut old.keys {
            if let Some(new) = new.keys.get_mut(key) {
                self.step(Step::Key(key.clone()), old, new);
            }
        }
        if tells_keys {
            let gone = self.lacking(&old.keys, &new.keys, Which::New);
            let added = self.lacking(&new.keys, &old.keys, Which::Old);
            self.gone.extend(gone);
            self.added.extend(added);
        }
    }

    fn step(&mut self, step: Step, old: &mut Place, new: &mut Place) {
        self.path.push(step);
        // Keys of positions are compared already.
        let is_compared = match self.path.as_slice() {
            [Step::Key(key)] => self.old.cursor.contains_key(key) && self.new.cursor.contains_key(key),
            _ => false,
        };
        if !is_compared && let (Some(was), Some(is)) = (old.said(), new.said()) {
            self.found.extend(value_change(self.name(), &was, &is));
        }
        // An object that became a list is told already, or the reverse.
        if [JsonType::Object, JsonType::List].into_iter().any(|kind| old.is_of(kind) && new.is_of(kind)) {
            self.inner(old, new, true);
        }
        self.path.pop();
    }

    /// The keys of one side that `side` lacks.
    fn lacking(
        &self,
        keys: &BTreeMap<String, Place>,
        others: &BTreeMap<String, Place>,
        side: Which,
    ) -> BTreeSet<KeyName> {
        let (lacks, has) = match side {
            Which::Old => (self.old, self.new),
            Which::New => (self.new, self.old),
        };
        let name = |(key, place): (&String, &Place)| {
            let is_optional = place.values.as_ref().is_none_or(|values| values.is_optional);
            let steps = self.path.iter().cloned().chain([Step::Key(key.clone())]).collect();
            let path = StatePath(steps).to_string();
            let is_hidden =
                lacks.nested.others.has(&path) || self.path.is_empty() && lacks.other_keys.has(key);
            // Keys of positions are compared already.
            let is_compared =
                self.path.is_empty() && has.cursor.contains_key(key) && !lacks.cursor.is_empty();
            let is_told = !is_optional && !is_hidden && !is_compared && place.said().is_some();
            is_told.then_some(KeyName::Name(path))
        };
        keys.iter().filter(|(key, _)| !others.contains_key(*key)).filter_map(name).collect()
    }

    fn name(&self) -> KeyName {
        KeyName::Name(StatePath(self.path.clone()).to_string())
    }
}
