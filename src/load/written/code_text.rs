//! Texts in code, and what is handed in behind a text for its places.

/// A text of a file of code.
pub(super) struct CodeText {
    /// The byte it starts at.
    pub(super) at: usize,
    /// What it says, with line breaks.
    pub(super) text: String,
    /// The byte behind it.
    pub(super) end: usize,
    /// Whether it is put behind something that is no text.
    pub(super) is_continued: bool,
}

/// The texts of a file of code. Texts that are put together by `+`, or by standing beside each other, are one.
pub(super) fn all(code: &str, is_python: bool) -> Vec<CodeText> {
    let bytes = code.as_bytes();
    let mut found: Vec<CodeText> = Vec::new();
    // Where the last text ended, as long as nothing but `+` and blanks came after it.
    let mut joins = false;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if let Some(comment) = comment(rest, is_python) {
            at += comment;
            continue;
        }
        let quote = [&b"\"\"\""[..], b"'''", b"\"", b"'"]
            .into_iter()
            .find(|quote| rest.starts_with(quote) && (is_python || quote[0] == b'"'));
        // A character, which may be a quotation mark.
        if !is_python && rest[0] == b'\'' {
            at += if rest.get(1) == Some(&b'\\') { 4 } else { 3 };
            joins = false;
            continue;
        }
        let Some(quote) = quote else {
            joins &= rest[0].is_ascii_whitespace()
                || rest[0] == b'+'
                || is_python && matches!(rest[0], b'f' | b'r');
            at += 1;
            continue;
        };
        let start = at + quote.len();
        let end = end_of(bytes, start, quote);
        let text = String::from_utf8_lossy(&bytes[start..end]).into_owned();
        let text = match quote.len() {
            // Line breaks that are written out.
            1 => text.replace("\\n", "\n").replace("\\\"", "\""),
            // A blank at the end of a line that is written out (JLS 25, 3.10.7).
            _ => text.replace("\\s\n", "\n"),
        };
        let behind = (end + quote.len()).min(bytes.len());
        match found.last_mut().filter(|_| joins) {
            Some(last) => {
                last.text.push_str(&text);
                last.end = behind;
            }
            None => {
                let is_continued = code[..at].trim_end().ends_with('+');
                found.push(CodeText { at, text, end: behind, is_continued });
            }
        }
        joins = true;
        at = behind;
    }
    found
}

/// The length of a comment that starts here, without the line break behind it.
fn comment(rest: &[u8], is_python: bool) -> Option<usize> {
    if is_python && rest.starts_with(b"#") || !is_python && rest.starts_with(b"//") {
        return Some(memchr::memchr(b'\n', rest).unwrap_or(rest.len()));
    }
    let is_block = !is_python && rest.starts_with(b"/*");
    is_block.then(|| memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2))
}

/// Where a text ends that starts here: at its quotation mark, at the end of its line if it may have one line only, or at
/// the end of the file.
fn end_of(bytes: &[u8], start: usize, quote: &[u8]) -> usize {
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(quote) {
            return at;
        }
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if quote.len() == 1 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// So many bytes behind a text are looked at for what is handed in.
const LONGEST: usize = 8 << 10;

/// What the code hands in for the places of a text, by what comes behind it: `format("…", a, b)`, `"…".format(a, b)` or
/// `"…".formatted(a, b)`, also where the text is trimmed first, and `"…" % (a, b)`. What comes behind `most` of them is not
/// looked at.
pub(super) fn handed(behind: &str, most: usize) -> Vec<&str> {
    let mut cut = behind.len().min(LONGEST);
    while !behind.is_char_boundary(cut) {
        cut -= 1;
    }
    let mut rest = behind[..cut].trim_start();
    loop {
        if let Some(list) = rest.strip_prefix(',') {
            return list_of(list, most).0;
        }
        if let Some(list) = rest.strip_prefix('%').and_then(|rest| rest.trim_start().strip_prefix('(')) {
            return list_of(list, most).0;
        }
        let Some((name, list)) = rest.strip_prefix('.').and_then(|call| call.split_once('(')) else {
            return Vec::new();
        };
        match name.trim() {
            "format" | "formatted" => return list_of(list, most).0,
            // A margin is handed in alone.
            "trimIndent" | "trimMargin" | "strip" | "stripIndent" => rest = list_of(list, 2).1.trim_start(),
            _ => return Vec::new(),
        }
    }
}

/// The elements of a list up to the parenthesis that ends it, and what comes behind that; of a longer list the first ones, and
/// nothing. A list without an end has none.
fn list_of(text: &str, most: usize) -> (Vec<&str>, &str) {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut at, mut start, mut depth) = (0, 0, 0_usize);
    while at < bytes.len() {
        if let Some(comment) = comment(&bytes[at..], false) {
            at += comment;
            continue;
        }
        match bytes[at] {
            b'"' => {
                at = end_of(bytes, at + 1, b"\"") + 1;
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => {
                found.extend(Some(without_comments(&text[start..at])).filter(|last| !last.is_empty()));
                return (found, &text[at + 1..]);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(without_comments(&text[start..at]));
                if found.len() == most {
                    return (found, "");
                }
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    (Vec::new(), "")
}

/// An element without the comments before it.
fn without_comments(mut element: &str) -> &str {
    loop {
        element = element.trim();
        match comment(element.as_bytes(), false) {
            Some(length) => element = element.get(length..).unwrap_or_default(),
            None => return element,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::handed;

    #[test]
    fn what_is_handed_in_stands_behind_the_text() {
        for (behind, expected) in [
            (", a, B.C);", &["a", "B.C"][..]),
            (".trimIndent(), a, f(b, c), \"d, e\")", &["a", "f(b, c)", "\"d, e\""]),
            ("\n.formatted(a)", &["a"]),
            (".trimIndent()\n .format(\n a,\n b, // a comment, and more\n)", &["a", "b"]),
            (" % (a, b)", &["a", "b"]),
            (")", &[]),
            (", a", &[]),
            (" + suffix, a)", &[]),
            (".length(), a)", &[]),
            ("", &[]),
        ] {
            assert_eq!(handed(behind, 9), expected, "{behind}");
        }
        let long = format!(", a, b, c{}", ", d".repeat(9));
        assert_eq!(handed(&long, 3), ["a", "b", "c"]);
        assert_eq!(handed(&long, 99), [""; 0], "no end");
    }
}
