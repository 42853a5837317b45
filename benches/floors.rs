//! What `check` costs beside the least that any program could do with the same files, in one run: read the ratios.
//!
//! `cargo bench --bench floors` takes some seconds after it is built, `-- --all` some minutes, 4 GB of disk and 2 GB of
//! memory; a word picks the works whose names have it. Every work is generated (`benches/inputs`), and every figure is
//! CPU time of a process of its own, with one thread. The floors:
//!
//! - F0 reads both files and compares their bytes;
//! - F1 cuts both into streams in one pass, compares the streams in place, and parses those that differ;
//! - F2 parses all of both into values that borrow from the text.
//!
//! A ratio is the median of the rounds, each of which runs the floors and `check` one after the other.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench talks to whoever runs it")]

#[path = "inputs/json.rs"]
mod json;
#[path = "inputs/shapes.rs"]
mod shapes;

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

const CHECK: &str = env!("CARGO_BIN_EXE_connector-diff");

/// What a work is held against.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    /// At most so many times a floor.
    Times(f64, Floor),
    /// Nothing was asked.
    None,
}

/// The least that a program does with the files.
#[derive(Clone, Copy, PartialEq)]
enum Floor {
    /// Compares bytes.
    F0,
    /// Cuts, and parses what differs.
    F1,
    /// Parses all.
    F2,
}

const FLOORS: [(Floor, &str); 3] = [(Floor::F0, "F0"), (Floor::F1, "F1"), (Floor::F2, "F2")];

struct Work {
    shape: &'static str,
    numbers: &'static [usize],
    target: Target,
    /// Whether only `--all` runs it.
    is_large: bool,
}

const fn work(shape: &'static str, numbers: &'static [usize], target: Target) -> Work {
    Work { shape, numbers, target, is_large: false }
}

const fn large(shape: &'static str, numbers: &'static [usize], target: Target) -> Work {
    Work { shape, numbers, target, is_large: true }
}

const EDITED: Target = Target::Times(1.3, Floor::F1);
const CHANGED: Target = Target::Times(1.6, Floor::F2);
const SORTED: Target = Target::Times(1.3, Floor::F2);

static WORKS: [Work; 28] = [
    work("catalog", &[100, 50, 0], EDITED),
    work("catalog", &[100, 50, 2], EDITED),
    work("catalog", &[100, 50, 10], Target::None),
    work("catalog", &[100, 50, 100], CHANGED),
    work("catalog-sorted", &[100, 50, 0], SORTED),
    work("catalog", &[1_000, 50, 0], EDITED),
    work("catalog", &[1_000, 50, 2], EDITED),
    work("catalog", &[1_000, 50, 10], Target::None),
    work("catalog", &[1_000, 50, 100], CHANGED),
    work("catalog-sorted", &[1_000, 50, 0], SORTED),
    work("catalog-sorted", &[1_000, 50, 2], SORTED),
    large("catalog", &[10_000, 100, 0], EDITED),
    large("catalog", &[10_000, 100, 2], EDITED),
    large("catalog", &[10_000, 100, 10], Target::None),
    large("catalog", &[10_000, 100, 100], CHANGED),
    large("catalog-sorted", &[10_000, 100, 0], SORTED),
    large("streams-tiny", &[1_000_000, 2], Target::Times(2.0, Floor::F1)),
    work("streams-tiny", &[50_000, 2], Target::Times(2.0, Floor::F1)),
    work("fields-retyped", &[10_000], Target::None),
    large("fields-retyped", &[100_000], Target::None),
    work("spec", &[50, 1], Target::None),
    work("spec", &[50, 25], Target::None),
    work("spec", &[500, 1], Target::None),
    work("spec", &[500, 250], Target::None),
    work("state", &[50, 100], Target::None),
    large("state", &[50, 10_000], Target::Times(0.43, Floor::F2)),
    work("connectors", &[60], Target::None),
    large("connectors", &[600], Target::None),
];

fn main() -> ExitCode {
    // Cargo says that this is a bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["--floor", floor, files @ ..] => run_floor(floor, files),
        ["--measure", program, rest @ ..] => measure_child(program, rest),
        words => bench(words),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn bench(words: &[&str]) -> Result<(), String> {
    let is_all = words.contains(&"--all");
    let words: Vec<&str> = words.iter().filter(|word| **word != "--all").copied().collect();
    if let Some(unknown) = words.iter().find(|word| word.starts_with('-')) {
        return Err(format!("there is no option {unknown}: expected --all, or words of the works' names"));
    }
    println!(
        "{:<28} {:>9} {:>9} {:>8} {:>8} {:>8} {:>12} {:>8} {:>8}",
        "work", "check ms", "spread", "/ F0", "/ F1", "/ F2", "target", "peak MB", "files MB"
    );
    for work in WORKS.iter().filter(|work| is_all || !work.is_large) {
        let numbers: Vec<String> = work.numbers.iter().map(ToString::to_string).collect();
        let name = format!("{} {}", work.shape, numbers.join(" "));
        if words.is_empty() || words.iter().any(|word| name.contains(word)) {
            println!("{}", row(work, &name)?);
        }
    }
    Ok(())
}

fn row(work: &Work, name: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path();
    shapes::write(work.shape, work.numbers, folder)?;
    let arguments = std::fs::read_to_string(folder.join("arguments")).map_err(|error| error.to_string())?;
    let arguments: Vec<&str> =
        arguments.lines().chain(["--threads", "1", "--limit", "input-size=1GiB"]).collect();
    let files: Vec<PathBuf> = ["old.json", "new.json", "old_state.json"]
        .into_iter()
        .map(|name| folder.join(name))
        .filter(|path| path.is_file())
        .collect();
    let bytes: u64 =
        files.iter().filter_map(|path| path.metadata().ok()).map(|metadata| metadata.len()).sum();
    let names: Vec<&str> = files.iter().filter_map(|path| path.to_str()).collect();
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let this = this.to_str().ok_or("the path of this program is no text")?;
    // A file alone has nothing that it is compared with.
    let floors: Vec<Floor> = FLOORS
        .iter()
        .map(|(floor, _)| *floor)
        .filter(|floor| names.len() == 2 || names.len() == 1 && *floor == Floor::F2)
        .collect();
    let (mut checks, mut ratios, mut peak): (Vec<f64>, Vec<Vec<f64>>, u64) =
        (vec![], vec![vec![]; floors.len()], 0);
    let started = std::time::Instant::now();
    while checks.len() < 3 || checks.len() < 9 && started.elapsed().as_secs() < 3 {
        let check = measure(folder, CHECK, &arguments)?;
        peak = peak.max(check.peak);
        for (floor, ratios) in floors.iter().zip(&mut ratios) {
            let (_, named) = FLOORS.iter().find(|(one, _)| one == floor).ok_or("no such floor")?;
            let run = measure(folder, this, &[&["--floor", named], &names[..]].concat())?;
            ratios.push(check.cpu / run.cpu);
        }
        checks.push(check.cpu);
    }
    let ratio = |wanted: Floor| {
        let at = floors.iter().position(|floor| *floor == wanted)?;
        Some(median(&ratios[at]))
    };
    let shown = |wanted: Floor| ratio(wanted).map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    let target = match work.target {
        Target::None => "-".to_owned(),
        Target::Times(most, floor) => {
            let is_met = ratio(floor).is_some_and(|ratio| ratio <= most);
            let named = FLOORS.iter().find(|(one, _)| *one == floor).map_or("", |(_, named)| named);
            format!("{most} {named}{}", if is_met { "" } else { " NO" })
        }
    };
    let spread = checks.iter().fold(0.0, |most: f64, one| most.max(*one))
        - checks.iter().fold(f64::INFINITY, |least: f64, one| least.min(*one));
    Ok(format!(
        "{name:<28} {:>9.1} {:>8.0}% {:>8} {:>8} {:>8} {target:>12} {:>8.0} {:>8.0}",
        1e3 * median(&checks),
        100.0 * spread / median(&checks),
        shown(Floor::F0),
        shown(Floor::F1),
        shown(Floor::F2),
        peak as f64 / 1e6,
        bytes as f64 / 1e6,
    ))
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What a process took.
struct Usage {
    /// Seconds of the processor, of the process and those that it started.
    cpu: f64,
    /// The most memory at one time, in bytes.
    peak: u64,
}

/// Runs a program as the only child of a process, which is asked what its children took.
fn measure(folder: &Path, program: &str, arguments: &[&str]) -> Result<Usage, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let done = Command::new(this)
        .arg("--measure")
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&done.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers.as_slice() {
        [cpu, peak] if done.status.success() => Ok(Usage { cpu: *cpu, peak: *peak as u64 }),
        _ => Err(format!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr))),
    }
}

#[cfg(unix)]
fn measure_child(program: &str, arguments: &[&str]) -> Result<(), String> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| format!("{program}: {error}"))?;
    // 0: nothing breaks, 1: something does. Anything else means that the work was not done.
    if !matches!(status.code(), Some(0 | 1)) {
        return Err(format!("{status}"));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux counts in kilobytes.
    println!("{} {}", microseconds as f64 / 1e6, usage.max_rss() * 1024);
    Ok(())
}

#[cfg(not(unix))]
fn measure_child(_: &str, _: &[&str]) -> Result<(), String> {
    Err("this bench needs a system that says what a process took: Linux or another Unix".to_owned())
}

fn run_floor(floor: &str, files: &[&str]) -> Result<(), String> {
    let read = |path: &&str| std::fs::read(path).map_err(|error| format!("{path}: {error}"));
    let contents: Vec<Vec<u8>> = files.iter().map(read).collect::<Result<_, _>>()?;
    let text = |bytes| std::str::from_utf8(bytes).map_err(|error| error.to_string());
    let fail = |error: serde_json::Error| error.to_string();
    // What is found is printed, so that nothing of it is left out.
    let found = match (floor, contents.as_slice()) {
        ("F0", [old, new]) => usize::from(old == new),
        ("F1", [old, new]) => {
            let (old, new) = (text(old)?, text(new)?);
            let cut = |text| serde_json::from_str::<Pieces<'_>>(text);
            match (cut(old), cut(new)) {
                (Ok(old), Ok(new)) => {
                    let mut parsed = 0;
                    for (was, is) in old.streams.iter().zip(&new.streams) {
                        if was.get() != is.get() {
                            parsed +=
                                tree(was.get()).map_err(fail)?.size() + tree(is.get()).map_err(fail)?.size();
                        }
                    }
                    parsed
                }
                // What is no catalog is one piece.
                _ if old == new => 0,
                _ => tree(old).map_err(fail)?.size() + tree(new).map_err(fail)?.size(),
            }
        }
        ("F2", contents) => {
            let trees: Vec<Tree<'_>> = contents
                .iter()
                .map(|bytes| tree(text(bytes)?).map_err(fail))
                .collect::<Result<_, String>>()?;
            trees.iter().map(Tree::size).sum()
        }
        _ => return Err(format!("there is no floor {floor} of {} files", files.len())),
    };
    println!("{found}");
    Ok(())
}

/// A catalog cut into its streams.
#[derive(serde::Deserialize)]
struct Pieces<'t> {
    #[serde(borrow)]
    streams: Vec<&'t RawValue>,
}

fn tree(text: &str) -> serde_json::Result<Tree<'_>> {
    serde_json::from_str(text)
}

/// A JSON value that borrows from its text.
enum Tree<'t> {
    Scalar,
    Text(Cow<'t, str>),
    List(Vec<Tree<'t>>),
    Object(Vec<(Cow<'t, str>, Tree<'t>)>),
}

impl Tree<'_> {
    /// How many values and characters it has: whoever asks that has read all.
    fn size(&self) -> usize {
        1 + match self {
            Self::Scalar => 0,
            Self::Text(text) => text.len(),
            Self::List(items) => items.len(),
            Self::Object(entries) => entries.first().map_or(0, |(key, value)| key.len() + value.size()),
        }
    }
}

impl<'de: 't, 't> Deserialize<'de> for Tree<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Tree<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Tree::Scalar)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Tree::Scalar)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Tree::Scalar)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Tree::Scalar)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Tree::Scalar)
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Tree::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Tree::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Tree::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    object.push((key, map.next_value()?));
                }
                Ok(Tree::Object(object))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'t>(Cow<'t, str>);

impl<'de: 't, 't> Deserialize<'de> for Key<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Tree::deserialize(deserializer)? {
            Tree::Text(text) => Ok(Self(text)),
            _ => Err(serde::de::Error::custom("expected a key")),
        }
    }
}
