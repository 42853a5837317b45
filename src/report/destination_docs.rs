//! The grid of destinations as a page of the documentation.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::effects::{Destination, FieldType, Grid, NamedChange, SourceChange};
use crate::model::{DestinationEffect, EffectEvidence, InDestination};

/// What comes before the tables.
const OPENING: &str = "\
# What destinations do

`connector-diff check OLD NEW --destinations NAMES` says of each finding in a catalog what it comes to in destinations: names with
commas between, or `all`. The report has a line for each stream with the worst in each destination; `-v` and Markdown have every
change with the reason and the evidence, the JSON report has them as `destinations` of each finding.

```bash
connector-diff check old new --destinations snowflake,iceberg,s3-parquet
```

[What two incidents would have read like](incidents.md) shows two reports. This page is generated from [src/effects/grid.toml](../src/effects/grid.toml), which the program asks.

## How to read it

A cell says what happens to what is stored, under a sync that appends or merges. A full refresh that overwrites, a clear, or a
refresh that removes existing records writes everything anew, and none of it matters then.

| effect | meaning |
|---|---|
";

/// What comes after them.
const CLOSING: &str = "\
## Run it again

The experiments install nothing into a system: each starts its engine in a temporary folder, runs the statements that the
destination's code runs, on each pair of types with values that fit and values that do not, and writes what the engine answers to
[parity/destinations/answers.json](../parity/destinations/answers.json).

```bash
apt-get install postgresql
python3 -m venv target/destinations
target/destinations/bin/pip install -r parity/destinations/requirements.txt
target/destinations/bin/python parity/destinations/experiment.py check
```

`check` says which answers differ, `record` writes them; `.ci/agree` checks. `tests/destination_grid.rs` derives an effect from each
answer and holds the cells against it. A cell whose evidence is a source is mended in `grid.toml`, with its link and the day of
it. What was not looked at: other destinations; options that change how data is written (flattening, raw tables only, JSON in
ClickHouse); versions other than those named.
";

/// The page.
///
/// # Errors
/// The data of the program is broken, which no test lets pass.
pub fn destinations_page() -> Result<String, &'static str> {
    let grid = Grid::get()?;
    let mut page = OPENING.to_owned();
    for effect in EFFECTS {
        let _ = writeln!(page, "| `{}` | {} |", effect.name(), meaning(effect));
    }
    page.push_str(
        "\nWhere an effect depends on the value, the cell has the worst, and after `/` what happens to values that fit. \
         ° marks a cell that is known from the destination's code or documentation; a cell without it is an answer of an \
         engine. `?` is not known.\n\n",
    );
    counts(&mut page, grid);
    for (name, destination) in &grid.destinations {
        section(&mut page, grid, name, destination);
    }
    page.push_str("## Sources\n\n| seen | |\n|---|---|\n");
    for (name, link) in grid.links() {
        let _ = writeln!(page, "| {} | [{name}]({}) |", link.seen, link.url);
    }
    page.push('\n');
    page.push_str(CLOSING);
    Ok(page)
}

const EFFECTS: [DestinationEffect; 10] = [
    DestinationEffect::SyncFails,
    DestinationEffect::ColumnDropped,
    DestinationEffect::NeedsRefresh,
    DestinationEffect::Null,
    DestinationEffect::Truncate,
    DestinationEffect::Unknown,
    DestinationEffect::OldColumnStays,
    DestinationEffect::NewColumn,
    DestinationEffect::Cast,
    DestinationEffect::None,
];

fn meaning(effect: DestinationEffect) -> &'static str {
    match effect {
        DestinationEffect::SyncFails => {
            "The sync fails, until somebody mends the table, refreshes or clears."
        }
        DestinationEffect::ColumnDropped => "The column is dropped with what it holds.",
        DestinationEffect::NeedsRefresh => {
            "What is stored and what is new do not go together, until a refresh."
        }
        DestinationEffect::Null => {
            "Stored values become NULL; the reason says whether `_airbyte_meta` tells."
        }
        DestinationEffect::Truncate => "Stored values lose something, or are taken for something else.",
        DestinationEffect::Unknown => "Not known.",
        DestinationEffect::OldColumnStays => {
            "The old column stays with what it holds, and is no longer filled."
        }
        DestinationEffect::NewColumn => "A column is added, which old rows do not fill.",
        DestinationEffect::Cast => "Stored values are written in the new type and lose nothing.",
        DestinationEffect::None => "Nothing.",
    }
}

/// How many cells are known from what.
fn counts(page: &mut String, grid: &'static Grid) {
    page.push_str("| destination | cells | by experiment | by source | not known |\n|---|---|---|---|---|\n");
    let mut all = [0; 4];
    for (name, destination) in &grid.destinations {
        let mut counts = [0; 4];
        for change in SourceChange::all() {
            counts[0] += 1;
            counts[match grid.effect(name, change).evidence {
                EffectEvidence::Experiment => 1,
                EffectEvidence::Source => 2,
                EffectEvidence::Unknown => 3,
            }] += 1;
        }
        let [cells, experiment, source, unknown] = counts;
        let title = &destination.title;
        let _ = writeln!(page, "| [{title}](#{name}) | {cells} | {experiment} | {source} | {unknown} |");
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    let [cells, experiment, source, unknown] = all;
    let _ = writeln!(page, "| all | {cells} | {experiment} | {source} | {unknown} |\n");
}

fn cell(found: &InDestination) -> String {
    let mark = if found.evidence == EffectEvidence::Source { "°" } else { "" };
    match (found.effect, found.otherwise) {
        (DestinationEffect::Unknown, _) => "?".to_owned(),
        (effect, Some(otherwise)) => format!("{} / {}{mark}", effect.name(), otherwise.name()),
        (effect, None) => format!("{}{mark}", effect.name()),
    }
}

fn section(page: &mut String, grid: &'static Grid, name: &'static str, destination: &'static Destination) {
    let Destination { title, connector, version, seen, how, .. } = destination;
    let _ = writeln!(page, "## {name}\n\n{title}: `{connector}` {version}, as of {seen}. {how}\n");
    let short = |kind: FieldType| kind.name().replace("timestamp", "ts").replace("timezone", "tz");
    page.push_str("| from \\ to | column |");
    FieldType::ALL.into_iter().for_each(|new| page.push_str(&format!(" {} |", short(new))));
    page.push_str("\n|---|---|");
    FieldType::ALL.into_iter().for_each(|_| page.push_str("---|"));
    page.push('\n');
    for old in FieldType::ALL {
        let column = destination.columns.get(&old).map_or("", String::as_str);
        page.push_str(&format!("| **{}** | `{column}` |", short(old)));
        for new in FieldType::ALL {
            let shown = match old == new {
                true => "–".to_owned(),
                false => cell(&grid.effect(name, SourceChange::Retype { old, new })),
            };
            page.push_str(&format!(" {shown} |"));
        }
        page.push('\n');
    }
    page.push_str("\n| change | effect |\n|---|---|\n");
    for change in NamedChange::ALL {
        let found = grid.effect(name, SourceChange::Named(change));
        let _ = writeln!(page, "| {} | {} |", change.describe(), cell(&found));
    }
    page.push_str("\n<details><summary>Why, cell by cell</summary>\n\n");
    let mut reasons: BTreeMap<(DestinationEffect, &str), Vec<String>> = BTreeMap::new();
    for change in SourceChange::all() {
        let found = grid.effect(name, change);
        let said = match change {
            SourceChange::Retype { old, new } => format!("{} → {}", old.name(), new.name()),
            SourceChange::Named(named) => named.describe().to_owned(),
        };
        reasons.entry((found.effect, found.note)).or_default().push(said);
    }
    for ((effect, note), changes) in reasons {
        let _ = writeln!(page, "- `{}`: {note} ({})", effect.name(), changes.join("; "));
    }
    page.push_str("\n</details>\n\n");
}
