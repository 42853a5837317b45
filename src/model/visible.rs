//! Text of a connector, made visible: what a terminal, a log or a page would act on is shown as what it is.

use std::borrow::Cow;
use std::io::{self, Write};

/// The text with every character escaped that is not seen, or that changes how others are seen: control characters,
/// direction marks, line separators, characters without a width, spaces other than the usual one, and marks that pile up.
/// Letters and signs of any script stay. What build services take for a command wherever it stands, `##name[`, is broken up.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    let mut last = None;
    for (at, character) in text.char_indices() {
        let is_mark = is_mark(character);
        marks = if is_mark { marks + 1 } else { 0 };
        match character {
            '#' if last == Some('#') && opens_command(&text[at + 1..]) => {
                shown.extend(character.escape_unicode());
            }
            // The standard library would escape quotes too.
            ' '..='~' => shown.push(character),
            // A mark with nothing before it would sit on what we say.
            _ if is_mark && (marks > MOST_MARKS || !carries_marks(last)) => {
                shown.extend(character.escape_unicode())
            }
            _ if is_mark && !is_ignorable(character) => shown.push(character),
            _ if is_ignorable(character) => shown.extend(character.escape_unicode()),
            _ => shown.extend(character.escape_debug()),
        }
        last = Some(character);
    }
    Cow::Owned(shown)
}

/// Whether marks belong on a character: a letter or a sign of its script, and no blank or quote of ours.
fn carries_marks(character: Option<char>) -> bool {
    character.is_some_and(|character| character.is_alphanumeric() || !character.is_ascii())
}

/// So many marks stay on one letter; no language has more.
const MOST_MARKS: usize = 3;

/// Whether a character sits on the one before it, such as an accent. The standard library escapes one that stands alone and
/// shows it within a text.
fn is_mark(character: char) -> bool {
    if character.is_ascii() {
        return false;
    }
    let mut pair = String::from("x");
    pair.push(character);
    let within = pair.escape_debug().skip(1).eq(std::iter::once(character));
    within && !character.escape_debug().eq(std::iter::once(character))
}

/// Whether a font shows nothing for it (Unicode's `Default_Ignorable_Code_Point`, as far as the standard library prints it).
pub(crate) fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Whether what stands behind `##` makes it a command.
fn opens_command(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with('[')
}

/// A line of a log, whatever a stranger had a say in: a build service takes `::` at its start for a command.
pub(crate) fn harmless_start(text: &str) -> Cow<'_, str> {
    let start = text.len() - text.trim_start().len();
    match text[start..].strip_prefix("::") {
        Some(rest) => Cow::Owned(format!("{}\\u{{3a}}:{rest}", &text[..start])),
        None => Cow::Borrowed(text),
    }
}

/// JSON that says the same to a parser, and in which nothing is that a terminal or a log acts on.
pub(crate) fn harmless_json(json: String) -> String {
    if json.bytes().all(|byte| byte < 0x7f) && !json.contains("##") {
        return json;
    }
    let mut shown = String::with_capacity(json.len());
    push_harmless_json(&json, &mut None, &mut shown);
    shown
}

/// Adds a piece of JSON to a text; `last` is the character before it.
fn push_harmless_json(json: &str, last: &mut Option<char>, shown: &mut String) {
    for character in json.chars() {
        let is_hidden =
            !character.is_ascii() && !is_mark(character) && !character.escape_debug().eq([character]);
        if character == '\u{7f}' || is_hidden || character == '#' && *last == Some('#') {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(character);
        }
        *last = Some(character);
    }
}

/// Writes JSON on as [`harmless_json`] shows it, piece by piece.
pub(crate) struct HarmlessJson<W> {
    out: W,
    last: Option<char>,
    /// The start of a character whose end is not there yet.
    cut: Vec<u8>,
}

impl<W: Write> HarmlessJson<W> {
    /// Writes to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self { out, last: None, cut: Vec::new() }
    }
}

impl<W: Write> Write for HarmlessJson<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let opens_command = || {
            memchr::memmem::find(piece, b"##").is_some()
                || self.last == Some('#') && piece.first() == Some(&b'#')
        };
        let is_plain = self.cut.is_empty()
            && piece.is_ascii()
            && memchr::memchr(0x7f, piece).is_none()
            && !opens_command();
        if let (true, Some(last)) = (is_plain, piece.last()) {
            self.last = Some(char::from(*last));
            self.out.write_all(piece)?;
            return Ok(piece.len());
        }
        self.cut.extend_from_slice(piece);
        let (text, rest) = match std::str::from_utf8(&self.cut) {
            Ok(text) => (text, 0),
            Err(error) if error.error_len().is_none() => {
                let (whole, rest) = self.cut.split_at(error.valid_up_to());
                (std::str::from_utf8(whole).unwrap_or_default(), rest.len())
            }
            Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        };
        let mut shown = String::with_capacity(text.len());
        push_harmless_json(text, &mut self.last, &mut shown);
        self.cut.drain(..self.cut.len() - rest);
        self.out.write_all(shown.as_bytes())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// So much of a longer text stays at its end, where names that start alike differ.
const TAIL: usize = 16;

/// At most so many characters; of a longer text the start and the end.
pub(crate) fn clipped(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.char_indices().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let tail = TAIL.min(most / 3);
    let head = most.saturating_sub(tail + 1);
    let end = text.char_indices().nth(head).map_or(text.len(), |(at, _)| at);
    let start = text.char_indices().rev().nth(tail.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}…{}", &text[..end], &text[start..]))
}

/// The text made visible, at most so many characters of what is shown.
pub(crate) fn visible_within(text: &str, most: usize) -> String {
    clipped(&visible(&clipped(text, most)), most).into_owned()
}

/// Adds a character to a text between double quotes, as YAML and TOML both read it: escaped where it would end the text, or
/// where nobody would see it.
pub(crate) fn push_quoted(quoted: &mut String, character: char) {
    if matches!(character, '"' | '\\') {
        quoted.extend(['\\', character]);
    } else if visible(character.encode_utf8(&mut [0; 4])).starts_with('\\') {
        let code = u32::from(character);
        quoted.push_str(&if code <= 0xFFFF { format!("\\u{code:04X}") } else { format!("\\U{code:08X}") });
    } else {
        quoted.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_shown() {
        for (text, expected) in [
            ("orders", "orders"),
            ("\"it's\" C:\\data `x`", "\"it's\" C:\\data `x`"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{7f}\u{9b}31m", "\\u{7f}\\u{9b}31m"),
            ("\u{202e}txt.exe\u{2066}", "\\u{202e}txt.exe\\u{2066}"),
            ("a\u{2028}b\u{feff}", "a\\u{2028}b\\u{feff}"),
            ("café e\u{301} مرحبا 日本 🎉", "café e\u{301} مرحبا 日本 🎉"),
            ("\u{301}e", "\\u{301}e"),
            ("e\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}\\u{301}"),
            ("`\u{338}", "`\\u{338}"),
            ("ord\u{34f}ers\u{fe00}\u{3164}", "ord\\u{34f}ers\\u{fe00}\\u{3164}"),
            ("##[a] ##vso[b] ## c ###d[", "#\\u{23}[a] #\\u{23}vso[b] ## c ##\\u{23}d["),
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }

    #[test]
    fn json_stays_what_it_is() {
        for text in ["plain", "##[a]", "\u{9b}31m\u{7f}", "\u{202e}x", "\u{e0101}", "é\u{301} 日本 🎉 #"]
        {
            let json = serde_json::json!({ text: [text] }).to_string();
            let harmless = harmless_json(json.clone());
            // In pieces of any length, which end within characters too.
            for length in 1..=json.len() {
                let mut written = Vec::new();
                let mut out = HarmlessJson::new(&mut written);
                json.as_bytes().chunks(length).for_each(|piece| out.write_all(piece).expect("a vector"));
                assert_eq!(String::from_utf8(written).expect("text"), harmless, "pieces of {length}");
            }
            let value = |json: &str| serde_json::from_str::<serde_json::Value>(json).expect("JSON");
            assert_eq!(value(&harmless), value(&json), "{text:?}");
            assert!(
                !harmless.contains("##") && !harmless.contains(['\u{9b}', '\u{7f}', '\u{202e}']),
                "{harmless}"
            );
        }
    }

    #[test]
    fn long_texts_keep_both_ends() {
        assert_eq!(clipped("orders", 10), "orders");
        assert_eq!(clipped("日本日本日本", 6), "日本日本日本");
        assert_eq!(clipped("abcdefghijklmnop", 10), "abcdef…nop");
        assert_eq!(clipped(&"ä".repeat(400), 80).chars().count(), 80);
    }
}
