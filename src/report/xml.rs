//! Text within XML and HTML.

use std::fmt::Write as _;

/// A text for between elements or quotation marks. What XML 1.0 forbids even as a reference is shown as an escape.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(character),
            // An end of line of one kind is read as one of the other.
            '\r' => out.push_str("&#13;"),
            '\0'..'\u{20}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_text_is_markup() {
        for (text, expected) in [
            ("orders", "orders"),
            ("<a href=\"x\" b='y'>&amp;]]>", "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;]]&gt;"),
            ("a\nb\tc\rd", "a\nb\tc&#13;d"),
            ("\0\u{1b}[31m\u{ffff}", "\\u{0}\\u{1b}[31m\\u{ffff}"),
            ("日本 🎉", "日本 🎉"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }
}
