//! `image:NAME`: the spec that a connector's image prints.
//!
//! This is the one place of the program that runs something: a container of that image, which has no network, gets no config
//! and no secrets, and is removed. An image that is not there is never pulled. `discover` takes a config that works, so
//! streams are not asked for.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use super::{Failure, output};
use crate::load::{FileKind, Request};
use crate::tree::{Bytes, Entry, Kind, Tree, TreeError};

/// What a side begins with that is an image.
const PREFIX: &str = "image:";

/// The programs that are looked for.
const TOOLS: [&str; 2] = ["docker", "podman"];

/// How an image is asked.
#[derive(Debug, Args)]
pub(super) struct ImageArgs {
    /// How many seconds the container that image:NAME starts may run
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    image_timeout: u64,
    /// The program that runs image:NAME [default: docker or podman, whichever is on PATH]
    #[arg(long, value_name = "PROGRAM")]
    container_tool: Option<PathBuf>,
}

/// The image that a side names.
fn image(side: &Path) -> Option<&str> {
    side.to_str()?.strip_prefix(PREFIX)
}

/// Whether a side is an image. A file of such a name is `./image:…`.
pub(super) fn is_one(side: &Path) -> bool {
    image(side).is_some()
}

impl ImageArgs {
    /// Checks that images can be asked, where sides are images.
    pub(super) fn check(&self, sides: &[(&str, &Path)]) -> Result<(), Failure> {
        for (argument, side) in sides {
            let Some(name) = image(side) else { continue };
            if !is_name(name) {
                let expected = "expected the name of an image, such as image:airbyte/source-faker:6.2.38";
                return Err(Failure::usage(format!("{argument} {}: {expected}", side.display())));
            }
            if self.tool().is_none() {
                let looked = match &self.container_tool {
                    Some(tool) => format!("{} to run it, found no such program", tool.display()),
                    None => format!("{} on PATH to run it, found neither", TOOLS.join(" or ")),
                };
                return Err(Failure::usage(format!("{argument} {}: expected {looked}", side.display())));
            }
        }
        Ok(())
    }

    /// The side as it is read: of an image, what it prints.
    pub(super) fn side(&self, path: &Path, request: Request) -> Request {
        let (Some(name), Some(tool)) = (image(path), self.tool()) else { return request };
        let image = Image {
            name: name.to_owned(),
            tool,
            timeout: Duration::from_secs(self.image_timeout),
            most: request.limits.input_bytes,
            printed: OnceLock::new(),
        };
        let labels = image.labels();
        let label = |key: &str| labels.as_ref().ok().and_then(|labels| labels.get(key)).cloned();
        let repository = label("io.airbyte.name").unwrap_or_else(|| repository(name).to_owned());
        let version = label("io.airbyte.version").or_else(|| tag(name).map(str::to_owned));
        let own_name = repository.rsplit('/').next().map(str::to_owned);
        if let Err(error) = labels {
            // An image that is not there is not run.
            let _ = image.printed.set(Err(error));
        }
        Request {
            tree: Arc::new(image),
            kind: Some(FileKind::Messages),
            name: request.name.clone().or(own_name),
            version,
            ..request
        }
    }

    /// The program that runs containers, by its path.
    fn tool(&self) -> Option<PathBuf> {
        let is_program =
            |path: &PathBuf| path.metadata().is_ok_and(|about| about.is_file() && may_run(&about));
        let on_path = |name: &OsStr| {
            let folders = std::env::var_os("PATH")?;
            std::env::split_paths(&folders).map(|folder| folder.join(name)).find(is_program)
        };
        match &self.container_tool {
            Some(tool) if tool.components().count() > 1 => Some(tool.clone()).filter(is_program),
            Some(tool) => on_path(tool.as_os_str()),
            None => TOOLS.iter().find_map(|name| on_path(OsStr::new(name))),
        }
    }
}

#[cfg(unix)]
fn may_run(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    about.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_: &fs::Metadata) -> bool {
    true
}

/// Whether a text can be the name of an image, and nothing that its tool takes for an option.
fn is_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
    name.starts_with(|first: char| first.is_ascii_alphanumeric()) && name.bytes().all(is_part)
}

/// The name of an image without its tag and its digest.
fn repository(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    match name.rsplit_once(':') {
        // A port is followed by a path.
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

/// The tag of an image, where it is a version.
fn tag(name: &str) -> Option<&str> {
    let name = name.split('@').next().unwrap_or(name);
    let tag = name.strip_prefix(repository(name))?.strip_prefix(':')?;
    semver::Version::parse(tag).is_ok().then_some(tag)
}

/// What an image prints, as a tree that is one file. Its container runs when the file is read.
#[derive(Debug)]
struct Image {
    name: String,
    tool: PathBuf,
    timeout: Duration,
    /// Bytes that are taken of what it prints.
    most: u64,
    printed: OnceLock<Result<Arc<[u8]>, TreeError>>,
}

/// What a program did.
struct Ended {
    /// Nothing where it was stopped.
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    why_stopped: Option<WhyStopped>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WhyStopped {
    Time,
    Output,
}

/// As much as is kept of what a program says went wrong, and of that as much as is shown.
const MOST_STDERR: usize = 64 << 10;
const SHOWN: usize = 400;

/// As much as is taken of the labels of an image.
const MOST_LABELS: u64 = 1 << 20;

/// How long the tool may take for what is no run of the image.
const HOUSEKEEPING: Duration = Duration::from_secs(20);

/// How often a program is asked whether it has ended.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

impl Image {
    /// The labels of the image.
    fn labels(&self) -> Result<BTreeMap<String, String>, TreeError> {
        let mut inspect = Command::new(&self.tool);
        inspect.args(["image", "inspect", "--format", "{{json .Config.Labels}}", &self.name]);
        let ended =
            run(inspect, HOUSEKEEPING.max(self.timeout), MOST_LABELS).map_err(|error| self.failed(&error))?;
        let about = format!("{} image inspect {}", self.tool_name(), self.name);
        match (ended.why_stopped, ended.code) {
            (Some(_), _) => Err(self.failed(format!("{about} did not end"))),
            (None, Some(0)) => Ok(serde_json::from_slice(&ended.stdout).unwrap_or_default()),
            (None, _) => Err(self.failed(format!(
                "{about} failed: {}; nothing is pulled here: {} pull {}",
                said(&ended),
                self.tool_name(),
                self.name
            ))),
        }
    }

    /// Runs the image once, with nothing but the word `spec`.
    fn spec(&self) -> Result<Arc<[u8]>, TreeError> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let (tool, count) = (self.tool_name(), COUNT.fetch_add(1, Ordering::Relaxed));
        let container = format!("connector-diff-{}-{count}", std::process::id());
        output::message(
            "note",
            &format!(
                "{}: a container is started with {tool}, without network, to print its spec",
                self.shown("")
            ),
        );
        let mut command = Command::new(&self.tool);
        command.args(["run", "--rm", "--pull", "never", "--network", "none", "--name", &container]);
        command.args([&self.name, "spec"]);
        let ended = run(command, self.timeout, self.most).map_err(|error| self.failed(&error))?;
        if ended.why_stopped.is_some() {
            // The tool was stopped, and the container runs on without it.
            let mut remove = Command::new(&self.tool);
            remove.args(["rm", "--force", &container]);
            let _ = run(remove, HOUSEKEEPING, MOST_LABELS);
        }
        match (ended.why_stopped, ended.code) {
            (Some(WhyStopped::Output), _) => Err(TreeError::TooLarge { limit: self.most, size: None }),
            (Some(WhyStopped::Time), _) => Err(self.failed(format!(
                "{tool} run {} spec did not end in {} seconds (--image-timeout): {}",
                self.name,
                self.timeout.as_secs(),
                said(&ended)
            ))),
            (None, Some(0)) => Ok(ended.stdout.into()),
            (None, code) => {
                let code =
                    code.map_or_else(|| "by a signal".to_owned(), |code| format!("with exit code {code}"));
                let said = said(&ended);
                Err(self.failed(format!("{tool} run {} spec ended {code}: {said}", self.name)))
            }
        }
    }

    fn tool_name(&self) -> String {
        self.tool.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn failed(&self, what: impl ToString) -> TreeError {
        TreeError::Io { action: "read", source: Arc::new(io::Error::other(what.to_string())) }
    }
}

/// The end of what a program said went wrong, on one line.
fn said(ended: &Ended) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
    let said = match text(&ended.stderr) {
        nothing if nothing.is_empty() => text(&ended.stdout),
        said => said,
    };
    match said.char_indices().rev().nth(SHOWN) {
        _ if said.is_empty() => "it said nothing".to_owned(),
        Some((cut, _)) => format!("…{}", &said[cut..]),
        None => said,
    }
}

/// Runs a program to its end, or until it takes too long or prints too much.
fn run(mut command: Command, timeout: Duration, most: u64) -> io::Result<Ended> {
    let pipes = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn()?;
    let stdout = child.stdout.take().map(|pipe| taken(pipe, most.saturating_add(1)));
    let stderr = child.stderr.take().map(last);
    let (code, why_stopped, mut printed) = wait(&mut child, timeout, most, stdout.as_ref())?;
    // A program that was stopped may have left others behind that hold its pipes open.
    let patience = if why_stopped.is_some() { Duration::from_secs(1) } else { HOUSEKEEPING };
    let rest = |pipe: &Receiver<Vec<u8>>| pipe.recv_timeout(patience).unwrap_or_default();
    let errors = stderr.as_ref().map(rest).unwrap_or_default();
    if let (None, Some(pipe)) = (&printed, &stdout) {
        printed = Some(rest(pipe));
    }
    let stdout = printed.unwrap_or_default();
    let is_too_much = stdout.len() as u64 > most;
    let why_stopped = why_stopped.or(is_too_much.then_some(WhyStopped::Output));
    Ok(Ended { code, stdout, stderr: errors, why_stopped })
}

type Waited = (Option<i32>, Option<WhyStopped>, Option<Vec<u8>>);

fn wait(
    child: &mut Child,
    timeout: Duration,
    most: u64,
    stdout: Option<&Receiver<Vec<u8>>>,
) -> io::Result<Waited> {
    let end = Instant::now() + timeout;
    let mut printed = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status.code(), None, printed));
        }
        if let (None, Some(pipe)) = (&printed, stdout) {
            printed = pipe.try_recv().ok();
        }
        let is_too_much = printed.as_ref().is_some_and(|bytes| bytes.len() as u64 > most);
        let why = match is_too_much {
            true => Some(WhyStopped::Output),
            false => (Instant::now() >= end).then_some(WhyStopped::Time),
        };
        if why.is_some() {
            child.kill()?;
            child.wait()?;
            return Ok((None, why, printed));
        }
        thread::sleep(BETWEEN_LOOKS);
    }
}

/// What comes out of a pipe, up to so many bytes, once it has ended or is more than that.
fn taken(pipe: impl Read + Send + 'static, most: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = pipe;
        let mut bytes = Vec::new();
        let _ = pipe.by_ref().take(most).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
        // What is more is thrown away, so that nobody waits for a reader.
        let _ = io::copy(&mut pipe, &mut io::sink());
    });
    receiver
}

/// The last bytes that come out of a pipe, once it has ended.
fn last(pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut pipe = pipe;
        let (mut kept, mut piece) = (Vec::new(), vec![0; MOST_STDERR]);
        while let Ok(count @ 1..) = pipe.read(&mut piece) {
            kept.extend_from_slice(&piece[..count]);
            kept.drain(..kept.len().saturating_sub(MOST_STDERR));
        }
        let _ = sender.send(kept);
    });
    receiver
}

impl Tree for Image {
    fn kind(&self, path: &str) -> Result<Kind, TreeError> {
        if path.is_empty() { Ok(Kind::Stream) } else { Err(TreeError::Absent) }
    }

    fn list(&self, _: &str) -> Result<Vec<Entry>, TreeError> {
        Err(TreeError::Other { expected: "a folder", found: "what an image prints", is_file: true })
    }

    fn read(&self, path: &str, limit: u64) -> Result<Bytes, TreeError> {
        self.kind(path)?;
        match self.printed.get_or_init(|| self.spec()) {
            Ok(bytes) if bytes.len() as u64 > limit => Err(TreeError::TooLarge { limit, size: None }),
            Ok(bytes) => Ok(bytes.clone().into()),
            Err(error) => Err(error.clone()),
        }
    }

    fn link(&self, _: &str) -> Option<String> {
        None
    }

    fn shown(&self, path: &str) -> String {
        crate::tree::below(&format!("{PREFIX}{}", self.name), path).trim_end_matches('/').to_owned()
    }

    fn above(&self) -> Option<Arc<dyn Tree>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_images_have_a_repository_and_a_tag() {
        for (name, expected) in [
            ("airbyte/source-faker:6.2.38", ("airbyte/source-faker", Some("6.2.38"))),
            ("localhost:5000/source-faker", ("localhost:5000/source-faker", None)),
            ("localhost:5000/source-faker:1.0.0@sha256:0a", ("localhost:5000/source-faker", Some("1.0.0"))),
            ("source-faker:dev", ("source-faker", None)),
        ] {
            assert!(is_name(name), "{name}");
            assert_eq!((repository(name), tag(name)), expected, "{name}");
        }
        for name in ["", "--privileged", "-v", "a b", "a;b", "a\n"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
