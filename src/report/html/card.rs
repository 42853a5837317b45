//! One edit on the page: what it is about, the lines before and after, what shows it.

use std::collections::BTreeSet;

use serde_json::Value;
use similar::ChangeTag;

use super::super::annotation::unjudged_line;
use super::super::checkout::Checkout;
use super::super::text::place;
use super::super::view::{Change, Edit, Group, View, phrase};
use super::page::Page;
use crate::lines;
use crate::model::{BreakingType, Finding, Origin, Unjudged, Words};

/// So many lines of a value are shown on each side.
const MOST_LINES: usize = 14;

/// Makes the cards of a page.
pub(super) struct Card;

/// The lines of one side: each with its number, where it is one of a file.
struct Side<'s> {
    title: &'s str,
    lines: Vec<(Option<usize>, &'s str)>,
    left_out: usize,
}

impl Card {
    pub(super) fn edit(
        files: Option<&Checkout>,
        view: &View<'_>,
        group: &Group<'_>,
        edit: &Edit<'_>,
    ) -> Page {
        let mut card = Page::default();
        let level = group.level.name();
        let streams = streams(&edit.findings).join("\n");
        let kind =
            edit.findings.iter().find_map(|finding| finding.breaking_type).map_or("", BreakingType::name);
        let class = format!("edit {level}");
        let attributes = [
            ("class", class.as_str()),
            ("data-level", level),
            ("data-connector", view.name),
            ("data-type", kind),
            ("data-streams", &*streams),
        ];
        card.within("article", &attributes, |card| {
            card.within("p", &[], |line| {
                line.words(&edit.subject);
            });
            list(card, &edit.places);
            if let Some((subject, places)) = &edit.whole {
                card.within("details", &[], |card| {
                    card.element("summary", &[], "All of them");
                    card.within("p", &[], |line| {
                        line.words(subject);
                    });
                    list(card, places);
                });
            }
            if let Some(origin) = edit.origin.new.or(edit.origin.old) {
                card.within("p", &[("class", "quiet")], |line| {
                    if edit.origin.new.is_none() {
                        line.text("old ");
                    }
                    Self::place(line, files.filter(|_| edit.origin.new.is_some()), origin);
                    if let Some(cause) = edit.cause.filter(|cause| !origin.file.ends_with(*cause)) {
                        line.text(", through ").words(&Words::name(cause));
                    }
                });
            }
            excerpts(card, edit);
            if let Change::Long { old, new } = edit.change {
                values(card, old, new);
            }
            if let Some(reason) = &edit.evidence {
                card.within("p", &[], |line| {
                    line.element("strong", &[], reason.label).text(": ").words(&reason.words);
                });
            }
            if let Some(affects) = &edit.affects {
                card.within("p", &[], |line| {
                    line.element("strong", &[], "affects").text(" ").words(affects);
                });
            }
            let ids = phrase::names(edit.ids.iter().copied(), phrase::MOST_NAMES);
            card.within("p", &[("class", "quiet")], |line| {
                line.text("id ").words(&ids);
            });
        });
        card
    }

    pub(super) fn unjudged(view: &View<'_>, delta: &Unjudged) -> Page {
        let mut card = Page::default();
        let attributes = [
            ("class", "edit review"),
            ("data-level", "review"),
            ("data-connector", view.name),
            ("data-type", ""),
        ];
        card.within("article", &attributes, |card| {
            card.element("p", &[], &format!("No rule judges this yet: {}", unjudged_line(delta)));
        });
        card
    }

    /// A place, as a link where it is published.
    pub(super) fn place(line: &mut Page, files: Option<&Checkout>, origin: &Origin) {
        match files.and_then(|files| files.link(origin)) {
            Some(address) => line.element("a", &[("href", &*address)], &place(origin)),
            None => line.element("code", &[], &place(origin)),
        };
    }
}

/// The streams that findings are in or reach.
fn streams(findings: &[&Finding]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for finding in findings {
        names.extend(finding.stream.as_ref().map(ToString::to_string));
        names.extend(finding.scope.streams.iter().cloned());
    }
    // The list is written one a line.
    names.into_iter().map(|name| name.replace('\n', "\\n")).collect()
}

fn list(card: &mut Page, places: &[Words]) {
    if !places.is_empty() {
        card.open("ul", &[]);
        places.iter().for_each(|place| {
            card.within("li", &[], |line| {
                line.words(place);
            });
        });
        card.close();
    }
}

/// The lines of both files, side by side; of what stands there as it stood, the new ones only.
fn excerpts(card: &mut Page, edit: &Edit<'_>) {
    let block = |title: &'static str, origin: Option<&Origin>| {
        let origin = origin?;
        let (lines, count) = origin.lines(MOST_LINES)?;
        Some(Block { title: format!("{title}: {}", origin.file), lines, count })
    };
    let (old, new) = (block("before", edit.origin.old), block("after", edit.origin.new));
    match (&old, &new) {
        (Some(old), Some(new)) if !old.is_like(new) => {
            let changed = changed(&old.texts(), &new.texts());
            sides(card, &[old.side(), new.side()], &changed);
        }
        (_, Some(one)) | (Some(one), None) => sides(card, &[one.side()], &[]),
        (None, None) => {}
    }
}

/// Lines of a file.
struct Block {
    title: String,
    lines: Vec<(usize, String)>,
    /// How many there are.
    count: usize,
}

impl Block {
    fn texts(&self) -> Vec<&str> {
        self.lines.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Whether what differs lies deeper than what is shown.
    fn is_like(&self, other: &Self) -> bool {
        self.texts() == other.texts()
    }

    fn side(&self) -> Side<'_> {
        Side {
            title: &self.title,
            lines: self.lines.iter().map(|(number, text)| (Some(*number), text.as_str())).collect(),
            left_out: self.count.saturating_sub(self.lines.len()),
        }
    }
}

/// Which lines of each side the other has not.
fn changed(before: &[&str], after: &[&str]) -> [Vec<bool>; 2] {
    let mut changed = [vec![false; before.len()], vec![false; after.len()]];
    let groups = lines::groups(before, after, 0);
    for change in groups.iter().flatten().flat_map(|op| op.iter_changes(before, after)) {
        let at = match change.tag() {
            ChangeTag::Delete => change.old_index().map(|line| (0, line)),
            ChangeTag::Insert => change.new_index().map(|line| (1, line)),
            ChangeTag::Equal => None,
        };
        if let Some(flag) = at.and_then(|(side, line)| changed[side].get_mut(line)) {
            *flag = true;
        }
    }
    changed
}

/// Two objects, line by line, from shortly before the first line that differs.
fn values(card: &mut Page, old: &Value, new: &Value) {
    const BEFORE: usize = 2;
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let (old, new) = (pretty(old), pretty(new));
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let alike = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let from = alike.saturating_sub(BEFORE);
    let (old, new) = (&old[from..], &new[from..]);
    let both = [("before", old), ("after", new)].map(|(title, lines)| Side {
        title,
        lines: lines.iter().take(MOST_LINES).map(|line| (None, *line)).collect(),
        left_out: lines.len().saturating_sub(MOST_LINES),
    });
    sides(card, &both, &changed(old, new));
}

/// Sides beside each other. `changed` says which lines of each stand out.
fn sides(card: &mut Page, sides: &[Side<'_>], changed: &[Vec<bool>]) {
    card.open("div", &[("class", "sides")]);
    for (number, side) in sides.iter().enumerate() {
        card.open("figure", &[]);
        card.element("figcaption", &[], side.title);
        card.open("pre", &[("tabindex", "0")]);
        for (index, (line, text)) in side.lines.iter().enumerate() {
            let is_changed =
                changed.get(number).and_then(|flags| flags.get(index)).copied().unwrap_or_default();
            let class = match (is_changed, number) {
                (false, _) => "",
                (true, 0) => "gone",
                (true, _) => "come",
            };
            card.within("span", &[("class", class)], |row| {
                row.element("b", &[], &line.map(|line| line.to_string()).unwrap_or_default());
                row.text(text);
            });
        }
        card.close();
        if side.left_out > 0 {
            let more = phrase::count(side.left_out, "more line");
            card.element("p", &[("class", "quiet")], &format!("… {more}"));
        }
        card.close();
    }
    card.close();
}
