//! Reading `.connector-diff.toml`. Every mistake is reported at once, each with its line and a suggestion.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    DisabledTests, FailOn, FieldPattern, Glob, Policy, SWITCHES, SetBy, Setting, Waiver, waiver_file,
};
use crate::model::{Bump, ErrorCause, InputError, Level, Severity};
use crate::rules;
use crate::suggest::nearest;

/// A policy file: settings for every connector, and sections for some of them.
#[derive(Debug, Clone, Default)]
pub struct PolicyFile {
    pub(super) general: Policy,
    /// In the order of the file.
    pub(super) sections: Vec<Section>,
}

/// The settings for one connector, or for those whose names match a pattern.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) name: String,
    set_by: SetBy,
    pub(super) policy: Policy,
}

impl Section {
    fn is_pattern(&self) -> bool {
        self.name.contains(['*', '?'])
    }
}

/// The keys of the file's top and of a connector's section.
const KEYS: [&str; 5] = ["fail-on", "ignore", "rules", "switches", "waivers"];

/// What turns a rule or a check off.
const OFF: &str = "off";

/// What a rule's level can be set to.
const LEVELS: [Level; 4] = [Level::Breaking, Level::Review, Level::Safe, Level::Cosmetic];

/// The switch that sets no rule's level.
const BELOW_ONE: &str = "break-below-1-0";

/// The switch for findings whose test the connector turns off.
const DISABLED_TESTS: &str = "disabled-compatibility-tests";

impl PolicyFile {
    /// Reads the text of a policy file; `file` is how messages call it.
    ///
    /// # Errors
    /// Every mistake in it.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<InputError>> {
        let ends_of_lines = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
        let mut reader = Reader { ends_of_lines, file: file.into(), errors: Vec::new() };
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                reader.fail(error.span().unwrap_or(0..0), format!("not TOML: {}", error.message()));
                return Err(reader.errors);
            }
        };
        let mut read = Self::default();
        let mut places = Vec::new();
        for (key, value) in &table {
            if key.get_ref() == "connectors" {
                let Some(sections) = reader.table(value, "a section per connector") else { continue };
                for (name, section) in sections {
                    let section_start = name.span().start;
                    let Some(section) = reader.table(section, "the connector's settings") else { continue };
                    let mut policy = Policy::default();
                    for (key, value) in section {
                        match key.get_ref().as_ref() {
                            "waivers" => {
                                policy.waivers = waiver_file::read(&mut reader, value, Some(name.get_ref()));
                            }
                            _ => reader.key(key, value, &mut policy, &KEYS),
                        }
                    }
                    let set_by = reader.setting((), &name.span()).set_by;
                    let name = name.get_ref().to_string();
                    places.push((section_start, Section { name, set_by, policy }));
                }
            } else if key.get_ref() == "waivers" {
                read.general.waivers = waiver_file::read(&mut reader, value, None);
            } else {
                let known = [&KEYS[..], &["connectors"]].concat();
                reader.key(key, value, &mut read.general, &known);
            }
        }
        places.sort_by_key(|(start, _): &(usize, Section)| *start);
        read.sections = places.into_iter().map(|(_, section)| section).collect();
        if reader.errors.is_empty() { Ok(read) } else { Err(reader.errors) }
    }

    /// The decisions that hold for a connector: those of its own section, then those of patterns that match its name, the
    /// last one first, then the general ones; what is ignored adds up.
    pub fn policy(&self, connector: Option<&str>) -> Policy {
        let Some(name) = connector else { return self.general.clone() };
        let patterns = self.sections.iter().filter(|section| section.is_pattern());
        let mut policy = patterns
            .filter(|section| Policy::is_match(&section.name, name))
            .map(|section| &section.policy)
            .chain(self.section(name))
            .fold(self.general.clone(), Self::with);
        policy.waivers.retain(|waiver| waiver.is_for(name));
        let is_only = self.is_only_for(name);
        for waiver in &mut policy.waivers {
            waiver.is_meant |= is_only || waiver.connector.as_deref() == Some(name);
        }
        policy
    }

    /// Whether the file names this connector and no other.
    fn is_only_for(&self, connector: &str) -> bool {
        let by_waivers = self.general.waivers.iter().filter_map(|waiver| waiver.connector.as_deref());
        let mut named = self.connectors().chain(by_waivers).peekable();
        named.peek().is_some() && named.all(|name| name == connector)
    }

    /// Every waiver of the file with the connectors it is for, in the order of the file within its top and each section.
    pub fn waivers(&self) -> impl Iterator<Item = (Option<&str>, &Waiver)> {
        let general = self.general.waivers.iter().map(|waiver| (waiver.connector.as_deref(), waiver));
        let own = self.sections.iter().flat_map(|section| {
            section.policy.waivers.iter().map(move |waiver| (Some(section.name.as_str()), waiver))
        });
        general.chain(own)
    }

    /// A policy with what a section sets.
    fn with(mut policy: Policy, section: &Policy) -> Policy {
        policy.fail_on = section.fail_on.clone().or(policy.fail_on);
        policy.break_below_one = section.break_below_one.clone().or(policy.break_below_one);
        policy.disabled_tests = section.disabled_tests.clone().or(policy.disabled_tests);
        // A switch of the section wins over a general level of one of its rules.
        for name in section.switches.keys() {
            let switched = SWITCHES.iter().find(|switch| switch.name == *name);
            for rule in switched.into_iter().flat_map(|switch| switch.rules) {
                policy.levels.remove(rule);
                policy.off.remove(rule);
            }
        }
        for id in section.levels.keys().chain(section.checks.keys()) {
            policy.off.remove(id);
        }
        policy.off.extend(section.off.clone());
        policy.levels.extend(section.levels.clone());
        policy.checks.extend(section.checks.clone());
        policy.switches.extend(section.switches.clone());
        policy.ignored_streams.extend(section.ignored_streams.iter().cloned());
        policy.ignored_fields.extend(section.ignored_fields.iter().cloned());
        policy.waivers.extend(section.waivers.iter().cloned());
        policy
    }

    /// The connectors that have a section, and the patterns that have one.
    pub fn connectors(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|section| section.name.as_str())
    }

    /// The section of one connector.
    pub fn section(&self, connector: &str) -> Option<&Policy> {
        let own = self.sections.iter().find(|section| !section.is_pattern() && section.name == connector);
        own.map(|section| &section.policy)
    }

    /// The sections whose names look like a mistyped name of a connector that has no section, with where they stand.
    pub fn misspelt(&self, connector: &str) -> Vec<(&str, &SetBy)> {
        if self.section(connector).is_some() {
            return Vec::new();
        }
        self.sections
            .iter()
            .filter(|section| !section.is_pattern() && is_mistyped(&section.name, connector))
            .map(|section| (section.name.as_str(), &section.set_by))
            .collect()
    }

    /// The waivers whose connectors look like a mistyped name of this one, with where they stand.
    pub fn misspelt_waivers(&self, connector: &str) -> Vec<(&str, &SetBy)> {
        let named = self.general.waivers.iter().filter(|waiver| !waiver.is_for(connector));
        named
            .filter_map(|waiver| Some((waiver.connector.as_deref()?, &waiver.set_by)))
            .filter(|(name, _)| !name.contains(['*', '?']) && is_mistyped(name, connector))
            .collect()
    }
}

/// Whether a name looks like a mistyped one of a connector.
fn is_mistyped(name: &str, connector: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    let short = ["source-", "destination-"].iter().find_map(|start| connector.strip_prefix(start));
    let name = plain(name);
    short == Some(&*name) || strsim::osa_distance(&name, &plain(connector)) <= 1
}

pub(super) struct Reader {
    /// Where lines end, since each setting says its line.
    ends_of_lines: Vec<usize>,
    file: Arc<str>,
    errors: Vec<InputError>,
}

type Value<'i> = Spanned<DeValue<'i>>;

impl Reader {
    fn line(&self, span: &Range<usize>) -> usize {
        1 + self.ends_of_lines.partition_point(|end| *end < span.start)
    }

    /// How many mistakes were told.
    pub(super) fn mistakes(&self) -> usize {
        self.errors.len()
    }

    pub(super) fn fail(&mut self, span: Range<usize>, message: String) {
        let line = Some(self.line(&span));
        self.errors.push(InputError {
            cause: ErrorCause::Content,
            artifact: None,
            file: self.file.to_string(),
            line,
            message,
        });
    }

    pub(super) fn unknown(&mut self, key: &Spanned<impl AsRef<str>>, what: &str, known: &[&str]) {
        let name = key.get_ref().as_ref();
        let hint = nearest(name, known.iter().copied()).map_or_else(
            || format!("expected one of {}", known.join(", ")),
            |near| format!("did you mean {near}?"),
        );
        self.fail(key.span(), format!("there is no {what} {name}: {hint}"));
    }

    pub(super) fn setting<T>(&self, value: T, span: &Range<usize>) -> Setting<T> {
        Setting { value, set_by: SetBy::Line { file: self.file.clone(), line: self.line(span) } }
    }

    pub(super) fn table<'v, 'i>(&mut self, value: &'v Value<'i>, what: &str) -> Option<&'v DeTable<'i>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => {
                self.fail(value.span(), format!("expected a table with {what}, found {}", other.type_str()));
                None
            }
        }
    }

    fn key(
        &mut self,
        key: &Spanned<impl AsRef<str>>,
        value: &Value<'_>,
        policy: &mut Policy,
        known: &[&str],
    ) {
        match key.get_ref().as_ref() {
            "fail-on" => {
                let names = FailOn::ALL.map(FailOn::name);
                if let Some(index) = self.one_of(value, &names) {
                    policy.fail_on = Some(self.setting(FailOn::ALL[index], &value.span()));
                }
            }
            "rules" => {
                for (id, value) in self.table(value, "a level per rule").into_iter().flatten() {
                    self.rule(id, value, policy);
                }
            }
            "switches" => {
                for (name, value) in self.table(value, "an answer per question").into_iter().flatten() {
                    self.switch(name, value, policy);
                }
            }
            "ignore" => {
                for (name, value) in self.table(value, "the lists streams and fields").into_iter().flatten() {
                    self.ignore(name, value, policy);
                }
            }
            _ => self.unknown(key, "key", known),
        }
    }

    fn rule(&mut self, id: &Spanned<impl AsRef<str>>, value: &Value<'_>, policy: &mut Policy) {
        let name = id.get_ref().as_ref();
        let is_off = value.get_ref().as_str() == Some(OFF);
        if let Some(known) = rules::ids().find(|known| is_off && *known == name) {
            policy.off.insert(known, self.setting((), &id.span()).set_by);
        } else if let Some(rule) = rules::find(name) {
            if let Some(level) = self.level_or_off(value) {
                policy.levels.insert(rule.id, self.setting(level, &id.span()));
            }
        } else if let Some(check) = rules::find_check(name) {
            let [error, warning] = Severity::ALL.map(Severity::name);
            let index = self.one_of(value, &[error, warning, OFF]);
            if let Some(level) = index.and_then(|index| Severity::ALL.get(index)) {
                policy.checks.insert(check.id, self.setting(*level, &id.span()));
            }
        } else if SWITCHES.iter().any(|switch| switch.name == name) {
            self.fail(id.span(), format!("{name} is a switch: write it under [switches]"));
        } else {
            let hint = nearest(name, rules::ids())
                .map_or("`connector-diff rules` lists them".to_owned(), |near| {
                    format!("did you mean {near}?")
                });
            self.fail(id.span(), format!("there is no rule {name}: {hint}"));
        }
    }

    fn switch(&mut self, name: &Spanned<impl AsRef<str>>, value: &Value<'_>, policy: &mut Policy) {
        if name.get_ref().as_ref() == BELOW_ONE {
            if let Some(index) = self.one_of(value, &["minor", "major"]) {
                policy.break_below_one = Some(self.setting([Bump::Minor, Bump::Major][index], &name.span()));
            }
            return;
        }
        if name.get_ref().as_ref() == DISABLED_TESTS {
            if let Some(index) = self.one_of(value, &DisabledTests::ALL.map(DisabledTests::name)) {
                policy.disabled_tests = Some(self.setting(DisabledTests::ALL[index], &name.span()));
            }
            return;
        }
        let Some(switch) = SWITCHES.iter().find(|switch| switch.name == name.get_ref().as_ref()) else {
            let known: Vec<&str> =
                [BELOW_ONE, DISABLED_TESTS].into_iter().chain(SWITCHES.iter().map(|s| s.name)).collect();
            return self.unknown(name, "switch", &known);
        };
        if let Some(level) = self.level(value) {
            policy.switches.insert(switch.name, self.setting(level, &name.span()));
        }
    }

    fn ignore(&mut self, name: &Spanned<impl AsRef<str>>, value: &Value<'_>, policy: &mut Policy) {
        let is_streams = match name.get_ref().as_ref() {
            "streams" => true,
            "fields" => false,
            _ => return self.unknown(name, "list to ignore", &["fields", "streams"]),
        };
        let DeValue::Array(items) = value.get_ref() else {
            let found = value.get_ref().type_str();
            return self.fail(value.span(), format!("expected a list of patterns, found {found}"));
        };
        for item in items {
            let Some(text) = item.get_ref().as_str() else {
                let found = item.get_ref().type_str();
                self.fail(item.span(), format!("expected a pattern in quotes, found {found}"));
                continue;
            };
            if is_streams {
                policy.ignored_streams.push(Arc::new(self.setting(Glob::new(text), &item.span())));
                continue;
            }
            match FieldPattern::parse(text) {
                Some(pattern) => policy.ignored_fields.push(Arc::new(self.setting(pattern, &item.span()))),
                None => self.fail(
                    item.span(),
                    format!(
                        "expected stream/field, such as \"users/address/zip*\", found \"{text}\"; to leave out whole \
                         streams use streams = [...]"
                    ),
                ),
            }
        }
    }

    fn level(&mut self, value: &Value<'_>) -> Option<Level> {
        self.one_of(value, &LEVELS.map(Level::name)).map(|index| LEVELS[index])
    }

    /// The level of a rule that is not off.
    fn level_or_off(&mut self, value: &Value<'_>) -> Option<Level> {
        let names: Vec<&str> = LEVELS.iter().map(|level| level.name()).chain([OFF]).collect();
        self.one_of(value, &names).and_then(|index| LEVELS.get(index).copied())
    }

    fn one_of(&mut self, value: &Value<'_>, names: &[&str]) -> Option<usize> {
        let found = value.get_ref().as_str();
        let index = found.and_then(|found| names.iter().position(|name| *name == found));
        if index.is_none() {
            let shown =
                found.map_or_else(|| value.get_ref().type_str().to_owned(), |text| format!("\"{text}\""));
            self.fail(value.span(), format!("expected one of {}, found {shown}", names.join(", ")));
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let errors = PolicyFile::parse(text, "p.toml").expect_err("the text has mistakes");
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = "fail_on = \"review\"\n[rules]\nfield-remved = \"safe\"\nfield-removed = \"mild\"\n\
                    [switches]\nremovals = \"safe\"\n[ignore]\nfields = [\"users\", 3]\nstream = []\n\
                    [connectors.source-a]\nrule = {}\n";
        assert_eq!(
            mistakes(text),
            [
                "p.toml:11: there is no key rule: did you mean rules?",
                "p.toml:1: there is no key fail_on: did you mean fail-on?",
                "p.toml:8: expected stream/field, such as \"users/address/zip*\", found \"users\"; to leave out whole \
                 streams use streams = [...]",
                "p.toml:8: expected a pattern in quotes, found integer",
                "p.toml:9: there is no list to ignore stream: did you mean streams?",
                "p.toml:4: expected one of breaking, review, safe, cosmetic, off, found \"mild\"",
                "p.toml:3: there is no rule field-remved: did you mean field-removed?",
                "p.toml:6: there is no switch removals: did you mean removal?",
            ]
        );
        assert!(mistakes("[rules\n")[0].starts_with("p.toml:1: not TOML: "));
    }

    #[test]
    fn a_section_wins_over_what_is_general() {
        let text = "fail-on = \"never\"\n[rules]\nfield-removed = \"safe\"\n[ignore]\nstreams = [\"a\"]\n\
                    [connectors.source-x]\nfail-on = \"review\"\nswitches = {removal = \"review\"}\n\
                    ignore = {streams = [\"b\"]}\n";
        let file = PolicyFile::parse(text, "p.toml").expect("the text is right");
        let (general, section) = (file.policy(Some("source-y")), file.policy(Some("source-x")));
        let rule = rules::find("field-removed").expect("a rule");
        assert_eq!(general.level(rule, Level::Breaking).map(|(level, _)| level), Some(Level::Safe));
        assert_eq!(section.level(rule, Level::Breaking).map(|(level, _)| level), Some(Level::Review));
        assert_eq!(section.fail_on.map(|setting| setting.value), Some(FailOn::Review));
        assert_eq!(section.ignored_streams.len(), 2);
    }

    #[test]
    fn a_section_may_be_for_every_name_that_matches_a_pattern() {
        let text = "fail-on = \"never\"\n[connectors.\"source-*\"]\nfail-on = \"breaking\"\n\
                    ignore = {streams = [\"a\"]}\n[connectors.source-x]\nignore = {streams = [\"b\"]}\n\
                    [connectors.\"*-x\"]\nfail-on = \"review\"\n";
        let file = PolicyFile::parse(text, "p.toml").expect("the text is right");
        let fail_on = |name| file.policy(Some(name)).fail_on.map(|setting| setting.value);
        assert_eq!(fail_on("destination-y"), Some(FailOn::Never));
        assert_eq!(fail_on("source-y"), Some(FailOn::Breaking));
        assert_eq!(fail_on("source-x"), Some(FailOn::Review), "the later of two patterns");
        assert_eq!(file.policy(Some("source-x")).ignored_streams.len(), 2);
        let text = format!("{text}[connectors.source-z]\nfail-on = \"undeclared\"\n");
        let file = PolicyFile::parse(&text, "p.toml").expect("the text is right");
        let own = file.policy(Some("source-z")).fail_on.map(|setting| setting.value);
        assert_eq!(own, Some(FailOn::Undeclared), "a name before every pattern");
    }

    #[test]
    fn a_section_with_nearly_the_name_of_a_connector_is_misspelt() {
        let text = "[connectors.source-bookshp]\n[connectors.bookshop]\n[connectors.source_bookshop]\n\
                    [connectors.source-books]\n[connectors.\"source-?ookshop\"]\n";
        let file = PolicyFile::parse(text, "p.toml").expect("the text is right");
        let misspelt = |name: &str| -> Vec<String> {
            file.misspelt(name).into_iter().map(|(name, set_by)| format!("{name} {set_by}")).collect()
        };
        let expected = ["source-bookshp p.toml:1", "bookshop p.toml:2", "source_bookshop p.toml:3"];
        assert_eq!(misspelt("source-bookshop"), expected);
        assert_eq!(misspelt("source-bookshp"), [""; 0], "it has a section");
        assert_eq!(misspelt("source-harbour"), [""; 0], "sections for other connectors are no mistake");
    }

    #[test]
    fn checks_have_levels_of_their_own() {
        let text = "[rules]\nmeta-license-changed = \"error\"\nmeta-breaking-entry-missing = \"warning\"\n\
                    meta-bump-too-small = \"error\"\n";
        let policy = PolicyFile::parse(text, "p.toml").expect("the text is right").policy(None);
        let level =
            |id, level| policy.severity(rules::find_check(id).expect("a check"), level).map(|(set, _)| set);
        assert_eq!(level("meta-license-changed", Severity::Warning), Some(Severity::Error));
        assert_eq!(level("meta-breaking-entry-missing", Severity::Error), Some(Severity::Warning));
        assert_eq!(level("meta-bump-too-small", Severity::Warning), None, "advice stays advice");
        assert_eq!(level("meta-definition-id-changed", Severity::Error), None);
        assert_eq!(
            mistakes("[rules]\nmeta-license-changed = \"safe\"\nmeta-licence-changed = \"error\"\n"),
            [
                "p.toml:3: there is no rule meta-licence-changed: did you mean meta-license-changed?",
                "p.toml:2: expected one of error, warning, off, found \"safe\"",
            ]
        );
    }

    #[test]
    fn what_is_off_in_general_can_be_on_in_a_section() {
        let text = "[rules]\nfield-added = \"off\"\nfield-removed = \"off\"\nmeta-license-changed = \"off\"\n\
                    stream-added = \"safe\"\n[connectors.source-x]\nswitches = {removal = \"safe\"}\n\
                    rules = {meta-license-changed = \"error\", stream-added = \"off\"}\n";
        let file = PolicyFile::parse(text, "p.toml").expect("the text is right");
        let off = |name| file.policy(Some(name)).off.into_keys().collect::<Vec<_>>();
        assert_eq!(off("source-y"), ["field-added", "field-removed", "meta-license-changed"]);
        assert_eq!(off("source-x"), ["field-added", "stream-added"]);
    }

    #[test]
    fn a_finding_milder_than_usual_is_not_made_worse() {
        let text = "[rules]\ncursor-changed = \"breaking\"\nspec-default-changed = \"review\"\n";
        let policy = PolicyFile::parse(text, "p.toml").expect("the text is right").policy(None);
        let level = |id, level| policy.level(rules::find(id).expect("a rule"), level).map(|(level, _)| level);
        assert_eq!(level("cursor-changed", Level::Safe), None);
        assert_eq!(level("spec-default-changed", Level::Safe), Some(Level::Review));
        assert_eq!(level("field-removed", Level::Breaking), None);
    }
}
