//! Differences between two specs, as facts about what a saved config may hold.
//!
//! Two schemas are walked side by side. The topmost difference stands for everything below it. Options of a `oneOf`
//! are paired by their discriminator, then by title, then by equality, never by index.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::delta::{Beside, Change, Delta, KeywordEdit, SpecChange, TypeRelation};
use super::oneof;
use super::spec_edit::{CONDITION, contains_references as refers};
use super::spec_schema::{
    ANNOTATIONS, COMPARED, allowed, bounded, canonical, closed, edit, flatten, includes, open_map, required,
    same_meaning, types, without_annotations,
};
use crate::model::{Artifact, Fragment, Pointer, Sides, SpecBranch};
use crate::schema::with_local_references;

/// Properties that decide where a destination writes, in which form, and which rows stay: those of the specs of Airbyte's
/// destinations in 2025-11 that have defaults.
const PLACES_DATA: [&str; 46] = [
    "bucket_path",
    "cache_type",
    "catalog_schema",
    "cdc_deletion_mode",
    "codec",
    "compression",
    "compression_codec",
    "compression_type",
    "database",
    "dataset",
    "dataset_id",
    "dataset_location",
    "default_schema",
    "destination_path",
    "disable_type_dedupe",
    "enable_json",
    "file_name_format",
    "file_name_pattern",
    "flattening",
    "format",
    "format_type",
    "glue_catalog_float_as_decimal",
    "location",
    "main_branch_name",
    "namespace",
    "object_store_type",
    "omit_raw_text",
    "partitioning",
    "path",
    "path_format",
    "raw_data_dataset",
    "raw_data_namespace",
    "raw_data_schema",
    "raw_schema_override",
    "s3_bucket_path",
    "s3_path_format",
    "schema",
    "scope",
    "surrealdb_database",
    "surrealdb_namespace",
    "table",
    "text_field",
    "unconstrained_number",
    "upsert",
    "vector_field",
    "warehouse_location",
];

/// The default that a config without the option is read with, where it decides anything: a flag that is off is as if there
/// were none, and what may be one value only decides nothing.
fn chosen(schema: &Value) -> Option<&Value> {
    let is_fixed = allowed(schema).is_some_and(|values| values.len() == 1);
    schema.get("default").filter(|value| !value.is_null() && **value != false && !is_fixed)
}

/// The differences between two ConnectorSpecification objects.
pub(super) fn diff(old: &Value, new: &Value, is_destination: bool) -> Vec<Delta> {
    const CONFIG: &str = "connectionSpecification";
    let roots = (with_local_references(&old[CONFIG], false), with_local_references(&new[CONFIG], false));
    let (root_old, root_new): (&Value, &Value) = (&roots.0, &roots.1);
    let mut walk = Walk {
        roots: Sides { old: root_old, new: root_new },
        is_destination,
        deltas: Vec::new(),
        open: BTreeSet::new(),
        unchanged: BTreeSet::new(),
        walked: BTreeMap::new(),
        has_references: refers(root_old) || refers(root_new),
        beside_accepted: BTreeSet::new(),
        definitions_differ: roots.0 != roots.1,
        steps: 0,
        gave_up: false,
        hid_more: false,
    };
    let at = Place {
        field: Vec::new(),
        branch: None,
        pointer: Sides {
            old: Pointer::new(["connectionSpecification"]),
            new: Pointer::new(["connectionSpecification"]),
        },
    };
    let (old_types, new_types) = (types(walk.roots.old), types(walk.roots.new));
    if old_types.contains("object") && !new_types.contains("object") {
        let (old, new) = (walk.roots.old.get("type").cloned(), walk.roots.new.get("type").cloned());
        walk.push(&at, SpecChange::RootTypeChanged, old, new);
    } else {
        walk.node(walk.roots.old, walk.roots.new, &at);
    }
    let mut deltas = walk.deltas;
    super::spec_secrets::diff(old, new, &mut deltas);
    super::spec_envelope::diff(old, new, is_destination, &mut deltas);
    deltas
}

/// References may nest values deeper than any file could; past this many pointer segments the walk stops and says so.
const DEEPEST_POINTER: usize = 512;

/// A walk of more steps than this is through a hostile spec.
const MOST_STEPS: usize = 20_000;

/// A definition that differs is told at so many places. More refer to one in no spec that somebody wrote; definitions that
/// refer twice to another, level by level, do.
const MOST_PLACES: usize = 500;

/// Whether a difference is one for users that no comparison of accepted configs shows, at this place or at another one of the
/// same definition: whether a default places data is told by the name of the property that refers to it.
fn is_beside_accepted(delta: &Delta, is_destination: bool) -> bool {
    match &delta.change {
        Change::Spec(
            SpecChange::SecretFlagDropped
            | SpecChange::RequiredPropertyHidden
            | SpecChange::PropertyAdded { places_data: true, .. }
            | SpecChange::NotCompared,
        ) => true,
        Change::Spec(SpecChange::Default { .. }) => is_destination,
        _ => false,
    }
}

/// Where the walk stands.
#[derive(Debug, Clone)]
struct Place {
    field: Vec<String>,
    branch: Option<Arc<SpecBranch>>,
    pointer: Sides<Pointer>,
}

impl Place {
    fn keyword(&self, keyword: &str) -> Self {
        let Sides { old, new } = &self.pointer;
        let joined = old.join(keyword);
        // Most places are the same in both, and kept once.
        let new = if new == old { joined.clone() } else { new.join(keyword) };
        Self { pointer: Sides { old: joined, new }, ..self.clone() }
    }

    fn property(&self, name: &str) -> Self {
        let mut place = self.keyword("properties").keyword(name);
        place.field.push(name.to_owned());
        place
    }
}

struct Walk<'s> {
    roots: Sides<&'s Value>,
    is_destination: bool,
    deltas: Vec<Delta>,
    /// Pairs of referred schemas being walked, so that a recursive spec ends.
    open: BTreeSet<(String, String)>,
    /// Pairs of referred schemas that were walked and do not differ.
    unchanged: BTreeSet<(String, String)>,
    /// How often a pair of referred schemas that differ was walked.
    walked: BTreeMap<(String, String), usize>,
    has_references: bool,
    /// Those of them in which something differs that no comparison of accepted configs shows.
    beside_accepted: BTreeSet<(String, String)>,
    /// A reference may lead to something else on the other side, so equal text is not enough.
    definitions_differ: bool,
    steps: usize,
    /// Whether it was said that the walk did not reach everything.
    gave_up: bool,
    /// Whether something was left out that no comparison of accepted configs shows.
    hid_more: bool,
}

/// What two schemas ask, without what both say alike beside it: whether they may be null, titles and the like.
fn same_question(old: &Value, new: &Value) -> (String, String) {
    let (mut bare_old, mut bare_new) = (without_annotations(old), without_annotations(new));
    let nullable = |schema: &Value| schema.get("nullable").cloned();
    if nullable(old) == nullable(new) {
        for bare in [&mut bare_old, &mut bare_new] {
            bare.as_object_mut().and_then(|map| map.remove("nullable"));
        }
    }
    let annotations = |whole: &Value| {
        let named = whole.as_object().into_iter().flatten();
        let kept = named.filter(|(key, _)| ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-"));
        kept.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<String, Value>>()
    };
    if annotations(old) == annotations(new) {
        return (bare_old.to_string(), bare_new.to_string());
    }
    (old.to_string(), new.to_string())
}

impl Walk<'_> {
    fn push(&mut self, at: &Place, change: SpecChange, old: Option<Value>, new: Option<Value>) {
        // What is only on one side has no place on the other.
        let there = |mine: &Option<Value>, other: &Option<Value>| mine.is_some() || other.is_none();
        let pointer = Sides {
            old: there(&old, &new).then(|| at.pointer.old.clone()),
            new: there(&new, &old).then(|| at.pointer.new.clone()),
        };
        self.push_at(at, pointer, change, old, new);
    }

    fn push_at(
        &mut self,
        at: &Place,
        pointer: Sides<Option<Pointer>>,
        change: SpecChange,
        old: Option<Value>,
        new: Option<Value>,
    ) {
        self.deltas.push(Delta {
            field: at.field.clone(),
            branch: at.branch.clone(),
            pointer,
            old: old.map(Fragment::own),
            new: new.map(Fragment::own),
            beside: Beside::Config(at.pointer.clone()),
            ..Delta::new(Artifact::Spec, Change::Spec(change))
        });
    }

    /// Whether two schemas are one, and all that they refer to: then nothing in them differs, and no place in them is made.
    fn is_same(&self, old: &Value, new: &Value) -> bool {
        old == new && !(self.has_references && self.definitions_differ && refers(old))
    }

    /// Says once that the walk did not reach everything, and once where that may hide what no comparison of accepted configs
    /// shows.
    fn give_up(&mut self, at: &Place, hides_more: bool) {
        if !std::mem::replace(&mut self.gave_up, true) {
            self.push(at, SpecChange::ConstraintChanged("schema".to_owned()), None, None);
        }
        if hides_more && !std::mem::replace(&mut self.hid_more, true) {
            // It is about all that follows, whatever the property where that starts.
            let from_here = Place { field: Vec::new(), branch: None, ..at.clone() };
            self.push(&from_here, SpecChange::NotCompared, None, None);
        }
    }

    fn node(&mut self, old: &Value, new: &Value, at: &Place) {
        self.steps += 1;
        let too_deep = at.pointer.old.segments().len() > DEEPEST_POINTER;
        if self.steps > MOST_STEPS || too_deep {
            self.give_up(at, true);
            return;
        }
        // The same pair of schemas is the same question wherever it stands and however it is referred to.
        let (flat_old, flat_new) = (flatten(self.roots.old, old), flatten(self.roots.new, new));
        // The root may be referred to from below.
        let is_root = std::ptr::eq(old, self.roots.old);
        let recursive = self.has_references && is_root
            || [&flat_old, &flat_new].into_iter().any(|flat| matches!(flat, Cow::Owned(_)));
        let pair = if recursive { same_question(&flat_old, &flat_new) } else { Default::default() };
        if recursive && (self.unchanged.contains(&pair) || !self.open.insert(pair.clone())) {
            return;
        }
        if recursive && self.walked.get(&pair).is_some_and(|walked| *walked >= MOST_PLACES) {
            self.open.remove(&pair);
            // What differs in it is told at other places already: here only what a comparison of accepted configs shows is told
            // besides.
            self.give_up(at, self.beside_accepted.contains(&pair));
            return;
        }
        let told = self.deltas.len();
        let is_referred = recursive && (refers(old) || refers(new));
        let (old, new) = (flat_old, flat_new);
        if !old.is_object() || !new.is_object() {
            if old != new {
                self.push(
                    at,
                    SpecChange::ConstraintChanged("schema".to_owned()),
                    Some(old.into_owned()),
                    Some(new.into_owned()),
                );
            }
        } else if old != new || recursive || self.definitions_differ && refers(&old) {
            self.schemas(&old, &new, at);
            let annotations_only = || without_annotations(&old) == without_annotations(&new);
            if self.deltas.len() == told
                && old != new
                && !recursive
                && !is_root
                && !annotations_only()
                && !same_meaning(&old, &new)
            {
                self.push(at, SpecChange::ConstraintChanged("schema".to_owned()), None, None);
            }
        }
        if recursive {
            self.open.remove(&pair);
            if self.deltas.len() == told {
                self.unchanged.insert(pair);
            } else if is_referred {
                let is_destination = self.is_destination;
                if self.deltas[told..].iter().any(|delta| is_beside_accepted(delta, is_destination)) {
                    self.beside_accepted.insert(pair.clone());
                }
                *self.walked.entry(pair).or_default() += 1;
            }
        }
    }

    fn schemas(&mut self, old: &Value, new: &Value, at: &Place) {
        if self.type_keyword(old, new, at) == Some(TypeRelation::Changed) {
            return;
        }
        self.values(old, new, at);
        // A keyword about a kind of value that the old schema refused meets no saved value.
        let saved = types(old);
        if saved.contains("string") {
            self.keyword(old, new, at, "pattern", SpecChange::Pattern);
            self.keyword(old, new, at, "format", SpecChange::Format);
        }
        self.bounds(old, new, at, &saved);
        self.default_value(old, new, at);
        self.flags(old, new, at);
        if self.options(old, new, at) {
            if saved.contains("object") {
                self.properties(old, new, at);
            }
            if saved.contains("array") {
                self.items(old, new, at);
            }
        }
        self.rest(old, new, at);
    }

    fn type_keyword(&mut self, old: &Value, new: &Value, at: &Place) -> Option<TypeRelation> {
        let (old_types, new_types) = (types(old), types(new));
        if old_types == new_types {
            return None;
        }
        let old_scalar = !old_types.contains("object") && !old_types.contains("array");
        let relation = if includes(&new_types, &old_types) {
            TypeRelation::Widened
        } else if includes(&old_types, &new_types) {
            TypeRelation::Narrowed
        } else if old_scalar && oneof::options(new).is_some() {
            TypeRelation::ScalarToOneOf
        } else if new_types.contains("array") && !old_types.contains("array") {
            TypeRelation::ScalarToArray
        } else {
            TypeRelation::Changed
        };
        let items = at.pointer.old.segments().last().is_some_and(|last| last == "items")
            && at.pointer.old.parent().is_none_or(|parent| !parent.is_property_map());
        self.push(
            &at.keyword("type"),
            SpecChange::TypeChanged { relation, items },
            old.get("type").cloned(),
            new.get("type").cloned(),
        );
        Some(match relation {
            TypeRelation::Widened | TypeRelation::Narrowed => relation,
            _ => TypeRelation::Changed,
        })
    }

    /// `enum` and `const`, which say the same thing.
    fn values(&mut self, old: &Value, new: &Value, at: &Place) {
        let (old_values, new_values) = (allowed(old), allowed(new));
        let is_constant = |schema: &Value, values: &Option<Vec<Value>>| {
            schema.get("const").is_some() || values.as_ref().is_some_and(|values| values.len() == 1)
        };
        let single = (is_constant(old, &old_values), is_constant(new, &new_values));
        let keyword = if new.get("const").is_some() || old.get("const").is_some() { "const" } else { "enum" };
        let place = at.keyword(keyword);
        let texts = (old_values.clone().map(Value::Array), new_values.clone().map(Value::Array));
        match (old_values, new_values) {
            (None, None) => {}
            (None, Some(values)) if single.1 => {
                self.push(
                    &place,
                    SpecChange::Const(KeywordEdit::Introduced),
                    None,
                    values.into_iter().next(),
                );
            }
            (None, Some(values)) => {
                let whole = types(old).iter().eq(["boolean"].iter()) && values.len() == 2;
                let change = if whole { SpecChange::AnnotationsChanged } else { SpecChange::EnumIntroduced };
                self.push(&place, change, None, texts.1);
            }
            (Some(_), None) if single.0 => {
                self.push(&place, SpecChange::Const(KeywordEdit::Dropped), texts.0, None);
            }
            (Some(_), None) => self.push(&place, SpecChange::EnumDropped, texts.0, None),
            (Some(old), Some(new)) => {
                let known: BTreeSet<String> = new.iter().map(canonical).collect();
                let before: BTreeSet<String> = old.iter().map(canonical).collect();
                let removed: Vec<Value> =
                    old.iter().filter(|v| !known.contains(&canonical(v))).cloned().collect();
                let added: Vec<Value> =
                    new.iter().filter(|v| !before.contains(&canonical(v))).cloned().collect();
                if removed.is_empty() && added.is_empty() {
                    return;
                }
                let change = if single == (true, true) {
                    SpecChange::Const(KeywordEdit::Changed)
                } else if removed.is_empty() {
                    SpecChange::EnumValuesAdded(added)
                } else {
                    SpecChange::EnumValuesRemoved(removed)
                };
                self.push(&place, change, texts.0, texts.1);
            }
        }
    }

    fn keyword(
        &mut self,
        old: &Value,
        new: &Value,
        at: &Place,
        keyword: &str,
        change: fn(KeywordEdit) -> SpecChange,
    ) {
        if let Some(edit) = edit(old.get(keyword), new.get(keyword)) {
            self.push(
                &at.keyword(keyword),
                change(edit),
                old.get(keyword).cloned(),
                new.get(keyword).cloned(),
            );
        }
    }

    fn bounds(&mut self, old: &Value, new: &Value, at: &Place, saved: &BTreeSet<&str>) {
        const LOWER: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
        const UPPER: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
        for (bound, upper) in
            LOWER.iter().map(|bound| (*bound, false)).chain(UPPER.iter().map(|bound| (*bound, true)))
        {
            let (before, after) = (old.get(bound), new.get(bound));
            let idle = |value: Option<&Value>| {
                value.is_none()
                    || bound.starts_with("min") && bound != "minimum" && value.is_some_and(|v| *v == 0)
            };
            if edit(before, after).is_none()
                || idle(before) && idle(after)
                || !bounded(bound).iter().any(|kind| saved.contains(kind))
            {
                continue;
            }
            let number = |value: Option<&Value>| value.and_then(Value::as_f64);
            let whole = |value: Option<&Value>| value.and_then(Value::as_i64);
            // The boolean form of draft 4 tightens the bound it stands beside.
            let flag = |value: Option<&Value>| value.is_some_and(|value| *value == true);
            let tightened = match (number(before), number(after)) {
                _ if whole(before).is_some() && whole(after).is_some() => {
                    (whole(after) > whole(before)) != upper
                }
                (Some(before), Some(after)) => (after > before) != upper,
                (None, Some(_)) => true,
                (Some(_), None) => false,
                (None, None) => flag(after) && !flag(before),
            };
            self.bound(old, new, at, bound, tightened);
        }
        if edit(old.get("multipleOf"), new.get("multipleOf")).is_some() {
            let number = |schema: &Value| schema.get("multipleOf").and_then(Value::as_f64);
            let relaxed = match (number(old), number(new)) {
                (Some(old), Some(new)) => ((old / new).round() - old / new).abs() < 1e-9,
                (_, after) => after.is_none(),
            };
            self.bound(old, new, at, "multipleOf", !relaxed);
        }
        let unique = |schema: &Value| schema.get("uniqueItems").is_some_and(|flag| *flag == true);
        if unique(old) != unique(new) {
            self.bound(old, new, at, "uniqueItems", unique(new));
        }
    }

    fn bound(&mut self, old: &Value, new: &Value, at: &Place, keyword: &'static str, tightened: bool) {
        let change =
            if tightened { SpecChange::BoundTightened(keyword) } else { SpecChange::BoundRelaxed(keyword) };
        self.push(&at.keyword(keyword), change, old.get(keyword).cloned(), new.get(keyword).cloned());
    }

    /// Whether a property decides where a destination puts data, or in which form.
    fn places_data(&self, name: &str) -> bool {
        self.is_destination && PLACES_DATA.contains(&name.to_ascii_lowercase().as_str())
    }

    fn default_value(&mut self, old: &Value, new: &Value, at: &Place) {
        let Some(edit) = edit(old.get("default"), new.get("default")) else { return };
        let places_data =
            at.field.last().is_some_and(|name| self.places_data(name)) && chosen(old) != chosen(new);
        self.push(
            &at.keyword("default"),
            SpecChange::Default { edit, places_data },
            old.get("default").cloned(),
            new.get("default").cloned(),
        );
    }

    fn flags(&mut self, old: &Value, new: &Value, at: &Place) {
        let set = |schema: &Value, flag: &str| schema.get(flag).is_some_and(|value| *value == true);
        match (set(old, "airbyte_secret"), set(new, "airbyte_secret")) {
            (false, true) => {
                self.push(&at.keyword("airbyte_secret"), SpecChange::SecretFlagAdded, None, None)
            }
            (true, false) => {
                self.push(&at.keyword("airbyte_secret"), SpecChange::SecretFlagDropped, None, None)
            }
            _ => {}
        }
    }

    /// Compares the options; false where a choice came or went, which stands for everything below.
    fn options(&mut self, old: &Value, new: &Value, at: &Place) -> bool {
        let (old_options, new_options) = match (oneof::options(old), oneof::options(new)) {
            (None, None) => return true,
            (None, Some(_)) => {
                self.push(
                    &at.keyword("oneOf"),
                    SpecChange::TypeChanged { relation: TypeRelation::ScalarToOneOf, items: false },
                    None,
                    oneof::summary(new),
                );
                return false;
            }
            (Some(_), None) => {
                self.push(&at.keyword("oneOf"), SpecChange::OptionsCollapsed, oneof::summary(old), None);
                return false;
            }
            (Some(old), Some(new)) => (old, new),
        };
        if old_options.keyword != new_options.keyword {
            // oneOf refuses what two options accept; anyOf takes it.
            let change = match new_options.keyword {
                "oneOf" => SpecChange::ConstraintChanged("oneOf".to_owned()),
                _ => SpecChange::AnnotationsChanged,
            };
            self.push(at, change, Some(old_options.keyword.into()), Some(new_options.keyword.into()));
        }
        let old_flat: Vec<_> =
            old_options.items.iter().map(|option| flatten(self.roots.old, option)).collect();
        let new_flat: Vec<_> =
            new_options.items.iter().map(|option| flatten(self.roots.new, option)).collect();
        let matched = oneof::pair(&old_flat, &new_flat);
        let old_place = |index: usize| at.pointer.old.join(old_options.keyword).join(index.to_string());
        let new_place = |index: usize| at.pointer.new.join(new_options.keyword).join(index.to_string());
        for (old_index, new_index) in &matched.pairs {
            if self.is_same(&old_options.items[*old_index], &new_options.items[*new_index]) {
                continue;
            }
            let (old, new) = (&old_flat[*old_index], &new_flat[*new_index]);
            // Saved configs have the old constant.
            let branch =
                matched.label(old).or_else(|| matched.label(new)).map(Arc::new).or_else(|| at.branch.clone());
            let place = Place {
                field: at.field.clone(),
                branch,
                pointer: Sides { old: old_place(*old_index), new: new_place(*new_index) },
            };
            if let (Some(before), Some(after)) = (matched.label(old), matched.label(new))
                && before != after
            {
                self.push(
                    &place,
                    SpecChange::DiscriminatorChanged,
                    Some(before.value.into()),
                    Some(after.value.into()),
                );
                continue;
            }
            self.node(&old_options.items[*old_index], &new_options.items[*new_index], &place);
        }
        for index in &matched.removed {
            let option = &old_flat[*index];
            let place = Place {
                branch: matched.label(option).map(Arc::new).or_else(|| at.branch.clone()),
                ..at.clone()
            };
            let pointer = Sides { old: Some(old_place(*index)), new: None };
            let name = oneof::name(option, &old_options.items[*index]);
            self.push_at(&place, pointer, SpecChange::OptionRemoved, Some(name), None);
        }
        for index in &matched.added {
            let option = &new_flat[*index];
            let place = Place {
                branch: matched.label(option).map(Arc::new).or_else(|| at.branch.clone()),
                ..at.clone()
            };
            let pointer = Sides { old: None, new: Some(new_place(*index)) };
            let ambiguous = new_flat.iter().enumerate().any(|(other, option_beside)| {
                other != *index
                    && types(option_beside).intersection(&types(option)).next().is_some()
                    && matched.label(option).is_none_or(|label| matched.label(option_beside) == Some(label))
            });
            let change = SpecChange::OptionAdded { ambiguous };
            let name = oneof::name(option, &new_options.items[*index]);
            self.push_at(&place, pointer, change, None, Some(name));
        }
        let order: Vec<usize> = matched.pairs.iter().map(|(_, new)| *new).collect();
        if !order.is_sorted() {
            self.push(&at.keyword("oneOf"), SpecChange::OptionsReordered, None, None);
        }
        true
    }

    fn properties(&mut self, old: &Value, new: &Value, at: &Place) {
        let empty = Map::new();
        let old_properties = old.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let new_properties = new.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let (old_required, new_required) = (required(old), required(new));
        let (was_closed, is_closed) = (closed(old), closed(new));
        for (name, schema) in old_properties {
            let is_required = (old_required.contains(name.as_str()), new_required.contains(name.as_str()));
            let after = new_properties.get(name);
            if is_required.0 == is_required.1 && after.is_some_and(|after| self.is_same(schema, after)) {
                continue;
            }
            let place = at.property(name);
            match after {
                Some(after) => {
                    match is_required {
                        (false, true) => self.push(&place, SpecChange::PropertyMadeRequired, None, None),
                        (true, false) => self.push(&place, SpecChange::PropertyMadeOptional, None, None),
                        _ => {}
                    }
                    let hidden =
                        |schema: &Value| schema.get("airbyte_hidden").is_some_and(|flag| *flag == true);
                    if hidden(schema) != hidden(after) {
                        let needed = hidden(after)
                            && new_required.contains(name.as_str())
                            && after.get("default").is_none()
                            && after.get("const").is_none();
                        let change = match needed {
                            true => SpecChange::RequiredPropertyHidden,
                            false => SpecChange::AnnotationsChanged,
                        };
                        let key = "airbyte_hidden";
                        self.push(
                            &place.keyword(key),
                            change,
                            schema.get(key).cloned(),
                            after.get(key).cloned(),
                        );
                    }
                    self.node(schema, after, &place);
                }
                None => {
                    let pointer = Sides { old: Some(place.pointer.old.clone()), new: None };
                    let change = SpecChange::PropertyRemoved { closed: is_closed };
                    self.push_at(&place, pointer, change, Some(schema.clone()), None);
                }
            }
        }
        for (name, schema) in new_properties {
            if old_properties.contains_key(name) {
                continue;
            }
            let place = at.property(name);
            let pointer = Sides { old: None, new: Some(place.pointer.new.clone()) };
            // What was required before without being declared is saved already.
            let required = new_required.contains(name.as_str()) && !old_required.contains(name.as_str());
            // Users filled a map without declared properties as they liked, so any key may be saved.
            let free_form = old_properties.is_empty() && !at.field.is_empty() && !was_closed && !required;
            let change = match free_form {
                true => SpecChange::ConstraintChanged("properties".to_owned()),
                // Saved configs are read as if they held the default.
                false => {
                    let has_default = chosen(schema).is_some_and(|value| *value != "");
                    let places_data = !required && has_default && self.places_data(name);
                    SpecChange::PropertyAdded { required, places_data }
                }
            };
            self.push_at(&place, pointer, change, None, Some(schema.clone()));
        }
        for name in new_required.difference(&old_required) {
            if !new_properties.contains_key(*name) {
                let mut place = at.keyword("required");
                place.field.push((*name).to_owned());
                self.push(
                    &place,
                    SpecChange::PropertyAdded { required: true, places_data: false },
                    None,
                    None,
                );
            }
        }
        match (was_closed, is_closed) {
            (false, true) => {
                self.push(&at.keyword("additionalProperties"), SpecChange::ObjectClosed, None, None)
            }
            (true, false) => {
                self.push(&at.keyword("additionalProperties"), SpecChange::ObjectOpened, None, None)
            }
            _ => match (old.get("additionalProperties"), new.get("additionalProperties")) {
                (Some(before @ Value::Object(_)), Some(after @ Value::Object(_))) => {
                    self.node(before, after, &at.keyword("additionalProperties"));
                }
                (before, after) if open_map(before) != open_map(after) => {
                    let change = SpecChange::ConstraintChanged("additionalProperties".to_owned());
                    self.push(&at.keyword("additionalProperties"), change, before.cloned(), after.cloned());
                }
                _ => {}
            },
        }
    }

    fn items(&mut self, old: &Value, new: &Value, at: &Place) {
        match (old.get("items"), new.get("items")) {
            (Some(before @ Value::Object(_)), Some(after @ Value::Object(_))) => {
                self.node(before, after, &at.keyword("items"));
            }
            (before, after) if before != after => {
                let change = SpecChange::ConstraintChanged("items".to_owned());
                self.push(&at.keyword("items"), change, before.cloned(), after.cloned());
            }
            _ => {}
        }
    }

    /// Every other keyword: annotations together, the rest one by one.
    fn rest(&mut self, old: &Value, new: &Value, at: &Place) {
        let empty = Map::new();
        let (old, new) = (old.as_object().unwrap_or(&empty), new.as_object().unwrap_or(&empty));
        if CONDITION.iter().any(|key| old.get(*key) != new.get(*key)) {
            let side = |schema: &Map<String, Value>| {
                let kept: Map<String, Value> = CONDITION
                    .iter()
                    .filter_map(|key| Some(((*key).to_owned(), schema.get(*key)?.clone())))
                    .collect();
                (!kept.is_empty()).then_some(Value::Object(kept))
            };
            let change = SpecChange::ConstraintChanged(CONDITION[0].to_owned());
            self.push(&at.keyword(CONDITION[0]), change, side(old), side(new));
        }
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let mut annotations: BTreeSet<&str> = BTreeSet::new();
        for key in keys {
            let (before, after) = (old.get(key), new.get(key));
            if before == after || COMPARED.contains(&key.as_str()) || CONDITION.contains(&key.as_str()) {
                continue;
            }
            if ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-") {
                annotations.insert(key);
            } else {
                let change = SpecChange::ConstraintChanged(key.clone());
                self.push(&at.keyword(key), change, before.cloned(), after.cloned());
            }
        }
        if !annotations.is_empty() {
            let side = |schema: &Map<String, Value>| {
                let kept =
                    annotations.iter().filter_map(|key| Some(((*key).to_owned(), schema.get(*key)?.clone())));
                Some(Value::Object(kept.collect()))
            };
            self.push(at, SpecChange::AnnotationsChanged, side(old), side(new));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(properties: &Value, definitions: impl Fn(&str) -> Value) -> Vec<Change> {
        let spec = |leaf: &str| {
            let schema =
                json!({"type": "object", "properties": properties, "definitions": definitions(leaf)});
            json!({"connectionSpecification": schema})
        };
        diff(&spec("string"), &spec("integer"), false).into_iter().map(|delta| delta.change).collect()
    }

    /// A definition that many properties share is told at each; one that others refer to twice, level by level, is told at
    /// some places, and that there are more is said once.
    #[test]
    fn a_shared_definition_is_told_at_each_place_and_a_bomb_at_some() {
        let shared: Map<String, Value> =
            (0..200).map(|index| (format!("p{index}"), json!({"$ref": "#/definitions/d0"}))).collect();
        let found = changes(&Value::Object(shared), |leaf| json!({"d0": {"type": leaf}}));
        assert_eq!(found.len(), 200);
        assert!(found.iter().all(|one| matches!(one, Change::Spec(SpecChange::TypeChanged { .. }))));

        let found = changes(&json!({"bomb": {"$ref": "#/definitions/d28"}}), |leaf| {
            let twice = |level: usize| {
                let below = json!({"$ref": format!("#/definitions/d{}", level - 1)});
                json!({"type": "object", "properties": {"a": below.clone(), "b": below}})
            };
            let mut all: Map<String, Value> =
                (1..29).map(|level| (format!("d{level}"), twice(level))).collect();
            all.insert("d0".to_owned(), json!({"type": leaf}));
            Value::Object(all)
        });
        let more = Change::Spec(SpecChange::ConstraintChanged("schema".to_owned()));
        assert_eq!(found.iter().filter(|one| **one == more).count(), 1);
        assert_eq!(found.len(), MOST_PLACES + 1);
    }

    /// That each config is accepted says nothing of a secret, and all of a change of type.
    #[test]
    fn what_stands_at_more_places_is_left_open_where_it_loses_a_secret() {
        let spec = |definition: Value, places: usize| {
            let properties: Map<String, Value> =
                (0..places).map(|index| (format!("p{index}"), json!({"$ref": "#/definitions/d"}))).collect();
            let definitions = json!({"d": definition});
            let schema = json!({"type": "object", "properties": properties, "definitions": definitions});
            json!({"connectionSpecification": schema})
        };
        let (secret, plain, number) = (
            json!({"type": "string", "airbyte_secret": true}),
            json!({"type": "string"}),
            json!({"type": "integer"}),
        );
        let count = |old: &Value, new: &Value, places: usize, change: SpecChange| {
            let found = diff(&spec(old.clone(), places), &spec(new.clone(), places), false);
            found.iter().filter(|delta| delta.change == Change::Spec(change.clone())).count()
        };
        let more = MOST_PLACES + 1;
        let schema = || SpecChange::ConstraintChanged("schema".to_owned());
        assert_eq!(count(&secret, &plain, more, SpecChange::SecretFlagDropped), MOST_PLACES);
        assert_eq!(count(&secret, &plain, more, SpecChange::NotCompared), 1);
        assert_eq!(count(&secret, &plain, MOST_PLACES, SpecChange::NotCompared), 0);
        assert_eq!(count(&plain, &number, more, SpecChange::NotCompared), 0);
        assert_eq!(count(&plain, &number, more, schema()), 1);
        // Where a destination puts data is told by the name of the property, which may be another one at the last place.
        let chosen = |value: &str| json!({"type": "string", "default": value});
        let not_compared = |is_destination: bool| {
            let found = diff(&spec(chosen("a"), more), &spec(chosen("b"), more), is_destination);
            let change = Change::Spec(SpecChange::NotCompared);
            found
                .into_iter()
                .filter(|delta| delta.change == change)
                .map(|delta| delta.field)
                .collect::<Vec<_>>()
        };
        assert_eq!(not_compared(true), [Vec::<String>::new()], "it is about no property alone");
        assert!(not_compared(false).is_empty());
    }
}
