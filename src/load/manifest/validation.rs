//! What the CDK refuses before it builds any stream, as far as the files show it.
//!
//! The CDK holds the resolved manifest, with default types and parameters written in, against a schema of all
//! components. Here each component is held against [`components`], which allows what either of two versions does, when it
//! is reached.

use std::collections::BTreeMap;

use serde_json::Value;

use super::component::{Component, Field};
use super::components::{self, Fields, Form, Version, describe, one_of};
use super::construction;
use super::cursor::CUSTOM_CURSOR;
use super::{Fault, Place};
use crate::suggest;

/// Components nest less deep than this; what goes deeper is in a circle of parents.
const DEEPEST: usize = 64;

/// A manifest with more faults than this is none; the first ones say so.
const MOST_FAULTS: usize = 20;

/// A manifest that holds more components than this once its references are written out is a bomb: the CDK writes them
/// out.
const MOST_COMPONENTS: usize = 200_000;

/// From this major version on there is no CustomIncrementalSync.
const WITHOUT_CUSTOM_CURSORS: u64 = 7;

/// What was found so far.
#[derive(Default)]
struct Found<'m> {
    /// Each fault once.
    faults: BTreeMap<String, Option<Place<'m>>>,
    components: usize,
    /// The least version the manifest runs on.
    cdk: Version,
    /// Inside a template: its placeholders are replaced before anything is built of it.
    in_template: bool,
}

impl Found<'_> {
    /// As it is before anything is found.
    fn anew(&self) -> Self {
        Self { cdk: self.cdk, in_template: self.in_template, ..Self::default() }
    }
}

/// Where in the manifest a value stands.
#[derive(Clone, Copy)]
struct Context<'c> {
    /// The stream it belongs to, or an empty text.
    stream: &'c str,
    /// The type of the component around it.
    around: &'c str,
    field: &'c str,
    depth: usize,
}

impl Context<'_> {
    fn fault(&self, expected: &str, found: &str) -> String {
        let Self { stream, around, field, .. } = self;
        let at = of_stream(stream);
        match *around {
            SOURCE => {
                format!("{at}expected {expected} in `{field}` at the top of the manifest, found {found}")
            }
            around => format!("{at}expected {expected} in `{field}` of its {around}, found {found}"),
        }
    }
}

/// What a fault of a stream starts with.
fn of_stream(stream: &str) -> String {
    if stream.is_empty() { String::new() } else { format!("stream {stream}: ") }
}

const SOURCE: &str = "DeclarativeSource";

/// What is wrong with the manifest, a sentence each. `cdk` is the least version it runs on.
pub(super) fn faults<'m>(source: &Component<'m>, cdk: Option<Version>) -> Vec<Fault<'m>> {
    let cdk = cdk.unwrap_or_default();
    let mut found = Found { cdk, ..Found::default() };
    let around = source.map.any_value().map(Place::Around);
    if let Some(fields) = components::fields(SOURCE) {
        let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        for key in source.map.keys().into_iter().filter(|key| !known.contains(key)) {
            let known = known.join(", ");
            let message = format!("the key `{key}` is not known at the top of a manifest: expected {known}");
            found.faults.insert(message, around);
        }
        check_fields(source, SOURCE, fields, "", 0, &mut found);
    }
    if found.components > MOST_COMPONENTS {
        let message = format!(
            "expected at most {MOST_COMPONENTS} components once references are written out, found more: the CDK writes \
             them out when it starts"
        );
        found.faults.insert(message, around);
    }
    found.faults.into_iter().map(|(message, place)| Fault { message, place }).collect()
}

fn check_fields<'m>(
    component: &Component<'m>,
    kind: &str,
    fields: &'static Fields,
    stream: &str,
    depth: usize,
    found: &mut Found<'m>,
) {
    let own_name = component.text("name").filter(|_| kind.ends_with("Stream"));
    let stream = if stream.is_empty() { own_name.as_deref().unwrap_or(stream) } else { stream };
    let cdk = found.cdk;
    let before = found.faults.len();
    for field in fields.iter().filter(|field| field.since <= cdk) {
        let context = Context { stream, around: kind, field: &field.name, depth };
        let Some(value) = component.field(&field.name) else {
            if field.needed {
                let at = of_stream(stream);
                let message = format!("{at}expected `{}` in its {kind}, found none", field.name);
                found.faults.insert(message, component.map.any_value().map(Place::Around));
            }
            continue;
        };
        let written = component.map.raw(&field.name).map(Place::At);
        let place = written.or_else(|| component.map.any_value().map(Place::Around));
        let outer = found.in_template;
        found.in_template |= field.name == "stream_template";
        check(&value, &field.forms, place, context, found);
        found.in_template = outer;
    }
    if found.faults.len() == before
        && !found.in_template
        && let Some(message) = construction::fault(component, cdk)
    {
        let at = of_stream(stream);
        found.faults.insert(format!("{at}{message}"), component.map.any_value().map(Place::Around));
    }
}

/// Holds a value against the forms it may have.
fn check<'m>(
    value: &Field<'m>,
    forms: &'static [Form],
    place: Option<Place<'m>>,
    context: Context<'_>,
    found: &mut Found<'m>,
) {
    if found.components > MOST_COMPONENTS || found.faults.len() >= MOST_FAULTS || context.depth > DEEPEST {
        return;
    }
    let forms = written_out(forms);
    if forms.iter().any(|form| matches!(form, Form::Any)) {
        return;
    }
    match value {
        Field::Value(node) => {
            let Some(scalar) = node.scalar() else { return };
            if forms.iter().any(|form| form.allows_scalar(scalar)) {
                return;
            }
            let mut message = context.fault(&describe(&forms), &describe_scalar(scalar));
            if let Some(Place::At(written)) = place
                && written.get("$ref").is_some()
            {
                message.push_str(": a `$ref` that does not start with `#/` becomes its own text");
            }
            found.faults.insert(message, place);
        }
        Field::List(items) => check_list(items, &forms, place, context, found),
        Field::Component(component) => check_component(component, &forms, context, found),
    }
}

/// Forms with the definitions that are no components replaced by what they allow.
fn written_out(forms: &'static [Form]) -> Vec<&'static Form> {
    let expand = |form: &'static Form| match form {
        Form::Component(name) if components::fields(name).is_none() => {
            components::definition(name).map_or_else(Vec::new, |forms| forms.iter().collect())
        }
        form => vec![form],
    };
    forms.iter().flat_map(expand).collect()
}

fn check_list<'m>(
    items: &[Field<'m>],
    forms: &[&'static Form],
    place: Option<Place<'m>>,
    context: Context<'_>,
    found: &mut Found<'m>,
) {
    let lists: Vec<&'static [Form]> = forms
        .iter()
        .filter_map(|form| match form {
            Form::List(inner) => Some(inner.as_slice()),
            _ => None,
        })
        .collect();
    match lists.as_slice() {
        [] => {
            found.faults.insert(context.fault(&describe(forms), "a list"), place);
        }
        [inner] => items.iter().for_each(|item| check(item, inner, place, context, found)),
        several => {
            let allowed = several.iter().any(|inner| {
                let mut tried = found.anew();
                items.iter().for_each(|item| check(item, inner, place, context, &mut tried));
                tried.faults.is_empty()
            });
            if !allowed {
                found.faults.insert(context.fault(&describe(forms), "another kind of list"), place);
            }
        }
    }
}

fn check_component<'m>(
    component: &Component<'m>,
    forms: &[&'static Form],
    context: Context<'_>,
    found: &mut Found<'m>,
) {
    found.components += 1;
    let around = component.map.any_value().map(Place::Around);
    if component.map.raw("$parameters").is_some() && !component.has_parameters_map() {
        let message = "expected a mapping in `$parameters`, found another kind of value".to_owned();
        found.faults.insert(message, around);
        return;
    }
    // A part that cannot be read is told where it is referred to.
    if component.map.broken || forms.iter().any(|form| matches!(form, Form::Mapping)) {
        return;
    }
    let kind = component.kind.as_deref();
    let stream = context.stream;
    if kind == Some(CUSTOM_CURSOR) && found.cdk[0] >= WITHOUT_CUSTOM_CURSORS {
        let at = of_stream(stream);
        let message = format!("{at}from CDK {WITHOUT_CUSTOM_CURSORS} on there is no {CUSTOM_CURSOR}");
        found.faults.insert(message, around);
    }
    let candidates: Vec<(&str, &'static Fields)> = forms
        .iter()
        .filter_map(|form| match form {
            Form::Component(name) => Some((name.as_str(), components::fields(name)?)),
            Form::Fields(fields) => Some((context.field, fields)),
            _ => None,
        })
        .filter(|(name, fields)| is_of_type(component, name, fields))
        .collect();
    let depth = context.depth + 1;
    match candidates.as_slice() {
        [(name, fields)] => return check_fields(component, name, fields, stream, depth, found),
        [] => {}
        [(first, fields), ..] => {
            let faults_as = |name: &str, fields: &'static Fields| {
                let mut tried = found.anew();
                check_fields(component, name, fields, stream, depth, &mut tried);
                tried
            };
            if !candidates.iter().any(|(name, fields)| faults_as(name, fields).faults.is_empty()) {
                found.faults.append(&mut faults_as(first, fields).faults);
            }
            return;
        }
    }
    let inner = forms.iter().find_map(|form| match form {
        Form::MappingOf(inner) => Some(inner.as_slice()),
        _ => None,
    });
    if let Some(inner) = inner {
        for key in component.map.keys().into_iter().filter(|key| *key != "$parameters") {
            if let Some(value) = component.field(key) {
                let field = format!("{}.{key}", context.field);
                check(&value, inner, around, Context { field: &field, depth, ..context }, found);
            }
        }
        return;
    }
    let wanted: Vec<&str> = forms
        .iter()
        .filter_map(|form| match form {
            Form::Component(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let message = match kind {
        Some(kind) if !wanted.is_empty() && components::fields(kind).is_none() => {
            let hint = match suggest::nearest(kind, wanted.iter().copied()) {
                Some(like) => format!("; did you mean {like}?"),
                None => format!(": expected {}", one_of(wanted)),
            };
            let at = of_stream(stream);
            format!("{at}there is no component of type {kind} for `{}`{hint}", context.field)
        }
        Some(kind) => context.fault(&describe(forms), &format!("a mapping of type {kind}")),
        None if component.map.get(&component.resolver, "type").is_some() => {
            context.fault(&describe(forms), "a mapping whose type is no text")
        }
        None => context.fault(&describe(forms), "a mapping without a type"),
    };
    found.faults.insert(message, around);
}

/// Whether a mapping is of the type that a definition describes: most are called as their type.
fn is_of_type(component: &Component<'_>, name: &str, fields: &Fields) -> bool {
    let Some(own) = fields.get("type") else { return component.is(name) };
    let any = own.forms.iter().any(|form| matches!(form, Form::Any));
    match component.kind.as_deref() {
        Some(kind) => any || own.forms.iter().any(|form| form.allows_scalar(&kind.into())),
        None => any || !own.needed && component.map.get(&component.resolver, "type").is_none(),
    }
}

fn describe_scalar(value: &Value) -> String {
    let written = value.to_string();
    match written.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", &written[..end]),
        None => written,
    }
}

/// Values are shown up to this many characters.
const LONGEST_SHOWN: usize = 60;
