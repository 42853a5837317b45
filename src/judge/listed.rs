//! Configs with values that are not left to chance: each that a spec lists, those at its bounds, and those that a migration
//! looks for.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Weak};

use serde_json::{Map, Value, json};

use super::part::is_conjunction;
use crate::migration::{Migrations, Placed, Variant, Variants, at};
use crate::model::Pointer;
use crate::schema::{Draft, Options, Validator};

/// So many values of one `enum` are tried.
const MOST_VALUES: usize = 2_000;

/// So many values around what the steps compare with are tried on all properties, and at least so many on each.
const MOST_AROUND: usize = 4_000;
const LEAST_AROUND: usize = 16;

/// So many bytes of configs may be made to try single values, where each is counted whole: beyond them not all are tried, and nothing
/// is credited.
const MOST_LISTED: usize = 16_000_000;

/// A longer text is not tried.
const LONGEST: i64 = 10_000;

/// Values at the bounds of a property and one beyond: of its range and its length in both specs, and of the values that the
/// steps about it compare with.
fn bounds(schemas: &[&Value], kinds: &Value, literals: &[Value]) -> Vec<Value> {
    let of = |keywords: &[&str]| -> Vec<i64> {
        let stated = schemas
            .iter()
            .flat_map(|schema| keywords.iter().filter_map(|keyword| schema.get(keyword)?.as_i64()));
        let around = |bound: i64| [bound.saturating_sub(1), bound, bound.saturating_add(1)];
        let numbers = literals.iter().filter_map(Value::as_i64);
        let all: BTreeSet<i64> = stated.flat_map(around).chain(numbers).collect();
        all.into_iter().collect()
    };
    let is = |name: &str| match kinds {
        Value::String(kind) => kind == name,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    let mut found: Vec<Value> = Vec::new();
    if is("integer") || is("number") {
        found.extend(
            of(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]).into_iter().map(Value::from),
        );
    }
    if is("boolean") {
        found.extend([true.into(), false.into()]);
    }
    if is("null") {
        found.push(Value::Null);
    }
    if is("string") {
        // What a condition looks for is the text, or stands at its beginning, at its end or in it.
        let texts = literals.iter().filter_map(Value::as_str).filter(|text| !text.is_empty());
        found.extend(texts.flat_map(|text| {
            [text.to_owned(), format!("{text}a"), format!("a{text}"), format!("a{text}b")].map(Value::from)
        }));
        // Items of a list are written with and without blanks.
        found.push("a, b,c".into());
        let lengths =
            of(&["minLength", "maxLength"]).into_iter().filter(|length| (0..=LONGEST).contains(length));
        found.extend(lengths.filter_map(|length| Some("a".repeat(usize::try_from(length).ok()?).into())));
    }
    found
}

/// The schemas of a property, those of options among them.
fn schemas_of<'s>(spec: &'s Value, field: &[String]) -> Vec<&'s Value> {
    fn parts<'s>(root: &'s Value, schema: &'s Value, depth: usize, found: &mut Vec<&'s Value>) {
        const MOST: usize = 64;
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        let schema = reference.and_then(|path| Pointer::parse(path).get(root)).unwrap_or(schema);
        if depth > 6 || found.len() >= MOST {
            return;
        }
        found.push(schema);
        for keyword in ["oneOf", "anyOf", "allOf"] {
            for option in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                parts(root, option, depth + 1, found);
            }
        }
    }
    let mut schemas = Vec::new();
    parts(spec, spec, 0, &mut schemas);
    for name in field {
        let mut inner = Vec::new();
        for schema in schemas {
            if let Some(property) = schema.get("properties").and_then(|all| all.get(name)) {
                parts(spec, property, 0, &mut inner);
            }
        }
        schemas = inner;
    }
    schemas
}

/// Configs with values that are not left to chance.
pub(super) struct Each<'v> {
    /// Variants of the configs that there are.
    pub(super) variants: Variants<'v>,
    /// Why some of them are not there.
    pub(super) cut: Option<String>,
}

/// A config for each value that the old spec lists for a property that was edited or that steps ask for, for each bound of
/// its values, and for what a condition looks for in several properties at once: what is finite is not left to chance.
pub(super) fn each_value<'v>(
    (before, after): (&'v Value, &Value),
    edits: &[Vec<String>],
    migrations: &Migrations,
    configs: &[&Value],
    accepts_old: Arc<Validator>,
) -> Each<'v> {
    const BASES: usize = 4;
    let asked = migrations.asks().0.into_iter().filter(|path| !path.is_empty());
    let fields: BTreeSet<Vec<String>> = edits.iter().cloned().chain(asked).collect();
    let most = (MOST_AROUND / fields.len().max(1)).max(LEAST_AROUND);
    let literals = migrations.literals();
    let mut made = Made {
        left: MOST_LISTED,
        sizes: BTreeMap::new(),
        variants: Variants::new(),
        old: Old::new(before, configs, accepts_old),
    };
    let mut left_out: Option<String> = None;
    for field in &fields {
        let schemas = schemas_of(before, field);
        // Options of a choice have properties of the same name: one of the configs has the right one.
        let has_field = |(_, config): &(usize, &Value)| at(config, field).is_some();
        let numbered = || configs.iter().copied().enumerate();
        let bases: Vec<(usize, &Value)> = numbered().filter(has_field).take(BASES).collect();
        let listed: Vec<&'v Value> =
            schemas.iter().filter_map(|schema| schema.get("enum")?.as_array()).flatten().collect();
        let constants = schemas.iter().filter_map(|schema| schema.get("const"));
        let literals = literals.about(field);
        let (mut around, mut seen) = (Vec::new(), HashSet::new());
        for kinds in schemas.iter().filter_map(|schema| schema.get("type")) {
            let both: Vec<&Value> = schemas.iter().copied().chain(schemas_of(after, field)).collect();
            around.extend(
                bounds(&both, kinds, &literals).into_iter().filter(|value| seen.insert(value.clone())),
            );
        }
        if listed.len() > MOST_VALUES || around.len() > most {
            let count = listed.len().max(around.len());
            let why = format!("`{}` has {count} values to be tried, and not all are", field.join("/"));
            left_out.get_or_insert(why);
        }
        let field: Arc<[String]> = field.as_slice().into();
        let written = listed.into_iter().take(MOST_VALUES).chain(constants).map(Cow::Borrowed);
        for value in written.chain(around.into_iter().take(most).map(Cow::Owned)) {
            let root = field.first().map(String::as_str);
            let base = made.first_base(&bases, root, |base| Variant::one(base, &field, &value));
            if let Some(base) = base {
                made.variants.add(base, &field, value);
            }
        }
    }
    for together in migrations.looked_for_together() {
        // Those that have all of the properties come first.
        let has_all = |config: &Value| together.keys().all(|field| at(config, field).is_some());
        let mut bases: Vec<(usize, &Value)> =
            configs.iter().copied().enumerate().filter(|(_, config)| has_all(config)).take(BASES).collect();
        bases.extend(configs.iter().copied().enumerate().take(BASES));
        for index in 0..together.values().map(Vec::len).max().unwrap_or(0) {
            let of = |(field, values): (&'_ Vec<String>, &'_ Vec<Value>)| {
                let field: Arc<[String]> = field.as_slice().into();
                Some((field, Cow::Owned(values.get(index % values.len().max(1))?.clone())))
            };
            let values: Vec<Placed<'v>> = together.iter().filter_map(of).collect();
            let base = made.first_base(&bases, None, |base| Variant::several(base, &values));
            if let Some(base) = base {
                made.variants.add_several(base, values);
            }
        }
    }
    let is_full = made.left == 0;
    let full = is_full.then(|| {
        let count = fields.len();
        format!("the values of {count} properties make more than {MOST_LISTED} bytes of configs, and not all are tried")
    });
    Each { variants: made.variants, cut: full.or(left_out) }
}

/// Configs that are made of others.
struct Made<'v> {
    /// So many bytes may still be made; 0 where more were asked for.
    left: usize,
    sizes: BTreeMap<usize, usize>,
    variants: Variants<'v>,
    old: Old<'v>,
}

impl Made<'_> {
    /// The number of the first of some configs, each with its number, of which the old spec accepts the variant; `None` where there
    /// is none, or where too many bytes were asked for. `root` is the property of the root that the variant is about.
    fn first_base<'c>(
        &mut self,
        bases: &[(usize, &Value)],
        root: Option<&str>,
        variant: impl Fn(usize) -> Variant<'c>,
    ) -> Option<usize> {
        for (number, base) in bases {
            let size = *self.sizes.entry(*number).or_insert_with(|| base.to_string().len());
            self.left = self.left.saturating_sub(size);
            if self.left == 0 {
                return None;
            }
            let variant = variant(*number);
            let root = root.filter(|_| self.old.has_accepted(*number));
            let is_accepted = match root.and_then(|root| self.old.property(root)) {
                Some(property) => property.accepts(variant, base),
                None => self.old.accepts(variant, base),
            };
            if is_accepted {
                return Some(*number);
            }
        }
        None
    }
}

/// The old spec, and what it says of the configs that there are.
struct Old<'s> {
    spec: &'s Value,
    /// What one property can be asked with; `None` where properties may have to do with each other.
    apart: Option<Apart<'s>>,
    /// Made where a whole config is asked about.
    whole: OnceCell<Option<Arc<Validator>>>,
}

/// A spec whose properties have nothing to do with each other.
struct Apart<'s> {
    draft: Draft,
    required: HashSet<&'s str>,
    /// Which configs are objects that it accepts as they are.
    accepted: Vec<bool>,
    /// The last property that was asked: the values of one come one after another.
    last: Option<Property>,
    /// What validates all of it, where somebody else holds that.
    whole: Weak<Validator>,
}

/// What a spec says of one property of the root alone.
struct Property {
    root: String,
    /// `None` where the validator refuses it.
    validator: Option<Validator>,
}

impl<'s> Old<'s> {
    fn new(spec: &'s Value, configs: &[&Value], validator: Arc<Validator>) -> Self {
        if !is_conjunction(spec) {
            return Self { spec, apart: None, whole: OnceCell::from(Some(validator)) };
        }
        let required = spec.get("required").and_then(Value::as_array).into_iter().flatten();
        let accepted = |config: &&Value| config.is_object() && validator.accepts(config);
        let apart = Apart {
            draft: Draft::of(spec),
            required: required.filter_map(Value::as_str).collect(),
            accepted: configs.iter().map(accepted).collect(),
            last: None,
            whole: Arc::downgrade(&validator),
        };
        Self { spec, apart: Some(apart), whole: OnceCell::new() }
    }

    /// What it says of a property of the root; `None` where that is not all that a value there can change.
    fn property(&mut self, root: &str) -> Option<&Property> {
        let apart = self.apart.as_mut()?;
        if apart.last.as_ref().is_none_or(|last| last.root != root) {
            let alone = alone(self.spec, root, apart.required.contains(root));
            let options = Options { draft: Some(apart.draft), ..Options::default() };
            let validator = Validator::new(&alone, &options).ok();
            apart.last = Some(Property { root: root.to_owned(), validator });
        }
        apart.last.as_ref().filter(|property| property.validator.is_some())
    }

    /// Whether a config is an object that it accepts as it is; `false` where properties may have to do with each other.
    fn has_accepted(&self, number: usize) -> bool {
        self.apart.as_ref().and_then(|apart| apart.accepted.get(number)).is_some_and(|accepted| *accepted)
    }

    fn accepts(&self, variant: Variant<'_>, base: &Value) -> bool {
        let held = || self.apart.as_ref().and_then(|apart| apart.whole.upgrade());
        let made = || Validator::new(self.spec, &Options::default()).ok().map(Arc::new);
        let whole = || self.whole.get_or_init(|| held().or_else(made)).as_ref();
        variant.of(base).is_some_and(|config| whole().is_some_and(|whole| whole.accepts(&config)))
    }
}

/// A spec of one property of the root.
fn alone(spec: &Value, root: &str, is_required: bool) -> Value {
    let schema = spec.get("properties").and_then(|all| all.get(root));
    let properties = schema.map(|schema| (root.to_owned(), schema.clone())).into_iter().collect();
    let kept = ["type", "additionalProperties"].into_iter().filter_map(|key| Some((key, spec.get(key)?)));
    let mut alone: Map<String, Value> = kept.map(|(key, value)| (key.to_owned(), value.clone())).collect();
    alone.insert("properties".to_owned(), Value::Object(properties));
    if is_required {
        alone.insert("required".to_owned(), json!([root]));
    }
    Value::Object(alone)
}

impl Property {
    /// Whether it accepts what a variant has there.
    fn accepts(&self, variant: Variant<'_>, base: &Value) -> bool {
        let own = base.get(&self.root).map(|own| (self.root.clone(), own.clone()));
        let own = Value::Object(own.into_iter().collect());
        let accepts = |config| self.validator.as_ref().is_some_and(|validator| validator.accepts(&config));
        variant.of(&own).is_some_and(accepts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the properties of a spec have nothing to do with each other, one of them says what the whole spec says.
    #[test]
    fn a_property_says_of_a_variant_what_the_spec_says() {
        let spec = |more: Value| {
            let mut spec = json!({"type": "object", "required": ["a"], "properties": {
                "a": {"type": "string", "enum": ["x", "y"]},
                "b": {"type": "object", "required": ["c"], "properties": {"c": {"type": "integer", "maximum": 3}}},
            }});
            more.as_object().into_iter().flatten().for_each(|(key, value)| spec[key] = value.clone());
            spec
        };
        let configs = [
            json!({"a": "x"}),
            json!({"a": "y", "b": {"c": 2}}),
            json!({"a": "z"}),
            json!({"b": {"c": 1}}),
            json!(["x"]),
        ];
        let all: Vec<&Value> = configs.iter().collect();
        let place = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
        let mut counts = [0; 2];
        for (more, is_apart) in [
            (json!({}), true),
            (json!({"additionalProperties": false}), true),
            (json!({"type": ["object", "array"]}), true),
            (json!({"minProperties": 2}), false),
            (json!({"$schema": "http://json-schema.org/draft-04/schema#"}), true),
        ] {
            let spec = spec(more);
            let validator = Arc::new(Validator::new(&spec, &Options::default()).expect("a schema"));
            let mut made = Made {
                left: MOST_LISTED,
                sizes: BTreeMap::new(),
                variants: Variants::new(),
                old: Old::new(&spec, &all, validator.clone()),
            };
            for (place, value) in [
                (place(&["a"]), json!("y")),
                (place(&["a"]), json!("z")),
                (place(&["a"]), json!(null)),
                (place(&["a", "c"]), json!(1)),
                (place(&["b", "c"]), json!(3)),
                (place(&["b", "c"]), json!(4)),
                (place(&["b"]), json!({})),
                (place(&["d"]), json!(1)),
                (place(&["0"]), json!("y")),
            ] {
                let root = place[0].as_str();
                assert_eq!(made.old.property(root).is_some(), is_apart, "{spec}");
                for (number, base) in configs.iter().enumerate() {
                    let variant = Variant::one(number, &place, &value);
                    let expected = variant.of(base).is_some_and(|config| validator.accepts(&config));
                    let found = made.first_base(&[(number, base)], Some(root), |_| variant);
                    assert_eq!(found, expected.then_some(number), "{spec} {base} {place:?} {value}");
                    counts[usize::from(expected)] += 1;
                }
            }
        }
        assert!(counts.iter().all(|count| *count > 20), "{counts:?}");
    }
}
