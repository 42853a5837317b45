//! Which tables of two sides are held against each other.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::LazyLock;

use regex::Regex;

use crate::model::{WrittenFormat, WrittenKind, WrittenTable};

/// A table of both sides, in the order of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) kind: WrittenKind,
    pub(super) old: usize,
    pub(super) new: usize,
}

type Groups<'t> = BTreeMap<(WrittenKind, &'t str), Vec<usize>>;

fn groups(written: &WrittenFormat) -> Groups<'_> {
    let mut groups = Groups::new();
    for (index, table) in written.tables.iter().enumerate() {
        groups.entry((table.kind, table.key.as_str())).or_default().push(index);
    }
    groups
}

/// The tables that both sides have. A case of a conversion is the same only with the same input.
pub(super) fn pairs(before: &WrittenFormat, after: &WrittenFormat) -> Vec<Pair> {
    let (ours, theirs) = (groups(before), groups(after));
    let mut found = Vec::new();
    for (key, olds) in &ours {
        let news = theirs.get(key).map_or(&[][..], Vec::as_slice);
        found.extend(matched(before, after, olds, news).into_iter().map(|(old, new)| (key.0, old, new)));
    }
    found.extend(retold(before, after, &found));
    found.extend(raw_statements(before, after, &found));
    // What was handed in may have its name in another case: the destination may write it so.
    // Files of a bucket have the time and a number in their names, which say nothing.
    for (is_numbered, name) in [(false, str::to_lowercase as fn(&str) -> String), (true, without_numbers)] {
        let of = |written: &WrittenFormat, taken: &BTreeSet<usize>| {
            let mut alone: BTreeMap<(WrittenKind, String), Vec<usize>> = BTreeMap::new();
            for (index, table) in written.tables.iter().enumerate() {
                let may_be_numbered = !is_numbered || table.kind == WrittenKind::Output;
                if table.is_given && may_be_numbered && !taken.contains(&index) {
                    alone.entry((table.kind, name(&table.key))).or_default().push(index);
                }
            }
            alone
        };
        let olds = of(before, &found.iter().map(|(_, old, _)| *old).collect());
        let news = of(after, &found.iter().map(|(_, _, new)| *new).collect());
        for (key, olds) in &olds {
            let news = news.get(key).map_or(&[][..], Vec::as_slice);
            // Of several names in other cases nobody knows which is which.
            if is_numbered || olds.len() == 1 && news.len() == 1 {
                found.extend(
                    matched(before, after, olds, news).into_iter().map(|(old, new)| (key.0, old, new)),
                );
            }
        }
    }
    found.sort_unstable();
    let pairs = found.into_iter().map(|(kind, old, new)| Pair { kind, old, new });
    let is_same_case = |pair: &Pair| {
        let (was, is) = (&before.tables[pair.old], &after.tables[pair.new]);
        pair.kind != WrittenKind::Conversion || was.test == is.test
    };
    pairs.filter(is_same_case).collect()
}

/// Expected records that hold raw records in one version and those of a final table in the other, in a file whose name says
/// neither: the table that the test looks at is another one.
fn retold(
    before: &WrittenFormat,
    after: &WrittenFormat,
    found: &[(WrittenKind, usize, usize)],
) -> Vec<(WrittenKind, usize, usize)> {
    use WrittenKind::{FinalRecords, RawRecords};
    let olds: BTreeSet<usize> = found.iter().map(|(_, old, _)| *old).collect();
    let news: BTreeSet<usize> = found.iter().map(|(_, _, new)| *new).collect();
    let is_of_records = |table: &WrittenTable| matches!(table.kind, FinalRecords | RawRecords);
    let mut open: HashMap<(&str, WrittenKind), usize> = HashMap::new();
    for (index, table) in after.tables.iter().enumerate() {
        if is_of_records(table) && !news.contains(&index) {
            open.insert((&table.key, table.kind), index);
        }
    }
    let alone = before.tables.iter().enumerate().filter(|(index, _)| !olds.contains(index));
    alone
        .filter(|(_, table)| is_of_records(table))
        .filter_map(|(old, table)| {
            let other = if table.kind == RawRecords { FinalRecords } else { RawRecords };
            Some((FinalRecords, old, open.remove(&(table.key.as_str(), other))?))
        })
        .collect()
}

/// The statement in code that makes raw tables, whose name is put together from variables and is another one in code that
/// was written anew: all its columns are Airbyte's own, and one of them holds the record. Of several nobody knows which is
/// which.
fn raw_statements(
    before: &WrittenFormat,
    after: &WrittenFormat,
    found: &[(WrittenKind, usize, usize)],
) -> Option<(WrittenKind, usize, usize)> {
    let only = |written: &WrittenFormat, taken: &dyn Fn(usize) -> bool| {
        let is_one = |table: &WrittenTable| table.kind == WrittenKind::Code && table.is_raw();
        let mut all = written.tables.iter().enumerate().filter(|(_, table)| is_one(table));
        let (index, _) = all.next()?;
        (all.next().is_none() && !taken(index)).then_some(index)
    };
    let old = only(before, &|index| found.iter().any(|(_, old, _)| *old == index))?;
    let new = only(after, &|index| found.iter().any(|(_, _, new)| *new == index))?;
    Some((WrittenKind::Code, old, new))
}

/// Digits behind letters that are this many are a counter or a time, `orders_ts1704067200`; with zeros before them already
/// those of `FEWEST_PADDED`, `part00017`.
const FEWEST_DIGITS: usize = 5;

/// As `FEWEST_DIGITS`, of digits that start with a zero.
const FEWEST_PADDED: usize = 3;

/// The name of a file without the times, counters and ids in it, in lower case. A short number that a letter stands before is
/// part of a name: `users_v1` and `users_v2` are two tables.
pub(super) fn without_numbers(name: &str) -> String {
    static UUID: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a valid pattern"));
    let lower = name.to_lowercase();
    let lower = UUID.replace_all(&lower, "0");
    let mut bare = String::new();
    for word in lower.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_hash = name.len() == 32
            && name.bytes().all(|b| b.is_ascii_hexdigit())
            && name.bytes().any(|b| b.is_ascii_digit());
        if is_hash {
            bare.push('0');
        } else {
            // A word that starts with a digit is a time: `20240101t0930z`.
            let is_time = name.starts_with(|c: char| c.is_ascii_digit());
            let mut rest = name;
            while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
                let digits = &rest[start..];
                let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                let (digits, behind) = digits.split_at(end);
                let fewest = if digits.starts_with('0') { FEWEST_PADDED } else { FEWEST_DIGITS };
                bare.push_str(&rest[..start]);
                bare.push_str(if is_time || end >= fewest { "0" } else { digits });
                rest = behind;
            }
            bare.push_str(rest);
        }
        bare.push_str(&word[name.len()..]);
    }
    bare
}

/// So many tables that are known by the same are held against each other one by one.
const MOST_COMPARED: usize = 32;

/// Pairs tables that are known by the same: first those of one file, then those that are alike, then those with the same
/// columns, then those that share most of them, and the rest in order. Statements that trade places in a file, or source sets
/// that keep files of one name, are no change.
fn matched(
    before: &WrittenFormat,
    after: &WrittenFormat,
    olds: &[usize],
    news: &[usize],
) -> Vec<(usize, usize)> {
    if let ([old], [new]) = (olds, news) {
        return vec![(*old, *new)];
    }
    let mut open = Open { olds: olds.to_vec(), news: news.to_vec(), found: Vec::new() };
    let of = |keys: &dyn Fn(&WrittenTable) -> String, open: &mut Open| {
        open.pair_by(|old| keys(&before.tables[old]), |new| keys(&after.tables[new]));
    };
    of(&|table| format!("{} {:?} {:?}", table.document.file, shape(table), table.layout), &mut open);
    of(&|table| format!("{:?} {:?}", shape(table), table.layout), &mut open);
    let names = |table: &WrittenTable| table.columns.keys().cloned().collect::<Vec<_>>();
    of(&|table| format!("{} {:?}", table.document.file, names(table)), &mut open);
    of(&|table| format!("{:?}", names(table)), &mut open);
    if open.olds.len().max(open.news.len()) <= MOST_COMPARED {
        open.pair_by_likeness(|old, new| {
            let (was, is) = (&before.tables[old], &after.tables[new]);
            let columns: BTreeSet<&String> = was.columns.keys().collect();
            let shared = is.columns.keys().filter(|name| columns.contains(name)).count();
            (shared, was.document.file == is.document.file)
        });
    }
    let rest = open.olds.into_iter().zip(open.news);
    open.found.extend(rest);
    open.found
}

/// What is known of the columns of a table.
fn shape(table: &WrittenTable) -> Vec<(&String, Option<&String>, Option<bool>)> {
    let columns = table.columns.iter();
    columns.map(|(name, column)| (name, column.spelled.as_ref(), column.nullable)).collect()
}

/// Tables that have no partner yet.
struct Open {
    olds: Vec<usize>,
    news: Vec<usize>,
    found: Vec<(usize, usize)>,
}

impl Open {
    /// Pairs those with the same key, in their order.
    fn pair_by(&mut self, of_old: impl Fn(usize) -> String, of_new: impl Fn(usize) -> String) {
        let mut free: HashMap<String, VecDeque<usize>> = HashMap::new();
        for &new in &self.news {
            free.entry(of_new(new)).or_default().push_back(new);
        }
        let mut taken = BTreeSet::new();
        let found = &mut self.found;
        self.olds.retain(|&old| match free.get_mut(&of_old(old)).and_then(VecDeque::pop_front) {
            Some(new) => {
                taken.insert(new);
                found.push((old, new));
                false
            }
            None => true,
        });
        self.news.retain(|new| !taken.contains(new));
    }

    /// Pairs those that are most alike first.
    fn pair_by_likeness(&mut self, likeness: impl Fn(usize, usize) -> (usize, bool)) {
        let mut all: Vec<((usize, bool), usize, usize)> = Vec::new();
        for &old in &self.olds {
            all.extend(self.news.iter().map(|&new| (likeness(old, new), old, new)));
        }
        all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        for ((shared, _), old, new) in all {
            if shared > 0 && self.olds.contains(&old) && self.news.contains(&new) {
                self.olds.retain(|one| *one != old);
                self.news.retain(|one| *one != new);
                self.found.push((old, new));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn numbers_that_are_part_of_a_name_stay() {
        for (one, other, is_one) in [
            ("users/2024_01_01_1704067200000_0", "users/2024_02_03_1706918400000_12", true),
            ("users/part-00000", "users/part-00001", true),
            ("users/20240101T0930Z", "users/20240102T1015Z", true),
            (
                "users/3f2a9c01-aaaa-4bbb-8ccc-123456789abc",
                "users/9d0e1f22-0000-4123-9def-abcdef012345",
                true,
            ),
            ("users/part00000", "users/part00017", true),
            ("orders_ts1704067200", "orders_ts1706918400", true),
            ("users_a3f2c9010d1e4bbb8cccab3456789abc", "users_9d0e1f2200004123adefabcdef012345", true),
            ("users_a3f2c9010d1e4bbb8cccab345678", "users_9d0e1f2200004123adefabcdef01", false),
            ("area51", "area52", false),
            ("report2024", "report2025", false),
            ("v01", "v02", false),
            ("orders_ts1704067200", "users_ts1706918400", false),
            ("users_v1", "users_v2", false),
            ("users_v1/2024_01_01_0", "users_v2/2024_01_01_0", false),
            ("Users", "users", true),
        ] {
            assert_eq!(without_numbers(one) == without_numbers(other), is_one, "{one} and {other}");
        }
    }
}
