//! The edits of each file, and the side that they come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use semver::Version;

use super::files::Trees;
use super::overlay::{Overlay, Place};
use super::{DeclareError, check, markdown, toml_edit};
use crate::load::{self, Request};
use crate::model::{Connector, ConnectorReport, Metadata, Severity, Words};
use crate::release::is_declared;
use crate::report::{self, Paperwork};
use crate::{Options, compare};

/// What a line gives to a key `version`, as in `LABEL io.airbyte.version=1.2.3` or `version = '1.2.3'`.
fn value_of_version(line: &str) -> Option<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let (before, after) = line.split_once("version")?;
    if before.ends_with(is_part) {
        return None;
    }
    let value = after.trim_start_matches(['"', '\'', ' ']).strip_prefix(['=', ':'])?;
    let value = value.trim_start_matches(['"', '\'', ' ']);
    value
        .split(|c: char| !(is_part(c) || matches!(c, '.' | '-' | '+')))
        .next()
        .filter(|value| !value.is_empty())
}

/// The edits so far.
pub(super) struct Planner {
    pub(super) trees: Trees,
    /// What files have and are to have.
    pub(super) edits: BTreeMap<Place, (Option<String>, String)>,
    pub(super) notes: Vec<String>,
    /// The section of a guide that was not found, with its file.
    pub(super) guide: Option<(String, String)>,
}

/// The new side as it will be.
pub(super) struct Planned {
    pub(super) new: Connector,
    pub(super) report: ConnectorReport,
}

impl Planner {
    pub(super) fn new(trees: Trees) -> Self {
        Self { trees, edits: BTreeMap::new(), notes: Vec::new(), guide: None }
    }

    pub(super) fn edit(&mut self, place: Place, mark: Option<&str>, old: Option<String>, new: String) {
        if old.as_ref() == Some(&new) {
            return;
        }
        let mark = mark.unwrap_or_default();
        let whole = |text: String| format!("{mark}{text}");
        self.edits.insert(place, (old.map(whole), whole(new)));
    }

    /// The version that `pyproject.toml` repeats.
    pub(super) fn pyproject(
        &mut self,
        version: &Version,
        known: [Option<String>; 2],
    ) -> Result<(), DeclareError> {
        let place: Place = (0, "pyproject.toml".to_owned());
        let Some(file) = self.trees.read(&place)? else { return Ok(()) };
        let wrong =
            |message: String| DeclareError::Input(vec![format!("{}: {message}", self.trees.shown(&place))]);
        let found = toml_edit::versions(&file.text).map_err(wrong)?;
        // A version that somebody chose for this release, and another number turned out to be needed.
        let old = known.iter().flatten().filter_map(|known| Version::parse(known.trim()).ok()).min();
        let is_later = |text: &str| {
            let found = Version::parse(text).ok();
            found.zip(old.as_ref()).is_some_and(|(found, old)| found > *old)
        };
        let version = version.to_string();
        let (ours, others): (Vec<_>, Vec<_>) =
            found.into_iter().filter(|one| one.version != version).partition(|one| {
                known.iter().flatten().any(|known| *known == one.version) || is_later(&one.version)
            });
        let new = toml_edit::edited(&file.text, &ours, &version).map_err(wrong)?;
        for other in others {
            let message = format!(
                "pyproject.toml has {} {}, which is no version of this release: it is left as it is",
                other.key, other.version
            );
            self.notes.push(message);
        }
        self.edit(place, Some(file.mark), Some(file.text), new);
        Ok(())
    }

    /// Says which other files of the connector have an earlier version. No connector of Airbyte's repository has one, so
    /// that none is edited.
    pub(super) fn repeated(
        &mut self,
        version: &Version,
        known: [Option<String>; 2],
    ) -> Result<(), DeclareError> {
        const FILES: [&str; 6] =
            ["Dockerfile", "build.gradle", "build.gradle.kts", "gradle.properties", "setup.cfg", "setup.py"];
        let version = version.to_string();
        let earlier: Vec<&str> =
            known.iter().flatten().map(|known| known.trim()).filter(|known| *known != version).collect();
        for file in FILES {
            let Some(read) = self.trees.read(&(0, file.to_owned()))? else { continue };
            let mut lines = read.text.lines().zip(1..);
            let found = lines.find_map(|(line, number)| {
                let value = value_of_version(line)?;
                earlier.contains(&value).then(|| format!("{file}:{number} has the version {value}"))
            });
            self.notes.extend(found.map(|found| format!("{found}: it is left to you")));
        }
        Ok(())
    }

    /// The section of the migration guide and the line of the changelog.
    pub(super) fn docs(
        &mut self,
        new: &Connector,
        report: &ConnectorReport,
        version: &Version,
        paperwork: Option<&Paperwork>,
        additions: &[Words],
        today: NaiveDate,
    ) -> Result<(), DeclareError> {
        let Some(metadata) = &new.metadata else { return Ok(()) };
        let named = report.name.split_once('-').filter(|(kind, _)| matches!(*kind, "source" | "destination"));
        // A name is a part of a path here, and no more than that.
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_part = |name: &str| !name.is_empty() && name.chars().all(is_plain);
        let Some((kind, name)) = named.filter(|(_, name)| is_part(name)) else {
            let why = match named {
                Some(_) => format!(
                    "the connector is called {}, where docs have names of a to z, 0 to 9 and -",
                    report::plain_name(&report.name)
                ),
                None => "the connector's name is not known, and so its docs are not".to_owned(),
            };
            self.notes.push(format!("{why}: guide and changelog are left to you"));
            return Ok(());
        };
        // The pages that check reads, one of which the metadata may name; or else where they are to be.
        let named = |folder: &str, of: &str| format!("{folder}/{name}{of}.md");
        let seen = new.release_files.docs.as_ref();
        let seen = seen.map(|docs| (docs.level, docs.page.file.clone(), docs.guide.file.clone()));
        let places = seen.or_else(|| {
            let (level, folder) = self.trees.docs(kind, name)?;
            Some((level, named(&folder, ""), named(&folder, "-migrations")))
        });
        let Some((level, page, guide)) = places else {
            let message = format!(
                "docs/integrations/{kind}s is in none of the folders around NEW: guide and changelog are left to you"
            );
            self.notes.push(message);
            self.guide = paperwork.map(|paperwork| {
                (format!("docs/integrations/{kind}s/{name}-migrations.md"), report::section(paperwork))
            });
            return Ok(());
        };
        if let Some(paperwork) = paperwork {
            self.guide((level, guide), metadata, report, paperwork)?;
        }
        let place = (level, page);
        let shown = place.1.clone();
        let Some(page) = self.trees.read(&place)? else {
            self.notes.push(format!("{shown} is not there: the line of its changelog is left to you"));
            return Ok(());
        };
        let subject = match (paperwork, additions) {
            (Some(paperwork), _) => report::subject(paperwork),
            (None, [one]) => report::cell(one),
            (None, [one, other]) => format!("{}; {}", report::cell(one), report::cell(other)),
            (None, _) => "TODO: what changed".to_owned(),
        };
        let row = markdown::Row {
            version,
            date: &today.to_string(),
            pull_request: "[TODO](https://github.com/airbytehq/airbyte/pull/TODO)",
            subject: &subject,
        };
        match markdown::with_row(&page.text, row) {
            Ok(Some(text)) => self.edit(place, Some(page.mark), Some(page.text), text),
            Ok(None) => {}
            Err(why) => self.notes.push(format!("{shown} is left as it is: {why}")),
        }
        Ok(())
    }

    fn guide(
        &mut self,
        place: Place,
        metadata: &Metadata,
        report: &ConnectorReport,
        paperwork: &Paperwork,
    ) -> Result<(), DeclareError> {
        let Some(key) = paperwork.draft.key().and_then(|key| Version::parse(&key).ok()) else {
            return Ok(());
        };
        let section = report::section(paperwork);
        let name = report::plain_name(metadata.data["name"].as_str().unwrap_or(&report.name));
        let Some(guide) = self.trees.read(&place)? else {
            self.edit(place, None, None, markdown::new_guide(&name, &section));
            return Ok(());
        };
        let title = format!("# {name} Migration Guide");
        if !guide.text.lines().any(|line| line.trim() == title) {
            let message = format!("{} has no line \"{title}\", which Airbyte's checks look for", place.1);
            self.notes.push(message);
        }
        let shown = self.trees.shown(&place);
        let text = markdown::with_section(&guide.text, &key, &section)
            .map_err(|why| DeclareError::Input(vec![format!("{shown}: {why}")]))?;
        if let Some(text) = text {
            self.edit(place, Some(guide.mark), Some(guide.text), text);
        }
        Ok(())
    }

    /// The new side with its planned files, read and compared again.
    pub(super) fn verified(
        &self,
        old: &Connector,
        request: &Request,
        options: &Options,
        breaks: bool,
    ) -> Result<Planned, DeclareError> {
        let bytes = |(place, (_, new)): (&Place, &(Option<String>, String))| {
            (place.clone(), new.clone().into_bytes())
        };
        let tree = Overlay::new(request.tree.clone(), self.edits.iter().map(bytes).collect());
        let new = load::connector_in(&Request { tree: Arc::new(tree), ..request.clone() });
        let report = compare(old, &new, options);
        check(&report)?;
        if breaks && !is_declared(&report.verdict) {
            let problems = report.problems.iter().filter(|problem| problem.level == Severity::Error);
            let mut messages = vec!["the edits would not declare the break: write it by hand".to_owned()];
            messages.extend(problems.map(|problem| problem.message.clone()));
            return Err(DeclareError::Input(messages));
        }
        Ok(Planned { new, report })
    }
}
