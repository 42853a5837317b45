//! Where files come from: links, pipes, devices, closed folders and limits, for each artifact, and beside each the opposite
//! that is read like the plain file.

#[path = "support/sides.rs"]
mod sides;

use std::io;
use std::sync::Arc;

use connector_diff::limits::Limits;
use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Connector, Outcome};
use connector_diff::report::snapshot;
use connector_diff::tree::{Memory, Tree, TreeError};
use connector_diff::{Options, compare};

const SPEC: &str =
    r#"{"connectionSpecification": {"type": "object", "properties": {"a": {"type": "string"}}}}"#;
const SCHEMA: &str = r#"{"type": "object", "properties": {"id": {"type": "string"}}}"#;
const CATALOG: &str = r#"{"streams": [{"name": "users", "json_schema": {"type": "object", "properties": {"id": {"type": "string"}}}, "supported_sync_modes": ["full_refresh"]}]}"#;
const STATE: &str = r#"[{"type": "STREAM", "stream": {"stream_descriptor": {"name": "users"}, "stream_state": {"at": "2024-05-01"}}}]"#;
const METADATA: &str = "data:\n  dockerRepository: lantern/source-lantern\n  dockerImageTag: 1.0.0\n";
const MANIFEST: &str = "version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [users]}
streams:
  - type: DeclarativeStream
    name: users
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: https://lantern.test, path: users}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: string}}}}
";
const DESTINATION: &str = "data:\n  connectorType: destination\n  dockerRepository: lantern/destination-lantern\n  dockerImageTag: 1.0.0\n";
const RECORDS: (&str, &str) = (
    "src/test-integration/resources/dat/sync1_expectedrecords_dedup_final.jsonl",
    r#"{"_airbyte_raw_id": "a", "id": 1}"#,
);
const DOCS: &str = "| Version | Date |\n|---|---|\n| 1.0.0 | 2024-05-01 |\n";

/// One artifact of a side: the file or folder that holds it, with all files of the side.
struct Case {
    /// What is made a link, a pipe or something else.
    path: &'static str,
    files: Vec<(&'static str, &'static str)>,
}

fn cases() -> Vec<Case> {
    let package = || {
        vec![
            ("source_lantern/spec.json", SPEC),
            ("source_lantern/schemas/users.json", SCHEMA),
            ("source_lantern/source.py", "class Users(Stream):\n    pass\n"),
            ("metadata.yaml", METADATA),
            ("integration_tests/sample_state.json", STATE),
            ("integration_tests/config.json", r#"{"a": "x"}"#),
            ("docs/lantern.md", DOCS),
        ]
    };
    let names = package().into_iter().map(|(name, _)| name);
    let folders = ["source_lantern", "source_lantern/schemas", "integration_tests"];
    let mut cases: Vec<Case> = names.chain(folders).map(|path| Case { path, files: package() }).collect();
    for (path, text) in [
        ("manifest.yaml", MANIFEST),
        ("catalog.json", CATALOG),
        ("src/main/resources/spec.json", SPEC),
        ("src/test/resources/expected-spec.json", SPEC),
    ] {
        cases.push(Case { path, files: vec![("metadata.yaml", METADATA), (path, text)] });
    }
    for path in [RECORDS.0, "src/test-integration/resources/dat", "src/test-integration"] {
        let files = vec![("metadata.yaml", DESTINATION), ("src/main/resources/spec.json", SPEC), RECORDS];
        cases.push(Case { path, files });
    }
    cases
}

impl Case {
    fn is_folder(&self) -> bool {
        self.files.iter().all(|(name, _)| *name != self.path)
    }

    /// The side with what is at the path moved to another name, under which nothing is looked for.
    fn moved(&self, to: &str) -> Vec<(String, &'static str)> {
        let moved = |name: &str| match name.strip_prefix(self.path) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
            _ => name.to_owned(),
        };
        self.files.iter().map(|(name, body)| (moved(name), *body)).collect()
    }

    /// The link from the path to a name below the root.
    fn link_to(&self, to: &str) -> String {
        format!("{}{to}", "../".repeat(self.path.matches('/').count()))
    }

    fn plain(&self) -> Memory {
        self.files.iter().fold(Memory::new("side"), |tree, (name, body)| tree.file(name, body))
    }

    /// The side without what is at the path.
    fn without(&self) -> Memory {
        let moved = self.moved("\u{0}");
        let kept = moved.iter().filter(|(name, _)| !name.starts_with('\u{0}'));
        kept.fold(Memory::new("side"), |tree, (name, body)| tree.file(name, body))
    }
}

/// The pages for users that were found.
fn pages(side: &Connector) -> Option<[Option<String>; 2]> {
    let docs = side.release_files.docs.as_ref()?;
    Some([&docs.page, &docs.guide].map(|page| {
        page.document.as_ref().map(|document| document.text.lines().next().unwrap_or_default().to_owned())
    }))
}

/// What is read of a side, without its name.
fn shown(side: &Connector) -> String {
    let mut value = snapshot(side, true);
    let entries = value.as_object_mut().expect("an object");
    entries.remove("source");
    format!("{value:#} {:?} {:?} {:?}", pages(side), side.code.unread(), side.code_words.has_python)
}

/// That a side that cannot be read says so with these words, and is not compatible with the one that can.
#[track_caller]
fn refused(case: &Case, side: &Connector, words: &[&str]) {
    let said: Vec<String> = side.errors.iter().map(ToString::to_string).collect();
    let is_said = |error: &String| words.iter().all(|word| error.contains(word));
    assert!(said.iter().any(is_said), "{}: expected {words:?} in {said:#?}", case.path);
    let plain = sides::load(case.plain());
    for (old, new) in [(&plain, side), (side, &plain)] {
        let outcome = compare(old, new, &Options::default()).verdict.outcome;
        assert!(!matches!(outcome, Outcome::Compatible | Outcome::Review), "{}: {outcome:?}", case.path);
    }
}

#[test]
fn a_link_is_followed_inside_of_its_side_and_no_further() {
    for case in cases() {
        let plain = sides::load(case.plain());
        assert!(plain.errors.is_empty() && plain.faults.is_empty(), "{}: {:?}", case.path, plain.errors);
        let to = if case.is_folder() { "kept" } else { "kept/bytes" };
        let files = case.moved(to);
        let tree = files.iter().fold(Memory::new("side"), |tree, (name, body)| tree.file(name, body));
        let linked = sides::load(tree.link(case.path, &case.link_to(to)));
        assert_eq!(shown(&linked), shown(&plain), "{}", case.path);
        let out = case.link_to("../other");
        for target in ["/etc/passwd", &out] {
            let linked = sides::load(case.without().link(case.path, target));
            refused(&case, &linked, &[case.path, target, "inside side"]);
        }
    }
}

#[test]
fn what_cannot_be_opened_is_not_missing() {
    let denied = || TreeError::Io {
        action: "read",
        source: Arc::new(io::Error::from(io::ErrorKind::PermissionDenied)),
    };
    for case in cases() {
        let side = sides::load(case.without().refused(case.path, denied()));
        refused(&case, &side, &[case.path, "cannot be read: permission denied"]);
        let without = sides::load(case.without());
        assert!(without.errors.is_empty(), "{}: {:?}", case.path, without.errors);
    }
}

#[test]
fn a_link_to_nowhere_is_not_missing() {
    for case in cases() {
        let side = sides::load(case.without().link(case.path, "nowhere"));
        let mut said: Vec<String> = side.errors.iter().map(ToString::to_string).collect();
        said.extend(side.faults.iter().map(|fault| fault.error.to_string()));
        said.extend(side.unread_beside.iter().map(ToString::to_string));
        let is_said = |error: &String| error.starts_with(case.path) && error.contains("a link to nowhere");
        // Of Python files only the names of those that cannot be read are kept.
        let is_unread = side.code.unread().iter().any(|name| name.starts_with(case.path));
        assert!(is_unread || said.iter().any(is_said), "{}: {said:#?}", case.path);
        assert!(!is_unread || case.path.ends_with(".py") || case.is_folder(), "{}", case.path);
    }
}

#[test]
fn a_dead_link_hides_what_lies_below_it() {
    let tree = Memory::new("side").file("real/a.json", "{}").link("dead", "gone").link("live", "real");
    let answer = |path: &str| tree.kind(path).map_err(|error| error.to_string());
    let dead = TreeError::LinkToNowhere { target: "gone".to_owned() }.to_string();
    assert_eq!(answer("dead/a.json"), Err(dead));
    assert!(answer("live/a.json").is_ok());
    assert_eq!(answer("live/b.json"), Err(TreeError::Absent.to_string()));
}

#[test]
fn a_limit_is_named_with_its_flag_and_can_be_raised() {
    const MOST: usize = 4_000;
    for case in cases().into_iter().filter(|case| !case.is_folder()) {
        let body = case.files.iter().find(|(name, _)| *name == case.path).map_or("", |(_, body)| body);
        let comment = if case.path.ends_with(".json") { "" } else { "\n\n# " };
        let padded =
            |size: usize| format!("{body}{comment}{}", " ".repeat(size - body.len() - comment.len()));
        let load = |size: usize| {
            let mut request = Request::new(case.without().file(case.path, padded(size)));
            request.limits = Limits { input_bytes: MOST as u64, ..Limits::default() };
            connector_in(&request)
        };
        refused(&case, &load(MOST + 1), &[case.path, "input-size=4000", "--limit input-size=1MiB"]);
        assert_eq!(shown(&load(MOST)), shown(&sides::load(case.plain())), "{}", case.path);
    }
}

#[test]
fn aliases_are_expanded_up_to_a_limit() {
    let mut bomb = String::from("  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..4 {
        let refs = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("  a{level}: &a{level} [{refs}]\n"));
    }
    let manifest = format!("{MANIFEST}definitions:\n{bomb}");
    let load = |yaml_values| {
        let mut request = Request::new(Memory::new("side").file("manifest.yaml", &manifest));
        request.limits = Limits { yaml_values, ..Limits::default() };
        connector_in(&request)
    };
    let case = Case { path: "manifest.yaml", files: vec![("manifest.yaml", MANIFEST)] };
    refused(&case, &load(10_000), &["manifest.yaml:", "yaml-values=10000", "--limit yaml-values=20000"]);
    let read = load(20_000);
    assert!(read.errors.is_empty() && read.faults.is_empty());
    let report = compare(&sides::load(case.plain()), &read, &Options::default());
    assert_eq!(report.verdict.outcome, Outcome::Compatible, "{:?}", report.findings);
}

/// What a file holds tells what it is, so one that is not read may be the catalog; what is named as something else is not.
#[test]
fn a_file_of_any_name_that_is_not_read_is_said() {
    for (name, is_said) in
        [("output.json", true), ("sync.log", true), ("requirements.txt", false), (".eslintrc.json", false)]
    {
        let side = Memory::new("side").file("spec.json", SPEC).link(name, "../../elsewhere");
        let side = sides::load(side);
        assert_eq!(side.errors.iter().any(|error| error.file == name), is_said, "{name}: {:?}", side.errors);
        let side = sides::load(Memory::new("side").file("spec.json", SPEC).file(name, "{}"));
        assert!(side.errors.is_empty(), "{name}: {:?}", side.errors);
    }
}

#[test]
fn what_stands_in_the_place_of_specs_and_schemas_is_said() {
    let golden = |tree: Memory| tree.file("metadata.yaml", METADATA);
    let own = golden(Memory::new("old").file("integration_tests/spec.json", SPEC));
    let outcome = |new: Memory| {
        let (old, new) = (sides::load(own.clone()), sides::load(new));
        compare(&old, &new, &Options::default()).verdict.outcome
    };
    assert_eq!(outcome(own.clone()), Outcome::Compatible);
    let dangling = golden(Memory::new("new").link("integration_tests/spec.json", "nowhere.json"));
    assert_eq!(outcome(dangling), Outcome::Inconclusive, "the only spec became a link to nowhere");

    let package = |schemas: fn(Memory) -> Memory| {
        let tree = Memory::new("side").file("source_lantern/source.py", "class Lantern: pass\n");
        sides::load(schemas(tree.file("metadata.yaml", METADATA).file("x/a.json", "{}"))).errors
    };
    let plain = package(|tree| tree.file("source_lantern/schemas/shared/a.json", "{}"));
    assert!(plain.is_empty(), "{plain:?}");
    let linked = package(|tree| tree.link("source_lantern/schemas/shared", "../../x"));
    assert!(linked.iter().any(|error| error.message.contains("found a link to one")), "{linked:?}");
    let device = package(|tree| {
        let found = TreeError::Other { expected: "a folder", found: "a device", is_file: false };
        tree.refused("source_lantern/schemas", found)
    });
    assert!(device.iter().any(|error| error.message.contains("found a device")), "{device:?}");
    let file = package(|tree| tree.file("source_lantern/schemas", "no folder"));
    assert!(file.is_empty(), "a file is no folder of schemas: {file:?}");
}

#[test]
fn docs_are_found_above_the_side() {
    let above = |name: &str, inner: Memory| {
        inner.within(Memory::new(name).file("docs/integrations/sources/lantern.md", DOCS))
    };
    let side = || Memory::new("side").file("metadata.yaml", METADATA).file("spec.json", SPEC);
    let found = sides::load(above("repository", side()));
    assert_eq!(pages(&found), Some([DOCS.lines().next().map(str::to_owned), None]));
    let deep = Memory::new("a").within(Memory::new("b").within(above("repository", Memory::new("c"))));
    assert_eq!(pages(&sides::load(side().within(deep))), None, "too far up");
    assert_eq!(pages(&sides::load(side())), None);
    // The docs around a side are no part of it: a page that cannot be read stops nothing.
    let page = "docs/integrations/sources/lantern.md";
    let linked = sides::load(side().within(Memory::new("repository").link(page, "../../../../elsewhere.md")));
    assert!(linked.errors.is_empty(), "{:?}", linked.errors);
    assert_eq!(pages(&linked), Some([None, None]), "it is there and was not read");
    assert_eq!(linked.unread_beside.len(), 1);
    assert_eq!(sides::load(side().link("docs/lantern.md", "../elsewhere.md")).errors.len(), 1, "its own are");
}

#[test]
fn a_tree_is_a_file_where_its_root_is_one() {
    let file = Memory::new("some/spec.json").file("", SPEC);
    assert_eq!(file.shown(""), "some/spec.json");
    let side = sides::load(file);
    assert!(side.spec.is_some() && side.errors.is_empty(), "{:?}", side.errors);
    let missing = sides::load(Memory::default());
    assert_eq!(missing.errors.len(), 1);
    assert!(missing.errors[0].message.contains("is the path right?"));
}

/// The same on disk, with what only a disk has.
#[cfg(unix)]
mod disk {
    use std::fs;
    use std::io::Write as _;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use std::sync::mpsc;
    use std::time::Duration;

    use connector_diff::load::Side;
    use connector_diff::load::connector;

    use super::*;

    fn write<B: AsRef<[u8]>>(root: &Path, files: &[(String, B)]) {
        for (name, body) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("below the root")).expect("a temporary folder");
            fs::write(path, body).expect("a temporary file");
        }
    }

    /// Loads a side, and fails where that does not end.
    fn load(side: Side) -> Connector {
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || drop(send.send(Box::new(connector(&side)))));
        *receive.recv_timeout(Duration::from_secs(60)).expect("reading a side ends")
    }

    fn at(root: &Path) -> Side {
        Side { path: root.to_path_buf(), ..Side::default() }
    }

    /// A folder for a case with the side in `side`, and everything else beside it.
    fn folder(files: &[(String, &str)], path: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("side");
        fs::create_dir_all(&root).expect("a temporary folder");
        write(&root, files);
        fs::create_dir_all(root.join(path).parent().expect("below the root")).expect("a temporary folder");
        (folder, root)
    }

    fn without(case: &Case) -> Vec<(String, &'static str)> {
        case.moved("\u{0}").into_iter().filter(|(name, _)| !name.starts_with('\u{0}')).collect()
    }

    #[test]
    fn a_link_is_followed_inside_of_its_side_and_no_further() {
        for case in cases() {
            let plain = sides::load(case.plain());
            let to = if case.is_folder() { "kept" } else { "kept/bytes" };
            let (_folder, root) = folder(&case.moved(to), case.path);
            symlink(case.link_to(to), root.join(case.path)).expect("a link");
            assert_eq!(shown(&load(at(&root))), shown(&plain), "{}", case.path);
            // A side that is itself a link was named, wherever it leads.
            let link = root.with_file_name("link");
            symlink("side", &link).expect("a link");
            assert_eq!(shown(&load(at(&link))), shown(&plain), "{}", case.path);

            let (outer, root) = folder(&without(&case), case.path);
            let beside: Vec<(String, &str)> =
                case.moved("other").into_iter().filter(|(name, _)| name.starts_with("other")).collect();
            write(outer.path(), &beside);
            let target = case.link_to("../other");
            symlink(&target, root.join(case.path)).expect("a link");
            refused(&case, &load(at(&root)), &[case.path, &target, "inside"]);
            // The same, whatever is on this machine.
            fs::rename(outer.path().join("other"), outer.path().join("gone")).expect("what is beside goes");
            refused(&case, &load(at(&root)), &[case.path, &target, "inside"]);
        }
    }

    #[test]
    fn pipes_and_devices_end_and_are_named() {
        for case in cases() {
            for target in [None, Some("/dev/zero")] {
                let (_folder, root) = folder(&without(&case), case.path);
                let path = root.join(case.path);
                match target {
                    Some(target) => symlink(target, &path).expect("a link"),
                    None => {
                        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
                        assert!(made.success());
                    }
                }
                // A folder's name says nothing of what else is there.
                let side = load(at(&root));
                if case.is_folder() {
                    continue;
                }
                let mut said: Vec<String> = side.errors.iter().map(ToString::to_string).collect();
                said.extend(side.faults.iter().map(|fault| fault.error.to_string()));
                said.extend(side.unread_beside.iter().map(ToString::to_string));
                said.extend(side.code.unread().iter().cloned());
                let is_said = |error: &String| error.starts_with(case.path);
                assert!(said.iter().any(is_said), "{} {target:?}: {said:#?}", case.path);
            }
        }
    }

    #[test]
    fn a_closed_folder_is_not_missing() {
        for case in cases() {
            let files: Vec<(String, &str)> = case.moved(case.path);
            let (_folder, root) = folder(&files, case.path);
            let path = root.join(case.path);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("permissions");
            if fs::File::open(&path).is_ok() {
                // Past what the test harness captures: a skipped test must be seen.
                let skipped = "SKIPPED: this user reads everything: CLOSED FOLDERS WERE NOT CHECKED ON DISK";
                writeln!(io::stderr(), "{skipped}").expect("stderr");
                return;
            }
            let side = load(at(&root));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
            refused(&case, &side, &[case.path, "denied"]);
        }
        let (_folder, root) = folder(&[("spec.json".to_owned(), SPEC)], "spec.json");
        // Names that can be listed and not looked at, and none at all.
        for mode in [0o444, 0o000] {
            fs::set_permissions(&root, fs::Permissions::from_mode(mode)).expect("permissions");
            let side = load(at(&root));
            fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).expect("permissions");
            let said: Vec<String> = side.errors.iter().map(ToString::to_string).collect();
            assert!(said.iter().any(|error| error.contains("denied")), "{mode:o}: {said:?}");
            assert!(said.iter().all(|error| !error.starts_with(':')), "{mode:o}: {said:?}");
        }
    }

    #[test]
    fn what_is_named_may_be_a_pipe_and_is_read_up_to_the_limit() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), &[("side/metadata.yaml".to_owned(), METADATA)]);
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
        assert!(made.success());
        let root = folder.path().join("side");
        for (as_flag, text, limit, expected) in
            [(false, SPEC, 1_000, None), (true, SPEC, 1_000, None), (true, SPEC, 20, Some("input-size=20"))]
        {
            let limits = Limits { input_bytes: limit, ..Limits::default() };
            let side = match as_flag {
                true => Side { spec: Some(pipe.clone()), limits, ..at(&root) },
                false => Side { limits, ..at(&pipe) },
            };
            let to = pipe.clone();
            // What is not read breaks the pipe.
            let writer = std::thread::spawn(move || fs::write(to, text).is_ok());
            let side = load(side);
            let errors: Vec<String> = side.errors.iter().map(ToString::to_string).collect();
            writer.join().expect("the writer ends");
            match expected {
                None => assert!(side.spec.is_some() && errors.is_empty(), "{errors:?}"),
                Some(words) => assert!(errors.iter().any(|error| error.contains(words)), "{errors:?}"),
            }
        }
        let limits = Limits { input_bytes: 1 << 20, ..Limits::default() };
        for path in ["/dev/zero", "/dev/null"] {
            let side = load(Side { spec: Some(path.into()), limits, ..at(&root) });
            assert!(side.spec.is_none() && !side.errors.is_empty(), "{path}");
        }
    }
}

#[test]
fn names_that_differ_in_case_alone_are_said() {
    let side = |files: &[(&str, &str)]| {
        let tree = files.iter().fold(Memory::new("side"), |tree, (path, text)| tree.file(path, text));
        connector_in(&Request::new(tree.file("metadata.yaml", METADATA)))
    };
    let messages = |side: &Connector| -> Vec<String> {
        side.errors.iter().map(|error| format!("{}: {}", error.file, error.message)).collect()
    };
    let twice = side(&[("source_lantern/spec.json", SPEC), ("source_lantern/SPEC.json", SPEC)]);
    let expected = "source_lantern/spec.json: expected names that differ in more than case, found SPEC.json and spec.json: \
                    Windows and macOS keep one of them";
    assert_eq!(messages(&twice), [expected]);
    let once = side(&[("source_lantern/spec.json", SPEC), ("docs/SPEC.json", SPEC)]);
    assert_eq!(messages(&once), [""; 0]);
    assert_eq!(compare(&once, &twice, &Options::default()).verdict.outcome, Outcome::Inconclusive);
    // Of both sides it is nothing that this change brings.
    assert_eq!(compare(&twice, &twice, &Options::default()).verdict.outcome, Outcome::Compatible);
}
