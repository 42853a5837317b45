//! How much work the program does before it stops and says so.
//!
//! Each limit has a name, a default with a reason, and one wording for the message of whatever exceeds it. What exceeds a
//! limit is an error or a finding that names the limit; it is never taken for "nothing there" or "nothing differs".

use thiserror::Error;

use crate::{nesting, suggest};

/// The limits of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that are read of one file.
    ///
    /// 256 MiB: captured catalogs of large databases take some tens of megabytes, and logs of syncs may take more; of some
    /// thousand files of published connectors the largest has 0.9 MB. A file is held in memory while it is compared.
    pub input_bytes: u64,
    /// Bytes that an archive unpacks to.
    ///
    /// 256 MiB, as for one file: a tar file is held in memory unpacked. Archives of published connectors unpack to less than
    /// a megabyte.
    pub archive_bytes: u64,
    /// Files and folders that an archive holds.
    ///
    /// 20,000: a folder with more files is no connector either, and each takes some hundred bytes of memory.
    pub archive_entries: u64,
    /// How many times its own size an archive unpacks to, where that is more than 1 MiB.
    ///
    /// 200: text becomes 5 to 20 times smaller, repeated lines of a log up to 100 times; nothing that is packed this way
    /// becomes more than 1,032 times smaller.
    pub archive_ratio: u64,
    /// Values that one YAML file may have once its aliases are expanded, where that is more than it has without.
    ///
    /// 100,000: of some hundred published manifests the largest has 34 thousand, and a value takes about 110 bytes of memory, so
    /// that a small file made to explode ends at some 11 MB.
    pub yaml_values: u64,
    /// Values that lie in each other in what is read in one piece, the outermost counted: a spec, a manifest, a stream of a
    /// captured catalog, a position of saved state.
    ///
    /// 128: of some nine thousand files of published connectors the deepest has 47. Readers and values take stack by level,
    /// so that the work is done on threads with stacks that hold so many; at most 10,000, where Python reads about 1,000.
    /// Where it is raised, a `Connector` and a report hold such values, and a thread that drops them needs the stack: 2,000
    /// levels take less than 2 MiB in an optimised build.
    pub nesting: u64,
    /// Values that one schema of a manifest may have once its references are followed, where that is more than the whole
    /// manifest has.
    ///
    /// 20,000: of some three thousand published streams the largest schema has 12,528, and a value takes about 640 bytes of
    /// memory.
    pub ref_values: u64,
    /// Levels of a record schema that are compared, its references followed: a field of a record is one, and so is the
    /// item of a list.
    ///
    /// 128: JSON is nested no deeper by the limit of `nesting`, so that only references lead on.
    pub depth: u64,
    /// Steps that one question about two schemas may take.
    ///
    /// 100,000: questions about published specs take a few hundred, and no case that is known to be decided takes 5,000.
    pub steps: u64,
    /// Edits of a spec that are asked about one by one; more are asked about together.
    ///
    /// 400: a question about one edit reads both specs, so that the cost grows with their product.
    pub edits: u64,
    /// Configs that proposed migrations are tried on, over all candidates of a run.
    ///
    /// 200,000: a candidate is tried on some 1,080 configs, so that at least 180 candidates are tried.
    pub trials: u64,
    /// Steps of config migrations that have to do with each other, and are tried together.
    ///
    /// 100: each edit of what a step set is tried with all of them, so that the cost grows with their square. Manifests that are
    /// published have fewer than ten steps.
    pub migration_steps: u64,
    /// Entries that a report for people shows, worst first; the JSON report has all.
    ///
    /// 2,000: nobody reads more, and each takes some lines.
    pub entries: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: 256 << 20,
            archive_bytes: 256 << 20,
            archive_entries: 20_000,
            archive_ratio: 200,
            yaml_values: 100_000,
            nesting: 128,
            ref_values: 20_000,
            depth: 128,
            steps: 100_000,
            edits: 400,
            trials: 200_000,
            migration_steps: 100,
            entries: 2_000,
        }
    }
}

/// One of the [`Limits`], by the name that users write.
#[derive(Debug)]
pub struct Limit {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it bounds.
    pub bounds: &'static str,
    unit: Unit,
    /// What cannot be exceeded by raising it.
    most: u64,
    field: fn(&mut Limits) -> &mut u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Count,
}

/// The size of one input file.
pub const INPUT_SIZE: Limit = Limit {
    name: "input-size",
    bounds: "the bytes that are read of one file",
    unit: Unit::Bytes,
    most: u64::MAX,
    field: |limits| &mut limits.input_bytes,
};

/// The size of what an archive unpacks to.
pub const ARCHIVE_SIZE: Limit = Limit {
    name: "archive-size",
    bounds: "the bytes that an archive unpacks to",
    unit: Unit::Bytes,
    most: u64::MAX,
    field: |limits| &mut limits.archive_bytes,
};

/// The files and folders of an archive.
pub const ARCHIVE_ENTRIES: Limit = Limit {
    name: "archive-entries",
    bounds: "the files and folders of an archive",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.archive_entries,
};

/// How many times its own size an archive unpacks to.
pub const ARCHIVE_RATIO: Limit = Limit {
    name: "archive-ratio",
    bounds: "how many times its own size an archive unpacks to, beyond 1 MiB",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.archive_ratio,
};

/// The values of one YAML file with its aliases expanded.
pub const YAML_VALUES: Limit = Limit {
    name: "yaml-values",
    bounds: "the values that a YAML file has once its aliases are expanded, where it has fewer without",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.yaml_values,
};

/// How deep values lie in each other.
pub const NESTING: Limit = Limit {
    name: "nesting",
    bounds: "the values that lie in each other in a spec, a stream, a manifest or another piece, aliases and references followed",
    unit: Unit::Count,
    most: nesting::MOST_LEVELS as u64,
    field: |limits| &mut limits.nesting,
};

/// The values of one schema with its references followed.
pub const REF_VALUES: Limit = Limit {
    name: "ref-values",
    bounds: "the values that a schema of a manifest has once its references are followed, where the manifest has fewer",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.ref_values,
};

/// The levels of one record schema.
pub const DEPTH: Limit = Limit {
    name: "depth",
    bounds: "the levels of a record schema that are compared, its references followed",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.depth,
};

/// The steps of one question about two schemas.
pub const STEPS: Limit = Limit {
    name: "steps",
    bounds: "the steps that a comparison of two schemas takes",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.steps,
};

/// The edits of a spec that are asked about one by one.
pub const EDITS: Limit = Limit {
    name: "edits",
    bounds: "the edits of a spec that are judged one by one",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.edits,
};

/// The configs that proposed migrations are tried on.
pub const TRIALS: Limit = Limit {
    name: "trials",
    bounds: "the configs that proposed migrations are tried on, over all candidates",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.trials,
};

/// The steps of config migrations that are tried together.
pub const MIGRATION_STEPS: Limit = Limit {
    name: "migration-steps",
    bounds: "the steps of config migrations that have to do with each other, and are tried together",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.migration_steps,
};

/// The entries of a report for people.
pub const ENTRIES: Limit = Limit {
    name: "entries",
    bounds: "the entries that a report for people shows",
    unit: Unit::Count,
    most: u64::MAX,
    field: |limits| &mut limits.entries,
};

/// All limits, in the order in which they are listed.
pub const ALL: [&Limit; 13] = [
    &INPUT_SIZE,
    &ARCHIVE_SIZE,
    &ARCHIVE_ENTRIES,
    &ARCHIVE_RATIO,
    &YAML_VALUES,
    &NESTING,
    &REF_VALUES,
    &DEPTH,
    &STEPS,
    &EDITS,
    &TRIALS,
    &MIGRATION_STEPS,
    &ENTRIES,
];

/// Why a limit cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LimitError {
    /// The text has no `=`.
    #[error("expected NAME=VALUE, such as {}={}, found {found}", INPUT_SIZE.name, INPUT_SIZE.shown(1 << 30))]
    Form {
        /// The text.
        found: String,
    },
    /// No limit has that name.
    #[error("there is no limit {found}{hint} Expected {known}")]
    Unknown {
        /// The name.
        found: String,
        /// "; did you mean …?" where one is near, else the end of the sentence.
        hint: String,
        /// All names, with what they bound.
        known: String,
    },
    /// The value is no number of that unit.
    #[error("{name}: expected {expected}, found {found}")]
    Value {
        /// The limit.
        name: &'static str,
        /// What a value looks like.
        expected: String,
        /// The value.
        found: String,
    },
}

impl Limits {
    /// Sets one limit from a text `NAME=VALUE`. Sizes may end with KiB, MiB or GiB.
    ///
    /// # Errors
    /// There is no such limit, or the value is no number above zero.
    pub fn set(&mut self, text: &str) -> Result<(), LimitError> {
        let Some((name, value)) = text.split_once('=') else {
            return Err(LimitError::Form { found: text.to_owned() });
        };
        let Some(limit) = ALL.iter().find(|limit| limit.name == name) else {
            let names = ALL.map(|limit| limit.name);
            let like = suggest::nearest(name, names.into_iter());
            return Err(LimitError::Unknown {
                found: name.to_owned(),
                hint: like.map_or_else(|| ".".to_owned(), |like| format!("; did you mean {like}?")),
                known: ALL.map(|limit| format!("{} ({})", limit.name, limit.bounds)).join(", "),
            });
        };
        *(limit.field)(self) = limit.parse(value)?;
        Ok(())
    }
}

const SIZES: [(&str, u32); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];

impl Limit {
    fn parse(&self, text: &str) -> Result<u64, LimitError> {
        let (digits, shift) = match self.unit {
            Unit::Bytes => SIZES
                .iter()
                .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift)))
                .unwrap_or((text, 0)),
            Unit::Count => (text, 0),
        };
        let number = digits.trim_end().parse::<u64>().ok().filter(|number| *number > 0);
        let value = number.and_then(|number| number.checked_mul(1 << shift));
        value.filter(|value| *value <= self.most).ok_or_else(|| LimitError::Value {
            name: self.name,
            expected: match (self.unit, self.most) {
                (Unit::Bytes, _) => "a size above zero, such as 1GiB or 500000".to_owned(),
                (Unit::Count, u64::MAX) => "a number above zero, such as 2000000".to_owned(),
                (Unit::Count, most) => format!("a number from 1 to {most}"),
            },
            found: text.to_owned(),
        })
    }

    /// A value as it can be written on the command line.
    fn shown(&self, value: u64) -> String {
        let unit = SIZES.iter().find(|(_, shift)| value > 0 && value.trailing_zeros() >= *shift);
        match (self.unit, unit) {
            (Unit::Bytes, Some((unit, shift))) => format!("{}{unit}", value >> shift),
            (Unit::Bytes, None) => format!("{value}"),
            (Unit::Count, _) => format!("{value}"),
        }
    }

    /// What is said of something that exceeds the limit: "the file is larger than the limit input-size=256MiB: raise it
    /// with --limit input-size=512MiB". `what` is the beginning of the sentence; `needed` is what would be enough, where
    /// that is known.
    pub fn exceeded(&self, what: &str, limit: u64, needed: Option<u64>) -> String {
        if limit >= self.most {
            return format!(
                "{what} than the limit {}={}, which cannot be raised",
                self.name,
                self.shown(limit)
            );
        }
        let enough = needed.map_or(limit.saturating_mul(2), |needed| match self.unit {
            Unit::Bytes => needed.div_ceil(1 << 20).saturating_mul(1 << 20),
            Unit::Count => needed,
        });
        let (name, limit, enough) = (self.name, self.shown(limit), self.shown(enough.min(self.most)));
        format!("{what} than the limit {name}={limit}: raise it with --limit {name}={enough}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let mut limits = Limits::default();
        for (text, expected) in
            [("input-size=1GiB", 1 << 30), ("input-size=7 KiB", 7 << 10), ("input-size=12", 12)]
        {
            limits.set(text).expect("a limit");
            assert_eq!(limits.input_bytes, expected, "{text}");
        }
        limits.set("yaml-values=7").expect("a limit");
        assert_eq!(limits.yaml_values, 7);
        for (text, expected) in [
            ("input-size", "expected NAME=VALUE, such as input-size=1GiB, found input-size"),
            (
                "input-sise=1",
                "there is no limit input-sise; did you mean input-size? Expected input-size (the bytes",
            ),
            ("input-size=much", "input-size: expected a size above zero"),
            ("input-size=0", "input-size: expected a size above zero"),
            ("input-size=99999999999GiB", "input-size: expected a size above zero"),
            ("yaml-values=1GiB", "yaml-values: expected a number above zero"),
        ] {
            let error = limits.set(text).expect_err(text).to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
        assert_eq!(limits, Limits { input_bytes: 12, yaml_values: 7, ..Limits::default() });
    }

    #[test]
    fn what_exceeds_a_limit_is_told_what_is_enough() {
        let said = INPUT_SIZE.exceeded("the file is larger", 256 << 20, Some((300 << 20) + 1));
        assert_eq!(
            said,
            "the file is larger than the limit input-size=256MiB: raise it with --limit input-size=301MiB"
        );
        let said = YAML_VALUES.exceeded("more", 10, None);
        assert_eq!(said, "more than the limit yaml-values=10: raise it with --limit yaml-values=20");
    }
}
