//! Migrations that may absorb a break: what they would do, before anything is tried.
//!
//! A value is moved only where something speaks for it besides its type: the same name, or a name of the same words. What
//! the old config does not hold is made up only where the new spec names it itself: a constant, or a default.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::entries::{Entry, constant, entries, hides_secret, is_secret, kinds, options, requires, resolved};
use super::{Break, Move, Proposal};
use crate::model::{AddedConfigField, ConfigStep, ConfigStepKind, Pointer, ValueType};
use crate::schema::{Inclusion, Options, includes};

/// Both specs, taken apart.
pub(super) struct Specs<'s> {
    pub(super) old: &'s Value,
    pub(super) new: &'s Value,
    pub(super) before: Vec<Entry<'s>>,
    pub(super) after: Vec<Entry<'s>>,
    paths_before: BTreeSet<Vec<String>>,
    paths_after: BTreeSet<Vec<String>>,
}

/// What may be done about a break, and why nothing may where there is nothing.
pub(super) fn of_break(specs: &Specs<'_>, broken: &Break) -> (Vec<Proposal>, String) {
    let field = &broken.field;
    let target = specs.after.iter().find(|entry| entry.path == *field);
    let source = specs.before.iter().find(|entry| entry.path == *field);
    let name = field.join("/");
    if field.is_empty() {
        let why = match broken.rule {
            "spec-object-closed" => {
                "the new spec refuses keys that the old one does not name: no migration can list them"
            }
            _ => "it is about the config as a whole: what of it a migration would change nobody can tell",
        };
        return (Vec::new(), why.to_owned());
    }
    let found = match (source, target) {
        (None, Some(target)) if kinds(target.schema) == ["object"] => specs.wrapped(target),
        (None, Some(target)) => specs.added(target),
        (Some(source), None) => specs.removed(source),
        (Some(source), Some(target)) => {
            let mut found = match broken.is_required {
                true => specs.added(target),
                false => specs.reshaped(source, target),
            };
            if found.is_empty() {
                // A constant tells options apart, and stands in each of them.
                found = specs.discriminators(field);
            }
            found
        }
        (None, None) => Vec::new(),
    };
    let why = match (source, target) {
        (None, Some(target)) if is_secret(target.schema) => {
            format!("`{name}` is a secret that the old config does not hold: only the user can enter it")
        }
        (None, Some(target)) if kinds(target.schema) == ["object"] => {
            format!("the old config does not hold what `{name}` requires, or not under a name that tells so")
        }
        (_, Some(_)) if broken.is_required => format!(
            "`{name}` is a choice that only the user can make: no value of the old config is named alike, and the new spec gives no \
             default"
        ),
        (Some(_), Some(target)) if target.schema.get("enum").is_some() => {
            format!(
                "no value that `{name}` still takes corresponds to what is gone: only the user can choose"
            )
        }
        (Some(_), Some(_)) => {
            format!(
                "the new spec refuses values of `{name}` that nothing says how to change: only the user can"
            )
        }
        (Some(source), None) if is_secret(source.schema) => {
            format!("`{name}` is a secret, and the new spec has no place for it: removing it would lose it")
        }
        (Some(_), None) if found.is_empty() => format!(
            "what is in `{name}` may be a secret, or has another place in the new spec: removing it would lose it"
        ),
        _ => "no step of a config migration does what would be needed".to_owned(),
    };
    (found, why)
}

impl<'s> Specs<'s> {
    pub(super) fn new(old: &'s Value, new: &'s Value) -> Self {
        let (before, after) = (entries(old), entries(new));
        let paths = |entries: &[Entry<'_>]| entries.iter().map(|entry| entry.path.clone()).collect();
        Self { old, new, paths_before: paths(&before), paths_after: paths(&after), before, after }
    }

    /// Old properties that the new spec does not have, and whose every value it would take at `target`.
    fn sources(&self, target: &Entry<'_>) -> Vec<&Entry<'s>> {
        let is_gone = |entry: &Entry<'_>| !self.paths_after.contains(&entry.path);
        let mut seen = BTreeSet::new();
        self.before
            .iter()
            .filter(|entry| is_gone(entry) && is_secret(entry.schema) == is_secret(target.schema))
            .filter(|entry| constant(entry.schema).is_none())
            .filter(|entry| entry.is_alike(target))
            .filter(|entry| fits(entry.schema, target.schema) || self.fits_into_list(entry, target))
            .filter(|entry| seen.insert(entry.path.clone()))
            .collect()
    }

    /// A property that the new spec requires.
    fn added(&self, target: &Entry<'_>) -> Vec<Proposal> {
        let with_rivals = |source: &&Entry<'s>| Proposal {
            rivals: self.rivals(source, target),
            ..self.moved(source, target)
        };
        let mut found: Vec<Proposal> = self.sources(target).iter().map(with_rivals).collect();
        // The same name somewhere else says more than words of it.
        let same: Vec<Proposal> = found.iter().filter(|one| one.is_same_name()).cloned().collect();
        if !same.is_empty() {
            found = same;
        }
        if let (true, Some(value)) = (found.is_empty(), evident(target.schema)) {
            found.extend(set(&target.path, value));
        }
        found
    }

    /// Other new properties that an old value may be meant for as well as for `target`: their names have its words too, and
    /// they would take it. Where one of them has no other words than the old name, the others are no rivals.
    fn rivals(&self, source: &Entry<'_>, target: &Entry<'_>) -> Vec<Vec<String>> {
        let is_rival = |entry: &&Entry<'_>| {
            entry.path != target.path
                && !self.paths_before.contains(&entry.path)
                && constant(entry.schema).is_none()
                && is_secret(entry.schema) == is_secret(source.schema)
                && entry.is_alike(source)
                && fits(source.schema, entry.schema)
        };
        if target.has_words_of(source) {
            return Vec::new();
        }
        let rivals: BTreeSet<Vec<String>> =
            self.after.iter().filter(is_rival).map(|entry| entry.path.clone()).collect();
        rivals.into_iter().collect()
    }

    /// Whether a value may be an element of the list that is asked for.
    fn fits_into_list(&self, source: &Entry<'_>, target: &Entry<'_>) -> bool {
        let items = target.schema.get("items").map(|items| resolved(self.new, items));
        kinds(target.schema) == ["array"]
            && kinds(source.schema) != ["array"]
            && items.is_some_and(|items| separator(source.schema).is_some() || fits(source.schema, items))
    }

    fn moved(&self, source: &Entry<'_>, target: &Entry<'_>) -> Proposal {
        if self.fits_into_list(source, target) {
            return self.moved_into_list(source, target);
        }
        let condition = format!("{} and {}", is_there(&source.path), is_not_there(&target.path));
        let mut steps = copied(&source.path, &target.path, source.schema, &condition);
        steps.push(remove(&[self.gone_with(&source.path)]));
        Proposal {
            what: format!("Moves `{}` to `{}`.", source.path.join("."), target.path.join(".")),
            steps,
            moves: vec![Move::Value {
                from: source.path.clone(),
                to: target.path.clone(),
                gone: self.objects_gone_with(&source.path),
            }],
            absorbs: Vec::new(),
            tried: 0,
            rivals: Vec::new(),
        }
    }

    fn moved_into_list(&self, source: &Entry<'_>, target: &Entry<'_>) -> Proposal {
        let value = plain(&source.path);
        let condition = format!("{} and {}", is_there(&source.path), is_not_there(&target.path));
        let (value, one) = match separator(source.schema) {
            Some(mark) => (split(&value, mark), Move::Computed { path: source.path.clone() }),
            None => (
                format!("{{{{ [{value}] }}}}"),
                Move::IntoListAt {
                    from: source.path.clone(),
                    to: target.path.clone(),
                    gone: self.objects_gone_with(&source.path),
                },
            ),
        };
        Proposal {
            what: format!("Moves `{}` into the list `{}`.", source.path.join("."), target.path.join(".")),
            steps: vec![add(&target.path, value, None, &condition), remove(&[self.gone_with(&source.path)])],
            moves: vec![one],
            absorbs: Vec::new(),
            tried: 0,
            rivals: Vec::new(),
        }
    }

    /// What is left to remove once a value is moved: it alone, or the object that is gone with it.
    fn gone_with(&self, path: &[String]) -> Vec<String> {
        let is_gone = |path: &[String]| !self.paths_after.contains(path);
        let length = (1..path.len()).find(|length| is_gone(&path[..*length])).unwrap_or(path.len());
        path[..length].to_vec()
    }

    fn objects_gone_with(&self, path: &[String]) -> Vec<Vec<String>> {
        let gone = self.gone_with(path);
        if gone == path { Vec::new() } else { vec![gone] }
    }

    /// An object that the new spec requires, filled from properties that are gone; of a choice each option that can be.
    fn wrapped(&self, target: &Entry<'_>) -> Vec<Proposal> {
        let all: Vec<&Value> = match options(target.schema) {
            [] => vec![target.schema],
            options => options.iter().map(|option| resolved(self.new, option)).collect(),
        };
        let mut filled = Vec::new();
        for option in all {
            if let Some(one) = self.filled(target, option) {
                filled.push(one);
            }
        }
        // Options that are filled from the same values: which of them is meant nobody can tell.
        let sources = |one: &Filled<'_>| -> BTreeSet<Vec<String>> {
            one.copies.iter().map(|copy| copy.from.clone()).collect()
        };
        let mut groups: Vec<Vec<Filled<'s>>> = Vec::new();
        for one in filled {
            match groups.iter_mut().find(|group| sources(&group[0]) == sources(&one)) {
                Some(group) => group.push(one),
                None => groups.push(vec![one]),
            }
        }
        // One option of each group, in all ways.
        let mut ways: Vec<Vec<&Filled<'s>>> = vec![Vec::new()];
        for group in &groups {
            ways = ways
                .iter()
                .flat_map(|way| group.iter().map(move |one| [way.as_slice(), &[one]].concat()))
                .take(8)
                .collect();
        }
        if groups.is_empty() {
            return Vec::new();
        }
        ways.iter().map(|way| self.wrap(target, way)).collect()
    }

    fn filled(&self, target: &Entry<'_>, option: &Value) -> Option<Filled<'s>> {
        let mut one = Filled { constants: Vec::new(), copies: Vec::new() };
        let properties = option.get("properties").and_then(Value::as_object)?;
        for (name, schema) in properties {
            let schema = resolved(self.new, schema);
            let path = [target.path.as_slice(), std::slice::from_ref(name)].concat();
            if let Some(value) = constant(schema) {
                one.constants.push((path, value.clone()));
                continue;
            }
            let required = requires(option, name);
            let inner = Entry::new(path.clone(), schema);
            let mut sources = self.sources(&inner);
            sources.retain(|source| fits(source.schema, schema));
            let same = sources.iter().find(|source| source.path.last() == Some(name));
            match (same, sources.as_slice()) {
                (Some(source), _) => one.copies.push(Copied {
                    from: source.path.clone(),
                    to: path,
                    schema: source.schema,
                    required,
                }),
                (None, [source]) => one.copies.push(Copied {
                    from: source.path.clone(),
                    to: path,
                    schema: source.schema,
                    required,
                }),
                // Two that may be meant are none.
                _ if required => match evident(schema) {
                    Some(value) => one.constants.push((path, value.clone())),
                    None => return None,
                },
                _ => {}
            }
        }
        one.copies.iter().any(|copy| copy.required).then_some(one)
    }

    fn wrap(&self, target: &Entry<'_>, way: &[&Filled<'_>]) -> Proposal {
        let mut steps = Vec::new();
        let mut gone: Vec<Vec<String>> = Vec::new();
        let mut moves = Vec::new();
        for one in way {
            let needed: Vec<String> =
                one.copies.iter().filter(|copy| copy.required).map(|copy| is_there(&copy.from)).collect();
            let needed = needed.join(" and ");
            for (path, value) in &one.constants {
                let condition = format!("{needed} and {}", is_not_there(path));
                steps.extend(literal(value).map(|(text, kind)| add(path, text, kind, &condition)));
            }
            for Copied { from, to, schema, .. } in &one.copies {
                let condition = format!("{} and {}", is_there(from), is_not_there(to));
                let condition = if needed.contains(&is_there(from)) {
                    format!("{needed} and {}", is_not_there(to))
                } else {
                    format!("{needed} and {condition}")
                };
                steps.extend(copied(from, to, schema, &condition));
                let place = self.gone_with(from);
                if !gone.contains(&place) {
                    gone.push(place);
                }
            }
            moves.push(Move::Into {
                holder: target.path.clone(),
                constants: one.constants.clone(),
                values: one
                    .copies
                    .iter()
                    .map(|copy| (copy.from.clone(), copy.to.clone(), copy.required))
                    .collect(),
                gone: one
                    .copies
                    .iter()
                    .flat_map(|copy| self.objects_gone_with(&copy.from))
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            });
        }
        let names: Vec<String> = gone.iter().map(|path| format!("`{}`", path.join("."))).collect();
        steps.push(remove(&gone));
        let told: Vec<String> = way
            .iter()
            .flat_map(|one| &one.constants)
            .filter_map(|(path, value)| Some(format!("`{}` is {value}", path.last()?)))
            .collect();
        let as_what = if told.is_empty() { String::new() } else { format!(", where {}", told.join(" and ")) };
        Proposal {
            what: format!("Moves {} into `{}`{as_what}.", names.join(", "), target.path.join(".")),
            steps,
            moves,
            absorbs: Vec::new(),
            tried: 0,
            rivals: Vec::new(),
        }
    }

    /// A property that the new spec refuses: it is moved where a new one speaks for it, required or not, and else removed,
    /// if nothing in it is a secret or has a place of its own.
    fn removed(&self, source: &Entry<'_>) -> Vec<Proposal> {
        let is_new = |entry: &&Entry<'_>| !self.paths_before.contains(&entry.path);
        let places = |inner: &Entry<'_>| -> Vec<&Entry<'s>> {
            let takes = |target: &&Entry<'s>| self.sources(target).iter().any(|one| one.path == inner.path);
            self.after.iter().filter(is_new).filter(takes).collect()
        };
        let own = places(source);
        if !own.is_empty() {
            return own.iter().map(|target| self.moved(source, target)).collect();
        }
        let inside = || self.before.iter().filter(|entry| entry.path.starts_with(&source.path));
        if inside().any(|entry| hides_secret(entry.schema) || !places(entry).is_empty()) {
            return Vec::new();
        }
        vec![Proposal {
            what: format!("Removes `{}`, which the new spec refuses.", source.path.join(".")),
            steps: vec![remove(std::slice::from_ref(&source.path))],
            moves: vec![Move::Remove { path: source.path.clone() }],
            absorbs: Vec::new(),
            tried: 0,
            rivals: Vec::new(),
        }]
    }

    /// A property that takes other values than before.
    fn reshaped(&self, source: &Entry<'_>, target: &Entry<'_>) -> Vec<Proposal> {
        let path = &target.path;
        let shown = path.join(".");
        let (was, is) = (kinds(source.schema), kinds(target.schema));
        let proposal = |what: String, steps: Vec<ConfigStep>, moves: Vec<Move>| Proposal {
            what,
            steps,
            moves,
            absorbs: Vec::new(),
            tried: 0,
            rivals: Vec::new(),
        };
        if let (["string"], Some(gone), Some(values)) = (
            was.as_slice(),
            source.schema.get("enum").and_then(Value::as_array),
            target.schema.get("enum").and_then(Value::as_array),
        ) {
            let mut map = Vec::new();
            for old in gone.iter().filter(|old| !values.contains(old)) {
                let Some(new) = corresponding(old, values) else { return Vec::new() };
                map.push((old.clone(), new.clone()));
            }
            return remap(path, &map).into_iter().collect();
        }
        if let (Some(old), Some(new)) = (constant(source.schema), constant(target.schema)) {
            return match old != new {
                true => remap(path, &[(old.clone(), new.clone())]).into_iter().collect(),
                false => Vec::new(),
            };
        }
        let test = match was.as_slice() {
            ["string"] => "string",
            ["integer"] => "integer",
            ["number"] => "number",
            ["boolean"] => "boolean",
            _ => return Vec::new(),
        };
        let holds = format!("{} is {test}", plain(path));
        match is.as_slice() {
            ["array"] => {
                let items = target.schema.get("items").cloned().unwrap_or_else(|| json!({}));
                if let Some(mark) = separator(source.schema) {
                    let value = split(&plain(path), mark);
                    let step = add(path, value, None, &holds);
                    return vec![proposal(
                        format!("Splits `{shown}` into a list."),
                        vec![step],
                        vec![Move::Computed { path: path.clone() }],
                    )];
                }
                if !fits(source.schema, resolved(self.new, &items)) {
                    return Vec::new();
                }
                let step = add(path, format!("{{{{ [{}] }}}}", plain(path)), None, &holds);
                vec![proposal(
                    format!("Puts `{shown}` into a list."),
                    vec![step],
                    vec![Move::IntoList { path: path.clone() }],
                )]
            }
            ["object"] => {
                let all: Vec<&Value> = match options(target.schema) {
                    [] => vec![target.schema],
                    options => options.iter().map(|option| resolved(self.new, option)).collect(),
                };
                all.iter()
                    .filter_map(|option| {
                        let (constants, place) = self.holder_of(source, option)?;
                        let written: Vec<String> = constants
                            .iter()
                            .filter_map(|(name, value)| Some(format!("{}: {}", quoted(name)?, code(value)?)))
                            .collect();
                        if written.len() != constants.len() {
                            return None;
                        }
                        let own = format!("{}: {}", quoted(&place)?, plain(path));
                        let object = written.into_iter().chain([own]).collect::<Vec<_>>().join(", ");
                        let step = add(path, format!("{{{{ {{{object}}} }}}}"), None, &holds);
                        let what = format!("Puts `{shown}` into `{shown}.{place}`.");
                        let to = [path.as_slice(), &[place]].concat();
                        let constants = constants
                            .into_iter()
                            .map(|(name, value)| ([path.as_slice(), &[name]].concat(), value))
                            .collect();
                        Some(proposal(
                            what,
                            vec![step],
                            vec![Move::IntoItself { path: path.clone(), constants, to }],
                        ))
                    })
                    .collect()
            }
            ["integer" | "number"] if test == "string" => {
                let step = add(path, read(path), None, &holds);
                vec![proposal(
                    format!("Reads `{shown}` as a number."),
                    vec![step],
                    vec![Move::Computed { path: path.clone() }],
                )]
            }
            ["string"] if matches!(test, "integer" | "number") => {
                let step = add(path, read(path), Some(ValueType::String), &holds);
                vec![proposal(
                    format!("Writes `{shown}` as a text."),
                    vec![step],
                    vec![Move::Computed { path: path.clone() }],
                )]
            }
            _ => Vec::new(),
        }
    }

    /// Where an option keeps a value that stood alone before: the one property that it requires and that is no constant.
    fn holder_of(&self, source: &Entry<'_>, option: &Value) -> Option<(Vec<(String, Value)>, String)> {
        let properties = option.get("properties").and_then(Value::as_object)?;
        let mut constants = Vec::new();
        let mut places = Vec::new();
        for (name, schema) in properties {
            let schema = resolved(self.new, schema);
            match constant(schema) {
                Some(value) => constants.push((name.clone(), value.clone())),
                None if requires(option, name) => places.push((name, schema)),
                None => {}
            }
        }
        match places.as_slice() {
            [(name, schema)]
                if is_secret(schema) == is_secret(source.schema) && fits(source.schema, schema) =>
            {
                Some((constants, (*name).clone()))
            }
            _ => None,
        }
    }

    /// Constants that tell the options of a choice apart, and are others now: an option is known by its title, or by what
    /// else it holds.
    fn discriminators(&self, field: &[String]) -> Vec<Proposal> {
        let (old, new) = (choice_of(&self.before, self.old, field), choice_of(&self.after, self.new, field));
        let (Some((at, old)), Some((_, new))) = (old, new) else { return Vec::new() };
        let mut map: Vec<(Vec<String>, Value, Value)> = Vec::new();
        for option in old {
            let Some((name, value)) = telling(option) else { continue };
            let is_kept = new.iter().any(|other| telling(other).is_some_and(|(_, kept)| kept == value));
            if is_kept {
                continue;
            }
            let same: Vec<&&Value> = new.iter().filter(|other| is_same_option(option, other)).collect();
            if let [only] = same.as_slice()
                && let Some((new_name, new_value)) = telling(only)
                && new_name == name
            {
                map.push((
                    [at.as_slice(), std::slice::from_ref(name)].concat(),
                    value.clone(),
                    new_value.clone(),
                ));
            }
        }
        let Some((path, ..)) = map.first().cloned() else { return Vec::new() };
        let pairs: Vec<(Value, Value)> = map
            .iter()
            .filter(|(other, ..)| *other == path)
            .map(|(_, old, new)| (old.clone(), new.clone()))
            .collect();
        remap(&path, &pairs).into_iter().collect()
    }
}

/// The choice that a property is, or that it tells the options of.
fn choice_of<'s>(
    entries: &[Entry<'s>],
    root: &'s Value,
    field: &[String],
) -> Option<(Vec<String>, Vec<&'s Value>)> {
    let above = &field[..field.len().saturating_sub(1)];
    [field, above].into_iter().find_map(|path| {
        let entry = entries.iter().find(|entry| entry.path == path && !options(entry.schema).is_empty())?;
        Some((
            entry.path.clone(),
            options(entry.schema).iter().map(|option| resolved(root, option)).collect(),
        ))
    })
}

/// The constant that tells an option from others.
fn telling(option: &Value) -> Option<(&String, &Value)> {
    let mut constants = option
        .get("properties")
        .and_then(Value::as_object)?
        .iter()
        .filter_map(|(name, schema)| Some((name, constant(schema)?)));
    let first = constants.next()?;
    constants.next().is_none().then_some(first)
}

fn is_same_option(one: &Value, other: &Value) -> bool {
    let title = |option: &Value| option.get("title").and_then(Value::as_str).map(str::to_owned);
    let names = |option: &Value| -> BTreeSet<String> {
        option
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    match (title(one), title(other)) {
        (Some(one_title), Some(other_title)) if one_title == other_title => true,
        (Some(_), Some(_)) => false,
        _ => names(one) == names(other),
    }
}

/// An option of an object with what fills it.
#[derive(Debug, Clone)]
struct Filled<'s> {
    constants: Vec<(Vec<String>, Value)>,
    copies: Vec<Copied<'s>>,
}

/// A value that is copied into an option.
#[derive(Debug, Clone)]
struct Copied<'s> {
    from: Vec<String>,
    to: Vec<String>,
    schema: &'s Value,
    /// Whether the option requires it.
    required: bool,
}

/// Whether every value of one schema is one of the other.
fn fits(one: &Value, other: &Value) -> bool {
    !kinds(one).is_empty() && matches!(includes(one, other, &Options::default()), Ok(Inclusion::Included))
}

/// A value that the new spec names itself.
fn evident(schema: &Value) -> Option<&Value> {
    if is_secret(schema) {
        return None;
    }
    constant(schema).or_else(|| schema.get("default").filter(|value| !value.is_null()))
}

/// Sets a value where there is none.
fn set(path: &[String], value: &Value) -> Option<Proposal> {
    let (text, kind) = literal(value)?;
    // An object that the user left out stays out: what is in it may turn something on.
    let condition = match path.split_last() {
        Some((_, above)) if !above.is_empty() => format!("{} and {}", is_there(above), is_not_there(path)),
        _ => is_not_there(path),
    };
    Some(Proposal {
        what: format!("Sets `{}` to {value} where it is not there.", path.join(".")),
        steps: vec![add(path, text, kind, &condition)],
        moves: vec![Move::Set { path: path.to_vec(), value: value.clone() }],
        absorbs: Vec::new(),
        tried: 0,
        rivals: Vec::new(),
    })
}

/// Replaces texts; the CDK maps nothing else.
fn remap(path: &[String], map: &[(Value, Value)]) -> Option<Proposal> {
    let is_text = map.iter().all(|(old, new)| old.is_string() && new.is_string());
    // What reads as a template, or as a literal, is another value to the CDK.
    let is_plain = |value: &Value| {
        value.as_str().is_some_and(|text| {
            text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-. /".contains(c))
                && !["True", "False", "None"].contains(&text)
        })
    };
    if map.is_empty() || !is_text || !map.iter().all(|(old, new)| is_plain(old) && is_plain(new)) {
        return None;
    }
    let pairs = map.iter().filter_map(|(old, new)| Some((old.as_str()?.to_owned(), new.clone())));
    let kind = ConfigStepKind::Remap { path: path.to_vec(), map: pairs.collect() };
    Some(Proposal {
        what: format!("Replaces values of `{}` that the new spec refuses.", path.join(".")),
        steps: vec![ConfigStep { pointer: Pointer::root(), kind }],
        moves: vec![Move::Replace { path: path.to_vec(), map: map.to_vec() }],
        absorbs: Vec::new(),
        tried: 0,
        rivals: Vec::new(),
    })
}

/// The value that is the same in another spelling.
fn corresponding<'v>(old: &Value, values: &'v [Value]) -> Option<&'v Value> {
    let bare = |value: &Value| -> Option<String> {
        let text = value.as_str()?;
        let bare: String =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        (!bare.is_empty()).then_some(bare)
    };
    let wanted = bare(old)?;
    let mut same = values.iter().filter(|value| bare(value).as_ref() == Some(&wanted));
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

/// What separates the items of a text that is meant as a list, where its description says so.
fn separator(schema: &Value) -> Option<&'static str> {
    let mut said = String::new();
    for keyword in ["description", "title", "pattern_descriptor"] {
        said.push_str(&schema.get(keyword).and_then(Value::as_str).unwrap_or_default().to_lowercase());
        said.push(' ');
    }
    if ["comma-separated", "comma separated", "separated by comma", "commas"]
        .iter()
        .any(|words| said.contains(words))
    {
        return Some("','");
    }
    if ["space-separated", "space separated", "space-delimited", "space delimited", "separated by space"]
        .iter()
        .any(|words| said.contains(words))
    {
        return Some("");
    }
    None
}

/// A text taken apart, without the blanks that people write around commas. The value is evaluated at every start, when it is
/// a list already.
fn split(value: &str, mark: &str) -> String {
    let bare = match mark {
        "" => value.to_owned(),
        // Two blanks at most: no method takes away any number of them inside of a text.
        _ => {
            let after = ".replace(', ', ',').replace(', ', ',')";
            format!("{value}.strip().replace(' ,', ',').replace(' ,', ','){after}")
        }
    };
    format!("{{{{ {bare}.split({mark}) if {value} is string and {value} else [] }}}}")
}

fn add(path: &[String], value: String, value_type: Option<ValueType>, condition: &str) -> ConfigStep {
    let field = AddedConfigField { path: path.to_vec(), value, value_type };
    let kind = ConfigStepKind::Add { fields: vec![field], condition: format!("{{{{ {condition} }}}}") };
    ConfigStep { pointer: Pointer::root(), kind }
}

fn remove(pointers: &[Vec<String>]) -> ConfigStep {
    let kind = ConfigStepKind::Remove { pointers: pointers.to_vec(), condition: String::new() };
    ConfigStep { pointer: Pointer::root(), kind }
}

/// A value as the text of a field, with the type that keeps it.
fn literal(value: &Value) -> Option<(String, Option<ValueType>)> {
    match value {
        Value::String(text) if !text.contains(['{', '}', '\'', '"', '\\', '\n']) => {
            Some((text.clone(), Some(ValueType::String)))
        }
        Value::Bool(true) => Some(("True".to_owned(), None)),
        Value::Bool(false) => Some(("False".to_owned(), None)),
        Value::Number(number) => Some((number.to_string(), None)),
        Value::Array(items) if items.is_empty() => Some(("[]".to_owned(), None)),
        _ => None,
    }
}

/// A value in an expression.
fn code(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => quoted(text),
        Value::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn quoted(text: &str) -> Option<String> {
    (!text.contains(['\'', '\\', '\n', '{', '}'])).then(|| format!("'{text}'"))
}

/// What holds a property, so that nothing is asked of what is not there.
fn holder(path: &[String]) -> String {
    path.iter().fold("config".to_owned(), |holder, name| format!("{holder}.get('{name}', {{}})"))
}

/// The value of a property, in an expression.
fn plain(path: &[String]) -> String {
    match path.split_last() {
        Some((name, above)) => format!("{}.get('{name}')", holder(above)),
        None => "config".to_owned(),
    }
}

fn read(path: &[String]) -> String {
    match path {
        [name] => format!("{{{{ config['{name}'] }}}}"),
        path => format!("{{{{ {} }}}}", plain(path)),
    }
}

fn is_there(path: &[String]) -> String {
    match path.split_last() {
        Some((name, above)) => format!("'{name}' in {}", holder(above)),
        None => "config".to_owned(),
    }
}

fn is_not_there(path: &[String]) -> String {
    match path.split_last() {
        Some((name, above)) => format!("'{name}' not in {}", holder(above)),
        None => "not config".to_owned(),
    }
}

/// Copies a value. Texts stay texts where they are asked to; null would become the text `None` then, and is copied by a step of
/// its own.
fn copied(from: &[String], to: &[String], schema: &Value, condition: &str) -> Vec<ConfigStep> {
    let is_null = |name: &Value| name == "null";
    let may_be_null = schema.get("type").and_then(Value::as_array).is_some_and(|all| all.iter().any(is_null));
    match (kinds(schema).as_slice(), may_be_null) {
        (["string"], false) => vec![add(to, read(from), Some(ValueType::String), condition)],
        (["string"], true) => {
            let is = |test: &str| format!("{condition} and {} is {test}", plain(from));
            vec![
                add(to, read(from), Some(ValueType::String), &is("string")),
                add(to, read(from), None, &is("none")),
            ]
        }
        _ => vec![add(to, read(from), None, condition)],
    }
}
