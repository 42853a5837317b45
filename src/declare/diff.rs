//! A unified diff that `git apply` and `patch -p1` take, byte for byte: lines keep how they end.

use std::fmt::Write as _;

use similar::ChangeTag;

use crate::lines;

/// So many lines around a change are shown.
const CONTEXT: usize = 3;

/// What becomes of a file; one that was not there has no old text. Nothing where nothing changes.
pub(super) fn unified(path: &str, old: Option<&str>, new: &str) -> String {
    let before: Vec<&str> = old.unwrap_or_default().split_inclusive('\n').collect();
    let after: Vec<&str> = new.split_inclusive('\n').collect();
    let mut out = String::new();
    for group in lines::groups(&before, &after, CONTEXT) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let range = |start: usize, end: usize| match end - start {
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            length => format!("{},{length}", start + 1),
        };
        let old_range = range(first.old_range().start, last.old_range().end);
        let new_range = range(first.new_range().start, last.new_range().end);
        let _ = writeln!(out, "@@ -{old_range} +{new_range} @@");
        for change in group.iter().flat_map(|op| op.iter_changes(&before, &after)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let line = change.value();
            let _ = write!(out, "{sign}{line}");
            if !line.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    if out.is_empty() {
        return out;
    }
    let (a, b) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
    match old {
        Some(_) => format!("--- {a}\n+++ {b}\n{out}"),
        None => format!("--- /dev/null\n+++ {b}\n{out}"),
    }
}

/// A path as git writes it: with quotes where a reader would take it for something else.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| !c.is_control() && c != '"' && c != '\\';
    if path.chars().all(is_plain) {
        // A tab ends a name that has blanks.
        return if path.contains(' ') { format!("{path}\t") } else { path.to_owned() };
    }
    let mut quoted = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            0x20..=0x7e => quoted.push(char::from(byte)),
            other => {
                let _ = write!(quoted, "\\{other:03o}");
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_says_how_lines_end() {
        assert_eq!(unified("x", Some("a\n"), "a\n"), "");
        let diff = unified("x y.md", Some("a\r\nb"), "a\r\nc");
        assert_eq!(
            diff,
            "--- a/x y.md\t\n+++ b/x y.md\t\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
        );
        assert_eq!(unified("x", None, "a\n"), "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
        assert!(unified("a\n\"b", None, "a\n").contains("+++ \"b/a\\012\\\"b\"\n"));
    }
}
