//! Where links lead that are known as texts only: those of a tree in memory, and those on a disk that lead to nothing.

use super::TreeError;

/// More links than this on the way to one file lead in a circle: Linux gives up at the same number.
const MOST_LINKS: usize = 40;

/// Parts of paths that are walked on the way to one file: a path of a system has no more.
const MOST_PARTS: usize = 2_048;

/// The path that a path stands for once its links are followed. `link` tells what is written in the link at a path.
///
/// # Errors
/// A link leads out of the root, or they lead in a circle. Whether anything is at the end is for the caller to see.
pub(super) fn follow(
    path: &str,
    root: &str,
    link: impl Fn(&str) -> Option<String>,
) -> Result<String, TreeError> {
    let mut reached = String::new();
    let mut walked = 0;
    let mut ahead: Vec<String> = segments(path);
    let mut followed = Vec::new();
    // What is reached holds no link, so a `..` leads to the folder before it.
    while let Some(segment) = ahead.pop() {
        walked += 1;
        let parent = reached.rfind('/').unwrap_or(0);
        let target = if segment == ".." {
            if !reached.is_empty() {
                reached.truncate(parent);
                continue;
            }
            followed.pop()
        } else {
            let parent = reached.len();
            if parent > 0 {
                reached.push('/');
            }
            reached.push_str(&segment);
            let Some(target) = link(&reached) else { continue };
            reached.truncate(parent);
            if followed.len() == MOST_LINKS || walked > MOST_PARTS {
                return Err(TreeError::LinkToNowhere { target });
            }
            ahead.extend(segments(&target));
            followed.push(target);
            followed.pop_if(|target| target.starts_with('/'))
        };
        if let Some(target) = target {
            return Err(TreeError::LeadsOut { target, root: root.to_owned() });
        }
    }
    Ok(reached)
}

/// What is written in the first link on the way to a path that leads to nothing. `resolve` follows links, `link` tells what
/// is written in one, `is_there` whether anything is at the end of all.
///
/// # Errors
/// As these.
pub(super) fn dead(
    path: &str,
    resolve: impl Fn(&str) -> Result<String, TreeError>,
    link: impl Fn(&str) -> Option<String>,
    is_there: impl Fn(&str) -> Result<bool, TreeError>,
) -> Result<Option<String>, TreeError> {
    for part in path.match_indices('/').map(|(at, _)| &path[..at]).chain([path]) {
        if let Some(target) = link(part)
            && !is_there(&resolve(part)?)?
        {
            return Ok(Some(target));
        }
    }
    Ok(None)
}

/// The parts of a path, the first one last.
fn segments(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    parts.rev().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_inside_and_nowhere_else() {
        let links = [
            ("spec.json", "specs/main.json"),
            ("specs", "a/b"),
            ("a/b/up.json", "../../top.json"),
            ("a/b/out.json", "../../../top.json"),
            ("a/b/round.json", "../b/./main.json"),
            ("absolute.json", "/etc/passwd"),
            ("circle", "circle"),
            ("deep", "circle/x"),
        ];
        let link =
            |path: &str| links.iter().find(|(name, _)| *name == path).map(|(_, target)| (*target).to_owned());
        let follow = |path: &str| follow(path, "side", link).map_err(|error| error.to_string());
        for (path, expected) in [
            ("spec.json", "a/b/main.json"),
            ("specs/up.json", "top.json"),
            ("a/b/round.json", "a/b/main.json"),
            ("plain/x.json", "plain/x.json"),
            ("", ""),
        ] {
            assert_eq!(follow(path).as_deref(), Ok(expected), "{path}");
        }
        for (path, expected) in [
            ("specs/out.json", "inside side, found a link to ../../../top.json"),
            ("absolute.json", "inside side, found a link to /etc/passwd"),
            ("circle", "found a link to circle, where nothing is"),
            ("deep", "found a link to circle, where nothing is"),
        ] {
            let found = follow(path).expect_err(path);
            assert!(found.contains(expected), "{path}: {found}");
        }
    }
}
