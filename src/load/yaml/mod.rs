//! YAML as Python's safe loader reads it.
//!
//! The CDK loads manifests, specs and metadata with PyYAML's `safe_load`, which is YAML 1.1 with habits of its own.
//! Two connectors differ exactly when that loader sees different values, so it is the reference here: an event
//! parser gives the structure, [`mod@scalar`] gives plain scalars their types, and this file composes nodes, merges
//! `<<` and turns keys that are not text into text as a JSON dump would.
//!
//! U+0085 ends a line ([`mod@next_line`]). What else PyYAML takes for no blank, or for the end of a line, is refused
//! ([`mod@blanks`]). Where PyYAML and this reader still differ: dots in anchors are accepted here and refused there; `[?x]` is a mapping there and text here.

mod blanks;
mod next_line;
mod scalar;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Value};

use crate::limits::{Limits, YAML_VALUES};
use crate::model::{Pointer, Position, RepeatedKey, Written};
use crate::nesting;
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
/// [`nesting::levels`], its aliases followed; or its merge keys bring more entries than `most_values` and than the text has
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

/// Reads a text; `badly_indented` is the line of a quoted text that stands too far out, where that is what is wrong.
fn compose_as_it_is(
    text: &str,
    most_values: u64,
    badly_indented: &mut Option<usize>,
) -> Result<Node, YamlError> {
    let most_levels = nesting::levels();
    let options = granit_parser::options! {
        emit_anchor_events: true,
        emit_comments: false,
        flow_nesting_limit: most_levels,
        block_nesting_limit: most_levels,
    };
    let mut composer = Composer {
        events: Parser::new_from_str_with_options(text, options),
        anchors: HashMap::new(),
        names: HashSet::new(),
        scalars: [HashMap::new(), HashMap::new()],
        most_levels,
        // A text has no more values than bytes, and what it has is never too much.
        most_merged: most_values.max(text.len() as u64),
        most_values,
        merged: 0,
        copied: 0,
        peeked: None,
        badly_indented,
    };
    let mut document = None;
    loop {
        let (event, span) = composer.next()?;
        match event {
            Event::DocumentStart(..) if document.is_some() => {
                return Err(error("expected one document, found a second `---`", &span));
            }
            Event::DocumentStart(..) => document = Some(composer.node(1)?),
            Event::StreamEnd => break,
            _ => {}
        }
    }
    Ok(document.unwrap_or(Node {
        place: Place { line: 1, column: 1 },
        levels: 1,
        content: Rc::new(Content::Scalar(Plain::Null)),
    }))
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

struct Composer<'t> {
    events: Parser<'t, granit_parser::StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    names: HashSet<String>,
    /// Short scalars without a tag by how they are written, in quotes and plain: most stand in a file again and again.
    scalars: [HashMap<Rc<str>, Rc<Content>>; 2],
    most_levels: usize,
    most_merged: u64,
    most_values: u64,
    /// How many entries merge keys have brought, and how many they have copied: of some another takes the place.
    merged: u64,
    copied: u64,
    peeked: Option<(Event<'t>, Span)>,
    badly_indented: &'t mut Option<usize>,
}

fn too_deep(position: Position) -> YamlError {
    YamlError { message: nesting::exceeded(nesting::TOO_DEEP), position, is_limit: true }
}

/// So many times more entries may be copied than are left: of those under one key one is left.
const MOST_COPIES: u64 = 10;

/// Scalars of so many bytes are kept for the next that is written alike.
const LONGEST_KEPT: usize = 64;

const YAML_TAG: &str = "tag:yaml.org,2002:";

impl<'t> Composer<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), YamlError> {
        if let Some(event) = self.peeked.take() {
            return Ok(event);
        }
        loop {
            return match self.events.next() {
                None => Ok((Event::StreamEnd, Span::default())),
                Some(Ok((Event::Anchor(_, name), span))) => {
                    if !self.names.insert(name.clone().into_owned()) {
                        return Err(error(&format!("the anchor &{name} is defined twice"), &span));
                    }
                    continue;
                }
                Some(Ok(event)) => Ok(event),
                Some(Err(scan)) => {
                    if matches!(scan.kind(), ErrorKind::InvalidQuotedScalarIndent) {
                        *self.badly_indented = Some(scan.marker().line());
                    }
                    Err(match scan.kind() {
                        ErrorKind::RecursionLimitExceeded => too_deep(place(&scan)),
                        _ => scan_error(&scan),
                    })
                }
            };
        }
    }

    /// `level` is 1 for the document, 2 for what it holds.
    fn node(&mut self, level: usize) -> Result<Node, YamlError> {
        let (event, span) = self.next()?;
        self.node_from(event, &span, level)
    }

    fn node_from(&mut self, event: Event<'t>, span: &Span, level: usize) -> Result<Node, YamlError> {
        let position = start(span);
        if level > self.most_levels {
            return Err(too_deep(position));
        }
        let (anchor, content) = match event {
            Event::Alias(anchor) => {
                return self
                    .anchors
                    .get(&anchor)
                    .map(|node| Node { place: position.into(), ..node.clone() })
                    .ok_or_else(|| error("an alias stands inside the very node it names", span));
            }
            Event::Scalar(text, style, anchor, None) => {
                (anchor, self.untagged(&text, style == ScalarStyle::Plain, span)?)
            }
            Event::Scalar(text, _, anchor, Some(tag)) => {
                (anchor, Rc::new(Content::Scalar(tagged(&text, &tag, span)?)))
            }
            Event::SequenceStart(_, anchor, tag) => {
                expect_tag(tag.as_deref(), &["seq"], span)?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node_from(event, &span, level + 1)?),
                    }
                }
                items.shrink_to_fit();
                (anchor, Rc::new(Content::Sequence(items)))
            }
            Event::MappingStart(_, anchor, tag) => {
                expect_tag(tag.as_deref(), &["map"], span)?;
                (anchor, Rc::new(Content::Mapping(self.entries(level + 1)?)))
            }
            other => return Err(error(&format!("expected a value, found {other:?}"), span)),
        };
        let below = match &*content {
            Content::Scalar(_) => 0,
            Content::Sequence(items) => items.iter().map(|item| item.levels).max().unwrap_or(1),
            Content::Mapping(mapping) => {
                mapping.entries.iter().map(|(_, _, node)| node.levels).max().unwrap_or(1)
            }
        };
        let levels = below + 1;
        // Aliases nest deeper than the text does.
        if levels as usize > self.most_levels {
            return Err(too_deep(position));
        }
        let node = Node { place: position.into(), levels, content };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn untagged(&mut self, text: &str, is_plain: bool, span: &Span) -> Result<Rc<Content>, YamlError> {
        let kept = &mut self.scalars[usize::from(is_plain)];
        let is_kept = text.len() <= LONGEST_KEPT;
        if is_kept && let Some(content) = kept.get(text) {
            return Ok(content.clone());
        }
        let plain = match is_plain {
            true => Plain::resolve(text).map_err(|message| error(&message, span))?,
            false => Plain::Text(text.into()),
        };
        let key = match &plain {
            Plain::Text(text) => text.clone(),
            _ => text.into(),
        };
        let content = Rc::new(Content::Scalar(plain));
        if is_kept {
            kept.insert(key, content.clone());
        }
        Ok(content)
    }

    fn too_much_merged(&self, position: Position) -> YamlError {
        let enough = self.most_merged.saturating_mul(2);
        let message = YAML_VALUES.exceeded("merge keys bring more values", self.most_values, Some(enough));
        YamlError { message, position, is_limit: true }
    }

    /// The entries of a mapping whose start was read. Own keys beat merged ones wherever `<<` stands; of mappings
    /// merged from one list the first wins, of several `<<` the last; of equal own keys the last wins.
    fn entries(&mut self, level: usize) -> Result<Mapping, YamlError> {
        let mut sources: Vec<Node> = Vec::new();
        let mut own: Vec<(Rc<str>, Place, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            if is_merge {
                let value = self.node(level)?;
                let merged = merge_sources(&value)?;
                let entries = |node: &Node| match &*node.content {
                    Content::Mapping(mapping) => mapping.entries.len() as u64,
                    _ => 0,
                };
                self.copied += merged.iter().map(entries).sum::<u64>();
                if self.copied > self.most_merged.saturating_mul(MOST_COPIES) {
                    return Err(self.too_much_merged(value.position()));
                }
                sources.extend(merged);
                continue;
            }
            let key_position = start(&span);
            let key_node = self.node_from(event, &span, level)?;
            let Content::Scalar(plain) = &*key_node.content else {
                return Err(YamlError {
                    message: "expected a scalar as a key, found a list or a mapping".to_owned(),
                    position: key_position,
                    is_limit: false,
                });
            };
            let key = plain.key();
            let value = self.node(level)?;
            own.push((key, key_position.into(), value));
        }
        if sources.is_empty() && !has_equal_keys(&own) {
            own.shrink_to_fit();
            return Ok(Mapping { entries: own, ..Mapping::default() });
        }
        let mut seen: HashMap<Rc<str>, usize> = HashMap::new();
        let mut mapping = Mapping::default();
        // Merged keys are there to be overridden; an own key that stands twice is a mistake.
        let merged = sources.iter().flat_map(|source| match &*source.content {
            Content::Mapping(mapping) => mapping.entries.as_slice(),
            _ => &[],
        });
        let merged = merged.map(|entry| (entry.clone(), false));
        let mut own_since: Vec<bool> = Vec::new();
        for (entry, is_own) in merged.chain(own.into_iter().map(|entry| (entry, true))) {
            match seen.get(&entry.0) {
                Some(&index) => {
                    let before = std::mem::replace(&mut mapping.entries[index], entry);
                    if is_own && std::mem::replace(&mut own_since[index], is_own) {
                        mapping.dropped.push((before.0, before.1));
                    }
                }
                None => {
                    seen.insert(entry.0.clone(), mapping.entries.len());
                    mapping.entries.push(entry);
                    own_since.push(is_own);
                }
            }
        }
        mapping.merged = own_since.iter().filter(|is_own| !**is_own).count() as u64;
        self.merged += mapping.merged;
        match sources.first() {
            Some(source) if self.merged > self.most_merged => Err(self.too_much_merged(source.position())),
            _ => Ok(mapping),
        }
    }
}

/// The mappings that a merge key takes in, in an order in which the last wins.
fn merge_sources(value: &Node) -> Result<Vec<Node>, YamlError> {
    let wrong = |node: &Node| YamlError {
        message: "expected a mapping, or a list of mappings, to merge with <<".to_owned(),
        position: node.position(),
        is_limit: false,
    };
    match &*value.content {
        Content::Mapping(_) => Ok(vec![value.clone()]),
        // The first mapping of the list wins.
        Content::Sequence(items) => items
            .iter()
            .rev()
            .map(|item| match &*item.content {
                Content::Mapping(_) => Ok(item.clone()),
                _ => Err(wrong(item)),
            })
            .collect(),
        Content::Scalar(_) => Err(wrong(value)),
    }
}

/// Whether two entries have one key. Most mappings are small.
fn has_equal_keys(entries: &[(Rc<str>, Place, Node)]) -> bool {
    const SMALL: usize = 12;
    if entries.len() <= SMALL {
        let is_again = |(index, (key, ..)): (usize, &(Rc<str>, Place, Node))| {
            entries[..index].iter().any(|(before, ..)| before == key)
        };
        return entries.iter().enumerate().any(is_again);
    }
    let mut seen = HashSet::with_capacity(entries.len());
    !entries.iter().all(|(key, ..)| seen.insert(key))
}

fn tagged(text: &str, tag: &Tag, span: &Span) -> Result<Plain, YamlError> {
    let name = tag_name(tag);
    match name.as_str() {
        // The non-specific tag leaves a plain scalar to the resolver, as PyYAML does.
        "!" => Plain::resolve(text).map_err(|message| error(&message, span)),
        "str" | "binary" => Ok(Plain::Text(text.into())),
        "int" | "float" | "bool" | "null" | "timestamp" => {
            Plain::construct(&name, text).map_err(|message| error(&message, span))
        }
        other => Err(error(&format!("the safe loader knows no tag {other}"), span)),
    }
}

fn expect_tag(tag: Option<&Tag>, known: &[&str], span: &Span) -> Result<(), YamlError> {
    match tag.map(tag_name) {
        None => Ok(()),
        Some(name) if name == "!" || known.contains(&name.as_str()) => Ok(()),
        Some(name) => Err(error(&format!("the safe loader knows no tag {name} for this"), span)),
    }
}

/// `str` for `!!str` in any notation, `!` for the non-specific tag, the written tag otherwise.
fn tag_name(tag: &Tag) -> String {
    let full = format!("{}{}", tag.handle(), tag.suffix());
    match full.strip_prefix(YAML_TAG) {
        Some(name) => name.to_owned(),
        None => full.strip_prefix("!!").map_or(full.clone(), str::to_owned),
    }
}

fn start(span: &Span) -> Position {
    Position { line: span.start.line().max(1), column: span.start.col() + 1 }
}

fn error(message: &str, span: &Span) -> YamlError {
    YamlError { message: message.to_owned(), position: start(span), is_limit: false }
}

fn scan_error(scan: &ScanError) -> YamlError {
    YamlError { message: scan.info(), position: place(scan), is_limit: false }
}

fn place(scan: &ScanError) -> Position {
    Position { line: scan.marker().line().max(1), column: scan.marker().col() + 1 }
}
