//! The page: all connectors in one file that asks for nothing. It reads without a script, which only narrows what is shown.

mod card;
mod destinations;
mod page;

use super::annotation::{of_all, unread_line};
use super::checkout::Checkout;
use super::markdown::{self, capitalised};
use super::text::{on_one_line, plain};
use super::view::{Group, Mark, Paperwork, Render, Run, StateTable, View, phrase};
use crate::model::{CoverageStatus, Level, Outcome, Picture, Problem, Severity};
use card::Card;
use page::Page;

/// The HTML report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html {
    /// The repository of the new side, where it is known: its files are links where they are published.
    pub files_at: Option<Checkout>,
}

/// Pages that are larger open slowly: what comes last is left out, and said.
const MOST_BYTES: usize = 8 << 20;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is asked for, and nothing runs or styles the page but what stands below. The digests are those of the texts.
const POLICY: &str = "default-src 'none'; style-src 'sha256-4xeJKkU3uP+fFNxl7LbW4j75pPqueE8mbrmnefqTDUU='; script-src 'sha256-gPI4t85E5D7aT2DlFGCgWPXcFOD5ObrkOZJcMcK53dc='; base-uri 'none'; form-action 'none'";

impl Render for Html {
    fn render(&self, run: &Run<'_>) -> String {
        self.within(run, MOST_BYTES)
    }
}

impl Html {
    fn within(&self, run: &Run<'_>, most_bytes: usize) -> String {
        let views = &run.views;
        let mut page = Page::default();
        page.own("<!DOCTYPE html>\n").open("html", &[("lang", "en")]);
        head(&mut page, views);
        page.open("body", &[]);
        page.element("a", &[("class", "skip"), ("href", "#changes")], "Skip to the changes");
        page.open("header", &[]);
        page.within("h1", &[], |page| title(page, views));
        page.element("p", &[("class", "quiet")], &counted(views));
        if let Some(heading) = &run.heading {
            page.element("p", &[], &of_all(heading));
        }
        for note in &run.notes {
            page.element("p", &[("class", "quiet")], &plain(note));
        }
        page.close().open("main", &[]);
        summary(&mut page, views);
        filters(&mut page);
        page.open("div", &[("id", "changes"), ("tabindex", "-1")]);
        let mut room = Room { left: most_bytes, left_out: 0 };
        for (number, view) in views.iter().enumerate() {
            self.connector(&mut page, number, view, &mut room);
        }
        if room.left_out > 0 {
            let what = phrase::count(room.left_out, "part");
            let most = most_bytes.div_ceil(1 << 20);
            let said = format!(
                "{what} left out, since the page would have more than {most} MiB: the JSON report has all."
            );
            page.within("p", &[("class", "left-out")], |page| {
                page.element("strong", &[], &said);
            });
        }
        page.close().close();
        let version = concat!("connector-diff ", env!("CARGO_PKG_VERSION"));
        page.within("footer", &[("class", "quiet")], |page| {
            page.element("p", &[], version);
        });
        page.own(MARKERS).own("<script>").own(SCRIPT).own("</script>\n");
        page.finished() + "\n"
    }
}

/// The head of the arrows of all pictures.
const MARKERS: &str = "<svg class=\"markers\" width=\"0\" height=\"0\" aria-hidden=\"true\"><marker id=\"arrow\" viewBox=\"0 0 8 6\" \
refX=\"8\" refY=\"3\" markerWidth=\"8\" markerHeight=\"6\" orient=\"auto\"><path d=\"M0,0 L8,3 L0,6 z\"/></marker></svg>\n";

fn head(page: &mut Page, views: &[View<'_>]) {
    page.open("head", &[]);
    page.open("meta", &[("charset", "utf-8")]);
    page.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
    page.open("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    page.within("title", &[], |page| match views {
        [one] => {
            page.text(&format!("{}: {}", plain(&one.title), one.answer.word));
        }
        _ => {
            page.text(&phrase::count(views.len(), "connector"));
        }
    });
    page.own("\n<style>").own(STYLE).own("</style>\n").close();
}

fn title(page: &mut Page, views: &[View<'_>]) {
    match views {
        [one] => page.words(&one.title),
        _ => page.text(&format!("{} compared", phrase::count(views.len(), "connector"))),
    };
}

/// How many connectors fare how, the worst first.
fn counted(views: &[View<'_>]) -> String {
    let marks = [
        (Mark::Undeclared, "to fix"),
        (Mark::Unread, "without an answer"),
        (Mark::ToReview, "to review"),
        (Mark::Declared, "with a break that is declared"),
        (Mark::Fine, "fine"),
    ];
    let said: Vec<String> = marks
        .into_iter()
        .map(|(mark, said)| (views.iter().filter(|view| view.answer.mark == mark).count(), said))
        .filter(|(count, _)| *count > 0)
        .map(|(count, said)| format!("{count} {said}"))
        .collect();
    if said.is_empty() { "Nothing was compared.".to_owned() } else { said.join(", ") }
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Fine => "fine",
        Mark::Declared => "declared",
        Mark::ToReview => "review",
        Mark::Undeclared => "undeclared",
        Mark::Unread => "unread",
    }
}

fn badge(page: &mut Page, class: &str, text: &str) {
    page.element("span", &[("class", &*format!("badge {class}"))], text).text(" ");
}

/// A row for each connector.
fn summary(page: &mut Page, views: &[View<'_>]) {
    page.open("table", &[("class", "summary")]);
    page.within("thead", &[], |page| {
        page.open("tr", &[]);
        for heading in ["Connector", "Answer", "Version", "Changes", "Gate"] {
            page.element("th", &[("scope", "col")], heading);
        }
        page.close();
    });
    page.open("tbody", &[]);
    for (number, view) in views.iter().enumerate() {
        page.open("tr", &[]);
        page.within("td", &[], |page| {
            page.within("a", &[("href", &*format!("#c{number}"))], |page| {
                page.words(&view.title);
            });
        });
        page.within("td", &[("data-label", "Answer")], |page| {
            badge(page, mark(view.answer.mark), view.answer.word);
            page.words(&view.answer.rest);
        });
        page.within("td", &[("data-label", "Version")], |page| {
            page.text(&bump(view));
        });
        let counts = view.rest.counts.as_deref().unwrap_or("none");
        page.element("td", &[("data-label", "Changes")], counts);
        page.element("td", &[("data-label", "Gate")], gate(view));
        page.close();
    }
    page.close().close();
}

/// The bump that is needed, and the one that was made.
fn bump(view: &View<'_>) -> String {
    let needed = view.verdict.required_bump.name();
    match (view.verdict.outcome, view.verdict.actual_bump) {
        (Outcome::Inconclusive, _) => "not known".to_owned(),
        (_, Some(made)) => format!("needs {needed}, is {}", made.name()),
        (_, None) => format!("needs {needed}"),
    }
}

fn gate(view: &View<'_>) -> &'static str {
    match view.asked.gate.map(|gate| gate.because.passes()) {
        None => "not asked",
        Some(Some(true)) => "passes",
        Some(Some(false)) => "fails",
        Some(None) => "cannot pass",
    }
}

/// What narrows the page. The script shows it: without one it could do nothing.
fn filters(page: &mut Page) {
    page.open("form", &[("id", "filters"), ("hidden", ""), ("aria-label", "Narrow what is shown")]);
    let select = |page: &mut Page, label: &str, name: &str| {
        page.within("label", &[], |page| {
            page.text(label).within("select", &[("name", name)], |page| {
                page.element("option", &[("value", "")], "all");
            });
        });
    };
    page.within("label", &[], |page| {
        page.text("Search").open("input", &[("type", "search"), ("name", "q")]);
    });
    select(page, "Connector", "connector");
    page.within("label", &[], |page| {
        page.text("Stream").open("input", &[("name", "stream"), ("list", "streams")]);
    });
    page.element("datalist", &[("id", "streams")], "");
    select(page, "Type of break", "type");
    page.open("fieldset", &[]).element("legend", &[], "Levels");
    for (value, label) in [
        ("breaking", "breaking"),
        ("review", "to review"),
        ("safe", "safe"),
        ("cosmetic", "cosmetic"),
        ("release", "release"),
    ] {
        page.within("label", &[("class", "check")], |page| {
            page.open("input", &[("type", "checkbox"), ("name", "level"), ("value", value), ("checked", "")]);
            page.text(label);
        });
    }
    page.close();
    page.element("button", &[("type", "reset")], "Show all");
    page.element("output", &[("name", "shown"), ("aria-live", "polite")], "");
    page.close();
}

/// What may still be added to the page.
struct Room {
    left: usize,
    left_out: usize,
}

impl Room {
    /// Adds a part of the page where there is room for it. What is smaller does not take the place of what comes before it.
    fn add(&mut self, page: &mut Page, part: Page) {
        if self.left_out > 0 || part.length() > self.left {
            self.left_out += 1;
            return;
        }
        self.left -= part.length();
        page.page(part);
    }
}

fn level(level: Level) -> &'static str {
    if level == Level::Review { "to review" } else { level.name() }
}

impl Html {
    fn connector(&self, page: &mut Page, number: usize, view: &View<'_>, room: &mut Room) {
        page.open(
            "section",
            &[("class", "connector"), ("id", &*format!("c{number}")), ("data-name", view.name)],
        );
        let mut opening = Page::default();
        answer(&mut opening, view);
        room.add(page, opening);
        for error in view.errors {
            let mut line = Page::default();
            line.within("p", &[], |line| {
                badge(line, "error", "unreadable");
                line.text(&unread_line(error));
            });
            room.add(page, line);
        }
        for group in view.groups.iter().chain(&view.waived) {
            self.group(page, view, group, room);
        }
        for delta in &view.unjudged {
            room.add(page, Card::unjudged(view, delta));
        }
        if !view.problems.is_empty() {
            page.open("section", &[("class", "group")]).element("h3", &[], "Release");
            for problem in view.problems {
                room.add(page, self.problem(view, problem));
            }
            page.close();
        }
        let parts = [
            view.picture.map(picture),
            view.paperwork.as_ref().map(paperwork),
            view.message.as_ref().map(better_message),
            view.states.as_ref().map(states),
            view.destinations.as_ref().map(destinations::part),
            coverage(view),
        ];
        for part in parts.into_iter().flatten() {
            room.add(page, part);
        }
        if !view.folded.is_empty() {
            let said = view.rest.quiet.as_deref().unwrap_or("others");
            page.open("details", &[("class", "folded")]).element("summary", &[], said);
            for group in &view.folded {
                self.group(page, view, group, room);
            }
            page.close();
        }
        for left_out in view.rest.left_out.iter().chain(&view.rest.folded_left_out) {
            page.element("p", &[("class", "left-out")], left_out);
        }
        page.close();
    }

    fn group(&self, page: &mut Page, view: &View<'_>, group: &Group<'_>, room: &mut Room) {
        page.open("section", &[("class", "group")]);
        let mut heading = Page::default();
        heading.within("h3", &[], |heading| {
            badge(heading, group.level.name(), level(group.level));
            if group.waived.is_some() {
                badge(heading, "waived", "waived");
            }
            heading.text(&group.headline()).text(" ").element("code", &[], group.rule);
        });
        let mut note = |name: &str, said: Option<&crate::model::Words>| {
            if let Some(said) = said.filter(|said| !said.is_empty()) {
                heading.within("p", &[], |line| {
                    line.element("strong", &[], name).text(": ").words(said);
                });
            }
        };
        note("What users see", Some(&group.effect));
        note("What to do", Some(&group.action).filter(|_| group.waived.is_none()));
        note("Waived", group.waived.as_ref());
        if let Some(set_by) = group.policy {
            heading.element(
                "p",
                &[("class", "quiet")],
                &format!("The level is set at {}", on_one_line(set_by)),
            );
        }
        room.add(page, heading);
        for edit in &group.edits {
            room.add(page, Card::edit(self.files_at.as_ref(), view, group, edit));
        }
        page.close();
    }

    fn problem(&self, view: &View<'_>, problem: &Problem) -> Page {
        let mut card = Page::default();
        let class = match problem.level {
            Severity::Error => "edit breaking",
            Severity::Warning => "edit review",
        };
        let attributes =
            [("class", class), ("data-level", "release"), ("data-connector", view.name), ("data-type", "")];
        card.within("article", &attributes, |card| {
            card.within("p", &[], |line| {
                badge(line, problem.level.name(), problem.level.name());
                if problem.waived.is_some() {
                    badge(line, "waived", "waived");
                }
                line.text(&on_one_line(&problem.message)).text(" ").element("code", &[], &problem.rule);
            });
            if let Some(origin) = &problem.origin {
                card.within("p", &[("class", "quiet")], |line| {
                    Card::place(line, self.files_at.as_ref(), origin)
                });
            }
            if let Some(waived) = &problem.waived {
                card.within("p", &[], |line| {
                    line.text("Waived: ").words(&phrase::waived(waived));
                });
            }
            card.within("p", &[("class", "quiet")], |line| {
                line.text("id ").element("code", &[], &problem.id);
            });
        });
        card
    }
}

/// The answer, whom it reaches and whether it passes.
fn answer(page: &mut Page, view: &View<'_>) {
    page.within("h2", &[], |page| {
        page.words(&view.title);
    });
    page.within("p", &[], |page| {
        badge(page, mark(view.answer.mark), view.answer.word);
        page.words(&view.answer.rest);
    });
    if let Some(affects) = &view.affects {
        page.within("p", &[], |page| {
            page.element("strong", &[], affects.verb).text(" ").words(&affects.words());
        });
    }
    if let Some(platform) = view.platform {
        page.element("p", &[], platform);
    }
    if let Some(gate) = &view.rest.gate {
        page.within("p", &[], |page| {
            page.element("strong", &[], "Gate").text(" ").text(&gate.line);
        });
    }
    if let Some(strangers) = &view.rest.strangers {
        page.within("p", &[], |page| {
            page.words(strangers);
        });
    }
}

fn folded(summary: &str, class: &str, inside: impl FnOnce(&mut Page)) -> Page {
    let mut part = Page::default();
    part.within("details", &[("class", class)], |part| {
        part.element("summary", &[], summary);
        inside(part);
    });
    part
}

fn picture(picture: &Picture) -> Page {
    let summary = match picture.parts == picture.of {
        true => "What streams are built from".to_owned(),
        false => format!("What is built from what was edited ({} of {} parts)", picture.parts, picture.of),
    };
    folded(&summary, "built-from", |part| match &picture.svg {
        Some(svg) => {
            part.element("p", &[("class", "quiet")], "An arrow leads from what is built to what it is built from. Thick borders mark what was edited.");
            let label = ("aria-label", "What streams are built from");
            part.within("div", &[("class", "graph"), ("tabindex", "0"), ("role", "region"), label], |part| {
                part.own(svg);
            });
        }
        None => {
            let said = format!(
                "A picture of {} parts is too large for a page: connector-diff graph draws them.",
                picture.parts
            );
            part.element("p", &[], &said);
        }
    })
}

fn paperwork(paperwork: &Paperwork) -> Page {
    let draft = &paperwork.draft;
    let summary = format!("{} (connector-diff declare writes it)", capitalised(paperwork.what()));
    folded(&summary, "draft", |part| {
        part.within("p", &[], |part| {
            part.text("In ").element("code", &[], "metadata.yaml").text(":");
        });
        let text = draft.metadata(&markdown::message(paperwork));
        part.within("pre", &[("tabindex", "0")], |part| {
            part.lines(&text);
        });
        if draft.version.is_some() {
            let file = draft.guide.as_deref().unwrap_or("the migration guide");
            part.within("p", &[], |part| {
                part.text("In ").element("code", &[], file).text(":");
            });
            let text = markdown::short_section(paperwork);
            part.within("pre", &[("tabindex", "0")], |part| {
                part.lines(&text);
            });
        }
    })
}

fn better_message(paperwork: &Paperwork) -> Page {
    folded("A message that says what users need", "draft", |part| {
        part.within("pre", &[("tabindex", "0")], |part| {
            part.lines(&markdown::message(paperwork));
        });
    })
}

/// A table with a row for each list of cells.
fn table(part: &mut Page, headings: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    part.open("table", &[]);
    part.within("thead", &[], |part| {
        part.open("tr", &[]);
        headings.iter().for_each(|heading| {
            part.element("th", &[("scope", "col")], heading);
        });
        part.close();
    });
    part.open("tbody", &[]);
    for row in rows {
        part.open("tr", &[]);
        row.iter().for_each(|cell| {
            part.element("td", &[], cell);
        });
        part.close();
    }
    part.close().close();
}

fn states(states: &StateTable) -> Page {
    folded("Saved state", "states", |part| {
        let names =
            |names: &[String]| plain(&phrase::names(names.iter().map(String::as_str), phrase::MOST_NAMES));
        let rows = states.rows.iter().map(|row| {
            vec![
                names(&row.streams),
                row.forward.name().to_owned(),
                row.back.name().to_owned(),
                row.why.join("; "),
            ]
        });
        table(part, &["Streams", "Under the new version", "After a rollback", "Why"], rows);
        if !states.not_known.is_empty() {
            let said = format!("Not known: {}", names(&states.not_known));
            part.element("p", &[], &said);
        }
        if states.quiet > 0 {
            part.element("p", &[], &format!("{} without loss", phrase::count(states.quiet, "stream")));
        }
    })
}

fn coverage(view: &View<'_>) -> Option<Page> {
    let status = |status: CoverageStatus| match status {
        CoverageStatus::Complete => "seen",
        CoverageStatus::Partial => "seen in part",
        CoverageStatus::Absent => "not seen",
    };
    let rows = view.coverage.iter().map(|one| {
        vec![
            one.subject().to_owned(),
            status(one.old).to_owned(),
            status(one.new).to_owned(),
            on_one_line(&one.reason),
        ]
    });
    (!view.coverage.is_empty()).then(|| {
        folded("What could be seen", "coverage", |part| {
            table(part, &["Artifact", "Old version", "New version", "Why not more"], rows);
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Request, connector_in};
    use crate::report::Asked;
    use crate::tree::Memory;
    use crate::{Options, compare};

    #[test]
    fn what_has_no_room_is_left_out_from_the_end_and_said() {
        let side = |kind: &str| {
            let stream = |name: u32| {
                format!(
                    "{{\"name\": \"s{name}\", \"json_schema\": {{\"properties\": {{\"f{name}\": {{\"type\": \"{kind}\"}}}}}}}}"
                )
            };
            let streams: Vec<String> = (0..9).map(stream).collect();
            let catalog = format!("{{\"streams\": [{}]}}", streams.join(",\n"));
            connector_in(&Request::new(Memory::new("catalog.json").file("", catalog)))
        };
        let report = compare(&side("integer"), &side("string"), &Options::default());
        let views = vec![View::of(&report, Asked::default()), View::of(&report, Asked::default())];
        let run = Run::from(views);
        let cards = |page: &str| page.matches("<article ").count();
        let whole = Html::default().within(&run, MOST_BYTES);
        assert!(cards(&whole) == 18 && !whole.contains("left out"), "{whole}");
        let frame = Html::default().within(&run, 0);
        assert_eq!(cards(&frame), 0);
        let mut before = 0;
        let room = whole.len() - frame.len();
        for most in [room / 4, room / 2, room * 3 / 4] {
            let cut = Html::default().within(&run, most);
            assert!(cut.contains(" left out, since the page would have more than"), "{cut}");
            assert!(cut.len() <= frame.len() + most, "{} of {most}", cut.len());
            assert!(cards(&cut) > before && cards(&cut) < 18, "{} cards of {most}", cards(&cut));
            before = cards(&cut);
            // Summary and answer are there whatever is left out.
            assert!(["#c0", "#c1"].iter().all(|place| cut.contains(&format!("href=\"{place}\""))));
        }
    }
}
