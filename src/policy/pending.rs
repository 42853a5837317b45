//! What another policy file would decide: the settings that it adds and those that it takes away.

use std::collections::BTreeSet;
use std::fmt;

use super::{Policy, PolicyFile};

/// A setting that one of two policy files has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PendingSetting {
    /// Whether it comes; else it goes.
    pub is_added: bool,
    /// The setting as it stands in the file: `rules.field-removed = "safe"`.
    pub setting: String,
}

impl fmt::Display for PendingSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_added { "adds" } else { "takes away" };
        write!(f, "{word} {}", self.setting)
    }
}

impl PolicyFile {
    /// What `next` has that this file has not, and the other way round, in the order of the texts.
    pub fn pending(&self, next: &Self) -> Vec<PendingSetting> {
        let (now, then) = (self.settings(), next.settings());
        let added = then.difference(&now).map(|setting| (true, setting));
        let removed = now.difference(&then).map(|setting| (false, setting));
        let pending =
            |(is_added, setting): (bool, &String)| PendingSetting { is_added, setting: setting.clone() };
        added.chain(removed).map(pending).collect()
    }

    /// Every setting as a line.
    fn settings(&self) -> BTreeSet<String> {
        let general = self.general.settings().into_iter();
        let of_sections = self.sections.iter().flat_map(|section| {
            let name = &section.name;
            section.policy.settings().into_iter().map(move |setting| format!("connectors.{name}: {setting}"))
        });
        general.chain(of_sections).collect()
    }
}

impl Policy {
    /// What is set, each as a line.
    fn settings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut set = |key: &str, value: &str| lines.push(format!("{key} = {value:?}"));
        if let Some(fail_on) = &self.fail_on {
            set("fail-on", fail_on.value.name());
        }
        for (rule, level) in &self.levels {
            set(&format!("rules.{rule}"), level.value.name());
        }
        for (check, level) in &self.checks {
            set(&format!("rules.{check}"), level.value.name());
        }
        for rule in self.off.keys() {
            set(&format!("rules.{rule}"), "off");
        }
        for (switch, level) in &self.switches {
            set(&format!("switches.{switch}"), level.value.name());
        }
        if let Some(bump) = &self.break_below_one {
            set("switches.break-below-1-0", bump.value.name());
        }
        if let Some(choice) = &self.disabled_tests {
            set("switches.disabled-compatibility-tests", choice.value.name());
        }
        for glob in &self.ignored_streams {
            set("ignore.streams", &glob.value.text);
        }
        for pattern in &self.ignored_fields {
            set("ignore.fields", &pattern.value.text);
        }
        for waiver in &self.waivers {
            let keys: Vec<String> =
                waiver.keys().into_iter().map(|(key, value)| format!("{key} = {value:?}")).collect();
            lines.push(format!("a waiver ({})", keys.join(", ")));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> PolicyFile {
        PolicyFile::parse(text, "policy").expect("a policy")
    }

    #[test]
    fn what_comes_and_goes_is_listed() {
        let now = file("fail-on = \"review\"\n[rules]\nfield-removed = \"review\"\n");
        let then = file(
            "fail-on = \"review\"\n[ignore]\nstreams = [\"debug_*\"]\n[[waivers]]\nid = \"k1234567\"\nreason = \"the API\"\n\
             [connectors.source-a.rules]\nfield-removed = \"off\"\n",
        );
        let lines: Vec<String> = now.pending(&then).iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "adds a waiver (id = \"k1234567\", reason = \"the API\")",
                "adds connectors.source-a: rules.field-removed = \"off\"",
                "adds ignore.streams = \"debug_*\"",
                "takes away rules.field-removed = \"review\"",
            ]
        );
        assert!(then.pending(&then).is_empty());
    }
}
