//! `pattern` as a language: ECMA-262 expressions, translated and built into automata that can be intersected.
//!
//! A JSON Schema pattern matches anywhere in a text, so the automaton is that of `.*(pattern).*` over whole texts.
//! Look-around and back-references have no automaton. Such a pattern can be held against a text, and has a wider
//! neighbour that has one: where that matches nothing, neither does the pattern.

use std::collections::HashMap;
use std::rc::Rc;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::{start, syntax};
use regex_automata::{Anchored, MatchKind};

/// A pattern, by its place in [`Patterns`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PatternId(pub(super) usize);

/// A pattern's automaton.
pub(super) type Language = dense::DFA<Vec<u32>>;

/// Automata of more bytes than this are not built.
const LARGEST_AUTOMATON: usize = 4 << 20;

#[derive(Debug)]
struct Pattern {
    source: String,
    translated: String,
    /// Why it has no automaton.
    undecidable: Option<String>,
    /// A pattern with an automaton that matches all it matches and perhaps more.
    relaxed: String,
    language: Option<Result<Rc<Language>, String>>,
    superset: Option<Result<Rc<Language>, String>>,
    /// What holds a pattern without an automaton against a text.
    matcher: Option<fancy_regex::Regex>,
}

/// The patterns of a question, each translated and built once.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    patterns: Vec<Pattern>,
    known: HashMap<String, PatternId>,
}

impl Patterns {
    /// Adds a pattern.
    ///
    /// # Errors
    /// It is no regular expression; the text says why.
    pub(super) fn add(&mut self, source: &str) -> Result<PatternId, String> {
        if let Some(id) = self.known.get(source) {
            return Ok(*id);
        }
        let Translation { text, relaxed, undecidable, unmatchable } = translate(source)?;
        let matcher = match &undecidable {
            None => {
                regex_syntax(&text)?;
                None
            }
            Some(_) if unmatchable => None,
            Some(_) => Some(fancy_regex::Regex::new(&text).map_err(|error| error.to_string())?),
        };
        Ok(self.insert(Pattern {
            source: source.to_owned(),
            translated: text,
            undecidable,
            relaxed,
            language: None,
            superset: None,
            matcher,
        }))
    }

    /// The pattern that matches exactly these texts.
    pub(super) fn exactly(&mut self, texts: &[&str]) -> PatternId {
        let mut literals: Vec<String> = texts.iter().map(|text| escape(text)).collect();
        literals.sort_unstable();
        let source = format!("^(?:{})$", literals.join("|"));
        match self.known.get(&source) {
            Some(id) => *id,
            None => {
                let translated = source.clone();
                self.insert(Pattern {
                    source,
                    relaxed: translated.clone(),
                    translated,
                    undecidable: None,
                    language: None,
                    superset: None,
                    matcher: None,
                })
            }
        }
    }

    fn insert(&mut self, pattern: Pattern) -> PatternId {
        let id = PatternId(self.patterns.len());
        self.known.insert(pattern.source.clone(), id);
        self.patterns.push(pattern);
        id
    }

    /// The pattern's automaton.
    ///
    /// # Errors
    /// It has none, or one that is too large; the text says why.
    pub(super) fn language(&mut self, id: PatternId) -> Result<Rc<Language>, String> {
        let pattern = &mut self.patterns[id.0];
        let (source, undecidable) = (&pattern.source, &pattern.undecidable);
        pattern
            .language
            .get_or_insert_with(|| {
                if let Some(reason) = undecidable {
                    return Err(format!("the pattern {source} holds {reason}"));
                }
                build(&pattern.translated)
                    .map(Rc::new)
                    .map_err(|_| format!("the automaton of the pattern {source} is too large"))
            })
            .clone()
    }

    /// An automaton that accepts every text that matches, and whether it accepts no other.
    ///
    /// # Errors
    /// There is none, or one that is too large; the text says why.
    pub(super) fn superset(&mut self, id: PatternId) -> Result<(Rc<Language>, bool), String> {
        if self.patterns[id.0].undecidable.is_none() {
            return self.language(id).map(|language| (language, true));
        }
        let reason = self.language(id).err().unwrap_or_default();
        let pattern = &mut self.patterns[id.0];
        let built =
            pattern.superset.get_or_insert_with(|| build(&pattern.relaxed).map(Rc::new).map_err(|_| reason));
        built.clone().map(|language| (language, false))
    }

    /// Whether a text matches; `None` where that cannot be told.
    pub(super) fn matches(&mut self, id: PatternId, text: &str) -> Option<bool> {
        if let Some(matcher) = &self.patterns[id.0].matcher {
            return matcher.is_match(text).ok();
        }
        let language = self.language(id).ok()?;
        let mut state = start_state(&language)?;
        for byte in text.bytes() {
            state = language.next_state(state, byte);
            if language.is_dead_state(state) {
                return Some(false);
            }
        }
        Some(language.is_match_state(language.next_eoi_state(state)))
    }
}

/// The state before the first byte.
pub(super) fn start_state(language: &Language) -> Option<regex_automata::util::primitives::StateID> {
    language.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()
}

fn config() -> syntax::Config {
    syntax::Config::new().utf8(true).unicode(true)
}

fn regex_syntax(translated: &str) -> Result<(), String> {
    syntax::parse_with(translated, &config()).map(|_| ()).map_err(|error| {
        // The last line of its message names the mistake, the others draw a picture of it.
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        last.strip_prefix("error: ").unwrap_or(last).to_owned()
    })
}

fn build(translated: &str) -> Result<Language, Box<dense::BuildError>> {
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .match_kind(MatchKind::All)
                .start_kind(StartKind::Anchored)
                .dfa_size_limit(Some(LARGEST_AUTOMATON))
                .determinize_size_limit(Some(LARGEST_AUTOMATON)),
        )
        .syntax(config())
        .thompson(thompson::Config::new().nfa_size_limit(Some(LARGEST_AUTOMATON)))
        .build(&format!(r"\A(?s:.)*(?:{translated})(?s:.)*\z"))
        .map_err(Box::new)
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        escaped.push_str(&literal(c));
        escaped
    })
}

/// A character that stands for itself, inside a class or outside.
fn literal(c: char) -> String {
    if c.is_alphanumeric() { c.to_string() } else { format!("\\x{{{:x}}}", u32::from(c)) }
}

const SPACES: &str =
    r"\t\n\x0B\x0C\r\x20\xA0\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

/// An expression in the syntax of `regex-syntax`.
struct Translation {
    text: String,
    relaxed: String,
    /// What it holds that no automaton does.
    undecidable: Option<String>,
    unmatchable: bool,
}

fn translate(source: &str) -> Result<Translation, String> {
    let characters: Vec<char> = source.chars().collect();
    let mut translator = Translator {
        characters: &characters,
        at: 0,
        out: String::new(),
        relaxed: String::new(),
        undecidable: None,
        unmatchable: false,
        groups: Vec::new(),
        around: 0,
    };
    while translator.at < characters.len() {
        translator.next()?;
    }
    Ok(Translation {
        text: translator.out,
        relaxed: translator.relaxed,
        undecidable: translator.undecidable,
        unmatchable: translator.unmatchable,
    })
}

struct Translator<'c> {
    characters: &'c [char],
    at: usize,
    out: String,
    /// The same without look-around, and with anything where a back-reference stands: it matches more.
    relaxed: String,
    undecidable: Option<String>,
    /// Not even a single text can be held against it.
    unmatchable: bool,
    /// The open groups, look-around among them.
    groups: Vec<bool>,
    /// How many look-arounds are open.
    around: usize,
}

impl Translator<'_> {
    fn emit(&mut self, text: &str) {
        self.out.push_str(text);
        if self.around == 0 {
            self.relaxed.push_str(text);
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn next(&mut self) -> Result<(), String> {
        let c = self.characters[self.at];
        match c {
            '\\' => {
                let (text, _) = self.escape(false)?;
                if text.starts_with("\\k") || text.len() == 2 && text.as_bytes()[1].is_ascii_digit() {
                    // Whatever was matched before.
                    self.out.push_str(&text);
                    if self.around == 0 {
                        self.relaxed.push_str("(?s:.)*");
                    }
                    return Ok(());
                }
                self.emit(&text);
                return Ok(());
            }
            '[' => return self.class(),
            '.' => self.emit(r"[^\n\r\x{2028}\x{2029}]"),
            '(' if self.starts_with("(?") => {
                let around = [
                    ("(?=", "look-ahead"),
                    ("(?!", "look-ahead"),
                    ("(?<=", "look-behind"),
                    ("(?<!", "look-behind"),
                ];
                let opening = match around.iter().find(|(opening, _)| self.starts_with(opening)) {
                    Some((opening, what)) => {
                        self.undecidable.get_or_insert_with(|| (*what).to_owned());
                        self.groups.push(true);
                        self.around += 1;
                        opening
                    }
                    None => {
                        self.groups.push(false);
                        ["(?:", "(?<"]
                            .iter()
                            .find(|opening| self.starts_with(opening))
                            .ok_or("an unknown kind of group")?
                    }
                };
                self.emit(opening);
                self.at += opening.len();
                if *opening == "(?<" {
                    let close = self.characters[self.at..].iter().position(|c| *c == '>');
                    let close = close.ok_or("a group name is not closed")?;
                    let name: String = self.characters[self.at..=self.at + close].iter().collect();
                    self.emit(&name);
                    self.at += close + 1;
                }
                return Ok(());
            }
            '{' if self.quantifier().is_none() => self.emit(r"\{"),
            '{' => {
                let length = self.quantifier().unwrap_or(1);
                let quantifier: String = self.characters[self.at..self.at + length].iter().collect();
                self.emit(&quantifier);
                self.at += length;
                return Ok(());
            }
            '}' => self.emit(r"\}"),
            ']' => self.emit(r"\]"),
            '(' => {
                self.groups.push(false);
                self.emit("(");
            }
            ')' => {
                self.emit(")");
                if self.groups.pop() == Some(true) {
                    self.around -= 1;
                }
            }
            '^' | '$' | '|' | '*' | '+' | '?' => self.emit(c.encode_utf8(&mut [0; 4])),
            other => self.emit(&literal(other)),
        }
        self.at += 1;
        Ok(())
    }

    /// The length of `{n}`, `{n,}` or `{n,m}` here.
    fn quantifier(&self) -> Option<usize> {
        let close = self.characters[self.at..].iter().position(|c| *c == '}')?;
        let body: String = self.characters[self.at + 1..self.at + close].iter().collect();
        let (least, most) = body.split_once(',').unwrap_or((&body, ""));
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        (!least.is_empty() && digits(least) && digits(most)).then_some(close + 1)
    }

    /// Reads an escape: its translation, and the character it stands for, if it is a single one.
    fn escape(&mut self, in_class: bool) -> Result<(String, Option<char>), String> {
        let Some(c) = self.peek(1) else {
            return Err("a backslash at the end".to_owned());
        };
        self.at += 2;
        let set = |body: &str, negated: bool| {
            if negated {
                format!("[^{body}]")
            } else if in_class {
                body.to_owned()
            } else {
                format!("[{body}]")
            }
        };
        let single = |c: char| Ok((literal(c), Some(c)));
        match c {
            'd' | 'D' => Ok((set("0-9", c == 'D'), None)),
            'w' | 'W' => Ok((set("0-9A-Za-z_", c == 'W'), None)),
            's' | 'S' => Ok((set(SPACES, c == 'S'), None)),
            'b' if in_class => single('\u{8}'),
            'b' => Ok((r"(?-u:\b)".to_owned(), None)),
            'B' => Ok((r"(?-u:\B)".to_owned(), None)),
            'n' => single('\n'),
            'r' => single('\r'),
            't' => single('\t'),
            'v' => single('\u{b}'),
            'f' => single('\u{c}'),
            '0' => single('\0'),
            '1'..='9' if !in_class => {
                self.undecidable.get_or_insert_with(|| "a back-reference".to_owned());
                Ok((format!("\\{c}"), None))
            }
            'k' if !in_class && self.peek(0) == Some('<') => {
                self.undecidable.get_or_insert_with(|| "a back-reference".to_owned());
                let close = self.characters[self.at..].iter().position(|c| *c == '>');
                let close = close.ok_or("a group name is not closed")?;
                let name: String = self.characters[self.at..=self.at + close].iter().collect();
                self.at += close + 1;
                Ok((format!("\\k{name}"), None))
            }
            'c' => match self.peek(0) {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    single(char::from(letter as u8 % 32))
                }
                _ => single('c'),
            },
            'x' => self.hex(2).map_or_else(|| single('x'), single),
            'u' if self.peek(0) == Some('{') => {
                let close = self.characters[self.at..].iter().position(|c| *c == '}');
                let code = close
                    .map(|close| self.characters[self.at + 1..self.at + close].iter().collect::<String>());
                let c = code.and_then(|code| u32::from_str_radix(&code, 16).ok()).and_then(char::from_u32);
                match (c, close) {
                    (Some(c), Some(close)) => {
                        self.at += close + 1;
                        single(c)
                    }
                    _ => Err("a code point that does not exist".to_owned()),
                }
            }
            'u' => match (self.code_unit(0), self.code_unit(6)) {
                (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) if self.is_escape_at(4) => {
                    self.at += 10;
                    let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    char::from_u32(code)
                        .map_or_else(|| Err("a code point that does not exist".to_owned()), single)
                }
                (Some(0xD800..0xE000), _) => {
                    // Half a character: no text holds one, and what it means to a reader differs.
                    self.at += 4;
                    self.unmatchable = true;
                    self.undecidable.get_or_insert_with(|| "half of a surrogate pair".to_owned());
                    Ok((if in_class { r"\x{0}-\x{10FFFF}" } else { "(?s:.)*" }.to_owned(), None))
                }
                _ => self.hex(4).map_or_else(|| single('u'), single),
            },
            'p' | 'P' if self.peek(0) == Some('{') => {
                let close = self.characters[self.at..].iter().position(|c| *c == '}');
                let Some(close) = close else {
                    return Err("a property name is not closed".to_owned());
                };
                let name: String = self.characters[self.at..=self.at + close].iter().collect();
                self.at += close + 1;
                Ok((format!("\\{c}{name}"), None))
            }
            other => single(other),
        }
    }

    /// The number that four hexadecimal digits name.
    fn code_unit(&self, ahead: usize) -> Option<u32> {
        let digits: String = self.characters.get(self.at + ahead..self.at + ahead + 4)?.iter().collect();
        u32::from_str_radix(&digits, 16).ok()
    }

    fn is_escape_at(&self, ahead: usize) -> bool {
        self.peek(ahead) == Some('\\') && self.peek(ahead + 1) == Some('u')
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let text: String = self.characters.get(self.at..self.at + digits)?.iter().collect();
        let c = u32::from_str_radix(&text, 16).ok().and_then(char::from_u32)?;
        self.at += digits;
        Some(c)
    }

    fn class(&mut self) -> Result<(), String> {
        self.at += 1;
        let negated = self.peek(0) == Some('^');
        self.at += usize::from(negated);
        let mut body = String::new();
        while let Some(c) = self.peek(0) {
            if c == ']' {
                self.at += 1;
                let class = match (body.is_empty(), negated) {
                    (true, true) => "(?s:.)".to_owned(),
                    // Nothing at all: no character is both.
                    (true, false) => r"[^\x00-\x{10FFFF}]".to_owned(),
                    (false, true) => format!("[^{body}]"),
                    (false, false) => format!("[{body}]"),
                };
                self.emit(&class);
                return Ok(());
            }
            let (from, first) = self.member()?;
            let is_range = self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']');
            if let (true, Some(first)) = (is_range, first) {
                let back = self.at;
                self.at += 1;
                let (to, last) = self.member()?;
                match last {
                    Some(last) if first <= last => {
                        body.push_str(&format!("{from}-{to}"));
                        continue;
                    }
                    Some(_) => return Err("a range that runs backwards".to_owned()),
                    // `a-\d` is three members.
                    None => self.at = back,
                }
            }
            body.push_str(&from);
        }
        Err("a character class is not closed".to_owned())
    }

    fn member(&mut self) -> Result<(String, Option<char>), String> {
        match self.peek(0) {
            Some('\\') => self.escape(true),
            Some(c) => {
                self.at += 1;
                Ok((literal(c), Some(c)))
            }
            None => Err("a character class is not closed".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_ecma_does() {
        for (pattern, text, expected) in [
            ("b", "abc", true),
            ("^b", "abc", false),
            ("^\\d+$", "123", true),
            ("^\\d+$", "\u{663}", false),
            ("^[\\w.-]+$", "a.b-c_1", true),
            ("^a{2}$", "aa", true),
            ("^a{,2}$", "a{,2}", true),
            ("^[^]$", "\n", true),
            ("[]", "", false),
            ("^.$", "\n", false),
            ("^\\/x\\-y$", "/x-y", true),
            ("^[[]$", "[", true),
            ("^[a&&b]$", "&", true),
            ("^\\u0041\\x42\\cJ$", "AB\n", true),
            ("\\bfoo\\b", "a foo b", true),
            ("\\bfoo\\b", "afoob", false),
            ("^\\p{L}$", "\u{e9}", true),
            ("^(?<year>\\d{4})$", "2024", true),
            ("a|^$", "", true),
            ("^[\\d-x]$", "-", true),
            ("^[+--]$", ",", true),
        ] {
            let mut patterns = Patterns::default();
            let id = patterns.add(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(patterns.matches(id, text), Some(expected), "{pattern} on {text:?}");
        }
    }

    #[test]
    fn what_is_no_expression_is_told_from_what_has_no_automaton() {
        let mut patterns = Patterns::default();
        for malformed in ["(", "[a", "a**b(", "*", "[b-a]", "\\"] {
            assert!(patterns.add(malformed).is_err(), "{malformed}");
        }
        for undecidable in ["(?=a)b", "(?!a)b", "(?<=a)b", "(a)\\1"] {
            let id = patterns.add(undecidable).expect("a regular expression");
            assert!(patterns.language(id).is_err(), "{undecidable}");
            assert_eq!(patterns.matches(id, "abb aa"), Some(undecidable != "(?=a)b"), "{undecidable}");
        }
    }
}
