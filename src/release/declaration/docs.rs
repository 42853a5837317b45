//! The pages that a release needs: the section of the migration guide, and the line of the changelog.
//!
//! Source: `CheckMigrationGuide` and `CheckChangelogEntry` of airbyte-internal-ops 0.132.0, which read lines and not
//! Markdown, and sort versions as texts. A page that users read right and that they refuse, or the reverse, is told as
//! such.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};
use semver::Version;
use serde_json::Value;

use super::super::page::Unseen;
use super::super::{Found, Subject};
use super::{Declared, Release, Standing, at_most};
use crate::model::{Connector, DocsPage, Document, Located, Metadata, Pointer, ReleaseDocs, Severity};
use crate::rules::Check;
use crate::rules::release as checks;

/// What is wrong with the pages, as far as the release touches what they are to say.
pub(super) fn problems(release: &Release<'_>, metadata: &Metadata, declared: &[Declared<'_>]) -> Vec<Found> {
    let pages = Pages { release, metadata };
    let mut problems = pages.guide(declared);
    if release.is_new_version() && !release.old.is_absent {
        problems.extend(pages.changelog());
    }
    problems
}

struct Pages<'r> {
    release: &'r Release<'r>,
    metadata: &'r Metadata,
}

/// A line that starts as the heading of a version does.
#[derive(Debug, PartialEq, Eq)]
struct UpgradeLine<'t> {
    /// What follows the words "Upgrading to".
    version: &'t str,
    /// The byte that it starts at.
    offset: usize,
    /// Whether it is a heading, and no line of code.
    is_heading: bool,
    /// Whether nothing stands below it.
    is_empty: bool,
}

const UPGRADING: &str = "## Upgrading to ";

/// The lines that start as the heading of a version does, in the order of the page.
fn upgrade_lines(text: &str) -> Vec<UpgradeLine<'_>> {
    let mut headings: Vec<(usize, HeadingLevel)> = Vec::new();
    // Whether anything stands below each of them.
    let mut is_filled = Vec::new();
    let mut in_heading = false;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                in_heading = true;
                if level > HeadingLevel::H2 {
                    is_filled.last_mut().into_iter().for_each(|filled| *filled = true);
                } else {
                    headings.push((range.start, level));
                    is_filled.push(false);
                }
            }
            Event::End(pulldown_cmark::TagEnd::Heading(_)) => in_heading = false,
            _ if !in_heading => is_filled.last_mut().into_iter().for_each(|filled| *filled = true),
            _ => {}
        }
    }
    let mut offset = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        // Airbyte's check reads over blanks at the start of a line, as Markdown does over three of them.
        let unindented = line.trim_start();
        if let Some(version) = unindented.strip_prefix(UPGRADING) {
            let start = offset + line.len() - unindented.len();
            let at = headings.partition_point(|(heading, _)| *heading < offset);
            let heading = headings.get(at).filter(|(heading, _)| *heading <= start).map(|_| at);
            let is_empty = heading.is_some_and(|index| !is_filled[index]);
            lines.push(UpgradeLine {
                version: version.trim_end(),
                offset,
                is_heading: heading.is_some(),
                is_empty,
            });
        }
        offset += line.len();
    }
    lines
}

/// The pages of the new version; of one that was looked for where the old version has its own, and has none, they are gone.
/// `None` where nobody knows of any.
fn docs<'c>(old: &'c Connector, new: &'c Connector) -> Option<Cow<'c, ReleaseDocs>> {
    let gone = || {
        let before = old.release_files.docs.as_ref().filter(|before| before.is_any_there())?;
        let is_same = before.level < new.release_files.levels && old.name == new.name;
        is_same.then(|| Cow::Owned(before.gone()))
    };
    new.release_files.docs.as_ref().map(Cow::Borrowed).or_else(gone)
}

/// The versions that have a section in the migration guide; `None` where no docs were found, or this run may not read it.
pub(in crate::release) fn guided(old: &Connector, new: &Connector) -> Option<Vec<String>> {
    let docs = docs(old, new).filter(|docs| !docs.guide.is_withheld())?;
    let guide = docs.guide.document.as_ref();
    let text = guide.map_or("", |guide| guide.text.as_str());
    let headings = upgrade_lines(text).into_iter().filter(|line| line.is_heading);
    Some(headings.map(|line| line.version.to_owned()).collect())
}

impl Pages<'_> {
    fn found(&self, check: &'static Check, key: &str, message: String) -> Found {
        let about =
            Subject::release(self.release.new).values([key].into_iter().filter(|key| !key.is_empty()));
        let found = Found::new(check, about, message);
        // Airbyte's checks of pages begin at this rank of support.
        const LEAST_RANK: u64 = 100;
        let rank = self.metadata.data["ab_internal"]["sl"].as_u64();
        if rank.is_some_and(|rank| rank < LEAST_RANK) { at_most(found, Severity::Warning) } else { found }
    }

    /// At the entries of the metadata, where the page itself is missing.
    fn at_entries(&self, found: Found) -> Found {
        found.at_key(Some(self.metadata), &["releases", "breakingChanges"])
    }

    /// What is wrong with the guide, where the release brings or edits an entry, or edits the guide.
    fn guide(&self, declared: &[Declared<'_>]) -> Vec<Found> {
        // Without entries nobody asks for a guide.
        if declared.is_empty() {
            return Vec::new();
        }
        let is = |standing: Standing| declared.iter().any(|entry| entry.standing == standing);
        // Where no docs were given, or this run may not read the guide, nobody knows what it says: reports say so.
        let docs = docs(self.release.old, self.release.new);
        let Some(docs) = docs.filter(|docs| !docs.guide.is_withheld()) else { return Vec::new() };
        let is_touched = is(Standing::New) || is(Standing::Edited);
        let old = self.release.old.release_files.docs.as_ref();
        let shared = docs.shared_guide.as_ref().filter(|shared| shared.document.is_some());
        if let Some(shared) = shared.filter(|_| docs.guide.document.is_none() && is_touched) {
            let message = format!(
                "users read {}, and Airbyte's check asks for {}: it refuses a release whose guide is that of another connector",
                shared.file, docs.guide.file
            );
            let found = self.found(&checks::meta_guide_missing::CHECK, "", message);
            let found = self.at_entries(at_most(found, Severity::Warning));
            let is_own = |entry: &&Declared<'_>| entry.standing != Standing::Published;
            let own: Vec<Declared<'_>> = declared.iter().filter(is_own).copied().collect();
            let sections = shared.document.iter().flat_map(|document| {
                let faults = faults(self.metadata, document, &own).into_iter();
                // Its title is that of the other connector.
                let faults =
                    faults.filter(|fault| fault.check.id != checks::meta_guide_title_wrong::CHECK.id);
                faults.filter_map(|fault| self.told(fault, document, true, &None, &BTreeSet::new()))
            });
            return std::iter::once(found).chain(sections).collect();
        }
        let old = old.and_then(|docs| docs.guide.document.as_ref());
        match &docs.guide {
            DocsPage { document: Some(document), .. } => {
                if !is_touched && old.is_none() {
                    return Vec::new();
                }
                // What was wrong before is not this release's fault, unless it is about what the release touches. A guide
                // is wrong for another name too.
                let named = self.release.old.metadata.as_ref().unwrap_or(self.metadata);
                let before = old.map(|old| faults(named, old, declared));
                let before = before
                    .as_ref()
                    .map(|faults| faults.iter().map(|one| (one.check.id, one.about.as_str())).collect());
                let is_published = |entry: &&Declared<'_>| entry.standing == Standing::Published;
                let published = declared.iter().filter(is_published).map(|entry| entry.key).collect();
                let faults = faults(self.metadata, document, declared).into_iter();
                faults
                    .filter_map(|fault| self.told(fault, document, is_touched, &before, &published))
                    .collect()
            }
            // What is gone is the fault of the release that removes it.
            _ if !is_touched && old.is_none() => Vec::new(),
            DocsPage { unread: Some(_), file, .. } => {
                let found =
                    self.found(&checks::meta_guide_missing::CHECK, "", format!("{file} cannot be read"));
                vec![self.at_entries(found)]
            }
            DocsPage { file, .. } => {
                let message =
                    format!("{file} does not exist: a breaking change needs a migration guide there");
                vec![self.at_entries(self.found(&checks::meta_guide_missing::CHECK, "", message))]
            }
        }
    }

    /// A fault of the guide as a problem; `None` where the release has nothing to do with it.
    fn told(
        &self,
        fault: GuideFault,
        document: &Arc<Document>,
        is_touched: bool,
        before: &Option<BTreeSet<(&str, &str)>>,
        published: &BTreeSet<&str>,
    ) -> Option<Found> {
        let was_there =
            before.as_ref().is_some_and(|before| before.contains(&(fault.check.id, fault.about.as_str())));
        let is_published = published.contains(fault.about.as_str());
        if was_there && !is_touched {
            return None;
        }
        let found = self.found(fault.check, &fault.about, fault.message);
        // Of a published entry, only what is known to be this release's doing stops it.
        let is_older = is_published && (was_there || before.is_none());
        let found = if is_older || fault.is_advice { at_most(found, Severity::Warning) } else { found };
        let place =
            Located { offset: Some(fault.offset), ..Located::in_document(document.clone(), Pointer::root()) };
        Some(Found { place: Some(place), ..found })
    }

    /// What keeps Airbyte's check from the line of the changelog for this version.
    fn changelog(&self) -> Vec<Found> {
        // Of a connector that had no page before either, nobody knows where it has its changelog.
        let had_any = self.release.old.release_files.docs.as_ref().is_some_and(ReleaseDocs::is_any_there);
        let docs = docs(self.release.old, self.release.new);
        let Some(docs) = &docs.filter(|docs| had_any || docs.is_any_there()) else { return Vec::new() };
        let Some(version) = self.metadata.version() else { return Vec::new() };
        let address = self.address(docs);
        // A page that is not there cannot have a line.
        let line = match (&address, &docs.page.document) {
            (Some(_), None) => None,
            _ => self.line_of_changelog(&docs.page, version),
        };
        address.into_iter().chain(line).collect()
    }

    /// An address of the docs that leads to no page, in a repository that has its docs where Airbyte has them.
    fn address(&self, docs: &ReleaseDocs) -> Option<Found> {
        let file = self.metadata.page_file();
        if !docs.guide.file.starts_with("docs/integrations/") || file.as_ref() == Some(&docs.page.file) {
            return None;
        }
        let advice = match (&docs.page.document, docs.page.file.strip_prefix("docs/")) {
            (Some(_), Some(page)) => {
                format!(": write {}/{}", Metadata::DOCS, page.strip_suffix(".md").unwrap_or(page))
            }
            _ => String::new(),
        };
        let value = &self.metadata.data["documentationUrl"];
        let address = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let message = match file {
            Some(file) => {
                format!(
                    "documentationUrl leads to {file}, which does not exist, and Airbyte's check finds no changelog{advice}"
                )
            }
            None if value.is_null() => {
                format!(
                    "the metadata has no documentationUrl, by which Airbyte's check finds the changelog{advice}"
                )
            }
            None => format!(
                "documentationUrl is {address}: Airbyte's check looks for a changelog below {} alone{advice}",
                Metadata::DOCS
            ),
        };
        let found = self.found(&checks::meta_page_not_found::CHECK, &address, message);
        let found = if self.led_nowhere_before() { at_most(found, Severity::Warning) } else { found };
        Some(found.at_key(Some(self.metadata), &["documentationUrl"]))
    }

    /// Whether the old version has the same address, and no page was known to be there: nothing of that is this release's
    /// doing, though Airbyte's check stops it all the same.
    fn led_nowhere_before(&self) -> bool {
        let old = &self.release.old;
        let Some(before) = &old.metadata else { return false };
        let was_there = old.release_files.docs.as_ref().is_some_and(|docs| {
            docs.page.document.is_some() && before.page_file().as_ref() == Some(&docs.page.file)
        });
        before.data["documentationUrl"] == self.metadata.data["documentationUrl"] && !was_there
    }

    /// The line of the changelog for this version.
    fn line_of_changelog(&self, page: &DocsPage, version: &str) -> Option<Found> {
        if page.is_withheld() {
            return None;
        }
        let Some(document) = &page.document else {
            let message = match page.unread {
                Some(_) => format!("{} cannot be read", page.file),
                None => format!("{} does not exist: Airbyte's check looks for its changelog", page.file),
            };
            let found = self.found(&checks::meta_changelog_entry_missing::CHECK, version, message);
            return Some(found.at_key(Some(self.metadata), &["dockerImageTag"]));
        };
        let mut offset = 0;
        let mut start = None;
        let unseen = Unseen::of(&document.text);
        for line in document.text.split_inclusive('\n') {
            let is_seen = |at: usize| !unseen.holds(offset + at);
            if start.is_some() && versions_named(line, version).any(is_seen) {
                return None;
            }
            if start.is_none() && line.to_lowercase().contains("# changelog") {
                start = Some(offset);
            }
            offset += line.len();
        }
        let message = match start {
            Some(_) => format!("the changelog has no line for {version}"),
            None => format!("the page has no heading Changelog, and no line for {version}"),
        };
        let found = self.found(&checks::meta_changelog_entry_missing::CHECK, version, message);
        let place = Located {
            offset: Some(start.unwrap_or_default()),
            ..Located::in_document(document.clone(), Pointer::root())
        };
        Some(Found { place: Some(place), ..found })
    }
}

/// Something that is wrong with a guide.
struct GuideFault {
    check: &'static Check,
    /// The version that it is about, or what else tells it from others of its check.
    about: String,
    message: String,
    /// The byte of the guide that it stands at.
    offset: usize,
    /// Whether no check of Airbyte's fails by it, or none is right to.
    is_advice: bool,
}

/// What is wrong with a guide that is to have a section for each entry.
fn faults(metadata: &Metadata, document: &Document, declared: &[Declared<'_>]) -> Vec<GuideFault> {
    let text = &document.text;
    let mut faults = Vec::new();
    let mut fault = |check, about: &str, message, offset, is_advice| {
        faults.push(GuideFault { check, about: about.to_owned(), message, offset, is_advice });
    };
    let title = format!("# {} Migration Guide", python_name(metadata));
    // Python reads the mark as a character of the first line.
    let mut lines_with_title = text.lines().enumerate().filter(|(_, line)| line.trim() == title).peekable();
    let is_behind_mark = document.has_mark && lines_with_title.peek().is_some_and(|(line, _)| *line == 0);
    if lines_with_title.nth(usize::from(is_behind_mark)).is_none() {
        let message = match (metadata.data["name"].as_str(), is_behind_mark) {
            (_, true) => format!(
                "the guide starts with a byte order mark, and so Airbyte's check does not find the title {title}: save it \
                 without one"
            ),
            (Some(_), false) => {
                format!("the guide has no title {title}: Airbyte's check asks for this very line")
            }
            (None, false) => {
                format!(
                    "the metadata has no name that is a text, and so Airbyte's check asks for the title {title}: write name"
                )
            }
        };
        fault(&checks::meta_guide_title_wrong::CHECK, "", message, 0, false);
    }
    let lines = upgrade_lines(text);
    let mut sections: BTreeMap<&str, Vec<&UpgradeLine<'_>>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.is_heading) {
        sections.entry(line.version).or_default().push(line);
    }
    let near = near_headings(text, &lines);
    for entry in declared {
        let key = entry.key;
        match sections.get(key).map(Vec::as_slice) {
            None | Some([]) => {
                let near = near.get(key).copied();
                let message = match near {
                    Some((line, _)) => format!(
                        "the guide has no heading {UPGRADING}{key}, but {line}: Airbyte's check asks for these very words"
                    ),
                    None => format!("the guide has no heading {UPGRADING}{key}"),
                };
                let offset = near.map_or(0, |(_, offset)| offset);
                fault(&checks::meta_guide_heading_missing::CHECK, key, message, offset, false);
            }
            Some(_) if entry.standing == Standing::Published => {}
            Some([only]) if only.is_empty => {
                let message = format!("the section {key} of the guide is empty");
                fault(&checks::meta_guide_section_empty::CHECK, key, message, only.offset, true);
            }
            Some([_, second, ..]) => {
                let message = format!("the guide has two sections {key}");
                fault(&checks::meta_guide_order::CHECK, key, message, second.offset, true);
            }
            Some(_) => {}
        }
    }
    faults.extend(order(&lines));
    faults
}

/// The name of the metadata as Python writes it into the title of a guide.
fn python_name(metadata: &Metadata) -> String {
    match &metadata.data["name"] {
        Value::String(name) => name.clone(),
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_string(),
    }
}

/// Sections that are not in descending order.
fn order(lines: &[UpgradeLine<'_>]) -> Option<GuideFault> {
    // What is no version has no place in the order of versions.
    let versions: Vec<(Version, &UpgradeLine<'_>)> =
        lines.iter().filter_map(|line| Some((Version::parse(line.version).ok()?, line))).collect();
    let out_of_place =
        versions.windows(2).find(|pair| pair[0].0 < pair[1].0).map(|pair| [pair[0].1, pair[1].1]);
    let out_of_place_as_text =
        lines.windows(2).find(|pair| pair[0].version < pair[1].version).map(|pair| [&pair[0], &pair[1]]);
    let (pair, message, is_advice) = match (out_of_place, out_of_place_as_text) {
        (Some(pair), as_text) => {
            let note = match as_text {
                Some(_) => "",
                None => "; Airbyte's check, which sorts as text, lets it pass",
            };
            let message = format!(
                "the guide has {} below {}: the latest version comes first{note}",
                pair[1].version, pair[0].version
            );
            (pair, message, as_text.is_none())
        }
        (None, Some(pair)) => {
            let message = format!(
                "the guide is in order, and Airbyte's check refuses it: it sorts as text, and {} comes after {} there",
                pair[1].version, pair[0].version
            );
            (pair, message, true)
        }
        (None, None) => return None,
    };
    let about = format!("{} > {}", pair[1].version, pair[0].version);
    Some(GuideFault {
        check: &checks::meta_guide_order::CHECK,
        about,
        message,
        offset: pair[1].offset,
        is_advice,
    })
}

/// Where a line names a version, and not one that only contains its text.
fn versions_named<'l>(line: &'l str, version: &'l str) -> impl Iterator<Item = usize> + 'l {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    line.match_indices(version).map(|(at, _)| at).filter(move |at| {
        let at = *at;
        let before = line[..at].chars().next_back();
        let mut after = line[at + version.len()..].chars();
        let ends = match (after.next(), after.next()) {
            // A full stop ends a sentence.
            (Some('.'), next) => next.is_none_or(|next| !is_part(next)),
            (next, _) => next.is_none_or(|next| !is_part(next)),
        };
        before.is_none_or(|before| !is_part(before) || matches!(before, 'v' | 'V')) && ends
    })
}

/// Headings and lines of code that name a version, and are not the heading that the check asks for: what to show and the
/// byte that it starts at, by the version.
fn near_headings<'t>(text: &'t str, lines: &[UpgradeLine<'t>]) -> BTreeMap<&'t str, (&'t str, usize)> {
    let mut near = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.is_heading) {
        near.entry(line.version).or_insert(("the same in a block of code", line.offset));
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('#') {
            for word in line.split(|c| !is_part(c)) {
                let version = word.trim_start_matches(['v', 'V']).trim_end_matches('.');
                near.entry(version).or_insert((line.trim(), offset));
            }
        }
        offset += line.len();
    }
    near
}
