//! The graph in Mermaid's language.

use std::fmt::Write as _;

use super::Drawn;
use crate::model::{Link, PartKind};

pub(super) fn mermaid(drawn: &Drawn) -> String {
    let mut out = String::from("graph LR\n");
    for (number, part) in drawn.parts.iter().enumerate() {
        let (open, close) = match part.kind {
            PartKind::Stream => ("[", "]"),
            PartKind::Definition => ("(", ")"),
            PartKind::Parameters => ("{", "}"),
            PartKind::SchemaFile => ("[/", "/]"),
            PartKind::SpecProperty => ("((", "))"),
        };
        let _ = writeln!(out, "  n{number}{open}\"{}\"{close}", quoted(&part.label));
    }
    for (from, to, link) in &drawn.links {
        let arrow = if *link == Link::Parent { "-.->" } else { "-->" };
        let _ = writeln!(out, "  n{from} {arrow} n{to}");
    }
    out
}

/// A name for between quotation marks. Mermaid reads Markdown, HTML, formulas, icons and settings there, so what is not
/// common in names is written by its number.
fn quoted(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut out = String::with_capacity(name.len());
    for (at, &character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| characters.get(before)).copied();
        let after = characters.get(at + 1).copied();
        let beside = |wanted: fn(char) -> bool| before.is_some_and(wanted) && after.is_some_and(wanted);
        let plain = match character {
            '/' => true,
            // Emphasis starts and ends at the borders of words only.
            '_' => beside(|near| near.is_alphanumeric() || near == '_'),
            // A point with a space behind it may number a list, as a dash may start one.
            '.' => after.is_some_and(|after| after != ' ') && !name.starts_with("www."),
            '-' => before.is_some(),
            ' ' => beside(|near| near != ' '),
            // Two of them start a formula.
            '$' => before != Some('$') && after != Some('$'),
            _ => character.is_alphanumeric() || !character.is_ascii(),
        };
        if plain {
            out.push(character);
        } else {
            let _ = write!(out, "#{};", u32::from(character));
        }
    }
    out
}
