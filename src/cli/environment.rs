//! What the surroundings say of the run: the repository that is checked out here, and where it is published.

use std::env;
use std::path::{Path, PathBuf};

use crate::report::{Checkout, Published};

/// The repository around the current folder, where there is one. `revision` is where the new sides are read from, if not
/// from what is checked out.
pub(super) fn checkout(revision: Option<&str>) -> Option<Checkout> {
    let revision = revision.map(str::to_owned);
    // Of another revision than the one that is checked out nobody says where it is published.
    let is_checked_out = revision.as_deref().is_none_or(|revision| revision == "HEAD");
    let published = |service: Service| service.published().filter(|_| is_checked_out);
    let here = env::current_dir().ok()?;
    let service = [github(), gitlab()].into_iter().flatten().next();
    // What a service publishes is what lies in its folder; elsewhere another repository is looked at.
    let service =
        service.filter(|service| service.folder.as_ref().is_none_or(|folder| here.starts_with(folder)));
    let most = service.as_ref().and_then(|service| service.folder.clone());
    let root = repository(&here, most.as_deref()).or_else(|| most.clone());
    match (root, service) {
        (Some(root), service) => {
            Some(Checkout { root, published: service.and_then(published), here, revision })
        }
        // A service without a folder was started in it.
        (None, Some(service)) => {
            Some(Checkout { root: here.clone(), published: published(service), here, revision })
        }
        (None, None) => None,
    }
}

/// The nearest folder that git keeps, up to one that it is below.
fn repository(here: &Path, most: Option<&Path>) -> Option<PathBuf> {
    let mut folders = here.ancestors().take_while(|folder| most.is_none_or(|most| folder.starts_with(most)));
    folders.find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// A build service that says what it checked out.
struct Service {
    /// Where.
    folder: Option<PathBuf>,
    repository: String,
    revision: String,
    /// What stands between the address of the repository and the revision, in the address of a file.
    files: &'static str,
}

impl Service {
    fn published(self) -> Option<Published> {
        let files = format!("{}{}{}", self.repository, self.files, self.revision);
        Published::new(self.repository, self.revision, files)
    }
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of a variable. The current folder has no links in its name, so neither may this have any.
fn folder(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(set(name)?);
    Some(path.canonicalize().unwrap_or(path))
}

/// A job of GitHub Actions, or of what is made like it.
fn github() -> Option<Service> {
    let (server, name) = (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?);
    Some(Service {
        folder: folder("GITHUB_WORKSPACE"),
        repository: format!("{}/{name}", server.trim_end_matches('/')),
        revision: set("GITHUB_SHA")?,
        files: "/blob/",
    })
}

/// A job of GitLab.
fn gitlab() -> Option<Service> {
    Some(Service {
        folder: folder("CI_PROJECT_DIR"),
        repository: set("CI_PROJECT_URL")?.trim_end_matches('/').to_owned(),
        revision: set("CI_COMMIT_SHA")?,
        files: "/-/blob/",
    })
}
