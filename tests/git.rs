//! Files of a git repository as trees: a revision holds what was committed, and the work tree what would be.

#[path = "support/repository.rs"]
mod repository;

use std::sync::Arc;

use connector_diff::tree::git::{GitError, GitTree, Repository, Snapshot};
use connector_diff::tree::{Disk, Kind, Tree, TreeError, has_same_content};
use repository::TestRepository;

const LIMIT: u64 = 1 << 20;

fn around(repository: &TestRepository) -> Arc<Repository> {
    Repository::around(&repository.path()).expect("a repository")
}

fn revision(repository: &TestRepository, name: &str, path: &str) -> GitTree {
    let git = around(repository);
    let commit = git.commit(name).expect("a commit");
    Snapshot::of_commit(&git, name, commit).tree(path)
}

fn work_tree(repository: &TestRepository, path: &str) -> GitTree {
    Snapshot::of_work_tree(&around(repository), Some("")).expect("a snapshot").tree(path)
}

/// Every path of a tree with what is there, links marked.
fn listing(tree: &dyn Tree) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in tree.list(&folder).expect("a folder") {
            let path = format!("{folder}/{}", entry.name).trim_start_matches('/').to_owned();
            let link = if entry.is_link { " (a link)" } else { "" };
            match entry.kind {
                Ok(Kind::Folder) => {
                    found.push(format!("{path}/{link}"));
                    if !entry.is_link {
                        folders.push(path);
                    }
                }
                Ok(_) => {
                    let bytes = tree.read(&path, LIMIT).expect("a file");
                    found.push(format!("{path}{link} = {}", String::from_utf8_lossy(bytes.as_ref())));
                }
                Err(error) => found.push(format!("{path}{link}: {error}")),
            }
        }
    }
    found.sort();
    found
}

fn text(tree: &dyn Tree, path: &str) -> Result<String, String> {
    let bytes = tree.read(path, LIMIT).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(bytes.as_ref()).into_owned())
}

#[test]
fn a_revision_holds_what_a_checkout_of_it_does() {
    let repository = TestRepository::new();
    repository.copy("corpus/demo/old/source-bookshop", "connectors/source-bookshop").commit("one");
    let disk = Disk::new(repository.path().join("connectors/source-bookshop"));
    let stored = revision(&repository, "HEAD", "connectors/source-bookshop");
    assert_eq!(listing(&stored), listing(&disk));
    assert!(listing(&stored).len() > 1);
    assert_eq!(stored.shown("spec.json"), "HEAD:connectors/source-bookshop/spec.json");
    let around = stored.above().expect("a folder around");
    assert_eq!(around.shown(""), "HEAD:connectors");
    assert!(around.above().expect("the root").above().is_none(), "nothing is around a repository");
}

#[test]
fn a_file_is_named_by_its_contents() {
    let repository = TestRepository::new();
    repository.write("a/x.json", "{}").write("a/y.json", "[]").commit("one");
    repository.write("a/y.json", "[1]").commit("two");
    let (old, new) = (revision(&repository, "HEAD~1", "a"), revision(&repository, "HEAD", "a"));
    assert_eq!(has_same_content(&old, &new, "x.json"), Some(true));
    assert_eq!(has_same_content(&old, &new, "y.json"), Some(false));
    assert_eq!(has_same_content(&old, &new, "none.json"), None);
    // What is on disk has no name in the store.
    repository.write("a/x.json", "{} ");
    assert_eq!(has_same_content(&old, &work_tree(&repository, "a"), "x.json"), None);
}

#[test]
fn what_is_not_committed_lies_over_the_commit() {
    let repository = TestRepository::new();
    repository
        .write("a/kept.json", "kept")
        .write("a/edited.json", "before")
        .write("a/deleted.json", "deleted")
        .write("a/folder/one.json", "one")
        .write("a/gone/one.json", "one")
        .write("a/file", "a file")
        .write(".gitignore", "*.log\n.venv/\n")
        .commit("one");
    repository
        .write("a/edited.json", "after")
        .write("a/new.json", "new")
        .write("a/more/new.json", "new")
        .write("a/sync.log", "ignored")
        .write("a/.venv/spec.json", "ignored")
        .delete("a/deleted.json")
        .delete("a/gone")
        .delete("a/file")
        .write("a/file/inside.json", "inside");
    let expected = [
        "edited.json = after",
        "file/",
        "file/inside.json = inside",
        "folder/",
        "folder/one.json = one",
        "kept.json = kept",
        "more/",
        "more/new.json = new",
        "new.json = new",
    ];
    assert_eq!(listing(&work_tree(&repository, "a")), expected);
    repository.git(&["add", "--all"]);
    assert_eq!(listing(&work_tree(&repository, "a")), expected, "what is staged is not committed either");
    repository.commit("two");
    assert_eq!(listing(&work_tree(&repository, "a")), expected);
    assert_eq!(work_tree(&repository, "a").shown("new.json"), "a/new.json");
}

#[test]
fn changes_are_those_of_both_histories_and_of_the_work_tree() {
    let repository = TestRepository::new();
    repository.write("a.json", "a").write("b.json", "b").write("c.json", "c").write("d.json", "d");
    repository.commit("one");
    repository.write("b.json", "b2").commit("two");
    repository.write("c.json", "c2").write("new.json", "new");
    // Only its times differ.
    repository.write("a.json", "a");
    let git = around(&repository);
    let base = Snapshot::of_commit(&git, "base", git.commit("HEAD~1").expect("a commit"));
    let now = Snapshot::of_work_tree(&git, Some("")).expect("a snapshot");
    let changes = now.changes_since(&base).expect("changes");
    let paths: Vec<&str> = changes.paths.iter().map(String::as_str).collect();
    assert_eq!(paths, ["b.json", "c.json", "new.json"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_of_the_side_only() {
    use std::os::unix::fs::symlink;

    let repository = TestRepository::new();
    repository.write("a/schemas/x.json", "inside").write("secret", "outside");
    for (path, target) in [
        ("a/link.json", "schemas/x.json"),
        ("a/folder", "schemas"),
        ("a/out.json", "../secret"),
        ("a/absolute.json", "/etc/passwd"),
        ("a/nowhere.json", "none"),
        ("a/circle", "circle"),
        ("side", "a"),
    ] {
        symlink(target, repository.path().join(path)).expect("a link");
    }
    // Before and after they are committed.
    for step in ["on disk", "stored"] {
        let a = match step {
            "on disk" => {
                repository.git(&["commit", "--quiet", "--allow-empty", "-m", "one"]);
                work_tree(&repository, "a")
            }
            _ => {
                repository.commit("two");
                revision(&repository, "HEAD", "a")
            }
        };
        assert_eq!(text(&a, "link.json").as_deref(), Ok("inside"), "{step}");
        assert_eq!(text(&a, "folder/x.json").as_deref(), Ok("inside"), "{step}");
        for path in ["out.json", "absolute.json"] {
            assert!(matches!(a.read(path, LIMIT), Err(TreeError::LeadsOut { .. })), "{step}: {path}");
        }
        for path in ["nowhere.json", "circle"] {
            assert!(matches!(a.read(path, LIMIT), Err(TreeError::LinkToNowhere { .. })), "{step}: {path}");
        }
        let names: Vec<(String, bool)> =
            a.list("").expect("a folder").into_iter().map(|entry| (entry.name, entry.is_link)).collect();
        assert!(names.contains(&("folder".to_owned(), true)), "{step}: {names:?}");
        assert!(names.contains(&("schemas".to_owned(), false)), "{step}: {names:?}");
    }
    // A root that is a link was named.
    assert_eq!(text(&revision(&repository, "HEAD", "side"), "link.json").as_deref(), Ok("inside"));
}

#[test]
fn another_repository_is_not_looked_into() {
    let inner = TestRepository::new();
    inner.write("spec.json", "{}").commit("one");
    let repository = TestRepository::new();
    repository.write("a/x.json", "{}").commit("one");
    let address = inner.path().display().to_string();
    repository.git(&["submodule", "--quiet", "add", &address, "a/inner"]);
    // A clone that is no submodule is not told apart: its files are not of this repository.
    repository.git(&["clone", "--quiet", &address, "a/clone"]);
    for tree in [work_tree(&repository, "a"), {
        repository.commit("two");
        revision(&repository, "HEAD", "a")
    }] {
        let error = tree.kind("inner").expect_err("no folder").to_string();
        assert_eq!(error, "expected a file, found a repository of its own (a submodule)");
        assert!(matches!(tree.kind("inner/spec.json"), Err(TreeError::Absent)));
    }
    let git = around(&repository);
    let base = Snapshot::of_commit(&git, "base", git.commit("HEAD~1").expect("a commit"));
    let now = Snapshot::of_work_tree(&git, Some("")).expect("a snapshot");
    let submodules = now.changes_since(&base).expect("changes").submodules;
    assert_eq!(submodules.into_iter().collect::<Vec<_>>(), ["a/clone", "a/inner"]);
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let repository = TestRepository::new();
    repository.write("large.json", vec![b' '; 100_000]).write("small.json", "{}").commit("one");
    let tree = revision(&repository, "HEAD", "");
    let error = tree.read("large.json", 99_999).expect_err("too large");
    assert!(matches!(error, TreeError::TooLarge { limit: 99_999, size: Some(100_000) }), "{error}");
    assert_eq!(tree.read("large.json", 100_000).expect("all of it").as_ref().len(), 100_000);
    // The next question is answered as if nothing had been.
    assert_eq!(text(&tree, "small.json").as_deref(), Ok("{}"));
}

#[test]
fn an_object_that_is_missing_is_no_empty_file() {
    let repository = TestRepository::new();
    repository.write("a.json", "{}").write("b.json", "[]").commit("one");
    let blob = repository.git(&["rev-parse", "HEAD:a.json"]);
    let (start, rest) = blob.trim().split_at(2);
    repository.delete(&format!(".git/objects/{start}/{rest}"));
    let git = around(&repository);
    let tree = Snapshot::of_commit(&git, "HEAD", git.commit("HEAD").expect("a commit")).tree("");
    let error = text(&tree, "a.json").expect_err("a missing object");
    assert!(error.contains("is missing in the git repository"), "{error}");
    assert_eq!(text(&tree, "b.json").as_deref(), Ok("[]"));
    assert_eq!(git.missing(), 1);
    assert!(!git.is_partial());
}

#[test]
fn a_bare_repository_has_its_head() {
    let repository = TestRepository::new();
    repository.write("a/x.json", "{}").commit("one");
    let bare = tempfile::tempdir().expect("a folder");
    let address = repository.path().display().to_string();
    repository::git(bare.path(), &["clone", "--quiet", "--bare", &address, "bare.git"]);
    let git = Repository::around(&bare.path().join("bare.git")).expect("a repository");
    assert!(git.work_tree().is_none());
    let tree = Snapshot::of_work_tree(&git, Some("")).expect("a snapshot").tree("a");
    assert_eq!(text(&tree, "x.json").as_deref(), Ok("{}"));
    assert_eq!(tree.shown("x.json"), "HEAD:a/x.json");
}

#[test]
fn names_of_revisions_are_found_or_guessed() {
    let repository = TestRepository::new();
    let first = repository.write("a.json", "a").commit("one");
    repository.git(&["branch", "release/next"]);
    repository.git(&["remote", "add", "origin", "/nowhere"]);
    let git = around(&repository);
    for name in ["main", "HEAD", &first, "release/next", "HEAD@{0}"] {
        assert_eq!(git.commit(name).expect("a commit").as_str(), first, "{name}");
    }
    for (name, expected) in [
        ("mian", "mian: expected a revision, found none of that name: did you mean main?"),
        (
            "release/nxt",
            "release/nxt: expected a revision, found none of that name: did you mean release/next?",
        ),
        (
            "origin/stable",
            "origin/stable: expected a revision, found none of that name: fetch it with `git fetch origin \
             stable:refs/remotes/origin/stable`",
        ),
        ("--upload-pack=x", "--upload-pack=x: expected a revision, found none of that name"),
        ("", ": expected a revision, found none of that name"),
    ] {
        assert_eq!(git.commit(name).expect_err(name).to_string(), expected);
    }
}

#[test]
fn a_missing_merge_base_says_what_to_fetch() {
    let repository = TestRepository::new();
    repository.write("a.json", "1").commit("one");
    repository.git(&["checkout", "--quiet", "-b", "topic"]);
    repository.write("b.json", "1").commit("two");
    repository.write("b.json", "2").commit("three");
    repository.git(&["checkout", "--quiet", "main"]);
    let base = repository.write("a.json", "2").commit("four");
    let ask = |git: &Repository, one: &str, other: &str| {
        let (first, second) = (git.commit(one).expect("a commit"), git.commit(other).expect("a commit"));
        git.merge_base((one, &first), (other, &second))
    };
    let git = around(&repository);
    let first = git.commit("topic~2").expect("a commit");
    assert_eq!(ask(&git, "main", "topic").expect("a merge base"), first);
    assert_ne!(first.as_str(), base);

    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("file://{}", repository.path().display());
    let clone = ["clone", "--quiet", "--depth=1", "--no-single-branch", &address, "shallow"];
    repository::git(folder.path(), &clone);
    let shallow = Repository::around(&folder.path().join("shallow")).expect("a repository");
    let said = ask(&shallow, "origin/main", "origin/topic").expect_err("no merge base").to_string();
    assert_eq!(
        said,
        "origin/main and origin/topic have no merge base: this clone is shallow and knows 1 commit of origin/topic; \
         fetch more with `git fetch --deepen=100` (in a workflow of GitHub `fetch-depth: 0`), or compare with origin/main \
         itself by --base-exact"
    );
    repository.git(&["checkout", "--quiet", "--orphan", "other"]);
    repository.commit("five");
    let said = ask(&git, "main", "other").expect_err("no merge base").to_string();
    assert!(
        said.ends_with("their histories are not related; compare with main itself by --base-exact"),
        "{said}"
    );
}

#[test]
fn no_repository_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Repository::around(folder.path()).expect_err("no repository");
    assert!(matches!(error, GitError::NoRepository { .. }), "{error}");
}
