//! The one spelling of a type of AVRO: what only people or other readers need, namespaces and the order of alternatives are no
//! other type.
//!
//! A named type stands in full where it comes first, and by its name everywhere else. Which place is the first depends on the
//! order of the fields, and says nothing, so that each place has the name with a hash of what the type is. Each type is
//! written once, however many columns and types refer to it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::schemas::of_value;
use super::types::sorted;

/// Keys of an AVRO schema that say nothing of how values are stored (AVRO 1.12, "Parsing Canonical Form for Schemas").
const BESIDE: [&str; 5] = ["doc", "aliases", "default", "order", "namespace"];

/// Types that refer to each other in a circle are told apart by what they reach in so many steps.
const MOST_STEPS: usize = 32;

/// A named type, and the namespace in which names within it stand.
struct Named<'s> {
    schema: &'s Map<String, Value>,
    namespace: Arc<str>,
}

/// The named types of a schema of AVRO.
#[derive(Default)]
pub(super) struct AvroNames<'s> {
    /// By the name with its namespace; `None` where two types have it, which AVRO forbids.
    types: BTreeMap<String, Option<Named<'s>>>,
    /// The one type with a name, whatever its namespace; `None` where several have it.
    bare: HashMap<String, Option<String>>,
    /// What stands for a named type.
    signs: HashMap<String, String>,
    /// The namespace around all.
    namespace: Arc<str>,
}

impl<'s> AvroNames<'s> {
    /// The named types in some types, which stand in a namespace.
    pub(super) fn of(types: impl IntoIterator<Item = &'s Value>, namespace: &str) -> Self {
        let mut found = Self { namespace: Arc::from(namespace), ..Self::default() };
        let mut open: Vec<(&Value, Arc<str>)> =
            types.into_iter().map(|schema| (schema, Arc::clone(&found.namespace))).collect();
        while let Some((schema, around)) = open.pop() {
            match schema {
                Value::Array(items) => open.extend(items.iter().map(|item| (item, Arc::clone(&around)))),
                Value::Object(entries) => {
                    let within = found.add(entries, around);
                    let inner = ["type", "items", "values"].into_iter().filter_map(|key| entries.get(key));
                    let fields = entries.get("fields").and_then(Value::as_array).into_iter().flatten();
                    let inner = inner.chain(fields.filter_map(|field| field.get("type")));
                    open.extend(inner.map(|schema| (schema, Arc::clone(&within))));
                }
                _ => {}
            }
        }
        for (full, named) in &found.types {
            let one = named.as_ref().map(|_| full.clone());
            found.bare.entry(bare(full).to_owned()).and_modify(|one| *one = None).or_insert(one);
        }
        found.sign();
        found
    }

    /// Adds a type if it has a name, and gives the namespace within it.
    fn add(&mut self, entries: &'s Map<String, Value>, around: Arc<str>) -> Arc<str> {
        let Some((full, namespace)) = full_name(entries, &around) else { return around };
        let namespace: Arc<str> = Arc::from(namespace);
        let named = Named { schema: entries, namespace: Arc::clone(&namespace) };
        match self.types.get_mut(&full) {
            None => {
                self.types.insert(full, Some(named));
            }
            Some(other) => {
                if other.as_ref().is_some_and(|other| other.schema != entries) {
                    *other = None;
                }
            }
        }
        namespace
    }

    /// Makes the sign of each type: first of those that refer to none, then of those that refer to these, and at last of
    /// those that refer to each other.
    fn sign(&mut self) {
        let names: Vec<String> =
            self.types.iter().filter(|(_, named)| named.is_some()).map(|(full, _)| full.clone()).collect();
        self.signs = names.iter().map(|full| (full.clone(), bare(full).to_owned())).collect();
        let mut open: HashMap<&str, usize> = HashMap::new();
        let mut users: HashMap<String, Vec<&str>> = HashMap::new();
        let mut ready = Vec::new();
        for full in &names {
            let (_, used) = self.written(full);
            if used.is_empty() {
                ready.push(full.as_str());
            }
            open.insert(full, used.len());
            for name in used {
                users.entry(name).or_default().push(full);
            }
        }
        while let Some(full) = ready.pop() {
            open.remove(full);
            let (sign, _) = self.written(full);
            self.signs.insert(full.to_owned(), sign);
            for user in users.get(full).into_iter().flatten() {
                let Some(left) = open.get_mut(user) else { continue };
                *left -= 1;
                if *left == 0 {
                    ready.push(user);
                }
            }
        }
        for _ in 0..MOST_STEPS {
            let next: Vec<(String, String)> =
                open.keys().map(|full| ((*full).to_owned(), self.written(full).0)).collect();
            self.signs.extend(next);
        }
    }

    /// The sign of a type by the signs of those that it refers to, and which these are.
    fn written(&self, full: &str) -> (String, BTreeSet<String>) {
        let mut writer = AvroWriter { names: self, used: BTreeSet::new() };
        let text = match self.types.get(full) {
            Some(Some(Named { schema, namespace })) => of_value(&writer.of_object(schema, namespace)),
            _ => String::new(),
        };
        (format!("{}:{:032x}", bare(full), xxh3_128(text.as_bytes())), writer.used)
    }

    /// The type that a name in a namespace says; that of another namespace if no other has the name.
    fn named(&self, name: &str, namespace: &str) -> Option<&str> {
        let full = qualified(name, namespace);
        match self.signs.get_key_value(&full) {
            Some((full, _)) => Some(full),
            None if self.types.contains_key(&full) => None,
            None => self.bare.get(bare(name))?.as_deref(),
        }
    }
}

/// A type of AVRO.
pub(super) fn of_avro(schema: &Value, names: &AvroNames<'_>) -> String {
    of_value(&AvroWriter { names, used: BTreeSet::new() }.of_type(schema, &names.namespace))
}

/// The namespace within a type of a name: the one in its name, the one beside it, or the one around.
pub(super) fn namespace<'n>(name: &'n str, beside: Option<&'n str>, around: &'n str) -> &'n str {
    name.rsplit_once('.').map_or(beside.unwrap_or(around), |(namespace, _)| namespace)
}

/// The name of a named type with its namespace, and that namespace.
fn full_name<'n>(entries: &'n Map<String, Value>, around: &'n str) -> Option<(String, &'n str)> {
    let text = |key: &str| entries.get(key).and_then(Value::as_str);
    let name = text("name").filter(|_| matches!(text("type"), Some("record" | "enum" | "fixed")))?;
    let namespace = namespace(name, text("namespace"), around);
    Some((qualified(name, namespace), namespace))
}

fn qualified(name: &str, namespace: &str) -> String {
    if namespace.is_empty() || name.contains('.') { name.to_owned() } else { format!("{namespace}.{name}") }
}

/// A name without its namespace.
fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

struct AvroWriter<'n, 's> {
    names: &'n AvroNames<'s>,
    /// The named types that are referred to.
    used: BTreeSet<String>,
}

impl AvroWriter<'_, '_> {
    fn of_type(&mut self, schema: &Value, namespace: &str) -> Value {
        match schema {
            Value::String(name) => match self.names.named(name, namespace) {
                Some(full) => self.sign(full),
                None => Value::from(bare(name)),
            },
            Value::Array(options) => {
                sorted(options.iter().map(|option| self.of_type(option, namespace)).collect())
            }
            Value::Object(entries) => match full_name(entries, namespace) {
                Some((full, _)) if self.names.signs.contains_key(&full) => self.sign(&full),
                Some((_, within)) => self.of_object(entries, within),
                None => self.of_object(entries, namespace),
            },
            _ => schema.clone(),
        }
    }

    fn sign(&mut self, full: &str) -> Value {
        self.used.insert(full.to_owned());
        Value::from(self.names.signs.get(full).map_or(full, String::as_str))
    }

    fn of_object(&mut self, entries: &Map<String, Value>, namespace: &str) -> Value {
        let mut kept = Map::new();
        for (key, value) in entries.iter().filter(|(key, _)| !BESIDE.contains(&key.as_str())) {
            let value = match key.as_str() {
                "type" | "items" | "values" => self.of_type(value, namespace),
                "name" => value.as_str().map_or_else(|| value.clone(), |name| Value::from(bare(name))),
                "fields" => {
                    let fields = value.as_array().into_iter().flatten();
                    fields.map(|field| self.of_field(field, namespace)).collect()
                }
                _ => value.clone(),
            };
            kept.insert(key.clone(), value);
        }
        match kept.len() {
            1 => kept.remove("type").unwrap_or(Value::Object(kept)),
            _ => Value::Object(kept),
        }
    }

    /// A field, which keeps its name with its case.
    fn of_field(&mut self, field: &Value, namespace: &str) -> Value {
        let mut kept = Map::new();
        kept.insert("name".to_owned(), field["name"].clone());
        kept.insert("type".to_owned(), self.of_type(&field["type"], namespace));
        Value::Object(kept)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spelled(types: &[Value], namespace: &str) -> Vec<String> {
        let names = AvroNames::of(types, namespace);
        types.iter().map(|schema| of_avro(schema, &names)).collect()
    }

    #[test]
    fn words_and_order_are_no_other_type_and_names_are() {
        let avro = |schema: &Value| spelled(std::slice::from_ref(schema), "").remove(0);
        let record = |doc: &str, name: &str| json!(["null", {"type": "record", "name": "a.b", "doc": doc, "fields": [{"name": name, "type": {"type": "int"}, "default": 0}]}]);
        let other = json!([{"name": "b", "namespace": "c", "type": "record", "fields": [{"type": "int", "name": "x"}]}, "null"]);
        assert_eq!(avro(&record("one", "x")), avro(&other));
        assert_ne!(avro(&record("one", "x")), avro(&record("one", "X")));
        assert_ne!(
            avro(&json!({"type": "long"})),
            avro(&json!({"type": "long", "logicalType": "timestamp-micros"}))
        );
    }

    #[test]
    fn a_name_is_the_type_of_its_namespace() {
        let fixed = |name: &str, size: u64| json!({"type": "record", "name": name, "fields": [{"name": "v", "type": {"type": "fixed", "name": "Item", "size": size}}]});
        let found = spelled(
            &[
                fixed("x.One", 1),
                fixed("y.Two", 2),
                json!("x.Item"),
                json!("y.Item"),
                json!("Item"),
                json!("One"),
            ],
            "",
        );
        assert!(found[2] != found[3] && found[2].starts_with("\"Item:"), "{found:?}");
        assert_eq!(found[4], "\"Item\"", "of two nobody knows which");
        assert_eq!(found[5], found[0], "of one it is clear");
        let turned = spelled(&[fixed("y.Two", 2), fixed("x.One", 1), json!("x.Item"), json!("y.Item")], "");
        assert_eq!((&turned[2], &turned[3]), (&found[2], &found[3]));
        // In the namespace around.
        let around = spelled(&[fixed("x.One", 1), fixed("y.Two", 2), json!("Item")], "y");
        assert_eq!(around[2], found[3]);
        // AVRO forbids two types of one name.
        let twice = spelled(&[fixed("x.One", 1), fixed("x.One", 2), json!("x.One")], "");
        assert_eq!((twice[0] == twice[1], twice[2].as_str()), (false, "\"One\""));
    }

    #[test]
    fn types_that_hold_each_other_are_one_by_what_they_hold() {
        let node = |kind: &str| json!({"type": "record", "name": "A", "fields": [{"name": "next", "type": ["null", {"type": "record", "name": "B", "fields": [{"name": "back", "type": "A"}, {"name": "v", "type": kind}]}]}]});
        let of = |kind: &str| spelled(&[node(kind), json!("B")], "");
        assert_eq!(of("int"), of("int"));
        assert_ne!(of("int")[0], of("long")[0]);
        assert_ne!(of("int")[1], of("long")[1]);
    }

    #[test]
    fn each_type_is_written_once() {
        // 10 to the power of 60 places, if each was written out.
        let chain = |last: &str| -> Vec<Value> {
            let fields = |to: &str| -> Value {
                (0..10).map(|field| json!({"name": format!("f{field}"), "type": to})).collect()
            };
            let record = |at: usize| {
                let to = if at == 60 { last.to_owned() } else { format!("R{}", at + 1) };
                json!({"type": "record", "name": format!("R{at}"), "fields": fields(&to)})
            };
            (0..=60).map(record).collect()
        };
        let (ints, longs) = (spelled(&chain("int"), ""), spelled(&chain("long"), ""));
        assert!(ints[0] != longs[0] && ints[0].len() < 50, "{}", ints[0]);
    }
}
