//! The types of components with the forms of their fields, as the CDK's schema of components has them.
//!
//! `components.json` holds what any of the versions of airbyte-cdk allows that it lists, and which types it fills in;
//! `parity/components.py` writes it from their `declarative_component_schema.yaml` and
//! `manifest_component_transformer.py`.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// A form that a value may have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    Any,
    Text,
    Integer,
    Number,
    Boolean,
    Null,
    Mapping,
    OneOf(Vec<String>),
    List(Vec<Form>),
    /// A mapping whose values have one of these forms.
    MappingOf(Vec<Form>),
    /// A mapping with these fields, and others.
    Fields(Fields),
    /// A definition of the table.
    Component(String),
}

/// The fields of a type.
#[derive(Debug, Deserialize)]
#[serde(from = "BTreeMap<String, Vec<Form>>")]
pub(super) struct Fields(Vec<FieldForms>);

#[derive(Debug)]
pub(super) struct FieldForms {
    pub(super) name: String,
    /// Without it the component is refused.
    pub(super) needed: bool,
    /// The version that looks at it first.
    pub(super) since: Version,
    /// It has one of these.
    pub(super) forms: Vec<Form>,
}

impl From<BTreeMap<String, Vec<Form>>> for Fields {
    /// A name is followed by `!` where the field is needed, and by `@version` where not all versions know it.
    fn from(fields: BTreeMap<String, Vec<Form>>) -> Self {
        let field = |(key, forms): (String, Vec<Form>)| {
            let (name, since) = match key.split_once('@') {
                Some((name, version)) => (name, read_version(version).unwrap_or_default()),
                None => (key.as_str(), Version::default()),
            };
            match name.strip_suffix('!') {
                Some(name) => FieldForms { name: name.to_owned(), needed: true, since, forms },
                None => FieldForms { name: name.to_owned(), needed: false, since, forms },
            }
        };
        Self(fields.into_iter().map(field).collect())
    }
}

/// Major, minor and patch version of a CDK.
pub(super) type Version = [u64; 3];

/// Reads a version; what is missing is zero.
pub(super) fn read_version(text: &str) -> Option<Version> {
    let number = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let mut parts = text.trim_start_matches(['v', '^', '~', '=', '>', ' ']).splitn(3, '.');
    let major = number(parts.next()?)?;
    let mut rest = || parts.next().and_then(number).unwrap_or(0);
    Some([major, rest(), rest()])
}

impl Fields {
    pub(super) fn iter(&self) -> impl Iterator<Item = &FieldForms> {
        self.0.iter()
    }

    pub(super) fn get(&self, name: &str) -> Option<&FieldForms> {
        self.0.iter().find(|field| field.name == name)
    }
}

/// The table as it is written.
#[derive(Deserialize)]
struct Table {
    default_types: HashMap<String, String>,
    default_types_with_class_name: HashMap<String, String>,
    definitions: HashMap<String, Vec<Form>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("components.json")).expect("the table is part of the program")
});

/// The forms of a definition.
pub(super) fn definition(name: &str) -> Option<&'static [Form]> {
    TABLE.definitions.get(name).map(Vec::as_slice)
}

/// The type of a component that does not name one, by the field it stands in (`ParentType.field`).
pub(super) fn default_type(slot: &str, has_class: bool) -> Option<&'static str> {
    let table = if has_class { &TABLE.default_types_with_class_name } else { &TABLE.default_types };
    table.get(slot).map(String::as_str)
}

/// The fields of a type; `None` for a type that neither version knows.
pub(super) fn fields(kind: &str) -> Option<&'static Fields> {
    match definition(kind)? {
        [Form::Fields(fields)] => Some(fields),
        _ => None,
    }
}

impl Form {
    /// Whether a value that is no list and no mapping has this form.
    pub(super) fn allows_scalar(&self, value: &Value) -> bool {
        match self {
            Form::Any => true,
            Form::Text => value.is_string(),
            Form::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Form::Number => value.is_number(),
            Form::Boolean => value.is_boolean(),
            Form::Null => value.is_null(),
            Form::OneOf(values) => value.as_str().is_some_and(|text| values.iter().any(|own| own == text)),
            Form::Component(name) => {
                definition(name).is_some_and(|forms| forms.iter().any(|form| form.allows_scalar(value)))
            }
            Form::Mapping | Form::List(_) | Form::MappingOf(_) | Form::Fields(_) => false,
        }
    }

    /// The form in words, as alternatives.
    fn words(&self, many: bool) -> Vec<String> {
        let word = |one: &str, several: &str| vec![if many { several } else { one }.to_owned()];
        match self {
            Form::Any => word("any value", "any values"),
            Form::Text => word("a text", "texts"),
            Form::Integer => word("an integer", "integers"),
            Form::Number => word("a number", "numbers"),
            Form::Boolean => word("true or false", "true or false"),
            Form::Null => word("null", "null"),
            Form::Mapping | Form::Fields(_) => word("a mapping", "mappings"),
            Form::OneOf(values) => values.clone(),
            Form::List(forms) => {
                let inner = words(forms, true);
                word(&format!("a list of {inner}"), &format!("lists of {inner}"))
            }
            Form::MappingOf(forms) => {
                let inner = words(forms, true);
                word(&format!("a mapping to {inner}"), &format!("mappings to {inner}"))
            }
            Form::Component(name) => match definition(name) {
                Some([Form::Fields(_)]) | None => vec![name.clone()],
                Some(forms) => forms.iter().flat_map(|form| form.words(many)).collect(),
            },
        }
    }
}

fn words<F: Borrow<Form>>(forms: &[F], many: bool) -> String {
    let words: Vec<String> = forms.iter().flat_map(|form| form.borrow().words(many)).collect();
    one_of(words.iter().map(String::as_str).collect())
}

/// Forms in words.
pub(super) fn describe<F: Borrow<Form>>(forms: &[F]) -> String {
    words(forms, false)
}

/// Words as alternatives, each once.
pub(super) fn one_of(mut words: Vec<&str>) -> String {
    words.dedup();
    match words.pop() {
        Some(last) if words.is_empty() => last.to_owned(),
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => "nothing".to_owned(),
    }
}
