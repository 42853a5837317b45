//! What git knows of a merge that is not done. Somebody may have taken the markers of a conflict out of a file and not said
//! yet, with `git add`, that it is solved.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether git has the versions of a merge in place of a file that somebody chose. `false` where git cannot say: it is not
/// there, the file is in no work tree, or git does not trust the folder.
pub(super) fn is_unmerged(path: &Path) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
    let mut git = Command::new("git");
    // A repository may name programs that git runs, and nothing here may wait or write.
    git.args(["--literal-pathspecs", "-c", "core.fsmonitor=false", "ls-files", "--unmerged", "-z", "--"])
        .arg(name)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1");
    // The repository is the one that the file is in, whatever a hook of another one says.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    git.output().is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}
