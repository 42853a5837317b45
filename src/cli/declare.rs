//! `connector-diff declare OLD NEW`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use clap::Args;

use super::replace::{self, Replacement};
use super::revision::Revision;
use super::sides::{self, Named, SideFiles};
use super::{Failure, LimitArgs, OK, output, policy, unmerged, warnings};
use crate::declare::{self, DeclareError, FileEdit, Plan, PullRequest};
use crate::limits::Limits;
use crate::{Options, report};

#[derive(Debug, Args)]
pub(super) struct DeclareArgs {
    /// The old version: a connector directory, or one file of it
    old: PathBuf,
    /// The new version: a connector directory with a metadata.yaml
    new: PathBuf,
    /// Edit the files, instead of printing a diff
    #[arg(long)]
    write: bool,
    /// The day that deadlines are counted from, YYYY-MM-DD [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = super::choices::day)]
    today: Option<NaiveDate>,
    /// The policy file [default: .connector-diff.toml, here or in a folder above]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Input")]
    files: SideFiles,
    #[command(flatten, next_help_heading = "Limits")]
    limits: LimitArgs,
}

pub(super) fn run(arguments: &DeclareArgs) -> Result<u8, Failure> {
    if arguments.files.names_new_metadata() {
        let message = "--new-metadata: declare edits the metadata.yaml of NEW: expected no other beside it";
        return Err(Failure::usage(message));
    }
    if sides::is_absent(&arguments.new) {
        return Err(Failure::usage(
            "NEW is /dev/null: expected a connector directory, whose files are edited",
        ));
    }
    if Revision::of(&arguments.new).is_some() {
        let new = arguments.new.display();
        let message =
            "NEW is a revision, which nobody can edit: expected a connector directory in the work tree";
        return Err(Failure::usage(format!("{message}, found {new}")));
    }
    let sides = [Named::side("OLD", &arguments.old), Named::side("NEW", &arguments.new)];
    let config = arguments.config.as_deref().map(|path| Named::file("--config", path));
    let named: Vec<Named<'_>> = sides.into_iter().chain(config).chain(arguments.files.named()).collect();
    sides::check(&named)?;
    arguments.files.check_absent(&arguments.old, &arguments.new)?;
    arguments.files.check_kind(&arguments.old, &arguments.new)?;
    arguments.limits.run(|limits| declare(arguments, limits))
}

fn declare(arguments: &DeclareArgs, limits: Limits) -> Result<u8, Failure> {
    let policies = policy::load(arguments.config.as_deref())?;
    let request = arguments.files.new_side(&arguments.new, &limits);
    let old = sides::connector(&arguments.old, &arguments.files.old_side(&arguments.old, &limits));
    let new = sides::connector(&arguments.new, &request);
    sides::hold_connectors(&old, &new)?;
    if arguments.files.named().is_empty() {
        warnings::of_paths(&arguments.old, &arguments.new);
    }
    warnings::of_sides(&old, &new);
    warnings::of_files(&arguments.files, &old, &new);
    let today = arguments.today.unwrap_or_else(|| Utc::now().date_naive());
    let name = new.name.as_deref().or(old.name.as_deref());
    let options = Options { policy: policies.policy(name), today: Some(today), ..Options::default() };
    let plan = declare::plan(&old, &new, &request, &options, today).map_err(|error| match error {
        DeclareError::Usage(message) => Failure::usage(message),
        DeclareError::Input(messages) => Failure::inputs(messages),
    })?;
    let base = Base::of(&arguments.new, &plan)?;
    if arguments.write {
        write(&plan, &base)?;
    } else {
        print(&plan, &base)?;
    }
    for note in &plan.notes {
        output::message("note", note);
    }
    // Where nothing is edited, the answer says it.
    for problem in plan.left.iter().filter(|_| !plan.edits.is_empty()) {
        output::message("note", &format!("left to you: {problem}"));
    }
    Ok(OK)
}

/// The folder that paths of a diff start at.
struct Base {
    folder: PathBuf,
    /// The connector's folder.
    side: PathBuf,
}

impl Base {
    /// The work tree of git that NEW lies in, or else the folder that holds all that is edited.
    fn of(side: &Path, plan: &Plan) -> Result<Self, Failure> {
        // As the tree goes up: `..` and links lead to a folder that has others around it.
        let side = side
            .canonicalize()
            .map_err(|error| Failure::input(format!("NEW {}: {error}", side.display())))?;
        let highest = plan.edits.iter().map(|edit| edit.level).max().unwrap_or(0);
        let holds_all = side.ancestors().nth(highest).unwrap_or(&side).to_path_buf();
        let work_tree = holds_all.ancestors().find(|folder| folder.join(".git").exists());
        Ok(Self { folder: work_tree.unwrap_or(&holds_all).to_path_buf(), side })
    }

    /// Where a file is.
    fn path(&self, edit: &FileEdit) -> PathBuf {
        let folder = self.side.ancestors().nth(edit.level).unwrap_or(&self.side);
        edit.path.split('/').fold(folder.to_path_buf(), |path, part| path.join(part))
    }

    /// Its path from the folder of the diff, with `/`.
    fn name(&self, edit: &FileEdit) -> String {
        let path = self.path(edit);
        let below = path.strip_prefix(&self.folder).unwrap_or(&path);
        let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        parts.join("/")
    }
}

/// The diff, then the texts of the pull request.
fn print(plan: &Plan, base: &Base) -> Result<(), Failure> {
    let diff: String = plan.edits.iter().map(|edit| edit.diff(&base.name(edit))).collect();
    // A terminal acts on what files hold; whoever applies the diff needs every byte.
    let diff = if std::io::stdout().is_terminal() { output::harmless(&diff) } else { diff };
    let texts = texts(plan);
    let said = if plan.edits.is_empty() { nothing_to_edit(plan) } else { diff };
    let between = if said.is_empty() || texts.is_empty() { "" } else { "\n" };
    output::stdout(&format!("{said}{between}{texts}"))?;
    if !plan.edits.is_empty() {
        let folder = base.folder.display();
        output::message(
            "note",
            &format!(
                "the paths start at {folder}: git apply and patch -p1 take the diff there, --write edits the files"
            ),
        );
    }
    Ok(())
}

fn write(plan: &Plan, base: &Base) -> Result<(), Failure> {
    let replacements: Vec<Replacement> = plan
        .edits
        .iter()
        .map(|edit| Replacement {
            path: base.path(edit),
            within: base.side.ancestors().nth(edit.level).unwrap_or(&base.side).to_path_buf(),
            old: edit.old.clone(),
            new: edit.new.clone(),
        })
        .collect();
    let unmerged = replacements.iter().filter(|one| unmerged::is_unmerged(&one.path)).map(|one| {
        format!(
            "{}: expected a merged file, and git has both sides of a merge for it: resolve it and git add it first: no file \
             is changed",
            one.path.display()
        )
    });
    let unmerged: Vec<String> = unmerged.collect();
    if !unmerged.is_empty() {
        return Err(Failure::inputs(unmerged));
    }
    replace::all(&replacements).map_err(Failure::inputs)?;
    for left in replace::left_behind(&replacements) {
        let left = left.display();
        output::message(
            "note",
            &format!("{left} is of a run that was stopped, or is not done: remove it then"),
        );
    }
    let texts = texts(plan);
    let mut said = String::new();
    for edit in &plan.edits {
        let did = if edit.old.is_some() { "edited" } else { "created" };
        said.push_str(&output::harmless(&format!("{did} {}", base.path(edit).display())));
    }
    if plan.edits.is_empty() {
        said.push_str(&nothing_to_edit(plan));
    }
    let between = if said.is_empty() || texts.is_empty() { "" } else { "\n" };
    output::stdout(&format!("{said}{between}{texts}"))
}

/// What is said where no file is edited: that nothing is missing, or what only people can fix.
fn nothing_to_edit(plan: &Plan) -> String {
    let version = &plan.version;
    if !plan.left.is_empty() {
        let problems = plan.left.iter().map(|problem| output::harmless(&format!("- {problem}")));
        let head =
            format!("declare has nothing to edit, and version {version} is not ready. Fix this by hand:");
        return output::harmless(&head) + &problems.collect::<String>();
    }
    let why = match &plan.pull_request {
        Some(_) => "has all that its changes ask for",
        None => "stays: nothing that was found asks for another",
    };
    output::harmless(&format!("Nothing to do: version {version} {why}."))
}

/// What a pull request says of it, as Markdown.
fn texts(plan: &Plan) -> String {
    let Some(PullRequest { titles, user_impact, rollback, checklist }) = &plan.pull_request else {
        return String::new();
    };
    let mut out = match &plan.guide {
        Some((file, section)) => output::harmless(&format!("# For {file}")) + &format!("\n{section}\n"),
        None => String::new(),
    };
    out.push_str("# Pull request\n\n");
    for (index, title) in titles.iter().enumerate() {
        let label = if index == 0 { "Title:" } else { "or:" };
        out.push_str(&format!("{label} {title}\n"));
    }
    out.push_str(&format!("\n## User Impact\n\n{user_impact}"));
    out.push_str(&format!("\n## Can this PR be safely reverted and rolled back?\n\n{rollback}\n"));
    if !checklist.is_empty() {
        out.push_str("\n## Checklist of a breaking change\n\n");
        checklist.iter().for_each(|one| out.push_str(&report::requirement(one)));
    }
    out
}
