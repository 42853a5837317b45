//! From the events of a YAML parser to nodes: anchors, tags, merge keys, and what PyYAML refuses.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Content, Mapping, Node, Place, Plain, YamlError};
use crate::limits::YAML_VALUES;
use crate::model::Position;
use crate::nesting;

/// Reads a text; `badly_indented` is the line of a quoted text that stands too far out, where that is what is wrong.
pub(super) fn compose_as_it_is(
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

#[cfg(test)]
mod tests {
    use crate::limits::Limits;
    use crate::load::yaml::parse_written;

    #[test]
    fn of_equal_keys_the_last_counts_in_small_mappings_and_in_large_ones() {
        for count in [2, 40] {
            let entries: String = (0..count).map(|index| format!("k{index}: {index}\n")).collect();
            let read = |text: &str| parse_written(text, &Limits::default()).expect("YAML");
            let (value, written) = read(&format!("{entries}'k1': last\n"));
            assert_eq!((&value["k1"], value.as_object().map(|map| map.len())), (&"last".into(), Some(count)));
            assert_eq!(written.repeated.len(), 1);
            let (value, written) = read(&entries);
            assert_eq!((&value["k1"], written.repeated.len()), (&1.into(), 0));
        }
    }

    #[test]
    fn what_is_written_alike_is_alike_only_where_it_is_quoted_alike() {
        let text = "- yes\n- 'yes'\n- yes\n- \"yes\"\n- 010\n- '010'\n- 010\n- !!str 010\n- &a yes\n- *a\n";
        let (value, _) = parse_written(text, &Limits::default()).expect("YAML");
        let expected = serde_json::json!([true, "yes", true, "yes", 8, "010", 8, "010", true, true]);
        assert_eq!(value, expected);
    }
}
