//! Reading `[[waivers]]` of a policy file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::FieldGlobs;
use super::Glob;
use super::file::Reader;
use super::waiver::{Accepts, Until, UntilError, Waiver, is_fingerprint};
use crate::rules;
use crate::suggest::nearest;

type Value<'i> = Spanned<DeValue<'i>>;

/// The keys of a waiver.
const KEYS: [&str; 7] = ["connector", "field", "id", "reason", "rule", "stream", "until"];

/// Checks that judge waivers: a waiver of one would never end.
pub(super) const OF_WAIVERS: [&str; 2] = ["waiver-expired", "waiver-unused"];

/// The waivers at a key of the file's top, or of the section of a connector.
pub(super) fn read(reader: &mut Reader, value: &Value<'_>, section: Option<&str>) -> Vec<Waiver> {
    let DeValue::Array(entries) = value.get_ref() else {
        let found = value.get_ref().type_str();
        reader
            .fail(value.span(), format!("expected [[waivers]], a table for each waiver, found one {found}"));
        return Vec::new();
    };
    let mut waivers = Vec::new();
    for entry in entries {
        let Some(table) = reader.table(entry, "the keys of a waiver") else { continue };
        waivers.extend(waiver(reader, entry, table, section));
    }
    waivers
}

/// One waiver; `None` where it has a mistake.
fn waiver(
    reader: &mut Reader,
    entry: &Value<'_>,
    table: &DeTable<'_>,
    section: Option<&str>,
) -> Option<Waiver> {
    let before = reader.mistakes();
    for (key, _) in table {
        if !KEYS.contains(&key.get_ref().as_ref()) {
            reader.unknown(key, "key of a waiver", &KEYS);
        }
    }
    let accepts = accepts(reader, entry, table);
    let connector = text(reader, table, "connector", "the name of a connector, or a pattern");
    if let (Some(section), Some((key, _))) = (section, table.get_key_value("connector")) {
        reader.fail(
            key.span(),
            format!(
                "the section is for {section} already: leave out connector, or move the waiver to the top"
            ),
        );
    }
    let reason = text(reader, table, "reason", "why, for whoever reads the report");
    if !table.contains_key("reason") {
        let message = "a waiver says why: add reason = \"…\", for whoever reads the report";
        reader.fail(entry.span(), message.to_owned());
    }
    let until = table.get("until").and_then(|value| until(reader, value));
    let set_by = reader.setting((), &entry.span()).set_by;
    let is_meant = section.is_some_and(|name| !name.contains(['*', '?']));
    let reason = reason.map(|reason| on_one_line(&reason))?;
    let waiver = Waiver { accepts: accepts?, connector, reason, until, set_by, is_meant };
    (reader.mistakes() == before).then_some(waiver)
}

/// A text with a blank where it has lines or many blanks: it stands in the lines of reports.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text that is not blank, where the key is there.
fn text(reader: &mut Reader, table: &DeTable<'_>, key: &str, what: &str) -> Option<String> {
    let value = table.get(key)?;
    match value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.to_string()),
        DeValue::String(_) => {
            reader.fail(value.span(), format!("expected {key} to be {what}, found nothing in the quotes"));
            None
        }
        other => {
            let found = other.type_str();
            reader.fail(value.span(), format!("expected {key} to be {what}, in quotes, found {found}"));
            None
        }
    }
}

fn accepts(reader: &mut Reader, entry: &Value<'_>, table: &DeTable<'_>) -> Option<Accepts> {
    let stream = text(reader, table, "stream", "the name of a stream, or a pattern");
    let field = text(reader, table, "field", "a field such as \"address/zip\"").and_then(|path| {
        let globs = FieldGlobs::parse(&path);
        if globs.is_none() {
            let span = table.get("field").map_or_else(|| entry.span(), Spanned::span);
            reader.fail(
                span,
                format!(
                    "expected a field such as \"address/zip\", a name on each side of /, found \"{path}\""
                ),
            );
        }
        globs
    });
    match (table.get_key_value("id"), table.get_key_value("rule")) {
        (Some((id, _)), Some(_)) => {
            let message = "a waiver has an id or a rule, and this one has both: leave out one of them";
            reader.fail(id.span(), message.to_owned());
            None
        }
        (None, None) => {
            let message = "a waiver says what it accepts: add the id of a finding, as `check --format concise` \
                           shows it, or a rule with stream and field as far as they narrow it";
            reader.fail(entry.span(), message.to_owned());
            None
        }
        (Some((_, value)), None) => {
            for key in ["stream", "field"] {
                if let Some((key, _)) = table.get_key_value(key) {
                    let name = key.get_ref();
                    reader.fail(
                        key.span(),
                        format!("an id names one finding: leave out {name}, or write rule instead of id"),
                    );
                }
            }
            id(reader, table, value)
        }
        (None, Some((_, value))) => {
            let rule = rule(reader, table, value)?;
            let narrowed = table.get_key_value("field").filter(|_| rules::find_check(rule).is_some());
            if let Some((key, _)) = narrowed {
                reader.fail(
                    key.span(),
                    format!("{rule} is a check of the release, which finds no fields: leave out field"),
                );
            }
            Some(Accepts::Rule { rule, stream: stream.map(Glob::new), field })
        }
    }
}

fn id(reader: &mut Reader, table: &DeTable<'_>, value: &Value<'_>) -> Option<Accepts> {
    let id = text(reader, table, "id", "a fingerprint such as \"k7f291c0ab\"")?;
    if is_fingerprint(&id) {
        return Some(Accepts::Id(id));
    }
    let lower = id.trim().to_lowercase();
    let hint = if rules::ids().any(|rule| rule == id) {
        format!("did you mean rule = \"{id}\"?")
    } else if is_fingerprint(&lower) {
        format!("did you mean {lower}?")
    } else {
        "`check --format concise` shows those of findings".to_owned()
    };
    reader
        .fail(value.span(), format!("expected a fingerprint such as \"k7f291c0ab\", found \"{id}\": {hint}"));
    None
}

fn rule(reader: &mut Reader, table: &DeTable<'_>, value: &Value<'_>) -> Option<&'static str> {
    let name = text(reader, table, "rule", "the id of a rule or a check")?;
    let found = rules::ids().find(|rule| *rule == name);
    if let Some(check) = found.filter(|check| OF_WAIVERS.contains(check)) {
        let message = format!("{check} judges waivers and cannot be waived: set its level under [rules]");
        reader.fail(value.span(), message);
        return None;
    }
    if found.is_none() {
        let near = nearest(&name, rules::ids());
        let hint = match near {
            _ if is_fingerprint(&name) => format!("did you mean id = \"{name}\"?"),
            Some(near) => format!("did you mean {near}?"),
            None => "`connector-diff rules` lists them".to_owned(),
        };
        reader.fail(value.span(), format!("there is no rule {name}: {hint}"));
    }
    found
}

fn until(reader: &mut Reader, value: &Value<'_>) -> Option<Until> {
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        // TOML has days of its own.
        DeValue::Datetime(time) => time.to_string(),
        other => {
            let expected = "a version such as \"3.0.0\" or a day such as \"2027-03-01\", in quotes";
            let found = other.type_str();
            reader.fail(value.span(), format!("until: expected {expected}, found {found}"));
            return None;
        }
    };
    text.parse().map_err(|error: UntilError| reader.fail(value.span(), format!("until: {error}"))).ok()
}

#[cfg(test)]
mod tests {
    use super::super::{PolicyFile, SetBy};
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let errors = PolicyFile::parse(text, "p.toml").expect_err("the text has mistakes");
        errors.iter().map(ToString::to_string).collect()
    }

    fn waivers(text: &str, connector: Option<&str>) -> Vec<Waiver> {
        PolicyFile::parse(text, "p.toml").expect("the text is right").policy(connector).waivers
    }

    #[test]
    fn every_mistake_of_a_waiver_is_told_with_its_line() {
        for (waiver, expected) in [
            (
                "reason = \"x\"",
                "1: a waiver says what it accepts: add the id of a finding, as `check --format concise` shows it, or a rule with stream and field as far as they narrow it",
            ),
            (
                "id = \"k7f291c0\"\nrule = \"field-removed\"\nreason = \"x\"",
                "2: a waiver has an id or a rule, and this one has both: leave out one of them",
            ),
            (
                "id = \"k7f291c0\"\nstream = \"a\"\nreason = \"x\"",
                "3: an id names one finding: leave out stream, or write rule instead of id",
            ),
            (
                "id = \"K7F291C0\"\nreason = \"x\"",
                "2: expected a fingerprint such as \"k7f291c0ab\", found \"K7F291C0\": did you mean k7f291c0?",
            ),
            (
                "id = \"field-removed\"\nreason = \"x\"",
                "2: expected a fingerprint such as \"k7f291c0ab\", found \"field-removed\": did you mean rule = \"field-removed\"?",
            ),
            (
                "id = \"zip\"\nreason = \"x\"",
                "2: expected a fingerprint such as \"k7f291c0ab\", found \"zip\": `check --format concise` shows those of findings",
            ),
            (
                "rule = \"field-remved\"\nreason = \"x\"",
                "2: there is no rule field-remved: did you mean field-removed?",
            ),
            (
                "rule = \"k7f291c0\"\nreason = \"x\"",
                "2: there is no rule k7f291c0: did you mean id = \"k7f291c0\"?",
            ),
            (
                "rule = \"waiver-unused\"\nreason = \"x\"",
                "2: waiver-unused judges waivers and cannot be waived: set its level under [rules]",
            ),
            (
                "rule = \"meta-bump-too-small\"\nfield = \"a\"\nreason = \"x\"",
                "3: meta-bump-too-small is a check of the release, which finds no fields: leave out field",
            ),
            (
                "rule = \"field-removed\"\nfield = \"a//b\"\nreason = \"x\"",
                "3: expected a field such as \"address/zip\", a name on each side of /, found \"a//b\"",
            ),
            (
                "rule = \"field-removed\"",
                "1: a waiver says why: add reason = \"…\", for whoever reads the report",
            ),
            (
                "rule = \"field-removed\"\nreason = \" \\n\"",
                "3: expected reason to be why, for whoever reads the report, found nothing in the quotes",
            ),
            (
                "rule = \"field-removed\"\nreason = 3",
                "3: expected reason to be why, for whoever reads the report, in quotes, found integer",
            ),
            (
                "rule = \"field-removed\"\nreson = \"x\"\nreason = \"x\"",
                "3: there is no key of a waiver reson: did you mean reason?",
            ),
            (
                "rule = \"field-removed\"\nreason = \"x\"\nuntil = \"v3.0\"",
                "4: until: expected a version such as \"3.0.0\" or a day such as \"2027-03-01\", found \"v3.0\": did you mean \"3.0.0\"?",
            ),
            (
                "rule = \"field-removed\"\nreason = \"x\"\nuntil = 2027-03-01T10:00:00",
                "4: until: expected a version such as \"3.0.0\" or a day such as \"2027-03-01\", found \"2027-03-01T10:00:00\": did you mean \"2027-03-01\"?",
            ),
            (
                "rule = \"field-removed\"\nreason = \"x\"\nuntil = 3.0",
                "4: until: expected a version such as \"3.0.0\" or a day such as \"2027-03-01\", in quotes, found float",
            ),
        ] {
            assert_eq!(
                mistakes(&format!("[[waivers]]\n{waiver}\n")),
                [format!("p.toml:{expected}")],
                "{waiver}"
            );
        }
        assert_eq!(
            mistakes("[waivers]\nid = \"k7f291c0\"\n"),
            ["p.toml:1: expected [[waivers]], a table for each waiver, found one table"]
        );
        assert_eq!(
            mistakes(
                "[[connectors.source-a.waivers]]\nid = \"k7f291c0\"\nreason = \"x\"\nconnector = \"source-b\"\n"
            ),
            [
                "p.toml:4: the section is for source-a already: leave out connector, or move the waiver to the top"
            ]
        );
    }

    #[test]
    fn waivers_are_read_wherever_they_may_stand() {
        let text = "waivers = [{id = \"k7f291c0\", reason = \"\"\"two\n  lines\"\"\"}]\n\
                    [[connectors.source-a.waivers]]\nrule = \"field-removed\"\nreason = \"x\"\nuntil = 2027-03-01\n";
        let general = waivers(text, Some("source-b"));
        assert_eq!((general.len(), general[0].reason.as_str()), (1, "two lines"));
        let own = waivers(text, Some("source-a"));
        let set_by = |line| SetBy::Line { file: "p.toml".into(), line };
        assert_eq!((&own[0].set_by, &own[1].set_by), (&set_by(1), &set_by(3)));
        assert_eq!(own[1].until, Until::parse("2027-03-01"));
    }

    #[test]
    fn a_waiver_is_meant_for_a_connector_that_is_named() {
        let one = "[[waivers]]\nid = \"k7f291c0\"\nreason = \"x\"\n";
        let meant = |text: &str, connector: &str| -> Vec<bool> {
            waivers(text, Some(connector)).iter().map(|waiver| waiver.is_meant).collect()
        };
        assert_eq!(meant(one, "source-a"), [false], "the file may be of many connectors");
        assert_eq!(meant(&format!("{one}connector = \"source-*\"\n"), "source-a"), [false]);
        assert_eq!(meant(&format!("{one}connector = \"source-a\"\n"), "source-a"), [true]);
        assert_eq!(meant(&format!("{one}connector = \"source-a\"\n"), "source-b"), [false; 0]);
        assert_eq!(meant(&format!("{one}[connectors.source-a]\n"), "source-a"), [true], "it names no other");
        assert_eq!(
            meant(&format!("{one}[connectors.source-a]\n[connectors.source-b]\n"), "source-a"),
            [false]
        );
        let own =
            "[connectors.source-b]\n[[connectors.source-a.waivers]]\nid = \"k7f291c0\"\nreason = \"x\"\n";
        assert_eq!(meant(own, "source-a"), [true]);
        let of_many = own.replace("source-a", "\"*-a\"");
        assert_eq!(meant(&of_many, "source-a"), [false]);
    }
}
