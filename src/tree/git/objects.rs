//! The objects of a repository, by their ids, from children of `git cat-file --batch`.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{ObjectId, git};
use crate::tree::TreeError;

/// The objects of a repository. Threads that read at once have a child each.
#[derive(Debug)]
pub(super) struct Objects {
    folder: PathBuf,
    idle: Mutex<Vec<Reader>>,
    recent: Mutex<Recent>,
    missing: AtomicUsize,
}

/// Small objects that were read last. Both sides of a connector have most files in common, and of some several readers ask.
#[derive(Debug, Default)]
struct Recent {
    objects: HashMap<ObjectId, (&'static str, Arc<[u8]>)>,
    bytes: usize,
}

impl Recent {
    /// A larger object is read again.
    const LARGEST: usize = 64 << 10;
    /// When there are more, all of them go.
    const MOST_BYTES: usize = 8 << 20;

    fn get(&self, id: &ObjectId, kind: &str) -> Option<Arc<[u8]>> {
        self.objects.get(id).filter(|(known, _)| *known == kind).map(|(_, bytes)| bytes.clone())
    }

    fn put(&mut self, id: &ObjectId, kind: &'static str, bytes: &[u8]) {
        if bytes.len() > Self::LARGEST {
            return;
        }
        if self.bytes + bytes.len() > Self::MOST_BYTES {
            *self = Self::default();
        }
        self.bytes += bytes.len();
        self.objects.insert(id.clone(), (kind, bytes.into()));
    }
}

/// A child that waits for ids. It ends with its input.
#[derive(Debug)]
struct Reader {
    child: Child,
    ids: ChildStdin,
    objects: BufReader<ChildStdout>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It may be in the middle of an object that nobody wants.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Objects {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, idle: Mutex::default(), recent: Mutex::default(), missing: AtomicUsize::new(0) }
    }

    pub(super) fn missing(&self) -> usize {
        self.missing.load(Ordering::Relaxed)
    }

    /// The bytes of an object of this type, at most `limit` of them.
    ///
    /// # Errors
    /// There is no such object, it is larger, or git fails.
    pub(super) fn read(&self, id: &ObjectId, kind: &'static str, limit: u64) -> Result<Vec<u8>, TreeError> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner).get(id, kind);
        if let Some(bytes) = recent {
            let size = bytes.len() as u64;
            return match size > limit {
                true => Err(TreeError::TooLarge { limit, size: Some(size) }),
                false => Ok(bytes.to_vec()),
            };
        }
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let failed = |error| TreeError::Io { action: "read", source: Arc::new(error) };
        let mut reader = idle.map_or_else(|| self.start(), Ok).map_err(failed)?;
        match reader.object(id, kind, limit).map_err(failed)? {
            Answer::Object(bytes) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
                self.recent.lock().unwrap_or_else(PoisonError::into_inner).put(id, kind, &bytes);
                Ok(bytes)
            }
            // The rest of the object is still in the pipe: the child goes.
            Answer::TooLarge(size) => Err(TreeError::TooLarge { limit, size: Some(size) }),
            Answer::Missing => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
                self.missing.fetch_add(1, Ordering::Relaxed);
                let message = format!("the object {} is missing in the git repository", id.short());
                Err(failed(io::Error::other(message)))
            }
        }
    }

    fn start(&self) -> io::Result<Reader> {
        let mut command = git();
        command.arg("--git-dir").arg(&self.folder).args(["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let none = || io::Error::other("git cat-file has no pipe");
        let ids = child.stdin.take().ok_or_else(none)?;
        let objects = BufReader::with_capacity(64 << 10, child.stdout.take().ok_or_else(none)?);
        Ok(Reader { child, ids, objects })
    }
}

enum Answer {
    Object(Vec<u8>),
    TooLarge(u64),
    Missing,
}

impl Reader {
    /// Asks for one object: `ID TYPE SIZE`, its bytes and a line end come back, or `ID missing`.
    fn object(&mut self, id: &ObjectId, kind: &str, limit: u64) -> io::Result<Answer> {
        self.ids.write_all(format!("{}\n", id.as_str()).as_bytes())?;
        self.ids.flush()?;
        let mut head = Vec::new();
        self.objects.read_until(b'\n', &mut head)?;
        let head = String::from_utf8_lossy(&head);
        let mut words = head.split_whitespace();
        let (named, found, size) = (words.next(), words.next(), words.next());
        if named != Some(id.as_str()) {
            return Err(io::Error::other(format!("git cat-file does not give the object {}", id.short())));
        }
        let size = match (found, size.and_then(|size| size.parse::<u64>().ok())) {
            (Some("missing"), None) => return Ok(Answer::Missing),
            (Some(found), Some(size)) if found == kind => size,
            (found, _) => {
                let found = found.unwrap_or("nothing");
                let message = format!("expected a {kind} as the object {}, found {found}", id.short());
                return Err(io::Error::other(message));
            }
        };
        if size > limit {
            return Ok(Answer::TooLarge(size));
        }
        let mut bytes = Vec::new();
        (&mut self.objects).take(size).read_to_end(&mut bytes)?;
        let mut end = [0];
        self.objects.read_exact(&mut end)?;
        if bytes.len() as u64 != size || end != *b"\n" {
            return Err(io::Error::other(format!("git cat-file breaks off in the object {}", id.short())));
        }
        Ok(Answer::Object(bytes))
    }
}
