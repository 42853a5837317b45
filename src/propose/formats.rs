//! Whether formats that are added to a cursor read what the old version wrote, and leave what was read before as it was.
//!
//! A cursor of airbyte-cdk 7.39.1 tries `cursor_datetime_formats` in their order and then `datetime_format`, and the first
//! that parses wins (`CustomFormatConcurrentStreamStateConverter.parse_timestamp`). It reads the cursor values of records
//! in the same way. So a format may be added only where no text of the one form is a text of the other.

use std::collections::BTreeMap;

use chrono::DateTime;

use crate::datetime::{self, Reader};

/// So many instants are written and read for a format.
pub(super) const INSTANTS: usize = 1000;

const DAY: i64 = 86_400_000_000;

/// The second day of 1970: the first day is where cursors start that have not read anything.
const FIRST: i64 = DAY;

/// 2050-01-01, in microseconds.
const LAST: i64 = 2_524_608_000_000_000;

/// Formats that a sample is read by where no manifest says how it was written, those of most cursors first.
const USUAL: &[&str] = &[
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%dT%H:%M",
    "%Y%m%d",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%s",
    "%ms",
    "%epoch_microseconds",
    "%s_as_float",
];

/// The formats of a cursor before anything is added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reads {
    /// `cursor_datetime_formats`.
    pub(super) listed: Vec<String>,
    /// `datetime_format`.
    pub(super) own: String,
}

impl Reads {
    /// All of them in the order in which the CDK tries them, with those that are added behind the list.
    pub(super) fn with(&self, added: &[String]) -> Vec<String> {
        self.listed.iter().chain(added).chain([&self.own]).cloned().collect()
    }
}

/// A format of the old version, and what is known of when its positions are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wrote {
    pub(super) format: String,
    /// Where the old cursor starts at the earliest, in microseconds, where its manifest alone decides that.
    pub(super) start: Option<i64>,
}

/// What was asked before: many streams share a few formats.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<(Reads, Wrote), Result<Vec<String>, String>>);

impl Known {
    /// The formats to add so that positions in an old format are read as they were meant.
    ///
    /// # Errors
    /// No order of the formats reads all of them: why.
    pub(super) fn additions(&mut self, reads: &Reads, wrote: &Wrote) -> Result<Vec<String>, String> {
        let key = (reads.clone(), wrote.clone());
        self.0.entry(key).or_insert_with(|| additions(reads, wrote)).clone()
    }
}

/// A cursor lists so many formats at most: each writes texts that all of them read.
const MOST_FORMATS: usize = 32;

fn additions(reads: &Reads, wrote: &Wrote) -> Result<Vec<String>, String> {
    let old = &wrote.format;
    if reads.listed.len() > MOST_FORMATS {
        return Err(format!(
            "the cursor lists {} formats, and how one more is read beside them is tried for {MOST_FORMATS} at most",
            reads.listed.len()
        ));
    }
    let unknown =
        [old, &reads.own].into_iter().chain(&reads.listed).find(|format| !datetime::is_known(format));
    if let Some(format) = unknown {
        return Err(format!("a directive of `{format}` is not one that is followed here"));
    }
    // What reads new texts as before is tried in the usual order, and then with the new format before the old one.
    let ways = [vec![old.clone()], vec![reads.own.clone(), old.clone()]];
    let mut first = None;
    for way in ways {
        match speaks_against(reads, &way, wrote) {
            None => return Ok(way),
            Some(why) => first = first.or(Some(why)),
        }
    }
    Err(first.unwrap_or_default())
}

/// What speaks against adding formats: a text that is read as another instant than it meant.
fn speaks_against(reads: &Reads, added: &[String], wrote: &Wrote) -> Option<String> {
    let old = &wrote.format;
    let (before, after) = (Reader::of(&reads.with(&[])), Reader::of(&reads.with(added)));
    let own = Reader::of(std::slice::from_ref(old));
    let is_count = |format: &String| datetime::is_epoch(format) && format != old;
    // What unit a number counts is told by nothing but its size.
    let counts_too = datetime::is_epoch(old) && [&reads.own].into_iter().chain(&reads.listed).any(is_count);
    let start = wrote.start.filter(|_| !counts_too).unwrap_or(FIRST);
    for micros in instants(start) {
        let text = datetime::written(old, micros)?;
        let meant = own.read(&text).flatten();
        let Some(meant) = meant.filter(|meant| (meant.micros - micros).abs() <= 31 * DAY) else {
            return Some(format!("`{old}` does not write the whole date: `{text}` may be of any year"));
        };
        match after.read(&text).flatten() {
            Some(read) if read.micros == meant.micros => {}
            Some(read) => {
                return Some(format!(
                    "`{text}` is {} in `{old}`, and another format of the new version reads it as {}",
                    shown(meant.micros),
                    shown(read.micros)
                ));
            }
            None => return Some(format!("`{text}` in `{old}` is not read")),
        }
    }
    // Texts of records may be written in other ways than the version writes them.
    let other_unit = [&reads.own]
        .into_iter()
        .chain(&reads.listed)
        .find(|format| matches!((unit(format), unit(old)), (Some(one), Some(other)) if one != other));
    // The new version writes texts of its own, and reads those of records.
    for format in [&reads.own].into_iter().chain(&reads.listed) {
        for micros in instants(FIRST) {
            let text = datetime::written(format, micros)?;
            let (was, is) = (before.read(&text).flatten(), after.read(&text).flatten());
            if was.map(|read| read.micros) != is.map(|read| read.micros) {
                return Some(format!(
                    "`{text}`, which the new version writes in `{format}`, would be read by `{old}` as {}",
                    is.map_or_else(|| "no date".to_owned(), |read| shown(read.micros))
                ));
            }
        }
    }
    other_unit.map(|format| {
        format!("a number that `{old}` wrote may be read as one of `{format}`, and neither says its unit")
    })
}

/// The microseconds that one of a count is.
fn unit(format: &str) -> Option<i64> {
    match format {
        "%s" | "%s_as_float" => Some(1_000_000),
        "%ms" => Some(1_000),
        "%epoch_microseconds" => Some(1),
        _ => None,
    }
}

/// Instants between a start and 2050, the same at every run: days that may be months and days that may not, with and without
/// fractions of seconds.
pub(super) fn instants(start: i64) -> impl Iterator<Item = i64> {
    let span = (LAST - start).max(DAY);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..INSTANTS).map(move |index| {
        // A generator of Knuth's; its upper bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = i64::try_from(state >> 34).unwrap_or(0);
        // A billion steps over the span, without overflow.
        let at = start + span / (1 << 30) * share;
        match index {
            // The first days of the span are met in any case.
            0..40 => start + i64::try_from(index).unwrap_or(0) * DAY,
            _ if index % 3 == 0 => at - at.rem_euclid(DAY),
            _ if index % 3 == 1 => at - at.rem_euclid(1_000_000),
            _ => at,
        }
    })
}

fn shown(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros)
        .map_or_else(|| "another date".to_owned(), |at| at.format("%Y-%m-%dT%H:%M:%S").to_string())
}

/// The one format that reads values of a sample.
///
/// # Errors
/// None of the usual ones reads all of them, or two read them as different dates: why.
pub(super) fn inferred(values: &[String]) -> Result<String, String> {
    let reads = |format: &&&str| -> Option<Vec<i64>> {
        let reader = Reader::of(&[(**format).to_owned()]);
        values.iter().map(|text| Some(reader.read(text)??.micros)).collect()
    };
    let all: Vec<(&str, Vec<i64>)> =
        USUAL.iter().filter_map(|format| Some((*format, reads(&format)?))).collect();
    let Some((first, meant)) = all.first() else {
        return Err("none of the usual formats reads what the sample holds".to_owned());
    };
    match all.iter().find(|(_, other)| other != meant) {
        Some((other, _)) => Err(format!(
            "the sample reads as one date in `{first}` and as another in `{other}`: nothing says which is meant"
        )),
        None => Ok((*first).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(old: &str, start: Option<&str>, listed: &[&str], own: &str) -> Result<Vec<String>, String> {
        let reads =
            Reads { listed: listed.iter().map(|one| (*one).to_owned()).collect(), own: own.to_owned() };
        let start = start.and_then(|day| Reader::of(&["%Y-%m-%d".to_owned()]).read(day).flatten());
        additions(&reads, &Wrote { format: old.to_owned(), start: start.map(|read| read.micros) })
    }

    #[test]
    fn formats_that_are_told_apart_are_added() {
        let (day, second) = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ");
        assert_eq!(asked(day, None, &[], second), Ok(vec![day.to_owned()]));
        assert_eq!(asked(second, None, &[], day), Ok(vec![second.to_owned()]));
        assert_eq!(asked("%s", None, &[], second), Ok(vec!["%s".to_owned()]));
        assert_eq!(asked("%B %d, %Y", None, &[], "%b %d, %Y"), Ok(vec!["%B %d, %Y".to_owned()]));
        // Seconds since 2020 have ten digits, and days eight. The new format comes first, which takes no ten digits.
        let both = vec!["%Y%m%d".to_owned(), "%s".to_owned()];
        assert_eq!(asked("%s", Some("2020-01-01"), &[], "%Y%m%d"), Ok(both));
    }

    #[test]
    fn formats_that_are_read_as_another_date_are_not() {
        for (old, new) in [
            ("%d/%m/%Y", "%m/%d/%Y"),
            ("%Y-%d-%m", "%Y-%m-%d"),
            ("%s", "%ms"),
            ("%ms", "%s"),
            ("%ms", "%s_as_float"),
            ("%epoch_microseconds", "%s_as_float"),
            ("%epoch_microseconds", "%ms"),
            ("%y-%m-%d", "%d-%m-%y"),
            ("%Y%m%d", "%s"),
        ] {
            for start in [None, Some("2020-01-01")] {
                let why = asked(old, start, &[], new).expect_err(old);
                assert!(why.contains("read"), "{why}");
            }
        }
        assert!(asked("%d.%m. %H:%M", None, &[], "%Y-%m-%d").expect_err("a year").contains("whole date"));
        assert!(asked("%G-%V", None, &[], "%Y-%m-%d").is_err());
    }

    #[test]
    fn samples_say_how_they_were_written_or_not() {
        let of = |values: &[&str]| inferred(&values.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["2024-05-01"]).as_deref(), Ok("%Y-%m-%d"));
        assert_eq!(of(&["2024-05-01T00:00:00.123Z"]).as_deref(), Ok("%Y-%m-%dT%H:%M:%S.%fZ"));
        assert_eq!(of(&["31/12/2023"]).as_deref(), Ok("%d/%m/%Y"));
        assert!(of(&["01/02/2024"]).is_err() && of(&["1714521600"]).is_err() && of(&["soon"]).is_err());
    }
}
