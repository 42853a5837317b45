//! Text of a connector, made visible: what a terminal, a log or a page would act on is shown as what it is.

use std::borrow::Cow;

/// The text with every character escaped that is not seen, or that changes how others are seen: control characters,
/// direction marks, line separators, spaces other than the usual one. Letters and signs of any script stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // The standard library would escape quotes too.
            ' '..='~' => shown.push(character),
            _ => push_escaped(&mut shown, character),
        }
    }
    Cow::Owned(shown)
}

/// As the standard library shows it within a text: there, an accent stays on the letter before it.
fn push_escaped(shown: &mut String, character: char) {
    let mut pair = String::from("x");
    // A mark with nothing before it would sit on what we say.
    let is_first = shown.is_empty();
    if !is_first {
        pair.push(character);
        shown.extend(pair.escape_debug().skip(1));
    } else {
        shown.extend(character.escape_debug());
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
        ] {
            assert_eq!(visible(text), expected, "{text:?}");
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
