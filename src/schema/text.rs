//! Texts: a shortest one in an intersection of languages, or the proof that there is none.
//!
//! The product of the patterns' automata is searched breadth first. One byte stands for all that every automaton
//! treats alike, plain letters and digits first, so that what is found can be read.

use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use regex_automata::dfa::Automaton;
use regex_automata::util::primitives::StateID;

use super::pattern::PatternId;
use super::pattern::{Language, Patterns, start_state};

/// What a text has to be.
#[derive(Debug, Clone, Default)]
pub(super) struct TextShape {
    pub(super) min: u64,
    pub(super) max: Option<u64>,
    pub(super) patterns: Vec<PatternId>,
    pub(super) no_patterns: Vec<PatternId>,
    pub(super) excluded: Vec<String>,
}

/// The answer for a shape.
pub(super) enum Text {
    Found(String),
    Empty,
    Unknown(String),
}

/// A product of more states than this is given up on.
const MOST_STATES: usize = 200_000;

/// Longer texts are not built.
const LONGEST: u64 = 100_000;

/// What stands where any text will do.
const PLAIN: [&str; 4] = ["text", "a", "b", "other"];

impl TextShape {
    /// A text, the proof that there is none, or neither. `steps` is what the search may cost.
    pub(super) fn inhabit(&self, patterns: &mut Patterns, steps: &mut u64) -> Text {
        if self.max.is_some_and(|max| max < self.min) {
            return Text::Empty;
        }
        // Whatever a pattern says, no text matches it and does not.
        if self.patterns.iter().any(|id| self.no_patterns.contains(id)) {
            return Text::Empty;
        }
        if self.min > LONGEST {
            return Text::Unknown(format!("a text of {} characters", self.min));
        }
        if self.patterns.is_empty() && self.no_patterns.is_empty() {
            return self.without_patterns();
        }
        for plain in PLAIN {
            if self.allows(plain, patterns) {
                return Text::Found(plain.to_owned());
            }
        }
        self.search(patterns, steps)
    }

    fn allows(&self, text: &str, patterns: &mut Patterns) -> bool {
        let length = text.chars().count() as u64;
        length >= self.min
            && self.max.is_none_or(|max| length <= max)
            && !self.excluded.iter().any(|excluded| excluded == text)
            && self.patterns.iter().all(|id| patterns.matches(*id, text) == Some(true))
            && self.no_patterns.iter().all(|id| patterns.matches(*id, text) == Some(false))
    }

    fn without_patterns(&self) -> Text {
        let fits = |text: &str| {
            let length = text.chars().count() as u64;
            length >= self.min && self.max.is_none_or(|max| length <= max)
        };
        let free = |text: &str| !self.excluded.iter().any(|excluded| excluded == text);
        if let Some(plain) = PLAIN.iter().find(|plain| fits(plain) && free(plain)) {
            return Text::Found((*plain).to_owned());
        }
        if self.max == Some(0) {
            return if free("") { Text::Found(String::new()) } else { Text::Empty };
        }
        // Of the texts of one length at least one more than are excluded differ in their last characters.
        let length = usize::try_from(self.min.max(1)).unwrap_or(usize::MAX);
        let base: String = "text".chars().cycle().take(length).collect();
        let head: String = base.chars().take(length - 1).collect();
        let ends = ('a'..='z').chain('0'..='9').chain('A'..='Z').chain('\u{e0}'..='\u{ffff}');
        std::iter::once(base)
            .chain(ends.map(|end| format!("{head}{end}")))
            .find(|text| free(text))
            .map_or_else(|| Text::Unknown("a text that is not among very many".to_owned()), Text::Found)
    }

    fn search(&self, patterns: &mut Patterns, steps: &mut u64) -> Text {
        let mut automata: Vec<(Rc<Language>, bool)> = Vec::new();
        let excluded: Vec<&str> = self.excluded.iter().map(String::as_str).collect();
        let exclusion = (!excluded.is_empty()).then(|| patterns.exactly(&excluded));
        // Patterns without an automaton are widened, and what is found is held against them.
        let mut inexact = None;
        for id in &self.patterns {
            match patterns.superset(*id) {
                Ok((language, exact)) => {
                    if !exact {
                        inexact = patterns.language(*id).err();
                    }
                    automata.push((language, true));
                }
                Err(reason) => return Text::Unknown(reason),
            }
        }
        for id in self.no_patterns.iter().copied().chain(exclusion) {
            match (patterns.language(id), patterns.superset(id)) {
                (Ok(language), _) => automata.push((language, false)),
                (Err(reason), Ok(_)) => inexact = Some(reason),
                (Err(reason), Err(_)) => return Text::Unknown(reason),
            }
        }
        // Whatever the patterns say, a text is valid UTF-8.
        match patterns.add("^[^]*$").map(|id| patterns.language(id)) {
            Ok(Ok(any)) => automata.push((any, true)),
            _ => return Text::Unknown("no automaton for texts".to_owned()),
        }
        let Some(start) = automata.iter().map(|(dfa, _)| start_state(dfa)).collect::<Option<Vec<_>>>() else {
            return Text::Unknown("an automaton without a start".to_owned());
        };
        // Past this count longer texts are alike.
        let cap = self.max.map_or(self.min, |max| max.max(self.min));
        let bytes = representatives(&automata);
        let mut seen: HashMap<(Vec<StateID>, u64), usize> = HashMap::new();
        let mut reached: Vec<(usize, u8)> = vec![(0, 0)];
        let mut queue = VecDeque::new();
        seen.insert((start.clone(), 0), 0);
        queue.push_back((0_usize, start, 0_u64));
        let mut rejected = false;
        while let Some((at, states, count)) = queue.pop_front() {
            let accepted = count >= self.min
                && automata.iter().zip(&states).all(|((dfa, matches), state)| {
                    dfa.is_match_state(dfa.next_eoi_state(*state)) == *matches
                });
            if accepted {
                let text = spell(&reached, at);
                if inexact.is_none() || self.allows(&text, patterns) {
                    return Text::Found(text);
                }
                rejected = true;
            }
            for &byte in &bytes {
                if *steps == 0 || reached.len() > MOST_STATES {
                    return Text::Unknown("patterns whose intersection is too large".to_owned());
                }
                *steps -= 1;
                let begins = byte & 0b1100_0000 != 0b1000_0000;
                let longer = count + u64::from(begins);
                if self.max.is_some_and(|max| longer > max) {
                    continue;
                }
                let next: Vec<StateID> = automata
                    .iter()
                    .zip(&states)
                    .map(|((dfa, _), state)| dfa.next_state(*state, byte))
                    .collect();
                let hopeless = automata
                    .iter()
                    .zip(&next)
                    .any(|((dfa, matches), state)| *matches && dfa.is_dead_state(*state));
                if hopeless {
                    continue;
                }
                let key = (next, longer.min(cap));
                if seen.contains_key(&key) {
                    continue;
                }
                let index = reached.len();
                reached.push((at, byte));
                queue.push_back((index, key.0.clone(), key.1));
                seen.insert(key, index);
            }
        }
        match inexact {
            Some(reason) if rejected => Text::Unknown(reason),
            _ => Text::Empty,
        }
    }
}

/// The bytes on the way to a state.
fn spell(reached: &[(usize, u8)], mut at: usize) -> String {
    let mut bytes = Vec::new();
    while at != 0 {
        let (from, byte) = reached[at];
        bytes.push(byte);
        at = from;
    }
    bytes.reverse();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One byte for each set that all automata treat alike, readable ones first.
fn representatives(automata: &[(Rc<Language>, bool)]) -> Vec<u8> {
    let order = (b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(b'A'..=b'Z')
        .chain((0x20..0x7f).filter(|byte: &u8| !byte.is_ascii_alphanumeric()))
        .chain(0x00..0x20)
        .chain(0x7f..=0xff);
    let mut seen = std::collections::HashSet::new();
    order
        .filter(|byte| {
            let classes: Vec<u8> = automata.iter().map(|(dfa, _)| dfa.byte_classes().get(*byte)).collect();
            // Continuation bytes do not count as characters.
            seen.insert((classes, byte & 0b1100_0000 == 0b1000_0000))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(yes: &[&str], no: &[&str], min: u64, max: Option<u64>, excluded: &[&str]) -> Option<String> {
        let mut patterns = Patterns::default();
        let mut ids =
            |list: &[&str]| list.iter().map(|p| patterns.add(p).expect("a pattern")).collect::<Vec<_>>();
        let shape = TextShape {
            min,
            max,
            patterns: ids(yes),
            no_patterns: ids(no),
            excluded: excluded.iter().map(|text| (*text).to_owned()).collect(),
        };
        let mut steps = 1_000_000;
        match shape.inhabit(&mut patterns, &mut steps) {
            Text::Found(text) => Some(text),
            Text::Empty => None,
            Text::Unknown(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn the_shortest_text_or_none() {
        assert_eq!(text(&["^[a-z]+$"], &["^[a-m]+$"], 0, Some(1), &[]).as_deref(), Some("n"));
        assert_eq!(text(&["^\\d{4}-\\d{2}$"], &[], 0, None, &[]).as_deref(), Some("0000-00"));
        assert_eq!(text(&["^a*$"], &[], 3, Some(4), &["aaa"]).as_deref(), Some("aaaa"));
        assert_eq!(text(&["^a+$"], &["^a*$"], 0, None, &[]), None);
        assert_eq!(text(&["^https://"], &["^https?://"], 0, None, &[]), None);
        assert_eq!(text(&[], &[], 0, Some(0), &[""]), None);
        assert_eq!(text(&[], &[], 2, Some(2), &["te"]).as_deref(), Some("ta"));
        assert_eq!(
            text(&["^.$"], &["^[\\u0000-\\u007f]$"], 0, None, &[]).map(|text| text.chars().count()),
            Some(1)
        );
    }
}
