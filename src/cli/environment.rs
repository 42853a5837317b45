//! What a build service says of the run: where the files that it checks out can be opened.

use std::env;

/// The address that a path from here is put behind, in a job of GitHub Actions or what is made like it.
pub(super) fn files_at() -> Option<String> {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let (server, repository, revision) =
        (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?, set("GITHUB_SHA")?);
    let here = env::current_dir().ok()?;
    let below = match set("GITHUB_WORKSPACE") {
        // Outside of what was checked out no path can be opened.
        Some(root) => here.strip_prefix(root).ok()?.to_str()?.to_owned(),
        None => String::new(),
    };
    let is_plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:".contains(&b));
    let address = format!("{server}/{repository}/blob/{revision}/{below}");
    let address = format!("{}/", address.trim_end_matches('/'));
    (is_plain(&address) && address.starts_with("http")).then_some(address)
}
