//! The two edits of Markdown: a section of a migration guide and a row of a changelog. What is there stays byte for byte.

use semver::Version;

use super::text::Lines;
use crate::release::page::{Line, lines};

/// The level of a heading and its text.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let rest = line.get(level..)?;
    ((1..=6).contains(&level) && rest.starts_with([' ', '\t']))
        .then(|| (level, rest.trim().trim_end_matches('#').trim()))
}

/// The version of a heading `Upgrading to X.Y.Z`, whatever follows it.
fn upgrade(line: &str) -> Option<Version> {
    let (_, text) = heading(line)?;
    let start = text.get(..13).filter(|start| start.eq_ignore_ascii_case("Upgrading to "))?;
    let version = text[start.len()..].split_whitespace().next()?;
    let version = version.trim_matches(|c: char| matches!(c, '`' | '*' | ':' | '.' | ','));
    Version::parse(version.strip_prefix(['v', 'V']).unwrap_or(version)).ok()
}

/// The versions that a guide has headings for, in its order.
pub(super) fn upgrades(text: &str) -> Vec<Version> {
    lines(text).iter().filter_map(|line| upgrade(line.text)).collect()
}

/// A new guide.
pub(super) fn new_guide(name: &str, section: &str) -> String {
    format!("# {name} Migration Guide\n\n{section}")
}

/// A guide with a section for a version, before those of lower versions. `None` where it has one.
///
/// # Errors
/// Another reader would not find what is meant.
pub(super) fn with_section(text: &str, version: &Version, section: &str) -> Result<Option<String>, String> {
    let before = upgrades(text);
    if before.contains(version) {
        return Ok(None);
    }
    let lines = lines(text);
    let is_lower = |line: &&Line<'_>| upgrade(line.text).is_some_and(|other| other < *version);
    let is_part = |line: &&Line<'_>| heading(line.text).is_some_and(|(level, _)| level <= 2);
    let at = match lines.iter().find(is_lower) {
        Some(line) => line.start,
        None => {
            // Behind the last version, or else behind what stands below the title.
            let last = lines.iter().rposition(|line| upgrade(line.text).is_some());
            let title =
                || lines.iter().position(|line| heading(line.text).is_some_and(|(level, _)| level == 1));
            let from = last.or_else(title).map_or(0, |at| at + 1);
            lines[from..].iter().find(is_part).map_or(text.len(), |line| line.start)
        }
    };
    let newline = Lines::of(text).newline;
    let section = section.trim_end().replace('\n', newline);
    let (head, tail) = text.split_at(at);
    let gap = match head.trim_start_matches('\u{feff}') {
        "" => String::new(),
        head if head.ends_with(&newline.repeat(2)) => String::new(),
        head if head.ends_with('\n') => newline.to_owned(),
        _ => newline.repeat(2),
    };
    let end = match tail {
        "" if text.is_empty() || text.ends_with('\n') => newline.to_owned(),
        "" => String::new(),
        _ => newline.repeat(2),
    };
    let new = format!("{head}{gap}{section}{end}{tail}");
    let mut meant = before.clone();
    let place = before.iter().position(|other| other < version).unwrap_or(before.len());
    meant.insert(place, version.clone());
    if upgrades(&new) != meant {
        return Err(
            "expected headings \"## Upgrading to X.Y.Z\" outside of other blocks: add the section by hand"
                .to_owned(),
        );
    }
    Ok(Some(new))
}

/// What a row of the changelog says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'r> {
    /// The version.
    pub(super) version: &'r Version,
    /// The day.
    pub(super) date: &'r str,
    /// The pull request, as Markdown.
    pub(super) pull_request: &'r str,
    /// What changed, as Markdown.
    pub(super) subject: &'r str,
}

/// The cells of a row.
fn cells(row: &str) -> Vec<&str> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').filter(|row| !row.ends_with('\\')).unwrap_or(row);
    let (mut cells, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in row.bytes().enumerate() {
        match byte {
            b'|' if !escaped => {
                cells.push(row[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    cells.push(row[start..].trim());
    cells
}

fn is_delimiter(line: &str) -> bool {
    line.contains('-')
        && line.contains('|')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// The first table below the heading of the changelog.
struct Table<'t> {
    header: &'t str,
    delimiter: usize,
    rows: Vec<(usize, Option<Version>)>,
    /// Where the line behind it starts.
    end: usize,
}

fn table(text: &str) -> Result<Table<'_>, &'static str> {
    let lines = lines(text);
    let is_changelog = |line: &Line<'_>| {
        let named = heading(line.text).map(|(_, text)| text.to_lowercase().replace([' ', '-'], ""));
        named.is_some_and(|text| text.starts_with("changelog"))
    };
    let heading_at = lines.iter().position(is_changelog).ok_or("it has no heading \"## Changelog\"")?;
    let below = &lines[heading_at + 1..];
    let next = below.iter().position(|line| heading(line.text).is_some()).unwrap_or(below.len());
    let below = &below[..next];
    // Some pages have no line between header and rows: what shows no table is read by Airbyte's check all the same.
    let is_header = |line: &str| {
        line.contains('|') && cells(line).first().is_some_and(|cell| cell.eq_ignore_ascii_case("version"))
    };
    let header = below.windows(2).position(|pair| pair[0].text.contains('|') && is_delimiter(pair[1].text));
    let at = header
        .or_else(|| below.iter().position(|line| is_header(line.text)))
        .ok_or("it has no table below the heading of its changelog")?;
    let newline_from = |start: usize| text[start..].find('\n').map_or(text.len(), |end| start + end + 1);
    let last = if header.is_some() { at + 1 } else { at };
    let mut end = newline_from(below[last].start);
    let mut rows = Vec::new();
    for line in &below[last + 1..] {
        // A line of code or of another block ends the table.
        if line.start != end || !line.text.contains('|') {
            break;
        }
        let first = cells(line.text).first().map(|cell| cell.trim_matches(['`', '*', ' ']));
        rows.push((line.start, first.and_then(|cell| Version::parse(cell).ok())));
        end = newline_from(line.start);
    }
    Ok(Table { header: below[at].text, delimiter: below[last].start, rows, end })
}

/// A changelog with a row for a version, before those of lower versions. `None` where it has one.
///
/// # Errors
/// There is no such table, or another reader would not find what is meant.
pub(super) fn with_row(text: &str, row: Row<'_>) -> Result<Option<String>, &'static str> {
    let found = table(text)?;
    let versions: Vec<&Version> = found.rows.iter().filter_map(|(_, version)| version.as_ref()).collect();
    if versions.contains(&row.version) {
        return Ok(None);
    }
    let lower =
        found.rows.iter().find(|(_, version)| version.as_ref().is_some_and(|other| other < row.version));
    let no_versions = versions.is_empty();
    let at = match (lower, found.rows.first()) {
        (Some((start, _)), _) => *start,
        (None, Some((first, _))) if no_versions => *first,
        _ => found.end,
    };
    let cell = |(index, name): (usize, &str)| {
        let name = name.to_lowercase();
        match name.trim_matches(['*', '`', ' ']) {
            "version" | "versions" | "release" => row.version.to_string(),
            "date" | "release date" | "released" => row.date.to_owned(),
            "pull request" | "pull requests" | "pr" | "pull-request" => row.pull_request.to_owned(),
            "subject" | "changes" | "change" | "description" | "summary" | "notes" => row.subject.to_owned(),
            _ if index == 0 => row.version.to_string(),
            _ => String::new(),
        }
    };
    let filled: Vec<String> = cells(found.header).into_iter().enumerate().map(cell).collect();
    let margin = found.header.len() - found.header.trim_start().len();
    let (open, close) = match found.header.trim().starts_with('|') {
        true => ("| ", " |"),
        false => ("", ""),
    };
    let line = format!("{}{open}{}{close}", &found.header[..margin], filled.join(" | "));
    let newline = Lines::of(text).newline;
    let (head, tail) = text.split_at(at);
    let new = match head.ends_with('\n') {
        true => format!("{head}{line}{newline}{tail}"),
        false => format!("{head}{newline}{line}{tail}"),
    };
    let is_read = table(&new).is_ok_and(|again| {
        let has = again.rows.iter().any(|(_, version)| version.as_ref() == Some(row.version));
        has && again.rows.len() == found.rows.len() + 1 && again.delimiter == found.delimiter
    });
    if is_read { Ok(Some(new)) } else { Err("its table cannot take a row: add it by hand") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    fn section(text: &str, new: &str) -> String {
        let body = format!("## Upgrading to {new}\n\nNew.\n");
        with_section(text, &version(new), &body).expect("a guide").expect("a section")
    }

    #[test]
    fn sections_stand_in_the_order_of_their_numbers() {
        let guide = "# X Migration Guide\n\n## Upgrading to 10.0.0\n\nA.\n\n```\n## Upgrading to 1.5.0\n```\n\n## Upgrading to 2.0.0\n\nB.\n\n## Connector upgrade guide\n\nC.\n";
        let newest = section(guide, "11.0.0");
        assert!(
            newest.starts_with(
                "# X Migration Guide\n\n## Upgrading to 11.0.0\n\nNew.\n\n## Upgrading to 10.0.0"
            ),
            "{newest}"
        );
        assert!(
            section(guide, "9.0.0").contains("```\n\n## Upgrading to 9.0.0\n\nNew.\n\n## Upgrading to 2.0.0")
        );
        assert!(
            section(guide, "1.0.0").contains("B.\n\n## Upgrading to 1.0.0\n\nNew.\n\n## Connector upgrade")
        );
        assert_eq!(with_section(guide, &version("2.0.0"), "x"), Ok(None));
    }

    #[test]
    fn a_guide_keeps_how_its_lines_end() {
        let guide = "# X Migration Guide\r\n\r\n## Upgrading to 2.0.0\r\n\r\nA.";
        let new = section(guide, "3.0.0");
        assert_eq!(
            new,
            "# X Migration Guide\r\n\r\n## Upgrading to 3.0.0\r\n\r\nNew.\r\n\r\n## Upgrading to 2.0.0\r\n\r\nA."
        );
        assert_eq!(section(guide, "1.0.0"), format!("{guide}\r\n\r\n## Upgrading to 1.0.0\r\n\r\nNew."));
        assert_eq!(
            section("# X Migration Guide\n", "1.0.0"),
            "# X Migration Guide\n\n## Upgrading to 1.0.0\n\nNew.\n"
        );
        let imported = "import M from 'x';\n\n# X Migration Guide\n\nIntro.\n\n## More\n";
        assert_eq!(
            section(imported, "1.0.0"),
            "import M from 'x';\n\n# X Migration Guide\n\nIntro.\n\n## Upgrading to 1.0.0\n\nNew.\n\n## More\n"
        );
    }

    #[test]
    fn what_is_commented_out_is_not_there() {
        let title = "# X Migration Guide\n\n";
        let hidden = "<!--\n## Upgrading to 1.0.0\n\nOld.\n-->\n";
        assert_eq!(
            section(&format!("{title}{hidden}"), "2.0.0"),
            format!("{title}{hidden}\n## Upgrading to 2.0.0\n\nNew.\n")
        );
        let between = format!("{title}{hidden}\n## Upgrading to 1.5.0\n\nA.\n");
        let new = section(&between, "2.0.0");
        assert!(
            new.starts_with(&format!("{title}{hidden}\n## Upgrading to 2.0.0\n\nNew.\n\n## Up")),
            "{new}"
        );
        // It is a comment of the page, whatever block it starts in, and a section of its version is none.
        for hidden in [
            "<details>\n<!--\n\n## Upgrading to 2.0.0\n\n-->\n</details>\n\n",
            "    ## Upgrading to 2.0.0\n\n~~~~\n~~~\n## Upgrading to 2.0.0\n~~~~\n\n",
        ] {
            let guide = format!("{title}{hidden}## Upgrading to 1.0.0\n\nA.\n");
            let new = section(&guide, "2.0.0");
            assert!(new.contains(&format!("{hidden}## Upgrading to 2.0.0\n\nNew.\n\n## Up")), "{new}");
        }
        let open = format!("{title}<!-- ## Upgrading to 1.0.0\n");
        assert!(with_section(&open, &version("2.0.0"), "## Upgrading to 2.0.0\n\nNew.\n").is_err());
        // What ends at once, or is only written about, hides nothing.
        for seen in ["<!-- old -->\n", "<!-->\n", "`<!--`\n\n", "\\<!--\n\n", "```\n<!--\n```\n"] {
            let guide = format!("{title}{seen}## Upgrading to 2.0.0\n\nA.\n");
            assert_eq!(with_section(&guide, &version("2.0.0"), "x"), Ok(None), "{seen}");
        }
    }

    #[test]
    fn a_table_that_is_commented_out_takes_no_row() {
        let table = "## Changelog\n\n| Version | Subject |\n|:--|:--|\n| 1.0.0 | s |\n";
        let hidden = format!("<!--\n{table}-->\n");
        assert!(row(&hidden, "2.0.0").is_err());
        let new = row(&format!("{hidden}\n{table}"), "2.0.0").expect("a table").expect("a row");
        assert_eq!(new, format!("{hidden}\n{}", table.replace("| 1.0", "| 2.0.0 | what |\n| 1.0")));
        let after = format!("## Changelog <!-- newest first -->\n{}", &table["## Changelog\n".len()..]);
        assert!(row(&after, "2.0.0").expect("a table").is_some());
        // A table may stand below a tag without a line between.
        let tight = table.replace("Changelog\n\n", "Changelog\n\n<details>\n");
        assert!(row(&tight, "2.0.0").expect("a table").is_some());
    }

    fn row(text: &str, new: &str) -> Result<Option<String>, &'static str> {
        let version = version(new);
        with_row(text, Row { version: &version, date: "2026-11-29", pull_request: "[1](u)", subject: "what" })
    }

    #[test]
    fn rows_follow_the_columns_that_are_there() {
        let page = "## Changelog\n\n<details>\n\n| Version | Date | Pull Request | Subject |\n|:--|--|--|--|\n| 1.10.0 | d | p | a \\| b |\n| 1.9.0 | d | p | s |\n\n</details>\n";
        let new = row(page, "2.0.0").expect("a table").expect("a row");
        assert!(new.contains("|:--|--|--|--|\n| 2.0.0 | 2026-11-29 | [1](u) | what |\n| 1.10.0"), "{new}");
        assert!(row(page, "1.9.5").expect("a table").expect("a row").contains("b |\n| 1.9.5 |"));
        assert!(row(page, "1.0.0").expect("a table").expect("a row").contains("s |\n| 1.0.0 |"));
        assert_eq!(row(page, "1.10.0"), Ok(None));
        let three = "## CHANGELOG\r\nVersion | Subject | Extra\r\n--|--|--\r\n";
        let new = row(three, "0.1.0").expect("a table").expect("a row");
        assert_eq!(new, format!("{three}0.1.0 | what | \r\n"));
        let open = "# Changelog\n\n| Version |\n|--|";
        assert_eq!(row(open, "0.1.0"), Ok(Some(format!("{open}\n| 0.1.0 |"))));
        let bare = "## Changelog\n\n| Version | Date |\n| 0.1.0 | d |\n";
        assert!(
            row(bare, "0.2.0")
                .expect("rows")
                .expect("a row")
                .contains("Date |\n| 0.2.0 | 2026-11-29 |\n| 0.1.0")
        );
        assert!(row("# x\n", "1.0.0").is_err());
        assert!(row("## Changelog\n\nSee there.\n\n## More\n\n| Version |\n|--|\n", "1.0.0").is_err());
    }
}
