//! Adding a waiver to the text of a policy file, and changing nothing else of it.
//!
//! TOML lets a table of an array stand at the end of a file, whatever stands before it, so that a waiver is a block that is
//! appended: every byte that was there stays where it is, which no library that parses and prints a document has to promise.
//! Only where somebody wrote `waivers = [...]` the waiver goes into that list. Either way the new text is read again, and
//! what it says has to be what the old text says, with this waiver behind the others.

use std::ops::Range;

use thiserror::Error;
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use super::waiver_file::on_one_line;
use super::{Accepts, PolicyFile, SetBy, Until, Waiver};
use crate::model::{InputError, push_quoted};

/// A waiver of one finding or problem, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWaiver {
    /// The fingerprint.
    pub id: String,
    /// The connector it is for, or a glob over the names of some; `None` for all that the file is for.
    pub connector: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// When it ends.
    pub until: Option<Until>,
}

/// What became of a waiver that was to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is in the new text.
    Written {
        /// The whole text.
        text: String,
        /// Where the waiver stands in it.
        at: SetBy,
    },
    /// The same is there already.
    Same {
        /// Where.
        at: SetBy,
    },
}

/// Why a waiver is not added.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The policy file has mistakes: each of them.
    #[error("the policy file has mistakes")]
    Mistakes(Vec<InputError>),
    /// The file has a waiver of the same that says something else.
    #[error(
        "{at} waives {id} already, with the reason \"{reason}\"{until}: change it there, or remove it first"
    )]
    Duplicate {
        /// Where it stands.
        at: SetBy,
        /// Its fingerprint, as it stands there.
        id: String,
        /// Its reason.
        reason: String,
        /// In words, when it ends.
        until: String,
    },
    /// With the waiver the text does not say what it has to say.
    #[error("the waiver cannot be added to this text so that all else stays as it is: add it by hand")]
    Unverified,
}

const BYTE_ORDER_MARK: char = '\u{feff}';

impl NewWaiver {
    /// Adds this waiver to the text of a policy file, which may be empty; `file` is how messages call it.
    ///
    /// # Errors
    /// The text has mistakes, or a waiver of the same that says something else.
    pub fn add_to(&self, text: &str, file: &str) -> Result<Added, AppendError> {
        let bare = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let policy = PolicyFile::parse(bare, file).map_err(AppendError::Mistakes)?;
        if let Some((of, waiver, id)) =
            policy.waivers().find_map(|(of, waiver)| Some((of, waiver, self.is_named_by(of, waiver)?)))
        {
            return self.already(of, waiver, id);
        }
        let inserted = inline_list(bare).map_or_else(|| self.at_end(bare), |list| self.in_list(bare, &list));
        if !self.is_verified(bare, &inserted) {
            return Err(AppendError::Unverified);
        }
        let policy = PolicyFile::parse(&inserted, file).map_err(|_| AppendError::Unverified)?;
        let mut waivers = policy.waivers();
        let own = waivers.find(|(of, waiver)| {
            *of == self.connector.as_deref() && matches!(&waiver.accepts, Accepts::Id(id) if *id == self.id)
        });
        let at = own.map(|(_, waiver)| waiver.set_by.clone()).ok_or(AppendError::Unverified)?;
        let mark = &text[..text.len() - bare.len()];
        Ok(Added::Written { text: format!("{mark}{inserted}"), at })
    }

    /// The fingerprint of a waiver of the same; either may be cut. Two connectors may each have one.
    fn is_named_by<'w>(&self, of: Option<&str>, waiver: &'w Waiver) -> Option<&'w String> {
        let own = self.connector.as_deref();
        let is_another = own.is_some() && of.is_some() && own != of;
        match &waiver.accepts {
            Accepts::Id(id) if !is_another => {
                Some(id).filter(|id| id.starts_with(&self.id) || self.id.starts_with(*id))
            }
            _ => None,
        }
    }

    fn already(&self, of: Option<&str>, waiver: &Waiver, id: &str) -> Result<Added, AppendError> {
        let at = waiver.set_by.clone();
        let is_same = on_one_line(&self.reason) == waiver.reason
            && self.until == waiver.until
            && self.connector.as_deref() == of;
        if is_same {
            return Ok(Added::Same { at });
        }
        let until = waiver.until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
        Err(AppendError::Duplicate { at, id: id.to_owned(), reason: waiver.reason.clone(), until })
    }

    /// The keys with their values, in TOML.
    fn assignments(&self) -> Vec<String> {
        self.keys().into_iter().map(|(key, value)| format!("{key} = {}", quoted(&value))).collect()
    }

    fn keys(&self) -> Vec<(&'static str, String)> {
        let keys = [
            ("id", Some(self.id.clone())),
            ("connector", self.connector.clone()),
            ("reason", Some(on_one_line(&self.reason))),
            ("until", self.until.as_ref().map(Until::to_string)),
        ];
        keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// The text with the waiver as a table at its end, in lines that end as those of the text do.
    fn at_end(&self, text: &str) -> String {
        let newline = line_end(text);
        let mut lines = vec!["[[waivers]]".to_owned()];
        lines.extend(self.assignments());
        let block = lines.join(newline);
        let has_last_end = text.is_empty() || text.ends_with('\n');
        let end_of_last = if has_last_end { "" } else { newline };
        let is_apart = text.trim_end_matches([' ', '\t']).is_empty() || ends_with_blank_line(text);
        let blank = if is_apart { "" } else { newline };
        // A file without an end of its last line goes on without one.
        let end = if has_last_end { newline } else { "" };
        format!("{text}{end_of_last}{blank}{block}{end}")
    }

    /// The text with the waiver behind the others of a list that is written in brackets.
    fn in_list(&self, text: &str, list: &InlineList) -> String {
        let entry = format!("{{ {} }}", self.assignments().join(", "));
        let Some(last) = &list.last else {
            let (head, tail) = text.split_at(list.open);
            return format!("{head}{entry}{tail}");
        };
        let (head, tail) = text.split_at(last.end);
        let until_close = &tail[..list.close - last.end];
        let comma = first_comma(until_close);
        let added = if comma.is_none() { "," } else { "" };
        let behind = comma.map_or(0, |comma| comma + 1);
        let Some(line) = until_close[behind..].find('\n').map(|line| behind + line) else {
            return format!("{head}{added}{} {entry}{}", &tail[..behind], &tail[behind..]);
        };
        // A comment behind the last entry stays with it.
        let (rest_of_line, below) = tail.split_at(line + 1);
        let start = head[..last.start].rfind('\n').map_or(0, |at| at + 1);
        let indent: String = head[start..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        let trailing = if comma.is_some() { "," } else { "" };
        format!("{head}{added}{rest_of_line}{indent}{entry}{trailing}{}{below}", line_end(text))
    }

    /// Whether the new text says what the old one does and has this waiver behind the others.
    fn is_verified(&self, old: &str, new: &str) -> bool {
        let (Ok(mut expected), Ok(found)) = (old.parse::<Table>(), new.parse::<Table>()) else {
            return false;
        };
        let own: Table =
            self.keys().into_iter().map(|(key, value)| (key.to_owned(), Value::String(value))).collect();
        let list = expected.entry("waivers").or_insert_with(|| Value::Array(Vec::new()));
        let Some(list) = list.as_array_mut() else { return false };
        list.push(Value::Table(own));
        expected == found
    }
}

/// `waivers = [...]`, as byte offsets.
struct InlineList {
    /// Behind the bracket that opens it.
    open: usize,
    /// The bracket that closes it.
    close: usize,
    /// The last entry.
    last: Option<Range<usize>>,
}

fn inline_list(text: &str) -> Option<InlineList> {
    let table = DeTable::parse(text).ok()?.into_inner();
    let (key, value) = table.get_key_value("waivers")?;
    let is_assigned = text.get(key.span().end..)?.trim_start_matches([' ', '\t']).starts_with('=');
    let DeValue::Array(entries) = value.get_ref() else { return None };
    let span = value.span();
    let close = span.end.checked_sub(1)?;
    is_assigned.then(|| InlineList {
        open: span.start + 1,
        close,
        last: entries.last().map(|entry| entry.span()),
    })
}

/// The first comma that is in no comment.
fn first_comma(text: &str) -> Option<usize> {
    let mut is_comment = false;
    text.bytes().position(|byte| {
        is_comment = match byte {
            b'\n' => false,
            b'#' => true,
            _ => is_comment,
        };
        byte == b',' && !is_comment
    })
}

/// What ends the last line of a text that has an end.
fn line_end(text: &str) -> &'static str {
    match text.rfind('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn ends_with_blank_line(text: &str) -> bool {
    text.strip_suffix('\n').is_some_and(|text| {
        let last = text.rsplit('\n').next().unwrap_or_default();
        last.trim().is_empty()
    })
}

/// A text between double quotes, with everything escaped that a reader of the file would not see.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    text.chars().for_each(|character| push_quoted(&mut quoted, character));
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "k7f291c0ab1";

    fn added(text: &str) -> String {
        let until = Some(Until::parse("3.0.0").expect("an end"));
        let waiver =
            NewWaiver { id: ID.to_owned(), connector: None, reason: "the API dropped it".to_owned(), until };
        match waiver.add_to(text, "p.toml").expect("it can be added") {
            Added::Written { text, .. } => text,
            Added::Same { at } => panic!("it is there at {at}"),
        }
    }

    const BLOCK: &str =
        "[[waivers]]\nid = \"k7f291c0ab1\"\nreason = \"the API dropped it\"\nuntil = \"3.0.0\"\n";

    #[test]
    fn a_block_is_added_and_no_byte_changes() {
        for (text, between) in [
            ("", ""),
            ("# ours\n", "\n"),
            ("# ours\n\n", ""),
            ("\u{feff}fail-on = \"review\"  # why\n", "\n"),
            ("[rules]\nfield-removed = \"safe\"\n[connectors.source-a]\n", "\n"),
            ("[[waivers]]\nid = \"k0000000\"\nreason = \"x\"\n[ignore]\nstreams = [ \"a\" ]\n", "\n"),
        ] {
            assert_eq!(added(text), format!("{text}{between}{BLOCK}"), "{text:?}");
        }
        let lines = "# a\r\nfail-on = \"review\"\r\n";
        assert_eq!(added(lines), format!("{lines}\r\n{}", BLOCK.replace('\n', "\r\n")));
        // A file without an end of its last line goes on without one.
        let open = "# a\r\nfail-on = \"review\" # b";
        assert_eq!(added(open), format!("{open}\r\n\r\n{}", BLOCK.trim_end().replace('\n', "\r\n")));
        assert_eq!(added("# a"), format!("# a\n\n{}", BLOCK.trim_end()));
    }

    #[test]
    fn whatever_stands_in_a_file_stays_in_front() {
        const PARTS: [&str; 6] = [
            "fail-on = 'never' # [[waivers]]",
            "connectors.source-a.rules.field-added = \"off\"",
            "[switches]\nremoval = \"review\"",
            "[[waivers]]\nrule = \"field-removed\"\nreason = \"\"\"\n[[waivers]]\nid = 1\n\"\"\"",
            "  [ ignore ]\n\tstreams = [\n  'a', # b\n]",
            "[connectors.\"source-*\"]\n\n\n# end",
        ];
        for chosen in 0..1_u32 << PARTS.len() {
            let parts = PARTS.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1);
            let text = parts.map(|(_, part)| *part).collect::<Vec<_>>().join("\n");
            for line_end in ["\n", "\r\n"] {
                for (start, end) in [("", ""), ("", line_end), ("\u{feff}", ""), ("\u{feff}", line_end)] {
                    let text = format!("{start}{}{end}", text.replace('\n', line_end));
                    let new = added(&text);
                    assert!(
                        new.starts_with(&text) && new.ends_with("until = \"3.0.0\"") != new.ends_with('\n'),
                        "{new:?}"
                    );
                    let has_lines = text.contains('\n');
                    assert_eq!(new.contains("\r\n"), has_lines && line_end == "\r\n", "{new:?}");
                }
            }
        }
    }

    #[test]
    fn a_list_in_brackets_gets_one_entry_more() {
        let entry = "{ id = \"k7f291c0ab1\", reason = \"the API dropped it\", until = \"3.0.0\" }";
        for (text, expected) in [
            ("waivers = []\n[rules]\n", "waivers = [NEW]\n[rules]\n"),
            ("waivers = [ # none\n]\n", "waivers = [NEW # none\n]\n"),
            ("waivers=[A]", "waivers=[A, NEW]"),
            ("waivers = [ A, ]\n", "waivers = [ A, NEW ]\n"),
            ("waivers = [\n  A\n]\n", "waivers = [\n  A,\n  NEW\n]\n"),
            (
                "waivers = [\r\n\tA, # why, and how\r\n\t# more\r\n]\r\n",
                "waivers = [\r\n\tA, # why, and how\r\n\tNEW,\r\n\t# more\r\n]\r\n",
            ),
            ("waivers = [\n  A # x, y\n  , # z\n]\n", "waivers = [\n  A # x, y\n  , # z\n  NEW,\n]\n"),
        ] {
            let text = text.replace('A', "{ id = \"k0000000\", reason = \"x\" }");
            let expected =
                expected.replace('A', "{ id = \"k0000000\", reason = \"x\" }").replace("NEW", entry);
            assert_eq!(added(&text), expected);
        }
    }

    #[test]
    fn what_is_waived_already_is_not_waived_again() {
        let waiver = |id: &str, reason: &str| NewWaiver {
            id: id.to_owned(),
            connector: None,
            reason: reason.to_owned(),
            until: None,
        };
        let text = "# a\n[[waivers]]\nid = \"k7f291c0ab1\"\nreason = \"x\"\n";
        let at = SetBy::Line { file: "p.toml".into(), line: 2 };
        assert_eq!(waiver(ID, " x\n").add_to(text, "p.toml").expect("no mistake"), Added::Same { at });
        let said = waiver("k7f291c0", "y").add_to(text, "p.toml").expect_err("a duplicate").to_string();
        let expected =
            "p.toml:2 waives k7f291c0ab1 already, with the reason \"x\": change it there, or remove it first";
        assert_eq!(said, expected);
        let wrong = waiver(ID, "y").add_to("[rules]\nx = 3\n[[waivers]]\n", "p.toml");
        assert!(matches!(wrong, Err(AppendError::Mistakes(mistakes)) if mistakes.len() == 3));
    }

    #[test]
    fn two_connectors_may_each_waive_the_same() {
        let waiver = |connector: Option<&str>| NewWaiver {
            id: ID.to_owned(),
            connector: connector.map(str::to_owned),
            reason: "x".to_owned(),
            until: None,
        };
        let own = "[[connectors.source-a.waivers]]\nid = \"k7f291c0ab1\"\nreason = \"x\"\n";
        assert!(matches!(waiver(Some("source-a")).add_to(own, "p.toml"), Ok(Added::Same { .. })));
        assert!(matches!(waiver(Some("source-b")).add_to(own, "p.toml"), Ok(Added::Written { .. })));
        let text = "[[waivers]]\nid = \"k7f291c0ab1\"\nconnector = \"source-a\"\nreason = \"x\"\n";
        let added = waiver(Some("source-b")).add_to(text, "p.toml").expect("it can be added");
        let Added::Written { text: both, at } = added else { panic!("it is not there") };
        assert_eq!(
            (both, at.to_string()),
            (format!("{text}\n{}", text.replace("-a", "-b")), "p.toml:6".to_owned())
        );
        assert!(matches!(waiver(Some("source-a")).add_to(text, "p.toml"), Ok(Added::Same { .. })));
        assert!(matches!(waiver(None).add_to(text, "p.toml"), Err(AppendError::Duplicate { .. })));
    }

    #[test]
    fn a_reason_is_one_line_that_says_what_it_is() {
        let reason = "it's \"gone\"\n\u{1b}[31m \\ \u{202e} é 日本 # x";
        let waiver = NewWaiver { id: ID.to_owned(), connector: None, reason: reason.to_owned(), until: None };
        let Ok(Added::Written { text, at }) = waiver.add_to("", "p.toml") else { panic!("it can be added") };
        let line = "reason = \"it's \\\"gone\\\" \\u001B[31m \\\\ \\u202E é 日本 # x\"";
        assert_eq!(text, format!("[[waivers]]\nid = \"{ID}\"\n{line}\n"));
        assert_eq!(at.to_string(), "p.toml:1");
    }
}
