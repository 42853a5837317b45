//! The parts of a comment, and what is left out of one that is too long: the least important first, and always said.

/// A part of the report, in the order that it is read.
pub(super) struct Section {
    /// What it is called where it is left out.
    pub(super) name: &'static str,
    /// What is left out first has the highest rank.
    pub(super) rank: u8,
    pub(super) opening: String,
    /// Lines that may be left out one by one.
    pub(super) lines: Vec<String>,
    pub(super) closing: &'static str,
}

impl Section {
    pub(super) fn must(name: &'static str, text: String) -> Self {
        Self { name, rank: 0, opening: text, lines: Vec::new(), closing: "" }
    }

    pub(super) fn folded(name: &'static str, rank: u8, summary: &str, lines: Vec<String>) -> Self {
        let opening = format!("\n<details><summary>{summary}</summary>\n\n");
        Self { name, rank, opening, lines, closing: "\n</details>\n" }
    }

    /// Keeps what fits. Of the answer something is always kept; elsewhere an opening without lines says nothing.
    fn keep(&mut self, room: usize) {
        let frame = self.opening.chars().count() + self.closing.chars().count();
        let had_lines = !self.lines.is_empty();
        let mut left = room.saturating_sub(frame);
        self.lines.retain(|line| {
            let length = line.chars().count();
            let fits = length <= left;
            left -= if fits { length } else { 0 };
            fits
        });
        let is_answer = self.rank == 0 && !had_lines;
        let is_empty = had_lines && self.lines.is_empty();
        if (frame > room && !is_answer) || is_empty {
            *self = Self { opening: String::new(), lines: Vec::new(), closing: "", ..*self };
        }
    }

    fn length(&self) -> usize {
        let lines: usize = self.lines.iter().map(|line| line.chars().count()).sum();
        self.opening.chars().count() + lines + self.closing.chars().count()
    }

    fn write(&self, out: &mut String) {
        out.push_str(&self.opening);
        self.lines.iter().for_each(|line| out.push_str(line));
        out.push_str(self.closing);
    }
}

/// The sections as a text of at most so many characters. Each takes what room the more important ones leave, as a whole or
/// with those of its lines that fit.
pub(super) fn fit(mut sections: Vec<Section>, limit: usize) -> String {
    let whole: usize = sections.iter().map(Section::length).sum();
    let mut note = String::new();
    if whole > limit {
        // What is left out is said, in at most a quarter of the room.
        let kept_for_note = (limit / 4).min(NOTE);
        let mut room = limit - kept_for_note;
        let mut order: Vec<usize> = (0..sections.len()).collect();
        order.sort_by_key(|index| sections[*index].rank);
        let mut left_out: Vec<String> = Vec::new();
        for index in order {
            let section = &mut sections[index];
            let total = section.lines.len();
            section.keep(room);
            room -= section.length().min(room);
            let left = total - section.lines.len();
            match (section.length(), left) {
                (0, _) => left_out.push(section.name.to_owned()),
                (_, 0) => {}
                (_, left) => left_out.push(format!("{left} of {total} in {}", section.name)),
            }
        }
        left_out.dedup();
        let said = format!("\n**Left out for length**: {}.\n", left_out.join(", "));
        let short = "\n**Left out for length**: more.\n".to_owned();
        let fits = |text: &String| text.chars().count() <= kept_for_note;
        note = [said, short].into_iter().find(fits).unwrap_or_default();
    }
    let mut out = String::new();
    sections.iter().for_each(|section| section.write(&mut out));
    out.push_str(&note);
    // A limit that does not even hold the answer cuts it.
    if out.chars().count() > limit { out.chars().take(limit).collect() } else { out }
}

/// The most room for what is said of what is left out.
const NOTE: usize = 400;
