//! Where an edit goes in a YAML text, and how it is written there.

use std::cmp::Ordering;

use granit_parser::ScalarStyle;
use serde_json::Value;

use super::super::text::{Lines, line_at};
use super::YamlEditError;
use super::node::{Content, Entry, Node};
use super::value::{Indents, Quotes, Yaml};

/// A text with the nodes that are written in it.
pub(super) struct Document<'t> {
    text: &'t str,
    lines: Lines,
    root: &'t Node,
}

/// What is there on the way to a path.
struct Reached<'t> {
    /// The nodes, the root first.
    nodes: Vec<&'t Node>,
    /// The entries that lead from each to the next; none through items of lists.
    entries: Vec<Option<&'t Entry>>,
}

impl<'t> Document<'t> {
    pub(super) fn new(text: &'t str, root: &'t Node) -> Self {
        Self { text, lines: Lines::of(text), root }
    }

    fn line(&self, offset: usize) -> usize {
        line_at(self.text, offset)
    }

    fn error(&self, node: &Node, message: impl Into<String>) -> YamlEditError {
        YamlEditError::at(self.line(node.range.start), message)
    }

    fn reach(&self, path: &[String]) -> Reached<'t> {
        let mut reached = Reached { nodes: vec![self.root], entries: Vec::new() };
        for key in path {
            let Some(node) = reached.nodes.last() else { break };
            let (entry, next) = match &node.content {
                Content::Sequence { items, .. } => {
                    (None, key.parse().ok().and_then(|at: usize| items.get(at)))
                }
                _ => {
                    let entry = node.entry(key);
                    (entry, entry.map(|entry| &entry.value))
                }
            };
            let Some(next) = next else { break };
            reached.nodes.push(next);
            reached.entries.push(entry);
        }
        reached
    }

    /// Checks that what is on the way to a path belongs to it alone.
    pub(super) fn check(&self, path: &[String], value: &Value) -> Result<(), YamlEditError> {
        let reached = self.reach(path);
        let mut aliases = Vec::new();
        self.root.walk(&mut |node| {
            if let Content::Alias(anchor) = node.content {
                aliases.push((anchor, node.range.start));
            }
        });
        for (depth, node) in reached.nodes.iter().enumerate() {
            let name = path[..depth].join(".");
            if matches!(node.content, Content::Alias(_)) {
                let alias = self.text.get(node.range.clone()).unwrap_or("*");
                let message = format!(
                    "expected {name} to be written out, found the alias {alias}: write a copy in its place"
                );
                return Err(self.error(node, message));
            }
            let again = aliases.iter().find(|(anchor, _)| node.anchor != 0 && *anchor == node.anchor);
            if let Some((_, at)) = again {
                let message = format!(
                    "{name} is used again by an alias at line {}, which an edit would change too: write a copy there",
                    self.line(*at)
                );
                return Err(self.error(node, message));
            }
        }
        let depth = reached.nodes.len() - 1;
        let is_merged = path.get(depth).is_some() && {
            let there = path[..=depth].iter().try_fold(value, |value, key| value.get(key));
            there.is_some() && !matches!(reached.nodes[depth].content, Content::Sequence { .. })
        };
        if is_merged {
            let name = path[..=depth].join(".");
            let message = format!("{name} comes through a merge key <<: write it out here");
            return Err(self.error(reached.nodes[depth], message));
        }
        Ok(())
    }

    fn replaced(&self, range: std::ops::Range<usize>, with: &str) -> String {
        format!("{}{with}{}", &self.text[..range.start], &self.text[range.end..])
    }

    pub(super) fn set(&self, path: &[String], value: &Yaml) -> Result<String, YamlEditError> {
        let reached = self.reach(path);
        let depth = reached.nodes.len() - 1;
        let node = reached.nodes[depth];
        let name = path[..depth].join(".");
        let Some(key) = path.get(depth) else {
            return match (&node.content, value) {
                (Content::Scalar { style, .. }, Yaml::Text(text) | Yaml::Quoted(text)) => {
                    Ok(self.replaced(node.range.clone(), &scalar_in(*style, text, value)))
                }
                _ if node.is_empty() => self.fill(&reached, value),
                _ => Err(self.error(node, format!("expected {name} to be a text or nothing"))),
            };
        };
        let value = value.clone().below(&path[depth + 1..]);
        match &node.content {
            _ if node.is_empty() => self.fill(&reached, &Yaml::Map(vec![(key.clone(), value)])),
            Content::Mapping { entries, is_flow: true } => Ok(self.insert_flow(entries, key, &value)),
            Content::Mapping { entries, .. } => self.insert_block(entries, key, &value),
            _ => Err(self.error(node, format!("expected {name} to be a mapping"))),
        }
    }

    /// Gives a value to a key that has none.
    fn fill(&self, reached: &Reached<'_>, value: &Yaml) -> Result<String, YamlEditError> {
        let depth = reached.nodes.len() - 1;
        let node = reached.nodes[depth];
        let above = depth.checked_sub(1).map(|above| reached.nodes[above]);
        let (Some(above), Some(Some(entry))) = (above, reached.entries.last()) else {
            return Err(self.error(node, "expected metadata, found nothing"));
        };
        if above.is_flow() {
            let with = value.flow(self.quotes(above));
            return Ok(match node.range.is_empty() {
                true => {
                    let colon = self.colon(entry)?;
                    self.replaced(colon..colon, &format!(" {with}"))
                }
                false => self.replaced(node.range.clone(), &with),
            });
        }
        let colon = self.colon(entry)?;
        let start = self.lines.start(self.text, entry.key.range.start);
        let indent = entry.key.range.start - start;
        let mut block = value.block("", indent, self.indents());
        // What stands on the line of the key, where it is not all on that line.
        let first = block.remove(0);
        let first = first.trim_start().trim_start_matches(':');
        // The `{}`, `[]` or `null` with the blanks before it.
        let end = if node.range.is_empty() { colon } else { node.range.end };
        let line_end = self.lines.end(self.text, end);
        let rest = &self.text[end..line_end];
        let mut with = format!("{first}{rest}");
        for line in &block {
            with.push_str(self.lines.newline);
            with.push_str(line);
        }
        Ok(self.replaced(colon..line_end, &with))
    }

    /// Where the colon of an entry ends.
    fn colon(&self, entry: &Entry) -> Result<usize, YamlEditError> {
        let from = entry.key.range.end;
        let rest = &self.text[from..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        match rest[blanks..].starts_with(':') {
            true => Ok(from + blanks + 1),
            false => Err(self.error(&entry.key, "expected a colon behind the key")),
        }
    }

    /// How the neighbours in a mapping are quoted.
    fn quotes(&self, mapping: &Node) -> Quotes {
        match &mapping.content {
            Content::Mapping { entries, .. } => quotes_of(entries),
            _ => Quotes::default(),
        }
    }

    fn insert_flow(&self, entries: &[Entry], key: &str, value: &Yaml) -> String {
        let quotes = quotes_of(entries);
        let added = format!("{}: {}", quotes.key(key), value.flow(quotes));
        let at = place(entries, key);
        // Each entry on a line of its own, or all on one.
        let between = |entry: &Entry| {
            let start = entry.key.range.start;
            let margin = &self.text[self.lines.start(self.text, start)..start];
            match margin.trim().is_empty() {
                true => format!("{}{margin}", self.lines.newline),
                false => " ".to_owned(),
            }
        };
        match entries.get(at) {
            Some(next) => {
                let start = next.key.range.start;
                self.replaced(start..start, &format!("{added},{}", between(next)))
            }
            None => {
                let Some(last) = entries.last() else { return self.text.to_owned() };
                // A value that is not written stands behind its colon.
                let end = match last.value.range.is_empty() {
                    true => self.colon(last).unwrap_or(last.key.range.end),
                    false => last.value.range.end.max(last.key.range.end),
                };
                self.replaced(end..end, &format!(",{}{added}", between(last)))
            }
        }
    }

    fn insert_block(&self, entries: &[Entry], key: &str, value: &Yaml) -> Result<String, YamlEditError> {
        let first = &entries[0].key;
        let start = self.lines.start(self.text, first.range.start);
        let margin = &self.text[start..first.range.start];
        let is_alone = margin.trim_matches(' ').is_empty();
        if margin.contains('\t') || margin.contains('?') {
            return Err(self.error(first, "expected the keys of a mapping to start their lines"));
        }
        let indent = margin.chars().count();
        let at = match place(entries, key) {
            // Behind a dash there is no line to stand on before the first key.
            0 if !is_alone => entries.len(),
            at => at,
        };
        let key = quotes_of(entries).key(key);
        let lines = value.block(&key, indent, self.indents());
        match at.checked_sub(1) {
            None => {
                let at = self.lines.above_comments(self.text, start, indent);
                self.insert_lines(at, &lines)
            }
            Some(before) => {
                let end = self.end_of(&entries[before].value, &entries[before].key);
                // Comments further in belong to what stands before; at the end those of the mapping too.
                let deeper = if at == entries.len() { indent } else { indent + 1 };
                self.insert_lines(self.lines.below_comments(self.text, end, deeper.max(1)), &lines)
            }
        }
    }

    /// Where the next line starts behind a value.
    fn end_of(&self, value: &Node, key: &Node) -> usize {
        let end = value.range.end.max(key.range.end);
        let start = self.lines.start(self.text, end);
        // The parser ends a block of text where the next token is.
        let is_block = ends_with_block(value);
        if is_block && end > 0 && self.text[start..end].trim_matches(' ').is_empty() && start > 0 {
            return start;
        }
        self.lines.next(self.text, end)
    }

    /// Adds whole lines where a line starts, or behind a last line that does not end.
    ///
    /// # Errors
    /// The last line belongs to a block of text, which would end with the line break that is added.
    fn insert_lines(&self, at: usize, lines: &[String]) -> Result<String, YamlEditError> {
        let newline = self.lines.newline;
        let is_open = at == self.text.len() && !self.text.ends_with('\n');
        if is_open && ends_with_block(self.root) {
            return Err(YamlEditError::at(
                self.text.lines().count(),
                "the file ends in a block of text, whose last line has no end: end that line first",
            ));
        }
        let joined = lines.join(newline);
        let with = if is_open { format!("{newline}{joined}") } else { format!("{joined}{newline}") };
        Ok(self.replaced(at..at, &with))
    }

    pub(super) fn append(&self, path: &[String], added: &[Yaml]) -> Result<String, YamlEditError> {
        let reached = self.reach(path);
        let depth = reached.nodes.len() - 1;
        let list = Yaml::List(added.to_vec());
        let node = reached.nodes[depth];
        if depth < path.len() {
            return self.set(path, &list);
        }
        match &node.content {
            Content::Sequence { items, is_flow: false } if !items.is_empty() => {
                let last = &items[items.len() - 1];
                let dash = self.text[..last.range.start].rfind('-').filter(|dash| {
                    let start = self.lines.start(self.text, *dash);
                    self.text[start..*dash].trim_matches(' ').is_empty()
                });
                let Some(dash) = dash else {
                    return Err(self.error(node, "expected each item of the list on a line of its own"));
                };
                let indent = dash - self.lines.start(self.text, dash);
                let style = Indents { quotes_items: is_quoted(last), ..self.indents() };
                let lines: Vec<String> = added.iter().flat_map(|item| item.item(indent, style)).collect();
                let end = self.lines.below_comments(self.text, self.end_of(last, last), indent + 1);
                self.insert_lines(end, &lines)
            }
            Content::Sequence { items, .. } if !items.is_empty() => {
                let last = &items[items.len() - 1];
                let quotes = Quotes { keys: None, texts: is_quoted(last) };
                let start = last.range.start;
                let margin = &self.text[self.lines.start(self.text, start)..start];
                let between = match margin.trim().is_empty() {
                    true => format!(",{}{margin}", self.lines.newline),
                    false => ", ".to_owned(),
                };
                let added: String =
                    added.iter().map(|item| format!("{between}{}", item.flow(quotes))).collect();
                let end = last.range.end;
                Ok(self.replaced(end..end, &added))
            }
            _ if node.is_empty() => self.fill(&reached, &list),
            _ => Err(self.error(node, format!("expected {} to be a list", path.join(".")))),
        }
    }

    pub(super) fn remove(&self, path: &[String]) -> Result<String, YamlEditError> {
        let reached = self.reach(path);
        let (Some(Some(entry)), Some(above)) =
            (reached.entries.last(), reached.nodes.len().checked_sub(2).map(|at| reached.nodes[at]))
        else {
            return Ok(self.text.to_owned());
        };
        let start = self.lines.start(self.text, entry.key.range.start);
        let Content::Mapping { entries, is_flow } = &above.content else {
            return Ok(self.text.to_owned());
        };
        if *is_flow {
            let at = entries.iter().position(|one| std::ptr::eq(one, *entry)).unwrap_or_default();
            let end_of = |entry: &Entry| entry.value.range.end.max(entry.key.range.end);
            let range = match (at.checked_sub(1), entries.get(at + 1)) {
                (Some(before), _) => end_of(&entries[before])..end_of(entry),
                (None, Some(next)) => entry.key.range.start..next.key.range.start,
                (None, None) => entry.key.range.start..end_of(entry),
            };
            return Ok(self.replaced(range, ""));
        }
        let indent = entry.key.range.start - start;
        if !self.text[start..entry.key.range.start].trim_matches(' ').is_empty() {
            return Err(self.error(&entry.key, "expected the key to start its line"));
        }
        let end = self.end_of(&entry.value, &entry.key);
        let end = self.lines.below_comments(self.text, end, indent + 1);
        Ok(self.replaced(start..end, ""))
    }

    /// How far the file indents, by what stands in it.
    fn indents(&self) -> Indents {
        let column = |offset: usize| offset - self.lines.start(self.text, offset);
        let (mut step, mut dash) = (None, None);
        self.root.walk(&mut |node| {
            let Content::Mapping { entries, is_flow: false } = &node.content else { return };
            for entry in entries.iter().filter(|entry| !entry.value.is_flow()) {
                let start = column(entry.key.range.start);
                match &entry.value.content {
                    Content::Mapping { entries, .. } if !entries.is_empty() => {
                        let inner = column(entries[0].key.range.start);
                        step =
                            step.or_else(|| inner.checked_sub(start).filter(|step| (1..=8).contains(step)));
                    }
                    Content::Sequence { items, .. } if !items.is_empty() => {
                        let item = items[0].range.start;
                        let at = self.text[..item].rfind('-').map(column);
                        dash = dash.or_else(|| at?.checked_sub(start).filter(|dash| *dash <= 8));
                    }
                    _ => {}
                }
            }
        });
        let step = step.unwrap_or(2);
        Indents { step, dash: dash.unwrap_or(step), quotes_items: false }
    }
}

/// Whether the last thing in a node is a block of text.
fn ends_with_block(node: &Node) -> bool {
    match &node.content {
        Content::Scalar { style, .. } => matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
        Content::Alias(_) => false,
        Content::Sequence { is_flow: true, .. } | Content::Mapping { is_flow: true, .. } => false,
        Content::Sequence { items, .. } => items.last().is_some_and(ends_with_block),
        Content::Mapping { entries, .. } => entries.last().is_some_and(|entry| ends_with_block(&entry.value)),
    }
}

fn is_quoted(node: &Node) -> bool {
    matches!(
        node.content,
        Content::Scalar { style: ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted, .. }
    )
}

fn quotes_of(entries: &[Entry]) -> Quotes {
    let quote = |entry: &Entry| match entry.key.content {
        Content::Scalar { style: ScalarStyle::DoubleQuoted, .. } => Some('"'),
        Content::Scalar { style: ScalarStyle::SingleQuoted, .. } => Some('\''),
        _ => None,
    };
    let keys = entries.last().and_then(quote);
    Quotes { keys, texts: keys == Some('"') && entries.iter().all(|entry| quote(entry).is_some()) }
}

/// A text in place of a scalar, between the same quotes.
fn scalar_in(style: ScalarStyle, text: &str, value: &Yaml) -> String {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'));
    let is_version = semver::Version::parse(text).is_ok();
    match style {
        // With two dots and more it is nothing but a text.
        ScalarStyle::Plain if is_version && matches!(value, Yaml::Text(_)) => text.to_owned(),
        ScalarStyle::SingleQuoted if is_plain => format!("'{text}'"),
        ScalarStyle::DoubleQuoted => Yaml::Quoted(text.to_owned()).flow(Quotes::default()),
        _ => value.flow(Quotes::default()),
    }
}

/// Where a key belongs among others: in their order where they have one, else behind them.
fn place(entries: &[Entry], key: &str) -> usize {
    let keys: Vec<&str> = entries.iter().filter_map(|entry| entry.key.text()).collect();
    if keys.len() != entries.len() || keys.is_empty() {
        return entries.len();
    }
    let is_sorted = |order: Ordering| keys.windows(2).all(|pair| compare(pair[0], pair[1]) == order);
    let before =
        |order: Ordering| keys.iter().position(|other| compare(key, other) == order).unwrap_or(keys.len());
    match () {
        () if keys.len() > 1 && is_sorted(Ordering::Greater) => before(Ordering::Greater),
        () if is_sorted(Ordering::Less) => before(Ordering::Less),
        () => keys.len(),
    }
}

/// Versions by their numbers, other keys by their letters.
fn compare(one: &str, other: &str) -> Ordering {
    match (semver::Version::parse(one), semver::Version::parse(other)) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        _ => one.cmp(other),
    }
}
