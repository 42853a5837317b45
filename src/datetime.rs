//! How the Python CDK writes the value of a datetime cursor, and what it makes of a value that another version wrote.
//!
//! A cursor writes in its `datetime_format` and reads in `cursor_datetime_formats` and then in `datetime_format`; the
//! first format that parses wins. Formats are those of Python's `strftime` and `strptime`, with `%s`, `%s_as_float`,
//! `%ms`, `%epoch_microseconds` and `%_ms` besides (`datetime_parser.py` of airbyte-cdk 7.39.1).

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike};
use regex::Regex;

/// A day as Airbyte's schema of metadata and its checks both read it: `YYYY-MM-DD`, every digit written.
pub fn day(text: &str) -> Option<NaiveDate> {
    let is_written = |(index, byte): (usize, u8)| {
        if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    let is_whole = text.len() == "2027-03-01".len() && text.bytes().enumerate().all(is_written);
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| is_whole)
}

/// Whether every directive of a format is known here.
pub fn is_known(format: &str) -> bool {
    Format::of(format).is_some()
}

/// Whether a format is a count since the epoch, of whatever unit.
pub fn is_epoch(format: &str) -> bool {
    Format::of(format).is_some_and(|format| matches!(format.form, FormatForm::Epoch(_)))
}

/// An instant, in microseconds since 1970, as a cursor writes it in a format; `None` where the format is not known here.
pub fn written(format: &str, micros: i64) -> Option<String> {
    Format::of(format)?.write(&DateTime::from_timestamp_micros(micros)?.naive_utc())
}

/// What a reader makes of what a writer wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The same instants.
    Same,
    /// Other instants, without an error.
    Misread,
    /// An error.
    Fails,
    /// One or another of these, by the date.
    Depends,
}

/// Instants that tell formats apart: days above and below 12, fractions of seconds and none, years apart.
const PROBES: [&str; 5] = [
    "2024-05-01 00:00:00.000000",
    "2024-01-02 03:04:05.678901",
    "2023-12-31 23:59:59.000000",
    "2021-02-03 00:00:00.250000",
    "2019-11-28 14:30:00.000000",
];

/// Whether values in the format `written` are read as what they meant, by the formats `read`, in their order; `None`
/// where one of the formats has a directive that is not known here.
pub fn reading(written: &str, read: &[String]) -> Option<Reading> {
    let own = Format::of(written)?;
    let formats: Vec<Arc<Format>> = read.iter().map(|format| Format::of(format)).collect::<Option<_>>()?;
    let probes = own.probes()?;
    if formats.first().is_some_and(|first| Arc::ptr_eq(first, &own)) {
        // It is tried before all others.
        return Some(Reading::Same);
    }
    let outcome = |(text, meant): &(String, i64)| match formats.iter().find_map(|format| format.read(text)) {
        Some(instant) if instant == *meant => Reading::Same,
        Some(_) => Reading::Misread,
        None => Reading::Fails,
    };
    let outcomes: Vec<Reading> = probes.iter().map(outcome).collect();
    let first = *outcomes.first()?;
    Some(if outcomes.iter().all(|outcome| *outcome == first) { first } else { Reading::Depends })
}

/// Whether values in the format `written` that are misread are taken for earlier instants, every one.
pub fn reads_earlier(written: &str, read: &[String]) -> bool {
    let Some(own) = Format::of(written) else { return false };
    let reader = Reader::of(read);
    own.probes().is_some_and(|probes| {
        probes
            .iter()
            .all(|(text, meant)| matches!(reader.read(text), Some(Some(read)) if read.micros < *meant))
    })
}

/// The formats of a cursor, ready to read many values.
pub struct Reader {
    formats: Vec<Option<Arc<Format>>>,
}

impl Reader {
    /// Prepares the formats.
    pub fn of(formats: &[String]) -> Self {
        Self { formats: formats.iter().map(|format| Format::of(format)).collect() }
    }

    /// What the formats make of a value: `Some(None)` where none parses, `None` where none that is known here does and
    /// one is not known.
    pub fn read(&self, text: &str) -> Option<Option<Moment>> {
        let known = self.formats.iter().flatten().find_map(|format| {
            let micros = format.read(text)?;
            Some(Moment { micros, of_epoch: matches!(format.form, FormatForm::Epoch(_)) })
        });
        (known.is_some() || self.formats.iter().all(Option::is_some)).then_some(known)
    }
}

/// An instant that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Microseconds since 1970.
    pub micros: i64,
    /// It was read as a count since the epoch, and not as a date.
    pub of_epoch: bool,
}

impl Moment {
    /// Whether a number was read as a count since the epoch and makes a moment in its first years: seconds taken for
    /// milliseconds, a date or a count for seconds.
    pub fn is_misread(self, text: &str) -> bool {
        /// The start of 1990.
        const FIRST: i64 = 631_152_000_000_000;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        // The epoch itself is where a cursor may start.
        self.of_epoch && is_number && self.micros != 0 && self.micros < FIRST
    }
}

/// A format of the CDK.
struct Format {
    form: FormatForm,
    probes: OnceLock<Option<Vec<(String, i64)>>>,
}

enum FormatForm {
    Epoch(Epoch),
    Calendar { pieces: Vec<Piece>, reads: Regex },
}

#[derive(Clone, Copy)]
enum Epoch {
    Seconds,
    SecondsAsFloat,
    Milliseconds,
    Microseconds,
}

enum Piece {
    Literal(String),
    Directive(char),
    /// `%_ms`: read like `%f`, written with three digits.
    Milliseconds,
}

/// The first and the last second that Python's datetime holds.
const YEARS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

impl Format {
    /// The format that a text means. Hundreds of streams share a few, and building one takes longer than reading by it.
    fn of(format: &str) -> Option<Arc<Self>> {
        static BUILT: LazyLock<Mutex<HashMap<String, Option<Arc<Format>>>>> = LazyLock::new(Mutex::default);
        // What another thread left behind in a panic is whole: an entry is inserted or it is not.
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = built.get(format) {
            return known.clone();
        }
        let new = FormatForm::build(format).map(|form| Arc::new(Self { form, probes: OnceLock::new() }));
        built.insert(format.to_owned(), new.clone());
        new
    }

    /// [`PROBES`] as this format writes them, and the instants that it reads there; `None` where it does not read what it
    /// writes.
    fn probes(&self) -> Option<&[(String, i64)]> {
        let probe = |probe: &&str| {
            let instant = NaiveDateTime::parse_from_str(probe, "%Y-%m-%d %H:%M:%S%.6f").ok()?;
            let text = self.write(&instant)?;
            let meant = self.read(&text)?;
            Some((text, meant))
        };
        self.probes.get_or_init(|| PROBES.iter().map(probe).collect()).as_deref()
    }

    /// The text of an instant in UTC.
    fn write(&self, instant: &NaiveDateTime) -> Option<String> {
        let utc = instant.and_utc();
        Some(match &self.form {
            FormatForm::Epoch(Epoch::Seconds) => utc.timestamp().to_string(),
            FormatForm::Epoch(Epoch::Milliseconds) => utc.timestamp_millis().to_string(),
            FormatForm::Epoch(Epoch::Microseconds) => utc.timestamp_micros().to_string(),
            FormatForm::Epoch(Epoch::SecondsAsFloat) => {
                let fraction = format!("{:06}", instant.nanosecond() / 1_000);
                let digits = fraction.trim_end_matches('0');
                format!("{}.{}", utc.timestamp(), if digits.is_empty() { "0" } else { digits })
            }
            FormatForm::Calendar { pieces, .. } => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Literal(literal) => text.push_str(literal),
                        Piece::Milliseconds => {
                            text.push_str(&format!("{:03}", instant.nanosecond() / 1_000_000));
                        }
                        Piece::Directive(directive) => text.push_str(&write_by(*directive, instant)?),
                    }
                }
                text
            }
        })
    }

    /// The instant that a text means, in microseconds since 1970; `None` where it does not parse.
    fn read(&self, text: &str) -> Option<i64> {
        match &self.form {
            FormatForm::Epoch(epoch) => epoch.read(text),
            FormatForm::Calendar { reads, .. } => calendar(reads, text),
        }
    }
}

impl FormatForm {
    fn build(format: &str) -> Option<Self> {
        match format {
            "%s" => return Some(Self::Epoch(Epoch::Seconds)),
            "%s_as_float" => return Some(Self::Epoch(Epoch::SecondsAsFloat)),
            "%ms" => return Some(Self::Epoch(Epoch::Milliseconds)),
            "%epoch_microseconds" => return Some(Self::Epoch(Epoch::Microseconds)),
            _ => {}
        }
        let mut pieces = Vec::new();
        let mut pattern = String::from("(?i-u)^");
        let mut rest = format;
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("%_ms") {
                pieces.push(Piece::Milliseconds);
                pattern.push_str("(?P<f>[0-9]{1,6})");
                rest = after;
            } else if first == '%' {
                let directive = rest[1..].chars().next()?;
                pattern.push_str(read_by(directive)?);
                pieces.push(Piece::Directive(directive));
                rest = &rest[1 + directive.len_utf8()..];
            } else {
                let end = rest.find('%').unwrap_or(rest.len());
                let literal = &rest[..end];
                // A run of spaces reads any run of them.
                let words: Vec<String> = literal.split(' ').map(regex::escape).collect();
                pattern.push_str(&words.join(" ").replace(' ', r"[ \t\n\r]+"));
                pieces.push(Piece::Literal(literal.to_owned()));
                rest = &rest[end..];
            }
        }
        pattern.push('$');
        // A directive twice is an error in Python, and so is a group twice here.
        Regex::new(&pattern).ok().map(|reads| Self::Calendar { pieces, reads })
    }
}

impl Epoch {
    fn read(self, text: &str) -> Option<i64> {
        const MICROS: i64 = 1_000_000;
        let text = text.trim();
        let micros = match self {
            #[allow(clippy::cast_possible_truncation, reason = "the range is checked below")]
            Self::SecondsAsFloat => (text.parse::<f64>().ok()? * 1e6).round() as i64,
            Self::Seconds => text.parse::<i64>().ok()?.checked_mul(MICROS)?,
            Self::Milliseconds => text.parse::<i64>().ok()?.checked_mul(1_000)?,
            Self::Microseconds => text.parse::<i64>().ok()?,
        };
        YEARS.contains(&micros.div_euclid(MICROS)).then_some(micros)
    }
}

/// What `strptime` takes for a directive.
fn read_by(directive: char) -> Option<&'static str> {
    Some(match directive {
        'Y' => r"(?P<Y>[0-9]{4})",
        'y' => r"(?P<y>[0-9]{2})",
        'm' => r"(?P<m>1[0-2]|0[1-9]|[1-9])",
        'd' => r"(?P<d>3[0-1]|[1-2][0-9]|0[1-9]|[1-9]| [1-9])",
        'H' => r"(?P<H>2[0-3]|[0-1][0-9]|[0-9])",
        'M' => r"(?P<M>[0-5][0-9]|[0-9])",
        'S' => r"(?P<S>6[0-1]|[0-5][0-9]|[0-9])",
        'f' => r"(?P<f>[0-9]{1,6})",
        'z' => r"(?P<z>[+-][0-9]{2}:?[0-5][0-9](:?[0-5][0-9](\.[0-9]{1,6})?)?|Z)",
        'b' => r"(?P<b>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
        'B' => {
            r"(?P<B>january|february|march|april|may|june|july|august|september|october|november|december)"
        }
        '%' => "%",
        _ => return None,
    })
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const WHOLE_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What `strftime` writes for a directive.
fn write_by(directive: char, instant: &NaiveDateTime) -> Option<String> {
    Some(match directive {
        'Y' => instant.year().to_string(),
        'y' => format!("{:02}", instant.year().rem_euclid(100)),
        'm' => format!("{:02}", instant.month()),
        'd' => format!("{:02}", instant.day()),
        'H' => format!("{:02}", instant.hour()),
        'M' => format!("{:02}", instant.minute()),
        'S' => format!("{:02}", instant.second()),
        'f' => format!("{:06}", instant.nanosecond() / 1_000),
        'z' => "+0000".to_owned(),
        'b' => (*MONTHS.get(usize::try_from(instant.month0()).ok()?)?).to_owned(),
        'B' => (*WHOLE_MONTHS.get(usize::try_from(instant.month0()).ok()?)?).to_owned(),
        '%' => "%".to_owned(),
        _ => return None,
    })
}

fn calendar(reads: &Regex, text: &str) -> Option<i64> {
    let found = reads.captures(text)?;
    let number = |name: &str| found.name(name).map(|group| group.as_str().trim().parse::<u32>().ok());
    let or = |value: Option<Option<u32>>, default: u32| value.unwrap_or(Some(default));
    let year = match (number("Y"), number("y")) {
        (Some(year), _) => year?,
        // As POSIX has it: 69 to 99 are of the last century.
        (None, Some(year)) => year? + if year? < 69 { 2000 } else { 1900 },
        (None, None) => 1900,
    };
    let named = |group: &str, names: &[&str]| {
        let name = found.name(group)?.as_str();
        let at = names.iter().position(|month| month.eq_ignore_ascii_case(name))?;
        u32::try_from(at + 1).ok()
    };
    let month = match named("b", &MONTHS).or_else(|| named("B", &WHOLE_MONTHS)) {
        Some(month) => month,
        None => or(number("m"), 1)?,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, or(number("d"), 1)?)?;
    let fraction = found.name("f").map_or("", |group| group.as_str());
    let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
    let seconds = or(number("S"), 0)?;
    let time = date.and_hms_opt(or(number("H"), 0)?, or(number("M"), 0)?, seconds.min(59))?;
    let utc: DateTime<chrono::Utc> = time.and_utc();
    let offset = found.name("z").map_or(Some(0), |group| offset(group.as_str()))?;
    Some((utc.timestamp() - offset) * 1_000_000 + micros)
}

/// Seconds east of Greenwich.
fn offset(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let part = |range: std::ops::Range<usize>| {
        digits.get(range).map_or(Some(0), |digits| digits.parse::<i64>().ok())
    };
    let seconds = part(0..2)? * 3_600 + part(2..4)? * 60 + part(4..6)?;
    Some(if text.starts_with('-') { -seconds } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(written: &str, read: &[&str]) -> Option<Reading> {
        reading(written, &read.iter().map(|format| (*format).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_one_format_makes_of_another() {
        assert_eq!(reads("%Y-%m-%dT%H:%M:%SZ", &["%Y-%m-%dT%H:%M:%S%z"]), Some(Reading::Same));
        assert_eq!(reads("%Y-%m-%dT%H:%M:%S%z", &["%Y-%m-%dT%H:%M:%SZ"]), Some(Reading::Fails));
        assert_eq!(reads("%Y-%m-%d", &["%Y-%m-%dT%H:%M:%SZ"]), Some(Reading::Fails));
        assert_eq!(reads("%Y-%m-%d", &["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]), Some(Reading::Same));
        assert_eq!(reads("%s", &["%ms"]), Some(Reading::Misread));
        assert_eq!(reads("%ms", &["%s"]), Some(Reading::Fails));
        assert_eq!(reads("%d/%m/%Y", &["%m/%d/%Y"]), Some(Reading::Depends));
        assert_eq!(reads("%Y-%m-%dT%H:%M:%S.%fZ", &["%Y-%m-%dT%H:%M:%S.%_ms%z"]), Some(Reading::Same));
        assert_eq!(reads("%B %d, %Y", &["%b %d, %Y"]), Some(Reading::Depends));
        assert_eq!(reads("%B %d, %Y", &["%B %d, %Y"]), Some(Reading::Same));
        assert_eq!(reads("%G-%V", &["%Y"]), None, "a directive that is not known");
    }
}
