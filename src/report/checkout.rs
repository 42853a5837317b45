//! Where the files of a run are for those who read its report elsewhere: their paths in the repository, and their
//! addresses where it is published. Every format that points at a file asks here.

use std::path::{Component, Path, PathBuf};

use super::view::View;
use crate::model::{Origin, ReportError, SideInfo, Sides, Which};

/// The repository that the new side lies in, as it is checked out here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Its folder, as an absolute path.
    pub root: PathBuf,
    /// The folder that the run's own paths start from, likewise.
    pub here: PathBuf,
    /// The revision that the new sides are read from, where that is not what is checked out: their paths are written
    /// `REV:path`, from the root.
    pub revision: Option<String>,
    /// Where others can open it.
    pub published: Option<Published>,
}

/// Where a repository can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The address of the repository.
    pub repository: String,
    /// The commit that is checked out.
    pub revision: String,
    /// What the path of a file is put behind.
    pub files: String,
}

impl Published {
    /// A repository with the address of its files; `None` where an address is none, or could end where it stands.
    pub fn new(repository: String, revision: String, files: String) -> Option<Self> {
        let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:~".contains(&b));
        let is_address = |text: &str| is_plain(text) && text.starts_with("http");
        let published = Self { repository, revision, files };
        let is_right = is_address(&published.repository)
            && is_address(&published.files)
            && is_plain(&published.revision);
        is_right.then_some(published)
    }
}

/// A place that a reader can open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The path from the root of the repository, with `/` between its parts. Where no repository is known, or the file lies
    /// outside of it, the path that opens it from here.
    pub(super) path: String,
    /// The line, from 1; `None` where the file as a whole is meant.
    pub(super) line: Option<usize>,
    /// The column in characters, from 1.
    pub(super) column: Option<usize>,
}

impl Checkout {
    /// The path of a file below the root; `None` where it lies outside.
    fn path(&self, file: &str) -> Option<String> {
        let of_revision = self.revision.as_deref().and_then(|revision| file.strip_prefix(revision));
        if let Some(path) = of_revision.and_then(|file| file.strip_prefix(':')) {
            return Some(path.trim_end_matches('/').to_owned());
        }
        let whole = lexical(&self.here.join(file));
        let below = whole.strip_prefix(lexical(&self.root)).ok()?;
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        parts.map(|parts| parts.join("/"))
    }

    /// The address of a place of the new side; `None` where it is not published.
    pub(super) fn link(&self, origin: &Origin) -> Option<String> {
        let published = self.published.as_ref()?;
        let path = self.path(&format!("{}{}", origin.root, origin.file))?;
        let mut link = format!("{}/{}", published.files.trim_end_matches('/'), encoded(&path));
        if let Some(line) = origin.line {
            link.push_str(&format!("#L{line}"));
        }
        Some(link)
    }
}

/// A path without its `.` and `..`, as its name says: no link is followed.
fn lexical(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if parts.file_name().is_some() => {
                parts.pop();
            }
            Component::ParentDir if parts.has_root() => {}
            other => parts.push(other),
        }
    }
    parts
}

/// A path as a part of an address (RFC 3986): what is not unreserved is encoded byte by byte.
pub(super) fn encoded(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                address.push(char::from(byte));
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address
}

/// The path of a file for readers.
fn opened(checkout: Option<&Checkout>, file: &str) -> String {
    let path = checkout.and_then(|checkout| checkout.path(file)).filter(|path| !path.is_empty());
    path.unwrap_or_else(|| file.strip_prefix("./").unwrap_or(file).trim_end_matches('/').to_owned())
}

/// The place in the new files. What stands in the old ones only has the file that takes their place, as a whole: the old
/// files are not what the reader of a change has open.
pub(super) fn place(
    checkout: Option<&Checkout>,
    view: &View<'_>,
    origin: Sides<Option<&Origin>>,
) -> Option<Place> {
    if let Some(new) = origin.new {
        let path = opened(checkout, &format!("{}{}", new.root, new.file));
        return Some(Place { path, line: new.line, column: new.line.and(new.column) });
    }
    let (old, side, new) = (origin.old?, view.sides.old?, view.sides.new?);
    let is_of_folder = !side.root.is_empty() && *old.root == *side.root && !new.root.is_empty();
    let file = if is_of_folder { format!("{}{}", new.root, old.file) } else { new.source.clone() };
    of_file(checkout, &file)
}

/// The side of the files that a place was found in, where it is known by nothing but its path.
pub(super) fn sided<'o>(view: &View<'_>, origin: Option<&'o Origin>) -> Sides<Option<&'o Origin>> {
    let root = |side: Option<&SideInfo>| side.map_or("", |side| side.root.as_str()).to_owned();
    let (old, new) = (root(view.sides.old), root(view.sides.new));
    let is_old = origin.is_some_and(|origin| *origin.root == *old && old != new);
    if is_old { Sides { old: origin, new: None } } else { Sides { old: None, new: origin } }
}

/// Where an error was found, if that is in the new files.
pub(super) fn of_error(checkout: Option<&Checkout>, view: &View<'_>, error: &ReportError) -> Option<Place> {
    if error.side == Which::Old || error.file.is_empty() {
        return of_connector(checkout, view);
    }
    let place = of_file(checkout, &format!("{}{}", error.root, error.file))?;
    Some(Place { line: error.line, ..place })
}

/// A file as a whole, or a folder; `None` for what only this run can read.
fn of_file(checkout: Option<&Checkout>, file: &str) -> Option<Place> {
    const STDIN: &str = "-";
    (file != STDIN).then(|| Place { path: opened(checkout, file), line: None, column: None })
}

/// The connector as a whole: its new side, or what is left of its old one.
pub(super) fn of_connector(checkout: Option<&Checkout>, view: &View<'_>) -> Option<Place> {
    of_file(checkout, &view.sides.new.or(view.sides.old)?.source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Pointer;

    fn checkout(here: &str) -> Checkout {
        let published = Published::new(
            "https://git.test/a/b".into(),
            "0a1b".into(),
            "https://git.test/a/b/blob/0a1b".into(),
        );
        Checkout { root: "/srv/repo".into(), here: here.into(), revision: None, published }
    }

    #[test]
    fn a_revision_is_no_part_of_a_path() {
        let checkout = Checkout { revision: Some("topic".to_owned()), ..checkout("/srv/repo/ci") };
        assert_eq!(checkout.path("topic:x/spec.json").as_deref(), Some("x/spec.json"));
        assert_eq!(checkout.path("topics:x/spec.json").as_deref(), Some("ci/topics:x/spec.json"));
    }

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        for (here, file, expected) in [
            ("/srv/repo", "connectors/x/spec.json", Some("connectors/x/spec.json")),
            ("/srv/repo/connectors", "./x/spec.json", Some("connectors/x/spec.json")),
            ("/srv/repo/ci", "../connectors/x//spec.json", Some("connectors/x/spec.json")),
            ("/srv/repo/ci", "/srv/repo/a/../b.json", Some("b.json")),
            ("/srv/repo", "../repository/x.json", None),
            ("/srv/repo", "/srv/base/x.json", None),
            ("/srv/repo", "/../../srv/repo/x.json", Some("x.json")),
        ] {
            assert_eq!(checkout(here).path(file).as_deref(), expected, "{file} from {here}");
        }
        assert_eq!(opened(None, "./a/b/"), "a/b");
        assert_eq!(opened(Some(&checkout("/srv/repo")), "/srv/base/x.json"), "/srv/base/x.json");
    }

    #[test]
    fn addresses_hold_what_is_published() {
        let origin = Origin {
            file: "a b:c/é#.json".into(),
            root: "x/".into(),
            pointer: Pointer::root(),
            line: Some(7),
            column: None,
            source: None,
        };
        let link = checkout("/srv/repo").link(&origin);
        assert_eq!(link.as_deref(), Some("https://git.test/a/b/blob/0a1b/x/a%20b%3Ac/%C3%A9%23.json#L7"));
        assert_eq!(checkout("/srv/repo").link(&Origin { root: "/elsewhere/".into(), ..origin }), None);
        let odd =
            |repository: &str| Published::new(repository.into(), "0a".into(), "https://git.test".into());
        assert!(odd("https://git.test/a").is_some());
        assert!(odd("https://git.test/a\"><b>").is_none() && odd("javascript:alert").is_none());
    }
}
