//! Configs with values that are not left to chance: each that a spec lists, those at its bounds, and those that a migration
//! looks for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::Value;

use crate::migration::{Migrations, Placed, Variant, Variants, at};
use crate::model::Pointer;
use crate::schema::Validator;

/// So many values of one `enum` are tried.
const MOST_VALUES: usize = 2_000;

/// So many values around what the steps compare with are tried on all properties, and at least so many on each.
const MOST_AROUND: usize = 4_000;
const LEAST_AROUND: usize = 16;

/// So many bytes of configs are made to try single values: beyond them not all are tried, and nothing is credited.
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
    accepts_old: &Validator,
) -> Each<'v> {
    const BASES: usize = 4;
    let asked = migrations.asks().0.into_iter().filter(|path| !path.is_empty());
    let fields: BTreeSet<Vec<String>> = edits.iter().cloned().chain(asked).collect();
    let most = (MOST_AROUND / fields.len().max(1)).max(LEAST_AROUND);
    let literals = migrations.literals();
    let mut made = Made { left: MOST_LISTED, sizes: BTreeMap::new(), variants: Variants::new(), accepts_old };
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
            let accepted = made.accepted(&bases, |base| Variant::one(base, &field, &value));
            if let Some(base) = accepted {
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
            let accepted = made.accepted(&bases, |base| Variant::several(base, &values));
            if let Some(base) = accepted {
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
struct Made<'v, 'm> {
    /// So many bytes may still be made; 0 where more were asked for.
    left: usize,
    sizes: BTreeMap<usize, usize>,
    variants: Variants<'v>,
    accepts_old: &'m Validator,
}

impl Made<'_, '_> {
    /// The number of the first of some configs, each with its number, of which the old spec accepts the variant.
    fn accepted<'c>(
        &mut self,
        bases: &[(usize, &Value)],
        variant: impl Fn(usize) -> Variant<'c>,
    ) -> Option<usize> {
        for (number, base) in bases {
            let size = *self.sizes.entry(*number).or_insert_with(|| base.to_string().len());
            self.left = self.left.saturating_sub(size);
            if self.left == 0 {
                return None;
            }
            if variant(*number).of(base).is_some_and(|config| self.accepts_old.accepts(&config)) {
                return Some(*number);
            }
        }
        None
    }
}
