//! Components and the `$parameters` they hand down.
//!
//! A typed component takes every parameter as a field where its own is absent or falsy, and hands its parameters to
//! the components in its fields, each without the parameter that field is named after. The CDK writes all of this
//! into a copy of the tree; here a component carries its parameters and looks a field up when it is asked.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::components::default_type;
use super::node::{MapNode, Node, Resolver, Unbounded, truthy};

/// The parameters in force at a component.
pub(super) type Parameters<'m> = Rc<BTreeMap<String, Node<'m>>>;

/// A mapping of the manifest in its role, with the parameters that reach it.
#[derive(Debug, Clone)]
pub(super) struct Component<'m> {
    pub(super) resolver: Resolver<'m>,
    pub(super) map: Rc<MapNode<'m>>,
    /// The component's type; `None` where neither the manifest nor the default of its role says.
    pub(super) kind: Option<String>,
    pub(super) parameters: Parameters<'m>,
    /// Whether it lies where neither types nor parameters reach: deeper below a mapping without a type, or in a JSON
    /// Schema.
    apart: bool,
}

/// What stands in a field.
#[derive(Debug, Clone)]
pub(super) enum Field<'m> {
    Component(Component<'m>),
    List(Vec<Field<'m>>),
    Value(Node<'m>),
}

impl<'m> Component<'m> {
    /// A mapping as the component that stands in `slot` (`ParentType.field`).
    pub(super) fn new(
        resolver: Resolver<'m>,
        slot: &str,
        map: Rc<MapNode<'m>>,
        inherited: &Parameters<'m>,
    ) -> Self {
        let kind = match map.get(&resolver, "type") {
            Some(node) => node.as_text().map(str::to_owned),
            None => default_type(slot, map.raw("class_name").is_some()).map(str::to_owned),
        };
        let parameters = match map.get(&resolver, PARAMETERS) {
            Some(Node::Map(own)) => {
                let mut parameters = (**inherited).clone();
                for key in own.keys() {
                    if let Some(value) = own.get(&resolver, key) {
                        parameters.insert(key.to_owned(), value);
                    }
                }
                Rc::new(parameters)
            }
            _ => inherited.clone(),
        };
        Self { resolver, map, kind, parameters, apart: false }
    }

    fn apart(resolver: Resolver<'m>, map: Rc<MapNode<'m>>) -> Self {
        let kind = map.get(&resolver, "type").and_then(|node| node.as_text().map(str::to_owned));
        Self { resolver, map, kind, parameters: Parameters::default(), apart: true }
    }

    /// Whether `$parameters` is a mapping.
    pub(super) fn has_parameters_map(&self) -> bool {
        matches!(self.map.get(&self.resolver, "$parameters"), Some(Node::Map(_)))
    }

    /// The value of a field after parameters, as it stands.
    pub(super) fn node(&self, field: &str) -> Option<Node<'m>> {
        let own = self.map.get(&self.resolver, field);
        if self.kind.is_none() || own.as_ref().is_some_and(Node::is_truthy) {
            return own;
        }
        self.parameters.get(field).cloned().or(own)
    }

    /// The value of a field with its components made out.
    pub(super) fn field(&self, field: &str) -> Option<Field<'m>> {
        let node = self.node(field)?;
        let Some(kind) = self.kind.as_deref() else {
            // Without a type of its own it is passed by: only a component directly in it is seen.
            return Some(match node {
                Node::Map(map) if !self.apart && !self.is_schema() && self.has_type(&map) => {
                    Field::Component(Self::new(self.resolver, "", map, &self.parameters))
                }
                node => self.made_apart(node),
            });
        };
        if self.apart || kind == "object" {
            return Some(self.made_apart(node));
        }
        let slot = format!("{kind}.{field}");
        let inherited = if self.parameters.contains_key(field) {
            let mut without = (*self.parameters).clone();
            without.remove(field);
            Rc::new(without)
        } else {
            self.parameters.clone()
        };
        Some(match node {
            Node::Map(map) => Field::Component(Self::new(self.resolver, &slot, map, &inherited)),
            node => match node.elements(&self.resolver) {
                Some(items) => Field::List(
                    items
                        .into_iter()
                        .map(|item| match item {
                            Node::Map(map) => {
                                Field::Component(Self::new(self.resolver, &slot, map, &inherited))
                            }
                            item => self.made_apart(item),
                        })
                        .collect(),
                ),
                None => Field::Value(node),
            },
        })
    }

    fn made_apart(&self, node: Node<'m>) -> Field<'m> {
        match node {
            Node::Map(map) => Field::Component(Self::apart(self.resolver, map)),
            node => match node.elements(&self.resolver) {
                Some(items) => Field::List(items.into_iter().map(|item| self.made_apart(item)).collect()),
                None => Field::Value(node),
            },
        }
    }

    /// Whether its `type` is a list or a mapping, as in a JSON Schema.
    fn is_schema(&self) -> bool {
        self.map.get(&self.resolver, "type").is_some_and(|node| node.scalar().is_none())
    }

    /// Whether a mapping has a `type` that Python takes for true.
    fn has_type(&self, map: &MapNode<'m>) -> bool {
        map.get(&self.resolver, "type").is_some_and(|node| node.is_truthy())
    }

    /// The component in a field.
    pub(super) fn component(&self, field: &str) -> Option<Component<'m>> {
        match self.field(field)? {
            Field::Component(component) => Some(component),
            _ => None,
        }
    }

    /// The components in a field that holds a list of them, or one.
    pub(super) fn components(&self, field: &str) -> Vec<Component<'m>> {
        match self.field(field) {
            Some(Field::Component(component)) => vec![component],
            Some(Field::List(items)) => items
                .into_iter()
                .filter_map(|item| match item {
                    Field::Component(component) => Some(component),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A field that holds text.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        self.node(field)?.as_text().map(str::to_owned)
    }

    /// A field written out as JSON.
    pub(super) fn value(&self, field: &str) -> Option<Value> {
        self.resolver.write_out(&self.node(field)?).ok()
    }

    /// A field that holds a JSON Schema, written out as the CDK's passes over the manifest leave it: what has a `type`
    /// other than `object`, a list or a mapping is a component to them, and gets the parameters as keys. A field that is
    /// absent is the empty schema.
    ///
    /// # Errors
    /// It grows past a bound.
    pub(super) fn schema(&self, field: &str) -> Result<Value, Unbounded> {
        let Some(node) = self.node(field) else { return Ok(Value::Object(Map::new())) };
        let mut schema = self.resolver.write_out(&node)?;
        let Some(map) = schema.as_object_mut() else { return Ok(schema) };
        if holds_no_component(map) {
            map.remove(PARAMETERS);
            return Ok(schema);
        }
        let mut parameters = Map::new();
        for (key, node) in self.parameters.iter().filter(|(key, _)| *key != field) {
            parameters.insert(key.clone(), self.resolver.write_out(node)?);
        }
        let slot = format!("{}.{field}", self.kind.as_deref().unwrap_or_default());
        propagate(&slot, map, &parameters, &mut 0, self.resolver.most_values)?;
        Ok(schema)
    }

    /// Whether the type is the given one.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.as_deref() == Some(kind)
    }
}

const PARAMETERS: &str = "$parameters";

/// Whether neither a mapping nor what is directly in it is a component.
fn holds_no_component(map: &Map<String, Value>) -> bool {
    match map.get("type") {
        Some(kind) => kind == "object" || kind.is_array() || kind.is_object(),
        None => !map.contains_key("class_name") && !map.values().any(has_type),
    }
}

/// Whether a value has a `type` that Python takes for true.
fn has_type(value: &Value) -> bool {
    value.get("type").is_some_and(truthy)
}

/// Writes parameters into a mapping and hands them down. `size` counts the values written, of which there may be `most`.
///
/// Source: `ManifestComponentTransformer` of airbyte-cdk 7.39.1.
fn propagate(
    slot: &str,
    map: &mut Map<String, Value>,
    inherited: &Map<String, Value>,
    size: &mut u64,
    most: u64,
) -> Result<(), Unbounded> {
    if !map.contains_key("type")
        && let Some(kind) = default_type(slot, map.contains_key("class_name"))
    {
        map.insert("type".to_owned(), kind.into());
    }
    let mut parameters = inherited.clone();
    if let Some(Value::Object(own)) = map.remove(PARAMETERS) {
        parameters.extend(own);
    }
    if map.get("type").is_some_and(|kind| kind == "object" || kind.is_array() || kind.is_object()) {
        return Ok(());
    }
    let Some(kind) = map.get("type").cloned() else {
        for child in map.values_mut().filter(|child| has_type(child)) {
            child.as_object_mut().map_or(Ok(()), |child| propagate(slot, child, &parameters, size, most))?;
        }
        return Ok(());
    };
    for (key, value) in &parameters {
        if !map.get(key).is_some_and(truthy) {
            *size += 1 + written_size(value);
            map.insert(key.clone(), value.clone());
        }
    }
    if *size > most {
        return Err(Unbounded::Values);
    }
    let kind = kind.as_str().map_or_else(|| kind.to_string(), str::to_owned);
    for (field, value) in map.iter_mut() {
        if !value.is_object() && !value.is_array() {
            continue;
        }
        // A parameter does not reach the field it is named after, which would never end.
        let own = parameters.remove(field);
        let slot = format!("{kind}.{field}");
        match value {
            Value::Object(child) => propagate(&slot, child, &parameters, size, most)?,
            Value::Array(items) => {
                for child in items.iter_mut().filter_map(Value::as_object_mut) {
                    propagate(&slot, child, &parameters, size, most)?;
                }
            }
            _ => {}
        }
        if let Some(own) = own.filter(truthy) {
            parameters.insert(field.clone(), own);
        }
    }
    if !parameters.is_empty() {
        *size += parameters.values().map(written_size).sum::<u64>();
        map.insert(PARAMETERS.to_owned(), Value::Object(parameters));
    }
    Ok(())
}

/// How many values are written out in a value.
fn written_size(value: &Value) -> u64 {
    let mut size = 0;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        size += 1;
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
    size
}
