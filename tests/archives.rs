//! Archives as sides: each means what its folder means, and none that is broken or hostile is compatible with anything.

#[path = "support/packed.rs"]
mod packed;
#[path = "support/sides.rs"]
mod sides;

use std::path::Path;

use connector_diff::limits::Limits;
use connector_diff::load::{Request, connector_in};
use connector_diff::model::{Connector, ConnectorReport, Outcome};
use connector_diff::tree::{Archive, Kind, Memory, Tree};
use connector_diff::{Options, compare, report};
use packed::{Tarred, Zipped, gzip, tar, tar_of, tar_without_end, zip, zip_of};

const SPEC: &str =
    r#"{"connectionSpecification": {"type": "object", "properties": {"a": {"type": "string"}}}}"#;

/// The files below a folder of this repository, with their paths in it.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    fn add(tree: &dyn Tree, folder: &str, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in tree.list(folder).expect("a folder") {
            let path = connector_diff::tree::below(folder, &entry.name);
            match entry.kind {
                Ok(Kind::Folder) => add(tree, &path, found),
                _ => found.push((path.clone(), tree.read(&path, u64::MAX).expect("a file").into_vec())),
            }
        }
    }
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    add(&connector_diff::tree::Disk::new(folder), "", &mut found);
    assert!(found.len() > 1, "the folder is there");
    found
}

fn load(name: &str, bytes: Vec<u8>) -> Connector {
    load_with(name, bytes, "")
}

fn load_with(name: &str, bytes: Vec<u8>, limit: &str) -> Connector {
    let mut limits = Limits::default();
    if !limit.is_empty() {
        limits.set(limit).expect("a limit");
    }
    connector_in(&Request { limits, ..Request::new(Memory::new(name).file("", bytes)) })
}

fn compared(old: &Connector, new: &Connector) -> ConnectorReport {
    compare(old, new, &Options::default())
}

fn json(report: ConnectorReport) -> String {
    report::json(&connector_diff::report(vec![report]))
}

/// What is compared of two folders that are called as the archives are.
fn of_folders(names: [&str; 2], [old, new]: [&[(String, Vec<u8>)]; 2]) -> String {
    let folder = |name: &str, files: &[(String, Vec<u8>)]| {
        let folder = Memory::new(name);
        sides::load(files.iter().fold(folder, |tree, (path, bytes)| tree.file(path, bytes)))
    };
    json(compared(&folder(names[0], old), &folder(names[1], new)))
}

#[test]
fn an_archive_means_what_its_folder_means() {
    let [old, new] = ["old", "new"].map(|side| files(&format!("corpus/demo/{side}/source-bookshop")));
    let below = |folder: &str, files: &[(String, Vec<u8>)]| -> Vec<(String, Vec<u8>)> {
        files.iter().map(|(path, bytes)| (format!("{folder}{path}"), bytes.clone())).collect()
    };
    type Pack = fn(&[(String, Vec<u8>)]) -> Vec<u8>;
    let forms: [(&str, Pack); 4] = [
        ("zip", |files| zip_of(files)),
        ("whl", |files| zip_of(files)),
        ("tar", |files| tar_of(files)),
        ("tar.gz", |files| gzip(&tar_of(files))),
    ];
    let folders = ["", "source-bookshop/", "./source-bookshop-1.5.0/", "source_bookshop/"];
    for (ending, pack) in forms {
        let names = ["old", "new"].map(|side| format!("{side}.{ending}"));
        let plain = of_folders([&names[0], &names[1]], [&old, &new]);
        assert!(plain.contains("stream-removed") && plain.contains(&names[0]), "{plain}");
        for folder in folders {
            let side = |name: &str, files: &[(String, Vec<u8>)]| load(name, pack(&below(folder, files)));
            let packed = json(compared(&side(&names[0], &old), &side(&names[1], &new)));
            assert_eq!(packed, plain, "{ending} in {folder}");
        }
        // The content tells what it is, where the name does not.
        let side = |name: &str, files: &[(String, Vec<u8>)]| load(name, pack(files));
        let unnamed = json(compared(&side("old", &old), &side("new", &new)));
        assert_eq!(unnamed, of_folders(["old", "new"], [&old, &new]), "{ending}");
    }
}

const MODULE: &str = "class SourceLantern(AbstractSource):\n    def streams(self, config):\n        return [Visits()]\n\nclass Visits(Stream):\n    primary_key = 'id'\n";

/// What `pip` finds of a connector: a package and what is said of it, in a wheel and in a source distribution.
fn distribution(version: &str, schema: &str) -> [Vec<u8>; 2] {
    let about = format!("Metadata-Version: 2.1\nName: source-lantern\nVersion: {version}\n\nVersion: none\n");
    let package = |path: &str, body: &str| (path.to_owned(), body.to_owned());
    let files = [
        package("source_lantern/__init__.py", ""),
        package("source_lantern/source.py", MODULE),
        package("source_lantern/spec.json", SPEC),
        package("source_lantern/schemas/visits.json", schema),
    ];
    let info = format!("source_lantern-{version}.dist-info");
    let wheel = [
        files.as_slice(),
        &[package(&format!("{info}/METADATA"), &about), package(&format!("{info}/RECORD"), version)],
    ]
    .concat();
    let source = [files.as_slice(), &[package("PKG-INFO", &about), package("pyproject.toml", "")]].concat();
    let top = source.iter().map(|(path, body)| (format!("source_lantern-{version}/{path}"), body));
    [zip_of(&wheel), gzip(&tar_of(&top.collect::<Vec<_>>()))]
}

#[test]
fn a_wheel_and_a_source_distribution_say_their_version() {
    let schema =
        |kind: &str| format!(r#"{{"type": "object", "properties": {{"id": {{"type": "{kind}"}}}}}}"#);
    let [old_wheel, old_source] = distribution("1.0.0", &schema("string"));
    let [new_wheel, new_source] = distribution("1.0.1", &schema("integer"));
    let [same_wheel, same_source] = distribution("1.0.1", &schema("string"));
    let old = [("old.whl", old_wheel), ("old.tar.gz", old_source)];
    let new = [("new.whl", new_wheel), ("new.tar.gz", new_source)];
    let same = [("new.whl", same_wheel), ("new.tar.gz", same_source)];
    for (old_name, old) in old {
        let old = load(old_name, old);
        assert_eq!((old.name.as_deref(), old.version.as_deref()), (Some("source-lantern"), Some("1.0.0")));
        assert!(old.errors.is_empty() && old.unread_beside.is_empty(), "{:?}", old.errors);
        for (new_name, new) in &new {
            let report = compared(&old, &load(new_name, new.clone()));
            assert_eq!(report.verdict.outcome, Outcome::Breaking, "{old_name} {new_name}");
            assert_eq!(report.new.as_ref().and_then(|side| side.version.as_deref()), Some("1.0.1"));
            let json = json(report);
            assert!(json.contains("source_lantern/schemas/visits.json"), "{json}");
        }
        for (new_name, new) in &same {
            let report = compared(&old, &load(new_name, new.clone()));
            assert_eq!(report.verdict.outcome, Outcome::Compatible, "{old_name} {new_name}: {report:#?}");
        }
    }
}

#[test]
fn an_archive_that_makes_no_folder_or_several_is_refused() {
    let files = || vec![("spec.json", SPEC)];
    let with_zip = |entry: Zipped| zip(&[Zipped::new("spec.json", SPEC), entry]);
    let with_tar = |entry: Tarred| tar(&[Tarred::new("spec.json", SPEC), entry]);
    let named = |name: &[u8]| {
        [("x.zip", with_zip(Zipped::new(name, "x"))), ("x.tar", with_tar(Tarred::new(name, "x")))]
    };
    let both = |name: &[u8], expected: &'static str| named(name).map(|(file, bytes)| (file, bytes, expected));
    let whole = zip_of(&files());
    let plain = tar_of(&files());
    let mut damaged = whole.clone();
    let body = damaged.windows(9).position(|part| part == b"spec.json").expect("a name") + 9;
    damaged[body + 12] ^= 0x10;
    let mut header = tar_of(&[("spec.json", SPEC), ("b.json", "{}")]);
    header[1024 + 3] ^= 0x10;
    let longer = [Zipped::new("spec.json", SPEC), Zipped { size: Some(3), ..Zipped::new("b.json", "{} {}") }];
    let mut hostile: Vec<(&str, Vec<u8>, &str)> = vec![
        ("x.zip", b"<html>not found</html>".to_vec(), "expected a zip file, found something else"),
        ("x.whl", SPEC.as_bytes().to_vec(), "expected a zip file, found something else"),
        ("x.zip", Vec::new(), "expected a zip file, found something else"),
        ("x.tar.gz", SPEC.as_bytes().to_vec(), "expected a tar file that is compressed with gzip"),
        ("x.tgz", gzip(SPEC.as_bytes()), "expected a tar file that is compressed with gzip"),
        ("x.tar", SPEC.as_bytes().to_vec(), "expected a tar file, found something else"),
        ("x.zip", whole[..whole.len() - 1].to_vec(), "cut off"),
        ("x.tar", plain[..plain.len() - 1024].to_vec(), "cut off"),
        ("x.tar.gz", gzip(&plain)[..100].to_vec(), "cut off"),
        ("x.tar.gz", gzip(&tar_without_end(&[Tarred::new("spec.json", SPEC)])), "cut off"),
        ("x.tar", header, "found a damaged one: archive header checksum mismatch"),
        ("x.tar", with_tar(Tarred { kind: b'S', ..Tarred::new("holes", "") }), "found a damaged one"),
        (
            "x.zip",
            with_zip(Zipped { flags: 0x801, ..Zipped::new("secret.json", SPEC) }),
            "found secret.json, which is: unpack it, and name the folder",
        ),
        (
            "x.zip",
            with_zip(Zipped { own_name: Some(b"other.json".to_vec()), ..Zipped::new("a.json", SPEC) }),
            "the entry that is listed as a.json is called other.json",
        ),
        ("x.zip", with_zip(Zipped::new("b\0c.json", "{}")), "without a zero byte, found b…"),
        ("x.zip", with_zip(Zipped::new("a/".repeat(2100), "{}")), "expected names of at most 4096 bytes"),
    ];
    hostile.extend(both(b"../escape.json", "found ../escape.json, which leads out of it"));
    hostile.extend(both(b"a/../../escape.json", "which leads out of it"));
    hostile.extend(both(b"/etc/passwd", "found /etc/passwd, which is absolute"));
    hostile.extend(both(b"C:/windows/a.json", "found C:/windows/a.json, which is absolute"));
    hostile.extend(both(b"schemas\\a.json", "found a backslash in schemas\\a.json"));
    hostile.extend(both(b"spec.json", "found spec.json twice"));
    hostile.extend(both(b"./spec.json", "found spec.json twice"));
    hostile.extend(both(b"spec.json/x", "found spec.json twice"));
    hostile.extend(both(b"Spec.JSON", "found spec.json and Spec.JSON"));
    hostile.extend(both(b"SPEC.json/x", "found spec.json and SPEC.json"));
    let good = load("x.zip", whole.clone());
    assert!(good.errors.is_empty() && good.spec.is_some());
    for (name, bytes, expected) in hostile {
        let side = load(name, bytes);
        let said: Vec<&str> = side.errors.iter().map(|error| error.message.as_str()).collect();
        assert!(said.iter().any(|message| message.contains(expected)), "{expected}: {said:?}");
        assert!(side.errors.iter().all(|error| error.file == name));
        for (old, new) in [(&good, &side), (&side, &good), (&side, &side)] {
            assert_eq!(compared(old, new).verdict.outcome, Outcome::Inconclusive, "{expected}");
        }
    }
    for (entries, expected) in [
        (vec![Zipped { method: 12, ..Zipped::new("spec.json", SPEC) }], "found compression method 12"),
        (
            vec![longer[0].clone(), Zipped { name: b"catalog.json".to_vec(), ..longer[1].clone() }],
            "does not unpack",
        ),
    ] {
        let side = load("x.zip", zip(&entries));
        let said: Vec<&str> = side.errors.iter().map(|error| error.message.as_str()).collect();
        assert!(said.iter().any(|message| message.contains(expected)), "{expected}: {said:?}");
        assert_eq!(compared(&good, &side).verdict.outcome, Outcome::Inconclusive, "{expected}");
    }
    let side = load("x.zip", damaged);
    assert!(
        side.errors[0].message.contains("found a damaged one: an entry does not unpack"),
        "{:?}",
        side.errors
    );
}

#[test]
fn links_devices_and_names_are_told_where_they_stand() {
    let schema = r#"{"type": "object", "properties": {"id": {"type": "string"}}}"#;
    let package = |rest: Vec<Zipped>| {
        let files = [("metadata.yaml", "data:\n  dockerImageTag: 1.0.0\n"), ("source_q/source.py", MODULE)];
        let files = files.iter().map(|(name, body)| Zipped::new(name, body));
        files.chain(rest).collect::<Vec<_>>()
    };
    let as_tar = |entries: &[Zipped]| {
        let entry = |entry: &Zipped| match entry.mode & 0o170_000 {
            0o120_000 => Tarred { kind: b'2', target: entry.body.clone(), ..Tarred::new(&entry.name, "") },
            0o020_000 => Tarred { kind: b'3', ..Tarred::new(&entry.name, "") },
            0o010_000 => Tarred { kind: b'6', ..Tarred::new(&entry.name, "") },
            _ => Tarred::new(&entry.name, &entry.body),
        };
        tar(&entries.iter().map(entry).collect::<Vec<_>>())
    };
    let spec = || Zipped::new("source_q/spec.json", SPEC);
    let visits = || Zipped::new("source_q/schemas/visits.json", schema);
    let plain = load("x.zip", zip(&package(vec![spec(), visits()])));
    assert!(plain.errors.is_empty() && plain.faults.is_empty(), "{:?} {:?}", plain.errors, plain.faults);
    let inside = package(vec![
        Zipped::new("kept.json", SPEC),
        Zipped::link("source_q/spec.json", "../kept.json"),
        visits(),
    ]);
    for (name, bytes) in [("x.zip", zip(&inside)), ("x.tar", as_tar(&inside))] {
        let linked = load(name, bytes);
        assert!(linked.errors.is_empty() && linked.spec.is_some(), "{:?}", linked.errors);
    }
    for (entries, expected) in [
        (vec![Zipped::link("source_q/spec.json", "../../other.json"), visits()], "inside x."),
        (vec![Zipped::link("source_q/spec.json", "/etc/passwd"), visits()], "found a link to /etc/passwd"),
        (
            vec![Zipped::link("source_q/spec.json", "spec.json"), visits()],
            "a link to spec.json, where nothing is",
        ),
        (
            vec![
                Zipped::link("source_q/a", "b"),
                Zipped::link("source_q/b", "a"),
                Zipped::link("source_q/spec.json", "a/spec.json"),
                visits(),
            ],
            "where nothing is",
        ),
        (
            vec![Zipped { mode: 0o020_644, ..Zipped::new("source_q/spec.json", "") }, visits()],
            "found a device",
        ),
        (vec![spec(), Zipped { mode: 0o010_644, ..visits() }], "found a pipe"),
        (
            vec![spec(), visits(), Zipped::new(b"source_q/schemas/caf\xe9.json", schema)],
            "expected a name in UTF-8",
        ),
    ] {
        let entries = package(entries);
        for (name, bytes) in [("x.zip", zip(&entries)), ("x.tar", as_tar(&entries))] {
            let side = load(name, bytes);
            let faults = side.faults.iter().map(|fault| &fault.error);
            let said: Vec<String> = side.errors.iter().chain(faults).map(ToString::to_string).collect();
            assert!(said.iter().any(|message| message.contains(expected)), "{name} {expected}: {said:?}");
            for (old, new) in [(&plain, &side), (&side, &plain)] {
                let outcome = compared(old, new).verdict.outcome;
                assert!(!matches!(outcome, Outcome::Compatible | Outcome::Review), "{expected}: {outcome:?}");
            }
        }
    }
    // A hard link is the file that it names.
    let hard = |target: &str| {
        let kept = Tarred::new("kept.json", SPEC);
        load("x.tar", tar(&[kept, Tarred::other("spec.json", b'1', target)]))
    };
    assert!(hard("kept.json").spec.is_some());
    for (target, expected) in
        [("other.json", "a link to other.json, where nothing is"), ("../kept.json", "inside x.tar")]
    {
        let side = hard(target);
        assert!(side.errors.iter().any(|error| error.message.contains(expected)), "{:?}", side.errors);
    }
}

#[test]
fn bombs_meet_a_limit() {
    let files: Vec<(String, &str)> = (0..50).map(|index| (format!("a/b{index}/c.json"), "{}")).collect();
    let forms = |files: &[(String, &str)]| {
        [("x.zip", zip_of(files)), ("x.tar", tar_of(files)), ("x.tar.gz", gzip(&tar_of(files)))]
    };
    for (name, bytes) in forms(&files) {
        // 50 files, 50 folders and the one around them.
        let cut = load_with(name, bytes.clone(), "archive-entries=100");
        let message = &cut.errors[0].message;
        let expected = "the archive holds more files and folders than the limit archive-entries=100: raise it with --limit archive-entries=200";
        assert_eq!(message, expected);
        assert!(load_with(name, bytes, "archive-entries=101").errors.is_empty());
    }
    let zeros = |len: usize| vec![("spec.json".to_owned(), "0".repeat(len))];
    let mib = 1 << 20;
    for (name, bytes) in [("x.zip", zip_of(&zeros(3 * mib))), ("x.tar.gz", gzip(&tar_of(&zeros(3 * mib))))] {
        assert!(bytes.len() < 10_000, "it is small: {}", bytes.len());
        let said = |limit: &str| load_with(name, bytes.clone(), limit).errors.remove(0).message;
        let by_size = said("archive-size=100KiB");
        assert!(
            by_size.starts_with(
                "the archive unpacks to more bytes than the limit archive-size=100KiB: raise it"
            ),
            "{by_size}"
        );
        let by_ratio = said("");
        assert!(
            by_ratio.contains("more times its own size than the limit archive-ratio=200: raise it with"),
            "{by_ratio}"
        );
        // With both raised it is what it is: a spec that no connector could read.
        let read = load_with(name, bytes, "archive-ratio=2000");
        assert!(read.errors.is_empty() && read.faults.len() == 1, "{:?}", read.errors);
    }
    // What is small is no bomb, however much smaller it was.
    let small = load_with("x.tar.gz", gzip(&tar_of(&zeros(mib / 2))), "archive-ratio=1");
    assert!(small.errors.is_empty() && small.faults.len() == 1, "{:?}", small.errors);
    // One body under many names, which the directory of a zip file can do in few bytes.
    let many: Vec<(String, String)> =
        (0..300).map(|index| (format!("{index}.txt"), "0".repeat(mib))).collect();
    let bomb = load("x.zip", zip_of(&many));
    assert!(
        bomb.errors[0].message.contains("archive-size=256MiB: raise it with --limit archive-size=300MiB"),
        "{:?}",
        bomb.errors
    );
}

/// Every file of an archive with what it holds, or what is said instead.
fn contents(archive: &Archive, folder: &str) -> Vec<(String, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    for entry in archive.list(folder).unwrap_or_default() {
        let path = connector_diff::tree::below(folder, &entry.name);
        match entry.kind {
            Ok(Kind::Folder) => found.extend(contents(archive, &path)),
            _ => {
                let read = archive.read(&path, u64::MAX).ok();
                found.push((path, read.map(connector_diff::tree::Bytes::into_vec)));
            }
        }
    }
    found
}

#[test]
fn an_archive_that_is_cut_off_anywhere_is_no_shorter_one() {
    let files = [("a/spec.json", SPEC), ("a/catalog.json", r#"{"streams": []}"#), ("b.txt", "")];
    for (name, bytes) in
        [("x.zip", zip_of(&files)), ("x.tar", tar_of(&files)), ("x.tar.gz", gzip(&tar_of(&files)))]
    {
        let open = |bytes: &[u8]| Archive::open(name, bytes.to_vec(), &Limits::default());
        assert_eq!(contents(&open(&bytes).expect("an archive"), "").len(), 3);
        // One block of the two that end a tar file is enough.
        let needed = if name == "x.tar" { bytes.len() - 512 } else { bytes.len() };
        for len in 0..needed {
            assert!(open(&bytes[..len]).is_err(), "{name} cut at {len} of {}", bytes.len());
        }
    }
}

#[test]
fn a_byte_that_changed_changes_no_file_in_silence() {
    let files = [("a/spec.json", SPEC), ("a/catalog.json", r#"{"streams": []}"#)];
    for (name, bytes) in [("x.zip", zip_of(&files)), ("x.tar.gz", gzip(&tar_of(&files)))] {
        let open = |bytes: &[u8]| Archive::open(name, bytes.to_vec(), &Limits::default());
        let whole = contents(&open(&bytes).expect("an archive"), "");
        let mut refused = 0;
        for at in 0..bytes.len() {
            for bits in [0x01, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= bits;
                let Ok(archive) = open(&changed) else {
                    refused += 1;
                    continue;
                };
                for (path, body) in contents(&archive, "") {
                    let same = whole.iter().find(|(name, _)| *name == path);
                    let is_same = body.is_none() || same.is_some_and(|(_, same)| *same == body);
                    assert!(is_same, "{name}: byte {at} with {bits:#x} gave another {path}");
                }
            }
        }
        assert!(refused > bytes.len(), "{name}: {refused} of {} are refused", 3 * bytes.len());
    }
}
