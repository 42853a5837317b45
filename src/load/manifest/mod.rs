//! Low-code manifests: the spec and the catalog that the CDK would print, without running it.
//!
//! [`node`] follows references, [`component`] hands parameters down, [`interpolation`] evaluates what needs no
//! config, [`stream`] reads one stream. What a config or the network decides is unknown and becomes coverage.

mod component;
mod interpolation;
mod node;
mod stream;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use component::{Component, Field, Parameters};
use interpolation::{Evaluated, evaluate};
use node::{MapNode, Node, Resolver};
use stream::{DerivedStream, Package};

use crate::model::{
    Artifact, Catalog, CodeWords, CoverageStatus, Document, InputError, LoadFault, Locate, Located, Pointer,
    SchemaFiles, Spec, Stream, StreamBody, StreamId, StreamStanding,
};

/// A manifest that was parsed.
#[derive(Debug)]
pub(crate) struct Manifest {
    raw: Value,
    document: Arc<Document>,
    schemas: Arc<SchemaFiles>,
    /// Reports name schema files with this in front.
    schema_folder: String,
    manifest_only: bool,
    places: OnceLock<HashMap<usize, Pointer>>,
}

/// The streams of a manifest.
pub(crate) struct ManifestCatalog {
    pub(crate) catalog: Catalog,
    /// Schema files that a stream is built from.
    pub(crate) claimed_files: BTreeSet<String>,
    pub(crate) faults: Vec<LoadFault>,
}

/// One stream component of the manifest, before it is read.
struct Listed<'m> {
    component: Component<'m>,
    standing: StreamStanding,
}

impl Manifest {
    pub(crate) fn new(
        raw: Value,
        document: Arc<Document>,
        schemas: Arc<SchemaFiles>,
        schema_folder: String,
        manifest_only: bool,
    ) -> Arc<Self> {
        Arc::new(Self { raw, document, schemas, schema_folder, manifest_only, places: OnceLock::new() })
    }

    /// Whether a value looks like a manifest at all.
    pub(crate) fn is_manifest(value: &Value) -> bool {
        value["type"] == "DeclarativeSource"
            || ["streams", "dynamic_streams"].iter().any(|key| value.get(key).is_some_and(Value::is_array))
                && value.get("check").is_some()
    }

    /// Whether it lists streams; some packages keep a manifest only for its spec.
    pub(crate) fn lists_streams(&self) -> bool {
        self.raw.get("streams").is_some() || self.raw.get("dynamic_streams").is_some()
    }

    /// What the CDK refuses before it looks at any stream.
    pub(crate) fn faults(&self) -> Vec<LoadFault> {
        let mut faults: Vec<LoadFault> = Resolver::new(&self.raw)
            .check()
            .into_iter()
            .map(|(reference, reason)| {
                self.fault(&format!("the reference {reference} cannot be followed: {reason}"))
            })
            .collect();
        for key in ["version", "check"] {
            if self.raw.get(key).is_none() && self.lists_streams() {
                faults.push(
                    self.fault(&format!("expected the key `{key}` at the top of the manifest, found none")),
                );
            }
        }
        faults
    }

    fn fault(&self, message: &str) -> LoadFault {
        let error = InputError {
            artifact: Some(Artifact::Catalog),
            file: self.document.file.clone(),
            line: None,
            message: message.to_owned(),
        };
        LoadFault { error, unreadable: false }
    }

    fn source(&self) -> Option<Component<'_>> {
        let resolver = Resolver::new(&self.raw);
        let map = resolver.root().as_map()?.clone();
        let mut source = Component::new(resolver, "", map, &Parameters::default());
        source.kind = Some("DeclarativeSource".to_owned());
        Some(source)
    }

    fn package(&self) -> Package<'_> {
        Package { schemas: &self.schemas, manifest_only: self.manifest_only }
    }

    /// Every stream component with its standing, and why the list may not be all.
    fn listed(&self) -> (Vec<Listed<'_>>, Vec<String>) {
        let mut listed = Vec::new();
        let mut reasons = Vec::new();
        let Some(source) = self.source() else { return (listed, reasons) };
        for component in source.components("streams") {
            list(component, &StreamStanding::Listed, &mut listed, &mut reasons);
        }
        for dynamic in source.components("dynamic_streams") {
            resolve_dynamic(&dynamic, &mut listed, &mut reasons);
        }
        (listed, reasons)
    }

    /// Reads the streams.
    pub(crate) fn catalog(self: &Arc<Self>) -> ManifestCatalog {
        let (listed, mut reasons) = self.listed();
        let mut streams = Vec::with_capacity(listed.len());
        let mut claimed_files = BTreeSet::new();
        let mut faults = Vec::new();
        for Listed { component, standing } in listed {
            let Some(DerivedStream { name, properties, schema_file, faults: own }) =
                stream::derive(&component, self.package())
            else {
                match component.text("class_name") {
                    Some(class) => reasons.push(format!("a stream is built by the custom class {class}")),
                    None => faults.push(self.fault("a stream has no name")),
                }
                continue;
            };
            faults.extend(own.iter().map(|message| self.fault(message)));
            claimed_files.extend(schema_file.clone());
            let locate = Arc::new(StreamPlace::of(self, &component, schema_file));
            streams.push(Stream {
                id: StreamId::named(name),
                index: streams.len(),
                standing,
                body: StreamBody::Derived { properties: Arc::new(properties), locate },
            });
        }
        reasons.dedup();
        let status = if reasons.is_empty() { CoverageStatus::Complete } else { CoverageStatus::Partial };
        ManifestCatalog {
            catalog: Catalog { streams, status, reasons, captured: false },
            claimed_files,
            faults,
        }
    }

    /// The spec, if the manifest holds one.
    pub(crate) fn spec(self: &Arc<Self>) -> Option<Result<Spec, InputError>> {
        let spec = self.source()?.component("spec")?;
        let unreadable = |message: &str| InputError {
            artifact: Some(Artifact::Spec),
            file: self.document.file.clone(),
            line: None,
            message: message.to_owned(),
        };
        let Some(schema) = spec.value("connection_specification") else {
            return Some(Err(unreadable("expected `connection_specification` under `spec`, found none")));
        };
        let mut value = Map::from_iter([("connectionSpecification".to_owned(), schema)]);
        if let Some(url) = spec.value("documentation_url").filter(|url| !url.is_null()) {
            value.insert("documentationUrl".to_owned(), url);
        }
        if let Some(auth) = spec.value("advanced_auth").filter(|auth| !auth.is_null()) {
            value.insert("advanced_auth".to_owned(), without_component_keys(auth));
        }
        Some(Ok(Spec { value: Value::Object(value), locate: Arc::new(SpecPlace { manifest: self.clone() }) }))
    }

    /// Adds every text and key of the manifest to the words that names are looked up in.
    pub(crate) fn add_words(&self, words: &mut CodeWords) {
        let mut open = vec![&self.raw];
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => words.add(text),
                Value::Object(map) => {
                    map.keys().for_each(|key| words.add_key(key));
                    open.extend(map.values());
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }

    /// Where a raw value stands.
    fn place_of(&self, value: &Value) -> Option<Pointer> {
        self.place_at(std::ptr::from_ref(value) as usize)
    }

    /// Where the raw value of this address stands.
    fn place_at(&self, address: usize) -> Option<Pointer> {
        let places = self.places.get_or_init(|| {
            let mut places = HashMap::new();
            let mut open = vec![(Pointer::root(), &self.raw)];
            while let Some((pointer, value)) = open.pop() {
                match value {
                    Value::Object(map) => {
                        open.extend(map.iter().map(|(key, child)| (pointer.join(key), child)))
                    }
                    Value::Array(items) => {
                        open.extend(
                            items.iter().enumerate().map(|(i, child)| (pointer.join(i.to_string()), child)),
                        );
                    }
                    _ => {}
                }
                places.insert(std::ptr::from_ref(value) as usize, pointer);
            }
            places
        });
        places.get(&address).cloned()
    }

    /// Where a pointer below a node was written: as deep as the document has it.
    fn locate_below<'m>(
        &'m self,
        resolver: &Resolver<'m>,
        start: &'m Value,
        pointer: &Pointer,
    ) -> Option<Located> {
        let mut value = start;
        for segment in pointer.segments() {
            let next = match resolver.resolve(value) {
                Node::Map(map) => map.raw(segment),
                Node::List(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            };
            let Some(next) = next else { break };
            value = next;
        }
        self.located(self.place_of(value)?)
    }

    fn located(&self, pointer: Pointer) -> Option<Located> {
        let shared = match pointer.segments() {
            [first, second, ..] if !matches!(first.as_str(), "streams" | "dynamic_streams" | "spec") => {
                Some(format!("{}#/{first}/{second}", self.document.file))
            }
            _ => None,
        };
        Some(Located { document: self.document.clone(), range: 0..self.document.text.len(), pointer, shared })
    }
}

/// `type` and `$parameters` are the manifest's, not the protocol's.
fn without_component_keys(mut auth: Value) -> Value {
    if let Some(map) = auth.as_object_mut() {
        map.remove("type");
        map.remove("$parameters");
        map.retain(|_, value| !value.is_null());
        if let Some(Value::Object(oauth)) = map.get_mut("oauth_config_specification") {
            oauth.remove("type");
            oauth.remove("$parameters");
            oauth.retain(|_, value| !value.is_null());
        }
    }
    auth
}

fn list<'m>(
    component: Component<'m>,
    standing: &StreamStanding,
    listed: &mut Vec<Listed<'m>>,
    reasons: &mut Vec<String>,
) {
    if !component.is("ConditionalStreams") {
        listed.push(Listed { component, standing: standing.clone() });
        return;
    }
    let condition = component.text("condition").unwrap_or_default();
    let standing = match condition.trim().trim_start_matches("{{").trim_end_matches("}}").trim() {
        "true" | "True" => standing.clone(),
        "false" | "False" => return,
        _ => {
            reasons.push(format!("streams under the condition {condition} depend on the config"));
            StreamStanding::Conditional(condition.clone())
        }
    };
    for inner in component.components("streams") {
        list(inner, &standing, listed, reasons);
    }
}

/// The streams a DynamicDeclarativeStream makes for rows that the manifest itself holds.
fn resolve_dynamic<'m>(dynamic: &Component<'m>, listed: &mut Vec<Listed<'m>>, reasons: &mut Vec<String>) {
    let name = dynamic.text("name").unwrap_or_else(|| "dynamic_stream".to_owned());
    let Some(resolver) = dynamic.component("components_resolver") else {
        reasons.push(format!("{name}: its components_resolver cannot be read"));
        return;
    };
    let rows: Vec<Rc<MapNode<'m>>> = match resolver.kind.as_deref() {
        Some("ParametrizedComponentsResolver") => resolver
            .component("stream_parameters")
            .map(|p| rows(&p, "list_of_parameters_for_stream"))
            .unwrap_or_default(),
        Some("ConfigComponentsResolver") => {
            reasons.push(format!("{name}: its streams are made from the config"));
            resolver
                .components("stream_config")
                .iter()
                .flat_map(|config| rows(config, "default_values"))
                .collect()
        }
        Some("HttpComponentsResolver") => {
            reasons.push(format!("{name}: its streams are listed by the API"));
            return;
        }
        other => {
            reasons
                .push(format!("{name}: its streams are made by {}", other.unwrap_or("an unknown resolver")));
            return;
        }
    };
    let Some(template) = dynamic.component("stream_template") else { return };
    for row in rows {
        match from_row(&template, &resolver, &row) {
            Ok(component) => listed.push(Listed { component, standing: StreamStanding::Listed }),
            Err(reason) => reasons.push(format!("{name}: {reason}")),
        }
    }
}

fn rows<'m>(component: &Component<'m>, field: &str) -> Vec<Rc<MapNode<'m>>> {
    let Some(Field::List(items)) = component.field(field) else { return Vec::new() };
    items
        .into_iter()
        .filter_map(|item| match item {
            Field::Component(row) => Some(row.map),
            _ => None,
        })
        .collect()
}

/// The template with the mappings of one row applied.
fn from_row<'m>(
    template: &Component<'m>,
    resolver: &Component<'m>,
    row: &MapNode<'m>,
) -> Result<Component<'m>, String> {
    let follow = template.resolver;
    let values: BTreeMap<String, Node<'m>> =
        row.keys().iter().filter_map(|key| Some(((*key).to_owned(), row.get(&follow, key)?))).collect();
    // The first propagation has filled the template's own fields before a mapping can change its parameters.
    let mut map = (*template.map).clone();
    for (key, value) in template.parameters.iter() {
        if !map.get(&follow, key).is_some_and(|own| own.is_truthy()) {
            map = map.with(key, value.clone());
        }
    }
    for mapping in resolver.components("components_mapping") {
        let Some(Value::Array(path)) = mapping.value("field_path") else { continue };
        let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
        if path.iter().any(|segment| segment.contains(['*', '{'])) {
            if path.contains(&"name") {
                return Err("a mapping sets names by a pattern".to_owned());
            }
            continue;
        }
        let create = mapping.node("create_or_update").is_some_and(|node| node.is_truthy());
        let value = match mapping.node("value") {
            Some(node) => match node.as_text() {
                Some(text) => match evaluate(&follow, text, &[("components_values", &values)]) {
                    Evaluated::Node(node) => node,
                    Evaluated::Text(text) => Node::Made(Rc::new(Value::String(text))),
                    Evaluated::Unknown(expression) if path == ["name"] => {
                        return Err(format!("a stream's name depends on the config: {expression}"));
                    }
                    Evaluated::Unknown(_) => continue,
                },
                None => node,
            },
            None => Node::Made(Rc::new(Value::Null)),
        };
        map = set(&follow, &map, &path, &value, create);
    }
    let inherited = template.parameters.clone();
    let mut component =
        Component::new(follow, "DynamicDeclarativeStream.stream_template", Rc::new(map), &inherited);
    // In this second pass the outer parameters win.
    let mut parameters = (*component.parameters).clone();
    parameters.extend(inherited.iter().map(|(key, value)| (key.clone(), value.clone())));
    component.parameters = Rc::new(parameters);
    Ok(component)
}

fn set<'m>(
    follow: &Resolver<'m>,
    map: &MapNode<'m>,
    path: &[&str],
    value: &Node<'m>,
    create: bool,
) -> MapNode<'m> {
    let Some((first, rest)) = path.split_first() else { return map.clone() };
    let child = map.get(follow, first);
    if child.is_none() && !create {
        return map.clone();
    }
    if rest.is_empty() {
        return map.with(first, value.clone());
    }
    let inner = match child {
        Some(Node::Map(inner)) => (*inner).clone(),
        None => MapNode::default(),
        Some(_) => return map.clone(),
    };
    map.with(first, Node::Map(Rc::new(set(follow, &inner, rest, value, create))))
}

/// Where the facts of a stream were written, as addresses in the raw document: [`Manifest::place_of`] turns them
/// into pointers when a finding is shown.
#[derive(Debug)]
struct StreamPlace {
    manifest: Arc<Manifest>,
    schema_file: Option<String>,
    name: Option<usize>,
    schema: Option<usize>,
    primary_key: Option<usize>,
    cursor: Option<usize>,
}

impl StreamPlace {
    fn of(manifest: &Arc<Manifest>, component: &Component<'_>, schema_file: Option<String>) -> Self {
        let address = |value: Option<&Value>| value.map(|value| std::ptr::from_ref(value) as usize);
        let shown = stream::shown(component).unwrap_or_else(|| component.clone());
        let loader = shown.component("schema_loader");
        let incremental = shown.component("incremental_sync");
        Self {
            manifest: manifest.clone(),
            schema_file,
            name: [&shown, component].into_iter().find_map(|stream| match stream.node("name")? {
                Node::Scalar(value) => address(Some(value)),
                _ => None,
            }),
            schema: address(loader.as_ref().and_then(|loader| loader.map.raw("schema"))),
            primary_key: address(shown.map.raw("primary_key")),
            cursor: address(
                incremental
                    .as_ref()
                    .and_then(|incremental| incremental.map.raw("cursor_field"))
                    .or_else(|| shown.map.raw("incremental_sync")),
            ),
        }
    }
}

impl Locate for StreamPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let manifest = &self.manifest;
        let (first, rest) = pointer.segments().split_first()?;
        let rest = Pointer::new(rest.iter().cloned());
        let at = |address: Option<usize>| manifest.place_at(address?);
        let found = match first.as_str() {
            "json_schema" => match &self.schema_file {
                Some(file) => {
                    return locate_in_folder(&manifest.schemas, &manifest.schema_folder, file, &rest);
                }
                None => at(self.schema).and_then(|start| {
                    manifest.locate_below(&Resolver::new(&manifest.raw), start.get(&manifest.raw)?, &rest)
                }),
            },
            "source_defined_primary_key" => at(self.primary_key).and_then(|place| manifest.located(place)),
            "name" => None,
            _ => at(self.cursor).and_then(|place| manifest.located(place)),
        };
        found.or_else(|| manifest.located(at(self.name)?))
    }
}

/// Where a place of a schema file's expanded schema was written.
pub(crate) fn locate_in_folder(
    schemas: &Arc<SchemaFiles>,
    folder: &str,
    file: &str,
    pointer: &Pointer,
) -> Option<Located> {
    let (name, document, pointer) = crate::model::RecordSchema::file(schemas, file)?.locate(pointer);
    let shared = name.starts_with("shared/").then(|| format!("{folder}{name}"));
    let document = document?;
    Some(Located { range: 0..document.text.len(), document, pointer, shared })
}

#[derive(Debug)]
struct SpecPlace {
    manifest: Arc<Manifest>,
}

impl Locate for SpecPlace {
    fn locate(&self, pointer: &Pointer) -> Option<Located> {
        let source = self.manifest.source()?;
        let spec = source.map.raw("spec")?;
        let mut segments = pointer.segments().to_vec();
        if let Some(first) = segments.first_mut() {
            match first.as_str() {
                "connectionSpecification" => "connection_specification".clone_into(first),
                "documentationUrl" => "documentation_url".clone_into(first),
                _ => {}
            }
        }
        self.manifest.locate_below(&source.resolver, spec, &Pointer::new(segments))
    }
}

/// An empty folder, for a manifest that stands alone.
pub(crate) fn no_schemas() -> Arc<SchemaFiles> {
    Arc::new(SchemaFiles::folder())
}
