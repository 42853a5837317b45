//! A tree object of git: the names of one folder.
//!
//! Source of the format: `git help gitformat-pack` and `git help hash-object`; each entry is the mode in octal digits, a
//! blank, the name, a zero byte and the id of its object in binary.

use std::collections::BTreeMap;

use super::ObjectId;

/// What a name in a folder stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stored {
    Folder(ObjectId),
    File(ObjectId),
    Link(ObjectId),
    /// A commit of another repository.
    Submodule,
}

/// The names of a folder.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) names: BTreeMap<String, Stored>,
    /// Names that are not UTF-8, with U+FFFD where they are not.
    pub(super) strange: Vec<String>,
}

/// Reads a tree object; `None` where it is none.
pub(super) fn parse(mut bytes: &[u8], id_bytes: usize) -> Option<Folder> {
    let mut folder = Folder::default();
    while !bytes.is_empty() {
        let blank = memchr::memchr(b' ', bytes)?;
        let (mode, rest) = (&bytes[..blank], &bytes[blank + 1..]);
        let zero = memchr::memchr(0, rest)?;
        let (name, rest) = (&rest[..zero], &rest[zero + 1..]);
        let (id, rest) = rest.split_at_checked(id_bytes)?;
        bytes = rest;
        let id = ObjectId(id.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into());
        let stored = match mode {
            b"40000" | b"040000" => Stored::Folder(id),
            b"120000" => Stored::Link(id),
            b"160000" => Stored::Submodule,
            _ => Stored::File(id),
        };
        match std::str::from_utf8(name) {
            // Git itself writes no such names; a tree that somebody made by hand may have them.
            Ok("" | "." | ".." | ".git") => {}
            Ok(name) if name.contains('/') => {}
            Ok(name) => {
                folder.names.insert(name.to_owned(), stored);
            }
            Err(_) => folder.strange.push(String::from_utf8_lossy(name).into_owned()),
        }
    }
    Some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(mode: &str, name: &[u8]) -> Vec<u8> {
        [mode.as_bytes(), b" ", name, b"\0", &[7; 20]].concat()
    }

    #[test]
    fn names_and_modes_are_read() {
        let bytes = [
            entry("100644", b"a.json"),
            entry("100755", b"run"),
            entry("120000", b"link"),
            entry("160000", b"other"),
            entry("40000", b"folder"),
        ]
        .concat();
        let folder = parse(&bytes, 20).expect("a tree");
        let id = ObjectId("07".repeat(20).into());
        let expected = [
            ("a.json", Stored::File(id.clone())),
            ("folder", Stored::Folder(id.clone())),
            ("link", Stored::Link(id.clone())),
            ("other", Stored::Submodule),
            ("run", Stored::File(id)),
        ];
        let found: Vec<(&str, Stored)> =
            folder.names.iter().map(|(name, stored)| (name.as_str(), stored.clone())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_tree_made_by_hand_leads_nowhere() {
        let bytes = [entry("100644", b".."), entry("40000", b"a/b"), entry("100644", b"\xff.json")].concat();
        let folder = parse(&bytes, 20).expect("a tree");
        assert!(folder.names.is_empty());
        assert_eq!(folder.strange, ["\u{fffd}.json"]);
        let whole = entry("100644", b"a.json");
        for end in 1..whole.len() {
            assert!(parse(&whole[..end], 20).is_none(), "{end}");
        }
    }
}
