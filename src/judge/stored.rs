//! Which configs are saved at all.
//!
//! The platform's form writes configs from the old spec, so not every config that the old spec accepts is one:
//!
//! - at an object where the old spec declares properties, a key that only the new spec knows is absent; so it is at the
//!   root, where the form shows what is declared and nothing else;
//! - the constant that tells options of a `oneOf` apart is there, even where it is not required;
//! - a text with the format of a date or a time is one, though the runtime does not ask for it;
//! - a text that is no `multiline` one holds no line break;
//! - a config is an object, and so is a part with `properties` that names no type; what names none and is shown as a
//!   field for text holds a text.
//!
//! All of it becomes a schema that is laid beside the old one. A map without declared properties is filled in freely
//! and stays as it is. The limit of each place is kept under a number and referred to, so that a spec that contains
//! itself, or has one part in many places, is limited once for each pair of parts (`alike`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::alike::Alike;
use crate::model::Pointer;
use crate::schema::{Options, Validator};

/// Longer chains of references lead in a circle.
const LONGEST_CHAIN: usize = 40;

/// Parts and options inside each other are looked into this many times.
const DEEPEST: usize = 6;

/// A walk through more places than this is through a hostile spec.
const MOST_PLACES: usize = 20_000;

/// So is one that goes deeper.
const DEEPEST_PLACE: usize = 200;

/// Where the limits are kept, among the definitions: a keyword that no draft knows would be an annotation, of which each validator
/// keeps a copy.
const LIMITS: &str = "$saved";

/// The same, where a spec has no definition of that name, and else one that it does not have.
fn free_key(spec: &Value) -> String {
    let is_taken = |key: &str| {
        [spec, folded(spec, spec)]
            .iter()
            .any(|place| place.get("definitions").is_some_and(|all| all.get(key).is_some()))
    };
    let mut key = LIMITS.to_owned();
    while is_taken(&key) {
        key.push('_');
    }
    key
}

/// Texts that a field of one line can hold.
const ONE_LINE: &str = r"^[^\n\r\u2028\u2029]*$";

/// What the form writes into a field of a format that it has a picker for.
///
/// Source: RFC 3339, section 5.6; the form writes both in full and in capitals.
fn form_of(format: &str) -> Option<&'static str> {
    match format {
        "date" => Some(r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
        "date-time" => Some(
            r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
        ),
        _ => None,
    }
}

const CHOICES: [&str; 2] = ["oneOf", "anyOf"];

/// Keywords with schemas that hold for some values of the place.
const CONDITIONAL: [&str; 4] = ["if", "then", "else", "not"];

/// Keywords with schemas by the property that asks for them.
const DEPENDENT: [&str; 2] = ["dependencies", "dependentSchemas"];

/// What a circle of references says: nothing.
static ANYTHING: LazyLock<Value> = LazyLock::new(|| json!({}));

/// The old config schema, limited to configs that are saved; `None` where that would take too long.
///
/// With `likely` the constants that tell options apart are taken to be there, and dates to be dates: API clients may save
/// other configs. References are places of the document itself.
pub(super) fn stored<'s>(old: &'s Value, new: &Value, likely: bool) -> Option<Cow<'s, Value>> {
    Some(limited(old, new, likely)?.schema)
}

/// A config schema, limited to configs that are saved.
pub(super) struct Limited<'s> {
    /// The old schema itself, where it names `object` as its type and every config that it accepts is saved.
    pub(super) schema: Cow<'s, Value>,
    /// Whether anything of it is not certain.
    pub(super) is_likely: bool,
    /// Whether it says nothing but that a config is an object: of objects it says what the old schema says.
    pub(super) is_idle: bool,
}

/// What is saved by all likelihood. Where nothing of it is uncertain, [`stored`] takes the same steps without `likely`, and it gives
/// up on the same specs.
pub(super) fn likely_stored<'s>(old: &'s Value, new: &Value) -> Option<Limited<'s>> {
    limited(old, new, true)
}

fn limited<'s>(old: &'s Value, new: &Value, likely: bool) -> Option<Limited<'s>> {
    let mut walk = Walk {
        old,
        new,
        likely,
        was_chosen: false,
        key: free_key(old),
        options: if std::ptr::eq(folded(old, old), old) { options_in(old) } else { HashMap::new() },
        limits: Vec::new(),
        known: HashMap::new(),
        news: HashMap::new(),
        alike: Alike::default(),
        depth: 0,
        gave_up: false,
    };
    let limit = walk.node(old, vec![new], &Around { formed: true, keys: BTreeSet::new() });
    let Found { limits, key, is_likely } = walk.found()?;
    let limits_nothing = is_idle(&limit);
    let is_idle = limits_nothing && std::ptr::eq(folded(old, old), old);
    if is_idle && old.get("type").is_some_and(|name| name == "object") {
        return Some(Limited { schema: Cow::Borrowed(old), is_likely, is_idle });
    }
    let mut limited = folded(old, old).clone();
    if let Value::Object(map) = &mut limited {
        let parts = map.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
        parts.as_array_mut().into_iter().for_each(|parts| {
            parts.push(json!({"type": "object"}));
            parts.push(limit.clone());
        });
        for keyword in ["definitions", "$defs"] {
            if let Some(definitions) = old.get(keyword) {
                map.entry(keyword).or_insert_with(|| definitions.clone());
            }
        }
        // What limits nothing refers to no other limit.
        if !limits_nothing {
            let limits = limits.into_iter().zip(0_usize..);
            let limits = limits.map(|(limit, number)| (number.to_string(), limit)).collect();
            let definitions = map.entry("definitions").or_insert_with(|| Value::Object(Map::new()));
            definitions.as_object_mut()?.entry(key).or_insert(Value::Object(limits));
        }
    }
    Some(Limited { schema: Cow::Owned(limited), is_likely, is_idle })
}

/// Whether the walk through a spec without references reaches its end: then it comes by each schema once.
pub(super) fn is_walked_through(old: &Value) -> bool {
    fn walk(value: &Value, depth: usize, left: &mut usize) -> bool {
        let mut count = || {
            *left = left.saturating_sub(1);
            *left > 0 && depth < DEEPEST_PLACE
        };
        match value {
            Value::Object(map) => count() && map.values().all(|inner| walk(inner, depth + 1, left)),
            Value::Array(items) => items.iter().all(|item| walk(item, depth + 1, left)),
            Value::Bool(_) => count(),
            _ => true,
        }
    }
    let mut left = MOST_PLACES;
    walk(old, 0, &mut left)
}

/// References to all elements of lists that are choices, by their addresses. A percent sign in a name would be read as the
/// start of an escape: then the option is written out.
fn options_in(root: &Value) -> HashMap<*const Value, String> {
    fn walk(value: &Value, at: &mut String, found: &mut HashMap<*const Value, String>) {
        let length = at.len();
        match value {
            Value::Object(map) => {
                for (key, inner) in map.iter().filter(|(_, inner)| inner.is_object() || inner.is_array()) {
                    at.push('/');
                    at.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    let options = inner.as_array().filter(|_| CHOICES.contains(&key.as_str()));
                    for (index, option) in options.into_iter().flatten().enumerate() {
                        if !at.contains('%') {
                            found.insert(option, format!("#{at}/{index}"));
                        }
                    }
                    walk(inner, at, found);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    at.push_str(&format!("/{index}"));
                    walk(item, at, found);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }
    let mut found = HashMap::new();
    walk(root, &mut String::new(), &mut found);
    found
}

/// A schema of one keyword that lists others.
fn with(keyword: &str, schemas: Vec<Value>) -> Value {
    Value::Object(Map::from_iter([(keyword.to_owned(), Value::Array(schemas))]))
}

fn is_idle(schema: &Value) -> bool {
    schema.as_object().is_some_and(Map::is_empty)
}

/// A schema with its reference followed.
fn folded<'v>(schema: &'v Value, root: &'v Value) -> &'v Value {
    let mut schema = schema;
    for _ in 0..LONGEST_CHAIN {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
        match reference.strip_prefix('#').and_then(|place| Pointer::parse(place).get(root)) {
            Some(target) => schema = target,
            None => return schema,
        }
    }
    &ANYTHING
}

/// The schemas in a keyword that holds a list of them.
fn listed<'v>(schema: &'v Value, keyword: &str) -> impl Iterator<Item = &'v Value> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
}

/// A schema with everything it is made of: its parts by `allOf`, and with `options` what holds for some values only.
fn made_of<'v>(schema: &'v Value, root: &'v Value, options: bool) -> Vec<&'v Value> {
    let mut found: Vec<&Value> = Vec::new();
    let mut known: HashSet<*const Value> = HashSet::new();
    let mut open = vec![(schema, 0)];
    while let Some((schema, depth)) = open.pop() {
        let schema = folded(schema, root);
        if depth > DEEPEST || !known.insert(schema) {
            continue;
        }
        found.push(schema);
        open.extend(listed(schema, "allOf").map(|part| (part, depth + 1)));
        if options {
            let chosen = CHOICES.iter().flat_map(|keyword| listed(schema, keyword));
            open.extend(chosen.chain(conditional(schema)).map(|part| (part, depth + 1)));
        }
    }
    found
}

/// The schemas that hold for some values of a place: of a condition, and of properties that ask for others.
fn conditional(schema: &Value) -> impl Iterator<Item = &Value> {
    let dependent = DEPENDENT.iter().filter_map(|keyword| schema.get(keyword)?.as_object());
    let dependent = dependent.flat_map(Map::values).filter(|part| part.is_object());
    CONDITIONAL.iter().filter_map(|keyword| schema.get(keyword)).chain(dependent)
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// What stands around a schema.
#[derive(Clone, Default)]
struct Around {
    /// Keys that the old spec declares there.
    keys: BTreeSet<String>,
    /// The form shows fields there, so that an object without declared properties holds none.
    formed: bool,
}

/// A place: the old schema and the new ones, by their numbers, and what stands around.
type Place = (usize, Vec<usize>, bool, BTreeSet<String>);

struct Walk<'s> {
    old: &'s Value,
    new: &'s Value,
    likely: bool,
    /// The places of options by their addresses, where what is limited has them in the same place.
    options: HashMap<*const Value, String>,
    /// Whether a limit was chosen because it is likely.
    was_chosen: bool,
    /// Where limits are referred to among the definitions.
    key: String,
    /// The limits by their numbers; empty ones limit nothing.
    limits: Vec<Value>,
    /// The numbers of places that were seen.
    known: HashMap<Place, usize>,
    /// What the new spec says, by the numbers of its schemas: the options of a place all meet the same.
    news: HashMap<Vec<usize>, Rc<News<'s>>>,
    /// Equal schemas are limited once, wherever they stand.
    alike: Alike<'s>,
    depth: usize,
    gave_up: bool,
}

/// What the new spec says at one place, whatever the option.
#[derive(Default)]
struct News<'s> {
    properties: BTreeMap<&'s str, Vec<&'s Value>>,
    items: Vec<&'s Value>,
    values: Vec<&'s Value>,
    has_pattern: bool,
}

impl<'s> News<'s> {
    fn of(news: &[&'s Value], root: &'s Value) -> Self {
        let mut found = Self::default();
        for part in news.iter().flat_map(|new| made_of(new, root, true)) {
            for (name, schema) in properties(part) {
                found.properties.entry(name).or_default().push(schema);
            }
            // A name that is only required, or forbidden, is known too.
            for name in listed(part, "required").filter_map(Value::as_str) {
                found.properties.entry(name).or_default();
            }
            for keyword in ["items", "prefixItems", "additionalItems"] {
                match part.get(keyword) {
                    Some(one @ Value::Object(_)) => found.items.push(one),
                    Some(Value::Array(list)) => found.items.extend(list),
                    _ => {}
                }
            }
            found.values.extend(part.get("additionalProperties").filter(|values| values.is_object()));
            let patterns = part.get("patternProperties").and_then(Value::as_object);
            found.values.extend(patterns.into_iter().flat_map(Map::values));
            found.has_pattern |= part.get("pattern").is_some();
        }
        found
    }
}

/// What a walk finds.
struct Found {
    limits: Vec<Value>,
    key: String,
    is_likely: bool,
}

impl<'s> Walk<'s> {
    /// What was found, without what was noted on the way: the spec is copied beside it. `None` where the walk gave up.
    fn found(self) -> Option<Found> {
        let Self { limits, key, was_chosen: is_likely, gave_up, .. } = self;
        (!gave_up).then_some(Found { limits, key, is_likely })
    }

    /// What a config at this place is limited to, as a reference to it. `news` are the new schemas of the place.
    fn node(&mut self, old: &'s Value, news: Vec<&'s Value>, around: &Around) -> Value {
        let old = folded(old, self.old);
        let news: BTreeMap<usize, &Value> = news
            .into_iter()
            .map(|new| folded(new, self.new))
            .map(|new| (self.alike.number(new), new))
            .collect();
        let numbers = news.keys().copied().collect();
        let place = (self.alike.number(old), numbers, around.formed, around.keys.clone());
        let number = match self.known.get(&place) {
            Some(number) => *number,
            None if self.limits.len() > MOST_PLACES || self.depth > DEEPEST_PLACE => {
                self.gave_up = true;
                return json!({});
            }
            None => {
                let number = self.limits.len();
                self.known.insert(place, number);
                // While it is being walked it may be met again, and then it limits something.
                self.limits.push(Value::Null);
                self.depth += 1;
                let limit = self.limit(old, news, around);
                self.depth -= 1;
                self.limits[number] = limit;
                number
            }
        };
        match &self.limits[number] {
            limit if is_idle(limit) => json!({}),
            _ => json!({"$ref": format!("#/definitions/{}/{number}", self.key)}),
        }
    }

    /// What a config at a place that was not met before is limited to. The new schemas have their numbers.
    fn limit(&mut self, old: &'s Value, news: BTreeMap<usize, &'s Value>, around: &Around) -> Value {
        let mut limit = Map::new();
        let (numbers, news): (Vec<usize>, Vec<&Value>) = news.into_iter().unzip();
        let news = news.as_slice();
        let found = self.news.entry(numbers).or_insert_with(|| Rc::new(News::of(news, self.new))).clone();
        let parts = made_of(old, self.old, false);
        let own: BTreeMap<&String, &Value> = parts.iter().flat_map(|part| properties(part)).collect();
        let mut limits = Map::new();
        for (name, schema) in &own {
            let below = found.properties.get(name.as_str()).cloned().unwrap_or_default();
            let child = self.node(schema, below, &Around::default());
            if !is_idle(&child) {
                limits.insert((*name).clone(), child);
            }
        }
        let everything = made_of(old, self.old, true);
        if !own.is_empty() || around.formed {
            let declared: BTreeSet<&str> =
                everything.iter().flat_map(|part| properties(part)).map(|(name, _)| name.as_str()).collect();
            // What the old spec asks for is there, whether it declares it or not.
            let asked: BTreeSet<&str> = everything
                .iter()
                .flat_map(|part| listed(part, "required"))
                .filter_map(Value::as_str)
                .collect();
            let is_new = |name: &str| {
                !declared.contains(name)
                    && !asked.contains(name)
                    && !around.keys.contains(name)
                    && !matches_a_pattern(&everything, name)
            };
            for name in found.properties.keys().filter(|name| is_new(name)) {
                limits.insert((*name).to_owned(), Value::Bool(false));
            }
        }
        // What the old spec asks for and does not declare is of the type that the new one declares: it was written by hand.
        let undeclared = parts.iter().flat_map(|part| listed(part, "required")).filter_map(Value::as_str);
        let named: BTreeSet<&str> = own.keys().map(|name| name.as_str()).collect();
        for name in undeclared.filter(|name| !named.contains(name)) {
            let news = found.properties.get(name).into_iter().flatten();
            let mut types: Vec<&Value> = news.filter_map(|new| new.get("type")).collect();
            types.dedup();
            if let [kind] = types.as_slice() {
                limits.entry(name).or_insert_with(|| json!({"type": kind}));
            }
        }
        if !limits.is_empty() {
            limit.insert("properties".to_owned(), Value::Object(limits));
        }
        self.items(&parts, &found, &mut limit);
        if found.has_pattern && is_one_line(&everything) {
            let written = if self.likely { written_form(&everything) } else { None };
            self.was_chosen |= written.is_some();
            limit.insert("pattern".to_owned(), json!(written.unwrap_or(ONE_LINE)));
        }
        if let Some(kind) = meant_type(old, self.old) {
            limit.insert("type".to_owned(), json!(kind));
        }
        let mut keys = around.keys.clone();
        keys.extend(own.keys().map(|name| (*name).clone()));
        let around = Around { formed: around.formed || !own.is_empty(), keys };
        let mut all: Vec<Value> = Vec::new();
        let choices: Vec<(&Value, &str)> =
            parts.iter().flat_map(|part| CHOICES.map(|keyword| (*part, keyword))).collect();
        let names: Vec<BTreeSet<&String>> = choices.iter().map(|choice| self.names_in(*choice)).collect();
        for (index, (part, keyword)) in choices.iter().enumerate() {
            // Beside one choice stand the keys of another.
            let others = names.iter().enumerate().filter(|(other, _)| *other != index);
            let mut beside = around.clone();
            beside.keys.extend(others.flat_map(|(_, names)| names).map(|name| (*name).clone()));
            all.extend(self.options(part, keyword, news, &beside));
        }
        for part in &parts {
            all.extend(self.values(part, &own, &found.values));
        }
        if !all.is_empty() {
            limit.insert("allOf".to_owned(), Value::Array(all));
        }
        Value::Object(limit)
    }

    /// The keys that the options of a choice declare.
    fn names_in(&self, (part, keyword): (&'s Value, &str)) -> BTreeSet<&'s String> {
        let options = listed(part, keyword).flat_map(|option| made_of(option, self.old, true));
        options.flat_map(properties).map(|(name, _)| name).collect()
    }

    fn items(&mut self, parts: &[&'s Value], found: &News<'s>, limit: &mut Map<String, Value>) {
        if found.items.is_empty() {
            return;
        }
        for keyword in ["items", "prefixItems", "additionalItems"] {
            for part in parts {
                let limited = match part.get(keyword) {
                    Some(one @ Value::Object(_)) => self.node(one, found.items.clone(), &Around::default()),
                    Some(Value::Array(list)) => {
                        let each = |item| self.node(item, found.items.clone(), &Around::default());
                        let list: Vec<Value> = list.iter().map(each).collect();
                        if list.iter().all(is_idle) {
                            continue;
                        }
                        Value::Array(list)
                    }
                    _ => continue,
                };
                if is_idle(&limited) {
                    continue;
                }
                // What comes after a list is said beside a list of the same length.
                let after = match keyword {
                    "additionalItems" => "items",
                    "items" => "prefixItems",
                    _ => "",
                };
                if let Some(list) = part.get(after).and_then(Value::as_array) {
                    limit.entry(after).or_insert_with(|| vec![json!({}); list.len()].into());
                }
                limit.insert(keyword.to_owned(), limited);
            }
        }
    }

    /// The values of a map, where keys are the user's and values have a schema.
    fn values(
        &mut self,
        old: &'s Value,
        own: &BTreeMap<&String, &Value>,
        news: &[&'s Value],
    ) -> Option<Value> {
        let mut patterns = Map::new();
        let mut idle = true;
        for (pattern, schema) in old.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            let limit = self.node(schema, news.to_vec(), &Around::default());
            idle &= is_idle(&limit);
            patterns.insert(pattern.clone(), limit);
        }
        let additional = match old.get("additionalProperties").filter(|schema| schema.is_object()) {
            Some(schema) => self.node(schema, news.to_vec(), &Around::default()),
            None => json!({}),
        };
        idle &= is_idle(&additional);
        let named: Map<String, Value> = own.keys().map(|name| ((*name).clone(), json!({}))).collect();
        (!idle).then(|| json!({"properties": named, "patternProperties": patterns, "additionalProperties": additional}))
    }

    /// The options of a choice, each limited.
    fn options(
        &mut self,
        old: &'s Value,
        keyword: &str,
        news: &[&'s Value],
        around: &Around,
    ) -> Option<Value> {
        let options: Vec<&Value> = listed(old, keyword).collect();
        let declared = |option: &'s Value| -> BTreeMap<&'s String, &'s Value> {
            made_of(option, self.old, false).into_iter().flat_map(properties).collect()
        };
        let declared: Vec<BTreeMap<&String, &Value>> =
            options.iter().map(|option| declared(option)).collect();
        let mut telling = if self.likely { telling_properties(&declared) } else { Vec::new() };
        if let ([only], true) = (options.as_slice(), telling.len() > 1) {
            // Of one option more than one constant may tell which it is. The one that it requires does, as where other options
            // stand beside it and have another there.
            let parts = made_of(only, self.old, false);
            let is_required =
                |name: &String| parts.iter().any(|part| listed(part, "required").any(|one| one == name));
            if telling.iter().any(is_required) {
                telling.retain(is_required);
            }
        }
        self.was_chosen |= !telling.is_empty();
        // An option without properties, beside options that have some, is no map that users fill in.
        let formed = around.formed || declared.iter().any(|declared| !declared.is_empty());
        let around = &Around { formed, keys: around.keys.clone() };
        let mut limited = Vec::with_capacity(options.len());
        let mut idle = true;
        for (option, declared) in options.iter().zip(&declared) {
            let limit = self.node(option, news.to_vec(), around);
            let constants: Vec<&String> = telling
                .iter()
                .filter(|name| declared.get(name).is_some_and(|schema| constant(schema).is_some()))
                .collect();
            idle &= is_idle(&limit) && constants.is_empty();
            // The limit of one option says nothing of values of another.
            // It is named by its place and not written out again: the options in it would be, too, and so on inwards.
            let mut parts = vec![match self.options.get(&std::ptr::from_ref(*option)) {
                Some(place) => json!({"$ref": place}),
                None => (*option).clone(),
            }];
            parts.extend(Some(limit).filter(|limit| !is_idle(limit)));
            if !constants.is_empty() {
                parts.push(json!({"required": constants}));
            }
            limited.push(with("allOf", parts));
        }
        (!idle).then(|| with("anyOf", limited))
    }
}

/// What the form writes into a place, where its format says so and nothing else about it says otherwise: no pattern of its
/// own, and no default or example of another form.
fn written_form(parts: &[&Value]) -> Option<&'static str> {
    let formats: BTreeSet<&str> = parts
        .iter()
        .filter_map(|part| part.get("format"))
        .map(|format| format.as_str().unwrap_or(""))
        .collect();
    let mut formats = formats.into_iter();
    let (Some(only), None) = (formats.next(), formats.next()) else { return None };
    if parts.iter().any(|part| part.get("pattern").is_some()) {
        return None;
    }
    let form = form_of(only)?;
    let defaults = parts.iter().filter_map(|part| part.get("default"));
    let mut shown = defaults.chain(parts.iter().flat_map(|part| listed(part, "examples"))).peekable();
    if shown.peek().is_none() {
        return Some(form);
    }
    let asks = Validator::new(&json!({"pattern": form}), &Options::default()).ok()?;
    shown.all(|value| asks.refusal(value).is_none()).then_some(form)
}

/// Whether a key is one that the patterns of a schema speak of.
fn matches_a_pattern(parts: &[&Value], name: &str) -> bool {
    let patterns = parts.iter().filter_map(|part| part.get("patternProperties")?.as_object());
    patterns.flat_map(Map::keys).any(|pattern| {
        let asks = Validator::new(&json!({"pattern": pattern}), &Options::default());
        // A pattern that cannot be read may speak of any key.
        asks.map_or(true, |asks| asks.refusal(&json!(name)).is_none())
    })
}

/// Whether texts of a schema are written into a field of one line.
fn is_one_line(parts: &[&Value]) -> bool {
    let names_text = |part: &&Value| match part.get("type") {
        Some(Value::String(name)) => name == "string",
        Some(Value::Array(names)) => names.iter().any(|name| name == "string"),
        _ => false,
    };
    let is_free = |part: &&Value| {
        part.get("multiline") != Some(&Value::Bool(true))
            && !["enum", "const"].iter().any(|keyword| part.get(keyword).is_some())
    };
    parts.iter().any(names_text) && parts.iter().all(is_free)
}

/// The type that a schema without one means, as the form reads it.
fn meant_type(schema: &Value, root: &Value) -> Option<&'static str> {
    let has = |keyword: &str| schema.get(keyword).is_some();
    if ["type", "enum", "const", "allOf"].iter().any(|keyword| has(keyword)) {
        return None;
    }
    if has("properties") {
        return Some("object");
    }
    if has("items") {
        return Some("array");
    }
    let options: Vec<&Value> = CHOICES.iter().flat_map(|keyword| listed(schema, keyword)).collect();
    if options.is_empty() && is_text_field(schema) {
        return Some("string");
    }
    let is_object = |option: &&Value| {
        let option = folded(option, root);
        option.get("type").is_none_or(|name| name == "object") && option.get("properties").is_some()
    };
    (!options.is_empty() && options.iter().all(is_object)).then_some("object")
}

/// Whether the form shows a schema without a type as a field for text: by a pattern, a format or the mark of a secret, or
/// because its default and examples are texts.
fn is_text_field(schema: &Value) -> bool {
    let says = |keyword: &str| schema.get(keyword).is_some_and(Value::is_string);
    if says("pattern") || says("format") || schema.get("airbyte_secret") == Some(&Value::Bool(true)) {
        return true;
    }
    let default = schema.get("default").filter(|value| !value.is_null());
    let mut values = default.into_iter().chain(listed(schema, "examples")).peekable();
    values.peek().is_some() && values.all(Value::is_string)
}

/// The properties that tell options apart: those with most different constants. A value that one option alone is held
/// to tells nothing, unless it is written as `const`.
fn telling_properties(options: &[BTreeMap<&String, &Value>]) -> Vec<String> {
    let mut constants: BTreeMap<&String, (BTreeSet<String>, usize, bool)> = BTreeMap::new();
    for (name, schema) in options.iter().flatten() {
        if let Some(value) = constant(schema) {
            let (values, count, written) = constants.entry(name).or_default();
            values.insert(value.to_string());
            *count += 1;
            *written |= schema.get("const").is_some();
        }
    }
    constants.retain(|_, (_, count, written)| *count > 1 || *written);
    let rank = |(values, count, _): &(BTreeSet<String>, usize, bool)| (values.len(), *count);
    let Some(most) = constants.values().map(rank).max() else { return Vec::new() };
    constants.into_iter().filter(|(_, told)| rank(told) == most).map(|(name, _)| name.clone()).collect()
}

/// The only value of a schema.
fn constant(schema: &Value) -> Option<&Value> {
    schema.get("const").or_else(|| match schema.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Inclusion, includes};

    fn asks(old: &Value, new: &Value, likely: bool) -> bool {
        let saved = stored(old, new, likely).expect("a small spec");
        matches!(includes(&saved, new, &Options::default()), Ok(Inclusion::Included))
    }

    /// What stands in many places is limited once, and what is not quite the same apart.
    #[test]
    fn equal_parts_are_limited_once() {
        let limits = |last: &str| {
            let spec = |kind: &str| {
                let choice = |other: &str| {
                    json!({"type": "object", "oneOf": [
                        {"properties": {"k": {"const": "x"}, "v": {"type": kind}}},
                        {"properties": {"k": {"const": "y"}, "v": {"type": other}}},
                    ]})
                };
                json!({"type": "object", "properties": {
                    "a": choice("string"), "b": choice("string"), "c": choice(last),
                }})
            };
            let saved = stored(&spec("string"), &spec("integer"), true).expect("a small spec").into_owned();
            let places =
                ["a", "b", "c"].map(|name| saved["definitions"][LIMITS]["0"]["properties"][name].clone());
            let is_limited = |config: &Value| {
                Validator::new(&saved, &Options::default()).expect("a schema").refusal(config).is_some()
            };
            for name in ["a", "b", "c"] {
                assert!(is_limited(&json!({name: {"v": "text"}})), "the constant is missing");
                assert!(!is_limited(&json!({name: {"k": "x", "v": "text"}})));
            }
            places
        };
        let [a, b, c] = limits("string");
        assert!(a.is_object() && a == b && b == c);
        let [a, b, c] = limits("boolean");
        assert!(a == b && b != c);
    }

    /// A spec of which every object is saved is written without limits, and others with them among the definitions.
    #[test]
    fn what_limits_nothing_is_not_written() {
        let old = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        for (name, is_limited) in [("a", false), ("b", true)] {
            let new = json!({"type": "object", "properties": {name: {"type": "integer"}}});
            let Limited { schema, is_idle, .. } = likely_stored(&old, &new).expect("a small spec");
            assert_eq!(is_idle, !is_limited, "{schema}");
            assert_eq!(schema.get("definitions").is_some(), is_limited, "{schema}");
            assert_eq!(matches!(schema, Cow::Borrowed(_)), !is_limited, "{schema}");
            let limit = &schema["definitions"][LIMITS]["0"]["properties"];
            assert_eq!(limit.get("b") == Some(&json!(false)), is_limited, "{schema}");
        }
        // It is of objects alone that it says what the spec says.
        let referred = json!({"$ref": "#/definitions/c", "definitions": {"c": old}});
        assert!(!likely_stored(&referred, &referred).expect("a small spec").is_idle);
        // A spec that names no type accepts more than objects, and no form saves that.
        let typeless = json!({"required": ["a"]});
        let Limited { schema, is_idle, .. } = likely_stored(&typeless, &typeless).expect("a small spec");
        let saved = Validator::new(&schema, &Options::default()).expect("a schema");
        assert!(is_idle && saved.refusal(&json!(1)).is_some() && saved.refusal(&json!({"a": 1})).is_none());
    }

    #[test]
    fn a_key_that_only_the_new_spec_declares_is_not_saved() {
        let old = json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"x": {}}}}});
        let new = json!({"type": "object", "properties": {"b": {"type": "integer"},
            "a": {"type": "object", "properties": {"x": {}, "y": {"type": "string"}}}}});
        assert!(asks(&old, &new, true));
        let map = json!({"type": "object", "properties": {"m": {"type": "object"}}});
        let filled = json!({"type": "object", "properties": {"m": {"type": "object", "properties": {"y": {"type": "string"}}}}});
        assert!(!asks(&map, &filled, true), "users fill a free-form map in as they like");
    }

    #[test]
    fn options_know_their_own_keys_and_constants() {
        let option = |value: &str, key: &str| json!({"properties": {"kind": {"const": value}, key: {"type": "string"}}});
        let old = json!({"properties": {"auth": {"type": "object", "oneOf": [option("a", "x"), option("b", "y")]}}});
        let mut new = old.clone();
        new["properties"]["auth"]["oneOf"][0]["properties"]["y"] = json!({"type": "integer"});
        assert!(asks(&old, &new, true), "the form does not save y beside kind a");
        let added = json!({"properties": {"auth": {"type": "object",
            "oneOf": [option("a", "x"), option("b", "y"), option("c", "z")]}}});
        assert!(asks(&old, &added, true));
        let one = json!({"properties": {"auth": {"type": "object", "oneOf": [option("a", "x")]}}});
        assert!(asks(&one, &old, true));
        assert!(!asks(&one, &old, false), "without its constant a value matches both options");
    }
}
