//! Which few causes explain many effects: the greedy set cover (Chvátal, 1979).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The causes that explain the effects, each with the indices of those that it is the first to explain.
///
/// Each effect comes with the causes that it may have. The cause that explains most of what is open is taken first, of
/// equal ones the first by name, until nothing more can be explained. An effect without a possible cause is in no list.
/// Takes n log n steps for n possible causes in all.
pub(crate) fn cover<'c>(effects: &[&BTreeSet<&'c str>]) -> Vec<(&'c str, Vec<usize>)> {
    let mut explains: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, causes) in effects.iter().enumerate() {
        for cause in *causes {
            explains.entry(cause).or_default().push(index);
        }
    }
    let mut counts: BTreeMap<&str, usize> =
        explains.iter().map(|(cause, effects)| (*cause, effects.len())).collect();
    let mut queue: BTreeSet<(Reverse<usize>, &str)> =
        counts.iter().map(|(cause, count)| (Reverse(*count), *cause)).collect();
    let mut is_open = vec![true; effects.len()];
    let mut causes = Vec::new();
    while let Some((Reverse(count), cause)) = queue.pop_first() {
        if count == 0 {
            break;
        }
        let explained: Vec<usize> = explains[cause].iter().copied().filter(|index| is_open[*index]).collect();
        for index in &explained {
            is_open[*index] = false;
            for other in effects[*index] {
                let Some(count) = counts.get_mut(other) else { continue };
                if queue.remove(&(Reverse(*count), *other)) {
                    *count -= 1;
                    queue.insert((Reverse(*count), *other));
                }
            }
        }
        causes.push((cause, explained));
    }
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_most_comes_first_and_what_it_explains_counts_for_no_other() {
        let effects = [
            BTreeSet::from(["own", "shared"]),
            BTreeSet::from(["shared"]),
            BTreeSet::from(["other", "shared"]),
            BTreeSet::from(["other"]),
            BTreeSet::from(["second", "other"]),
            BTreeSet::new(),
        ];
        let effects: Vec<&BTreeSet<&str>> = effects.iter().collect();
        assert_eq!(cover(&effects), [("other", vec![2, 3, 4]), ("shared", vec![0, 1])]);
    }
}
