//! The values of positions on the way: few are kept of the thousands that partitions have.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::form;
use crate::load::json::RawObject;
use crate::model::{Form, JsonType, Positions, UnreadKeys};
use crate::nesting;

/// So many values of one look are kept from either end of their order, for reading them in another format: of dates the
/// earliest is the one that matters.
const KEPT_AT_AN_END: usize = 32;

/// So many of one form are kept, and so many looks are told apart: tokens of letters all look different.
const KEPT_PER_FORM: usize = 1_024;

/// So many forms are told apart where there are more looks than that.
const MOST_FORMS: usize = 64;

/// So many keys are kept, and so many kinds of partition: where there are more, ids stand where names of fields do.
pub(super) const MOST_KEYS: usize = 256;

/// Cursor values on the way, told apart by their look: of thousands that look alike a few are kept.
///
/// There are few keys and few looks, so a comparison finds them sooner than a hash.
#[derive(Default)]
pub(super) struct Cursor {
    pub(super) keys: BTreeMap<String, Values>,
    /// Of very many keys the first in their order are kept, whatever the order of partitions.
    pub(super) other_keys: UnreadKeys,
    other_forms: Forms,
}

/// The forms of values, by their look: it takes less time to find out.
#[derive(Default)]
struct Forms {
    by_look: HashMap<String, u64>,
    /// Used again for each value.
    look: String,
}

impl Forms {
    /// What the form of a value is known by.
    fn of(&mut self, text: &str) -> u64 {
        look_of(text, &mut self.look);
        if let Some(form) = self.by_look.get(self.look.as_str()) {
            return *form;
        }
        let form = UnreadKeys::form(&form::form(&value(text)));
        if self.by_look.len() < KEPT_PER_FORM {
            self.by_look.insert(self.look.clone(), form);
        }
        form
    }
}

/// The values under one key.
#[derive(Default)]
pub(super) struct Values {
    by_look: BTreeMap<String, (Form, Ends)>,
    /// What has none of the looks that are told apart.
    by_form: BTreeMap<Form, Ends>,
    /// Texts that have none of the forms that are told apart.
    others: Ends,
    look: LastLook,
}

/// The look of the text that was seen last: most texts under a key differ from the one before in digits only.
#[derive(Default)]
struct LastLook {
    text: String,
    look: String,
}

impl LastLook {
    fn of(&mut self, text: &str) -> &str {
        let is_alike = self.text.len() == text.len()
            && self
                .text
                .bytes()
                .zip(text.bytes())
                .all(|(was, is)| was == is || was.is_ascii_digit() && is.is_ascii_digit());
        if !is_alike || self.look.is_empty() {
            self.text.clear();
            self.text.push_str(text);
            look_of(text, &mut self.look);
        }
        &self.look
    }
}

/// The first and the last of many texts, in their order. What is shown of a state does not depend on the order of its
/// partitions.
#[derive(Default)]
struct Ends(Vec<String>);

impl Ends {
    fn add(&mut self, text: &str) {
        let is_full = self.0.len() == 2 * KEPT_AT_AN_END;
        // Of very many texts most lie between the ends.
        if is_full && self.0[KEPT_AT_AN_END - 1].as_str() < text && text < self.0[KEPT_AT_AN_END].as_str() {
            return;
        }
        if let Err(place) = self.0.binary_search_by(|known| known.as_str().cmp(text)) {
            self.0.insert(place, text.to_owned());
            if is_full {
                self.0.remove(KEPT_AT_AN_END);
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &String> {
        self.0.iter()
    }
}

impl Cursor {
    /// Takes the plain values of an object.
    pub(super) fn add(&mut self, text: &str) {
        if let Ok(object) = RawObject::parse(text) {
            object.by_key().into_iter().for_each(|(key, text)| self.plain_position(key, text));
        }
    }

    /// Beside positions an object is something else.
    pub(super) fn plain_position(&mut self, key: &str, text: &str) {
        if !text.starts_with('{') {
            self.position(key, text);
        }
    }

    /// The position for all partitions; whether there is one.
    pub(super) fn add_global(&mut self, state: &RawObject<'_>) -> bool {
        let positions = state.by_key();
        positions.iter().for_each(|(key, text)| self.position(key, text));
        !positions.is_empty()
    }

    /// Takes the value under a key. What lies in it is not kept here.
    pub(super) fn position(&mut self, key: &str, text: &str) {
        if let Some(values) = self.keys.get_mut(key) {
            values.add(text);
        } else if self.keys.len() < MOST_KEYS
            || self.keys.last_key_value().is_some_and(|(last, _)| key < last.as_str())
        {
            self.keys.entry(key.to_owned()).or_default().add(text);
            if self.keys.len() > MOST_KEYS
                && let Some((key, values)) = self.keys.pop_last()
            {
                values.forms().for_each(|form| self.other_keys.add(&key, UnreadKeys::form(form)));
            }
        } else {
            self.other_keys.add(key, self.other_forms.of(text));
        }
    }

    pub(super) fn positions(self) -> BTreeMap<String, Positions> {
        self.keys.into_iter().map(|(key, values)| (key, values.into_positions())).collect()
    }
}

impl Values {
    pub(super) fn into_positions(self) -> Positions {
        let values = self;
        let mut forms: BTreeMap<Form, Vec<Value>> = BTreeMap::new();
        let mut by_form = values.by_form;
        let mut others = values.others;
        let is_full = !by_form.is_empty();
        for (form, texts) in values.by_look.into_values() {
            if is_full {
                // Which looks came first must not show.
                let ends = by_form.entry(form).or_default();
                texts.texts().for_each(|text| ends.add(text));
            } else {
                forms.entry(form).or_default().extend(texts.texts().map(|text| value(text)));
            }
        }
        while by_form.len() > MOST_FORMS && leave_last(&mut by_form, &mut others) {}
        for (form, texts) in by_form.into_iter().chain([(OTHER_TEXT, others)]) {
            let texts: Vec<Value> = texts.texts().map(|text| value(text)).collect();
            if !texts.is_empty() {
                forms.entry(form).or_default().extend(texts);
            }
        }
        // Looks come in no order.
        for values in forms.values_mut() {
            values.sort_by_cached_key(Value::to_string);
            values.truncate(KEPT_PER_FORM);
        }
        Positions::Seen(forms)
    }
}

impl Values {
    /// The forms that were seen.
    pub(super) fn forms(&self) -> impl Iterator<Item = &Form> {
        let others = (!self.others.0.is_empty()).then_some(&OTHER_TEXT);
        self.by_look.values().map(|(form, _)| form).chain(self.by_form.keys()).chain(others)
    }

    /// Takes a value. Of an object or a list it keeps that it is one.
    pub(super) fn add(&mut self, text: &str) {
        let text = match text.as_bytes().first() {
            Some(b'{') => "{}",
            Some(b'[') => "[]",
            _ => text,
        };
        let look = self.look.of(text);
        if let Some((_, texts)) = self.by_look.get_mut(look) {
            texts.add(text);
        } else if self.by_look.len() >= KEPT_PER_FORM {
            self.by_form.entry(form::form(&value(text))).or_default().add(text);
            if self.by_form.len() > MOST_FORMS {
                leave_last(&mut self.by_form, &mut self.others);
            }
        } else {
            let mut texts = Ends::default();
            texts.add(text);
            self.by_look.insert(look.to_owned(), (form::form(&value(text)), texts));
        }
    }
}

/// What a position looks like.
fn look_of(text: &str, look: &mut String) {
    look.clear();
    if text.starts_with(['{', '[']) {
        look.push_str(&text[..1]);
        return;
    }
    form::fold_digits(text, look);
    // How long a number is tells its unit, in quotes or not.
    if text.trim_matches('"').bytes().all(|byte| byte.is_ascii_digit()) {
        look.push_str(if text.len() < 12 { "short" } else { "long" });
        look.push_str(&text.len().to_string());
    }
}

/// Texts of very many forms.
const OTHER_TEXT: Form = Form::Other(JsonType::Text);

/// Takes the last form of texts for one of many; there are few other forms. Whether there was one.
fn leave_last(by_form: &mut BTreeMap<Form, Ends>, others: &mut Ends) -> bool {
    let last = by_form.range(..Form::Empty).next_back().map(|(form, _)| form.clone());
    let Some(texts) =
        last.filter(|form| matches!(form, Form::Text(_))).and_then(|form| by_form.remove(&form))
    else {
        return false;
    };
    texts.texts().for_each(|text| others.add(text));
    true
}

/// A position. What JSON allows and a double or a text cannot hold is none: a list stands for it.
fn value(text: &str) -> Value {
    nesting::value(text).unwrap_or_else(|_| Value::Array(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_differs_in_digits_only_has_the_look_of_the_one_before() {
        let mut last = LastLook::default();
        let texts = [
            "\"2024-05-01\"",
            "\"2024-05-11\"",
            "\"2024-5-111\"",
            "\"20240501\"",
            "99",
            "100",
            "1a0",
            "101",
            "{}",
            "",
            "٣1",
            "٣2",
        ];
        for text in texts {
            let mut alone = String::new();
            look_of(text, &mut alone);
            assert_eq!(last.of(text), alone, "{text}");
        }
    }

    #[test]
    fn the_first_and_the_last_are_kept() {
        // Whatever their order, and however often each comes.
        let orders: [fn(u64) -> u64; 3] = [|place| place, |place| 899 - place, |place| place * 7 % 900];
        for order in orders {
            let mut ends = Ends::default();
            (0..1_800).for_each(|place| ends.add(&(100 + order(place % 900)).to_string()));
            let texts: Vec<&str> = ends.texts().map(String::as_str).collect();
            let expected: Vec<String> =
                (100..132).chain(968..1_000).map(|kept: u64| kept.to_string()).collect();
            assert_eq!(texts, expected);
        }
    }
}
