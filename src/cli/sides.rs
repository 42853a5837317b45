//! The files that arguments name: looked for before any work, and read from wherever they are.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::Failure;
use super::choices::KindChoice;
use super::image::{self, ImageArgs};
use super::revision::Revision;
use crate::limits::Limits;
use crate::load::{self, Request};
use crate::model::{Connector, ConnectorType};
use crate::tree::{Disk, Memory, Tree, TreeError};

/// The name of standard input among files.
const STDIN: &str = "-";

/// The name of a side that has no connector, as git writes it on every system.
const ABSENT: &str = "/dev/null";

/// What an argument names has to be.
const SIDE: &str = "a connector directory, an archive of one, one file of it, or image:NAME";
const FILE: &str = "a file";
const OUTPUT: &str = "a file or a folder";

/// A path with the argument that names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'p> {
    argument: &'static str,
    path: &'p Path,
    expected: &'static str,
}

impl<'p> Named<'p> {
    /// A path that is a side.
    pub(super) fn side(argument: &'static str, path: &'p Path) -> Self {
        Self { argument, path, expected: SIDE }
    }

    /// A path that is a file.
    pub(super) fn file(argument: &'static str, path: &'p Path) -> Self {
        Self { argument, path, expected: FILE }
    }

    /// A path of what a destination writes.
    pub(super) fn output(argument: &'static str, path: &'p Path) -> Self {
        Self { argument, path, expected: OUTPUT }
    }

    fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN
    }

    /// What is there that cannot be meant, if anything. What the system refuses is told when it is read.
    fn mistake(&self) -> Option<String> {
        let is_side = self.expected == SIDE;
        if self.is_stdin() || is_side && (is_absent(self.path) || image::is_one(self.path)) {
            return None;
        }
        let (argument, path) = (self.argument, self.path.display());
        if let Some(revision) = Revision::of(self.path) {
            let found =
                |why| format!("{argument} {path}: found no file of that name, and as a revision: {why}");
            return revision.tree().err().map(found);
        }
        let found = match self.path.metadata() {
            Ok(about) if about.is_dir() && self.expected == FILE => "a folder",
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                "nothing of that name"
            }
            _ => return None,
        };
        Some(format!("{argument} {path}: expected {}, found {found}", self.expected))
    }
}

/// Whether a side is named to have no connector.
pub(super) fn is_absent(side: &Path) -> bool {
    let is_same = |path: PathBuf| path.as_os_str() == ABSENT;
    side.as_os_str() == ABSENT || side.canonicalize().is_ok_and(is_same)
}

/// Reads a side.
pub(super) fn connector(path: &Path, request: &Request) -> Connector {
    if is_absent(path) { Connector::absent() } else { load::connector_in(request) }
}

/// As [`connector`], of a side that may be a whole registry.
pub(super) fn read(path: &Path, request: &Request) -> load::Read {
    if is_absent(path) {
        load::Read::Connector(Box::new(Connector::absent()))
    } else {
        load::read_in(request)
    }
}

/// As [`read`], of both sides.
pub(super) fn read_both(
    (old, old_side): (&Path, &Request),
    (new, new_side): (&Path, &Request),
) -> (load::Read, load::Read) {
    if is_absent(old) || is_absent(new) {
        return (read(old, old_side), read(new, new_side));
    }
    load::read_both(old_side, new_side)
}

/// Checks, before any work, that what can be meant is at each path, and that standard input is read by one argument alone.
pub(super) fn check(named: &[Named<'_>]) -> Result<(), Failure> {
    let stdin: Vec<&str> = named.iter().filter(|one| one.is_stdin()).map(|one| one.argument).collect();
    if let [first, second, ..] = stdin.as_slice() {
        let message = format!("{first} and {second} are both -: standard input can be read once");
        return Err(Failure::usage(message));
    }
    let mistakes: Vec<String> = named.iter().filter_map(Named::mistake).collect();
    if mistakes.is_empty() { Ok(()) } else { Err(Failure::usages(mistakes)) }
}

/// What is at a path; `-` is what standard input holds, and `REV:path` what a revision does.
pub(super) fn tree(path: &Path, limits: &Limits) -> Arc<dyn Tree> {
    if let Some(tree) = Revision::of(path).and_then(|revision| revision.tree().ok()) {
        return tree;
    }
    if path.as_os_str() != STDIN {
        return Arc::new(Disk::new(path));
    }
    let (most, mut bytes) = (limits.input_bytes, Vec::new());
    let stdin = Memory::new(STDIN);
    Arc::new(match io::stdin().lock().take(most.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > most => {
            stdin.refused("", TreeError::TooLarge { limit: most, size: None })
        }
        Ok(_) => stdin.file("", bytes),
        Err(error) => stdin.refused("", TreeError::Io { action: "read", source: Arc::new(error) }),
    })
}

/// So many connectors of a folder are named.
const MOST_NAMED: usize = 8;

/// Checks that each side holds a connector, or something of it that cannot be read.
pub(super) fn hold_connectors(old: &Connector, new: &Connector) -> Result<(), Failure> {
    let lacks: Vec<String> = [("OLD", old), ("NEW", new)]
        .into_iter()
        .filter_map(|(argument, side)| lack(argument, side))
        .collect();
    if lacks.is_empty() { Ok(()) } else { Err(Failure::inputs(lacks)) }
}

/// Checks the same of one side.
pub(super) fn holds_connector(argument: &str, side: &Connector) -> Result<(), Failure> {
    lack(argument, side).map_or(Ok(()), |lack| Err(Failure::input(lack)))
}

/// What a side has in place of a connector.
fn lack(argument: &str, side: &Connector) -> Option<String> {
    let is_unread = !(side.errors.is_empty() && side.faults.is_empty() && side.unread_beside.is_empty());
    if side.is_absent || load::is_connector(side) || is_unread {
        return None;
    }
    let below = side.tree.as_deref().map(load::connectors_in).unwrap_or_default();
    if !below.is_empty() {
        let named = below.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match below.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let name_one = match Path::new(&side.source).is_file() {
            true => "unpack it and name one",
            false => "name one",
        };
        return Some(format!("{argument} ({}) holds connectors ({named}{more}): {name_one}", side.source));
    }
    Some(format!(
        "{argument} ({}) holds no connector: looked for metadata.yaml, manifest.yaml, spec.json or spec.yaml, schemas/, a \
         package (source_x/, destination_x/, src/main/resources/, resources/), catalogs, saved state and captured output",
        side.source
    ))
}

/// The artifacts that files add to a side, or replace.
#[derive(Debug, Args)]
pub(super) struct SideFiles {
    /// The old spec, instead of the one in OLD
    #[arg(long, value_name = "FILE")]
    old_spec: Option<PathBuf>,
    /// The new spec, instead of the one in NEW
    #[arg(long, value_name = "FILE")]
    new_spec: Option<PathBuf>,
    /// The old catalog, instead of the one in OLD
    #[arg(long, value_name = "FILE")]
    old_catalog: Option<PathBuf>,
    /// The new catalog, instead of the one in NEW
    #[arg(long, value_name = "FILE")]
    new_catalog: Option<PathBuf>,
    /// A sample of state saved by the old version (repeatable)
    #[arg(long, value_name = "FILE")]
    old_state: Vec<PathBuf>,
    /// A sample of state saved by the new version (repeatable)
    #[arg(long, value_name = "FILE")]
    new_state: Vec<PathBuf>,
    /// A config saved under the old spec (repeatable)
    #[arg(long, value_name = "FILE")]
    old_config: Vec<PathBuf>,
    /// A config saved under the new spec (repeatable)
    #[arg(long, value_name = "FILE")]
    new_config: Vec<PathBuf>,
    /// What the old version of a destination writes: a file, or a folder of them (repeatable)
    #[arg(long, value_name = "PATH")]
    old_output: Vec<PathBuf>,
    /// What the new version of a destination writes, likewise: records as JSON Lines or CSV, golden files, CREATE TABLE
    /// statements, AVRO schemas, DESTINATION_CATALOG messages
    #[arg(long, value_name = "PATH")]
    new_output: Vec<PathBuf>,
    /// The old metadata.yaml, instead of the one in OLD
    #[arg(long, value_name = "FILE")]
    old_metadata: Option<PathBuf>,
    /// The new metadata.yaml, instead of the one in NEW
    #[arg(long, value_name = "FILE")]
    new_metadata: Option<PathBuf>,
    /// The connector's name, where metadata does not give it
    #[arg(long)]
    name: Option<String>,
    /// What OLD and NEW are, where their content does not tell
    #[arg(long, value_enum)]
    kind: Option<KindChoice>,
    #[command(flatten)]
    image: ImageArgs,
}

impl SideFiles {
    /// Every path that a flag names.
    pub(super) fn named(&self) -> Vec<Named<'_>> {
        let flags: [(&str, &[PathBuf]); 12] = [
            ("--old-spec", self.old_spec.as_slice()),
            ("--new-spec", self.new_spec.as_slice()),
            ("--old-catalog", self.old_catalog.as_slice()),
            ("--new-catalog", self.new_catalog.as_slice()),
            ("--old-state", &self.old_state),
            ("--new-state", &self.new_state),
            ("--old-config", &self.old_config),
            ("--new-config", &self.new_config),
            ("--old-output", &self.old_output),
            ("--new-output", &self.new_output),
            ("--old-metadata", self.old_metadata.as_slice()),
            ("--new-metadata", self.new_metadata.as_slice()),
        ];
        let named = |(argument, paths): (&'static str, _)| {
            <[PathBuf]>::iter(paths).map(move |path| match argument {
                "--old-output" | "--new-output" => Named::output(argument, path),
                _ => Named::file(argument, path),
            })
        };
        flags.into_iter().flat_map(named).collect()
    }

    /// A flag that says something of one connector alone.
    pub(super) fn of_one_connector(&self) -> Option<&'static str> {
        let named = self.named().first().map(|named| named.argument);
        let named = named.or(self.name.is_some().then_some("--name"));
        named.or(self.kind.is_some().then_some("--kind"))
    }

    /// Whether a flag takes the place of the new side's metadata.
    pub(super) fn names_new_metadata(&self) -> bool {
        self.new_metadata.is_some()
    }

    /// Checks that a side without a connector is one side alone, and that no flag names a file of it; and that sides which
    /// are images can be asked.
    pub(super) fn check_absent(&self, old: &Path, new: &Path) -> Result<(), Failure> {
        self.image.check(&[("OLD", old), ("NEW", new)])?;
        let (no_old, no_new) = (is_absent(old), is_absent(new));
        if no_old && no_new {
            let message = "OLD and NEW are both /dev/null: expected a connector on one side at least";
            return Err(Failure::usage(message));
        }
        let of_absent = |one: &Named<'_>| {
            no_old && one.argument.starts_with("--old-") || no_new && one.argument.starts_with("--new-")
        };
        match self.named().into_iter().find(of_absent) {
            None => Ok(()),
            Some(Named { argument, .. }) => {
                let side = if no_old { "OLD" } else { "NEW" };
                let message = format!("{side} is {ABSENT}, which says that there is no connector");
                Err(Failure::usage(format!("{message}: expected no {argument} beside it")))
            }
        }
    }

    /// Checks that `--kind` has a file to speak of: what a folder holds is known by its names.
    pub(super) fn check_kind(&self, old: &Path, new: &Path) -> Result<(), Failure> {
        let is_file = |side: &Path| !is_absent(side) && !side.is_dir();
        if self.kind.is_none() || is_file(old) || is_file(new) {
            return Ok(());
        }
        let message = "--kind says what a file is, and neither OLD nor NEW is one: leave it out";
        Err(Failure::usage(message))
    }

    /// What of the given configs cannot be asked about.
    pub(super) fn idle_configs(&self, old: &Connector, new: &Connector) -> Option<String> {
        let given = [("--old-config", &self.old_config), ("--new-config", &self.new_config)];
        let flags: Vec<&str> =
            given.into_iter().filter(|(_, files)| !files.is_empty()).map(|(flag, _)| flag).collect();
        let missing = match (old.spec.is_some(), new.spec.is_some()) {
            (true, true) => return None,
            (false, true) => "OLD has no spec",
            (true, false) => "NEW has no spec",
            (false, false) => "neither side has a spec",
        };
        (!flags.is_empty()).then(|| {
            let flags = flags.join(" and ");
            format!("{flags}: {missing}, and configs say something only where both sides have one")
        })
    }

    /// What of the given outputs is compared with nothing.
    pub(super) fn idle_outputs(&self, old: &Connector, new: &Connector) -> Option<String> {
        let given = [("--old-output", &self.old_output), ("--new-output", &self.new_output)];
        let flags: Vec<&str> =
            given.into_iter().filter(|(_, files)| !files.is_empty()).map(|(flag, _)| flag).collect();
        let is_source = [old, new].iter().any(|side| side.connector_type == ConnectorType::Source);
        let flags = flags.join(" and ");
        (!flags.is_empty() && is_source).then(|| {
            format!("{flags}: this is a source, and what is written is compared of destinations alone")
        })
    }

    /// The old side.
    pub(super) fn old_side(&self, path: &Path, limits: &Limits) -> Request {
        let file = |path: &PathBuf| tree(path, limits);
        Request {
            spec: self.old_spec.as_ref().map(file),
            catalog: self.old_catalog.as_ref().map(file),
            states: self.old_state.iter().map(file).collect(),
            configs: self.old_config.iter().map(file).collect(),
            outputs: self.old_output.iter().map(file).collect(),
            metadata: self.old_metadata.as_ref().map(file),
            ..self.side(path, limits)
        }
    }

    /// The new side.
    pub(super) fn new_side(&self, path: &Path, limits: &Limits) -> Request {
        let file = |path: &PathBuf| tree(path, limits);
        Request {
            spec: self.new_spec.as_ref().map(file),
            catalog: self.new_catalog.as_ref().map(file),
            states: self.new_state.iter().map(file).collect(),
            configs: self.new_config.iter().map(file).collect(),
            outputs: self.new_output.iter().map(file).collect(),
            metadata: self.new_metadata.as_ref().map(file),
            ..self.side(path, limits)
        }
    }

    /// What both sides have in common.
    fn side(&self, path: &Path, limits: &Limits) -> Request {
        let request =
            Request { kind: self.kind.map(Into::into), name: self.name.clone(), ..request(path, limits) };
        self.image.side(path, request)
    }
}

/// A side that no flag adds to.
pub(super) fn request(path: &Path, limits: &Limits) -> Request {
    Request { limits: *limits, ..Request::of(tree(path, limits)) }
}
