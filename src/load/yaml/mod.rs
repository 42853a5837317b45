//! YAML as Python's safe loader reads it.
//!
//! The CDK loads manifests, specs and metadata with PyYAML's `safe_load`, which is YAML 1.1 with habits of its own.
//! Two connectors differ exactly when that loader sees different values, so it is the reference here: an event
//! parser gives the structure, [`mod@composer`] makes nodes of it and merges `<<`, [`mod@scalar`] gives plain scalars their
//! types, and keys that are not text become text as a JSON dump would write them.
//!
//! U+0085 ends a line ([`mod@next_line`]). What else PyYAML takes for no blank, or for the end of a line, is refused
//! ([`mod@blanks`]). Where PyYAML and this reader still differ: dots in anchors are accepted here and refused there; `[?x]` is a mapping there and text here.

mod blanks;
mod composer;
mod next_line;
mod scalar;

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::limits::{Limits, YAML_VALUES};
use crate::model::{Pointer, Position, RepeatedKey, Written};
use composer::compose_as_it_is;
use next_line::Lines;

pub(crate) use scalar::Plain;

/// What is wrong with a YAML text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    pub(crate) position: Position,
    /// Whether a limit of this program is met, where Python would read on.
    pub(crate) is_limit: bool,
}

/// A node with the places of its parts. Aliases share their target, and scalars that are written alike may be one.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    place: Place,
    /// How many values lie in each other here, this one included; what holds values holds one at least.
    levels: u32,
    pub(crate) content: Rc<Content>,
}

/// A [`Position`] in few bytes: a file has many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    line: u32,
    column: u32,
}

impl From<Position> for Place {
    fn from(Position { line, column }: Position) -> Self {
        let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: number(line), column: number(column) }
    }
}

impl From<Place> for Position {
    fn from(Place { line, column }: Place) -> Self {
        Self { line: line as usize, column: column as usize }
    }
}

#[derive(Debug)]
pub(crate) enum Content {
    Scalar(Plain),
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    /// Entries after merging, the last of equal keys only, with the place of each key.
    pub(crate) entries: Vec<(Rc<str>, Place, Node)>,
    /// Keys that stand again further down in the same mapping, so that their values are dropped.
    pub(crate) dropped: Vec<(Rc<str>, Place)>,
    /// How many of the entries are those of other mappings.
    merged: u64,
}

/// Reads the one document of a text. An empty text is `null`.
///
/// # Errors
/// The text is not YAML that PyYAML's safe loader would load, or holds more than one document, or nests deeper than
/// [`crate::nesting::levels`], its aliases followed; or its merge keys bring more entries than `most_values` and than the text has
/// bytes.
pub(crate) fn compose(text: &str, most_values: u64) -> Result<Node, YamlError> {
    let lines = Lines::of(text);
    match compose_lines(&lines.text, most_values) {
        Ok(node) => Ok(lines.node_in_file(node)),
        Err(error) => Err(YamlError { position: lines.in_file(error.position), ..error }),
    }
}

/// Reads a text whose lines all end as YAML 1.2 has it.
fn compose_lines(text: &str, most_values: u64) -> Result<Node, YamlError> {
    if let Some(refused) = blanks::refused(text) {
        return Err(refused);
    }
    let mut shifted: Option<String> = None;
    for _ in 0..MOST_SHIFTED {
        let current = shifted.as_deref().unwrap_or(text);
        let mut badly_indented = None;
        let read = compose_as_it_is(current, most_values, &mut badly_indented);
        match badly_indented.and_then(|line| with_line_shifted(current, line)) {
            Some(next) => shifted = Some(next),
            None => return read,
        }
    }
    compose_as_it_is(shifted.as_deref().unwrap_or(text), most_values, &mut None)
}

/// So many lines of quoted texts are shifted: each time the whole is read again.
const MOST_SHIFTED: usize = 64;

/// The text with a line of a quoted text further in. YAML 1.2 asks that such lines stand deeper than their key; PyYAML
/// does not, and drops the blanks at their start. What looks like the end of the document it refuses there.
fn with_line_shifted(text: &str, line: usize) -> Option<String> {
    const FURTHER: usize = 128;
    let start = match line {
        0 | 1 => return None,
        line => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2)? + 1,
    };
    let rest = text.get(start..)?;
    let is_marker = ["---", "..."].iter().any(|marker| rest.starts_with(marker));
    let indent = rest.len() - rest.trim_start_matches(' ').len();
    (!is_marker && indent < FURTHER).then(|| format!("{}{}{rest}", &text[..start], " ".repeat(FURTHER)))
}

/// Reads a text as a JSON value.
///
/// # Errors
/// As [`compose`]; its aliases expand to more values than the limit.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Value, YamlError> {
    compose(text, limits.yaml_values)?.value(limits)
}

/// As [`compose`], where what aliases repeat is within the limit of values.
///
/// # Errors
/// As [`parse`].
pub(crate) fn compose_bounded(text: &str, limits: &Limits) -> Result<Node, YamlError> {
    let node = compose(text, limits.yaml_values)?;
    let most = node.most_values(limits);
    match node.count(&mut 0, most) {
        Ok(()) => Ok(node),
        Err(position) => Err(too_many_values(limits, most, position)),
    }
}

fn too_many_values(limits: &Limits, most: u64, position: Position) -> YamlError {
    let enough = most.saturating_mul(2);
    let message = YAML_VALUES.exceeded("aliases expand to more values", limits.yaml_values, Some(enough));
    YamlError { message, position, is_limit: true }
}

/// Reads a text as a JSON value, with what its values do not show.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_written(text: &str, limits: &Limits) -> Result<(Value, Written), YamlError> {
    let node = compose(text, limits.yaml_values)?;
    // Within the limit of values: aliases are followed below too.
    let value = node.value(limits)?;
    let mut written = Written::default();
    node.note(&mut Vec::new(), &mut HashSet::new(), &mut written);
    Ok((value, written))
}

impl Node {
    pub(crate) fn position(&self) -> Position {
        self.place.into()
    }

    /// Notes what is written here. A mapping that aliases share tells of its keys once.
    fn note(&self, path: &mut Vec<String>, told: &mut HashSet<*const Content>, written: &mut Written) {
        match &*self.content {
            Content::Scalar(Plain::Time(_)) => {
                written.dates.insert(Pointer::new(path.iter()));
            }
            Content::Scalar(_) => {}
            Content::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(index.to_string());
                    item.note(path, told, written);
                    path.pop();
                }
            }
            Content::Mapping(mapping) => {
                if !mapping.dropped.is_empty() && told.insert(Rc::as_ptr(&self.content)) {
                    let mut repeated: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
                    for (key, place) in &mapping.dropped {
                        repeated.entry(key).or_default().push(place.line as usize);
                    }
                    let here = Pointer::new(path.iter());
                    written.repeated.extend(
                        repeated
                            .into_iter()
                            .map(|(key, earlier)| RepeatedKey { key: here.join(key), earlier }),
                    );
                }
                for (key, _, value) in &mapping.entries {
                    path.push(key.to_string());
                    value.note(path, told, written);
                    path.pop();
                }
            }
        }
    }

    /// How many values are written, without what aliases repeat.
    fn written(&self, seen: &mut HashSet<*const Content>) -> u64 {
        if matches!(*self.content, Content::Scalar(_)) {
            return 1;
        }
        // What nothing else refers to is met once.
        if Rc::strong_count(&self.content) > 1 && !seen.insert(Rc::as_ptr(&self.content)) {
            return 1;
        }
        1 + match &*self.content {
            Content::Scalar(_) => 0,
            Content::Sequence(items) => items.iter().map(|item| item.written(seen)).sum::<u64>(),
            Content::Mapping(mapping) => {
                let all: u64 = mapping.entries.iter().map(|(.., value)| value.written(seen)).sum();
                // What is merged repeats what is written elsewhere.
                all.saturating_sub(mapping.merged)
            }
        }
    }

    /// So many values there may be once aliases are expanded.
    fn most_values(&self, limits: &Limits) -> u64 {
        limits.yaml_values.max(self.written(&mut HashSet::new()))
    }

    /// The value with its aliases expanded.
    fn value(&self, limits: &Limits) -> Result<Value, YamlError> {
        let most = self.most_values(limits);
        self.to_value(&mut 0, most).map_err(|position| too_many_values(limits, most, position))
    }

    /// # Errors
    /// Where there are more values.
    fn count(&self, values: &mut u64, most: u64) -> Result<(), Position> {
        *values += 1;
        if *values > most {
            return Err(self.position());
        }
        match &*self.content {
            Content::Scalar(_) => Ok(()),
            Content::Sequence(items) => items.iter().try_for_each(|item| item.count(values, most)),
            Content::Mapping(mapping) => {
                mapping.entries.iter().try_for_each(|(.., value)| value.count(values, most))
            }
        }
    }

    /// # Errors
    /// Where there are more values.
    fn to_value(&self, values: &mut u64, most: u64) -> Result<Value, Position> {
        *values += 1;
        if *values > most {
            return Err(self.position());
        }
        Ok(match &*self.content {
            Content::Scalar(plain) => plain.to_value(),
            Content::Sequence(items) => {
                Value::Array(items.iter().map(|item| item.to_value(values, most)).collect::<Result<_, _>>()?)
            }
            Content::Mapping(mapping) => {
                let mut map = Map::new();
                for (key, _, value) in &mapping.entries {
                    map.insert(key.to_string(), value.to_value(values, most)?);
                }
                Value::Object(map)
            }
        })
    }
}
