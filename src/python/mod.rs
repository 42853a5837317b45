//! What stands in Python code, read without running it.
//!
//! The parser is Ruff's. A file that it cannot read is named and never guessed at: whoever asks about code that may
//! stand in such a file gets no answer. Only definitions at the top of a module are told apart, because classes and
//! functions there are what manifests and other modules refer to.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// The Python files of a package. They are parsed when they are first asked about: most comparisons never ask.
#[derive(Debug, Clone, Default)]
pub struct Code {
    files: Vec<SourceFile>,
    parsed: OnceLock<Parsed>,
}

#[derive(Debug, Clone)]
struct SourceFile {
    name: String,
    text: String,
}

#[derive(Debug, Clone, Default)]
struct Parsed {
    definitions: BTreeMap<String, Vec<Definition>>,
    unread: Vec<String>,
}

/// A class, a function or an assignment at the top of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The file, as reports name it.
    pub file: String,
    /// The line it starts at, from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Whether it is a class.
    pub is_class: bool,
    /// What a class is derived from: the last part of each name.
    pub bases: BTreeSet<String>,
    /// What a class defines: methods, attributes of the class, and what its methods assign to `self`.
    pub members: BTreeSet<String>,
    /// Names that it refers to, attributes among them.
    pub names: BTreeSet<String>,
    /// Texts that stand in it, documentation left out.
    pub texts: BTreeSet<String>,
    /// Equal for code that differs in layout and comments alone.
    digest: u64,
}

impl Code {
    /// Adds a file. `name` is how reports call it.
    pub fn add(&mut self, name: String, text: String) {
        self.files.push(SourceFile { name, text });
        self.parsed = OnceLock::new();
    }

    /// Whether there is no code at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Files that cannot be read as Python.
    pub fn unread(&self) -> &[String] {
        &self.parsed().unread
    }

    /// Everything that is defined at the top of a module, by name, and under one name by file.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.parsed().definitions.values().flatten()
    }

    /// The definitions of a name: several where modules use it for themselves.
    pub fn defined(&self, name: &str) -> &[Definition] {
        self.parsed().definitions.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a name stands for the same code in both packages, everything included that it refers to by name.
    /// In which module it stands does not matter. `None` where a file cannot be read.
    pub fn same_definition(&self, other: &Code, name: &str) -> Option<bool> {
        if !self.unread().is_empty() || !other.unread().is_empty() {
            return None;
        }
        let mut seen = BTreeSet::from([name]);
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            let (ours, theirs) = (self.defined(next), other.defined(next));
            let digests = |all: &[Definition]| all.iter().map(|one| one.digest).collect::<Vec<_>>();
            let sorted = |mut all: Vec<u64>| {
                all.sort_unstable();
                all
            };
            if sorted(digests(ours)) != sorted(digests(theirs)) {
                return Some(false);
            }
            for name in ours.iter().flat_map(|one| &one.names) {
                if seen.insert(name) {
                    open.push(name);
                }
            }
        }
        Some(true)
    }

    /// The classes that a class is derived from, itself first, as far as they stand in this package, and the names of
    /// those that do not.
    pub fn lineage<'c>(&'c self, class: &'c Definition) -> (Vec<&'c Definition>, BTreeSet<&'c str>) {
        let (mut inside, mut outside) = (Vec::new(), BTreeSet::new());
        let mut seen = BTreeSet::new();
        let mut open = vec![class];
        while let Some(next) = open.pop() {
            if !seen.insert((&next.name, &next.file)) {
                continue;
            }
            inside.push(next);
            for base in &next.bases {
                match self.defined(base) {
                    [] => {
                        outside.insert(base.as_str());
                    }
                    found => open.extend(found),
                }
            }
        }
        (inside, outside)
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let mut parsed = Parsed::default();
            let mut files: Vec<&SourceFile> = self.files.iter().collect();
            files.sort_by(|one, other| one.name.cmp(&other.name));
            for file in files {
                match read::definitions(&file.name, &file.text) {
                    Some(found) => {
                        for definition in found {
                            parsed.definitions.entry(definition.name.clone()).or_default().push(definition);
                        }
                    }
                    None => parsed.unread.push(file.name.clone()),
                }
            }
            parsed
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(files: &[(&str, &str)]) -> Code {
        let mut code = Code::default();
        for (name, text) in files {
            code.add((*name).to_owned(), (*text).to_owned());
        }
        code
    }

    #[test]
    fn comments_and_layout_are_no_change() {
        let old = code(&[("a.py", "class A(B):\n    x = [1, 2]  # two\n")]);
        let new =
            code(&[("moved/b.py", "# of the A\n\nclass A(B):\n    x = [\n        1,\n        2,\n    ]\n")]);
        assert_eq!(old.same_definition(&new, "A"), Some(true));
    }

    #[test]
    fn what_a_class_refers_to_is_part_of_it() {
        let file = |limit: u8| {
            format!(
                "LIMIT = {limit}\ndef helper():\n    return LIMIT\nclass A:\n    def run(self):\n        return helper()\nclass B:\n    pass\n"
            )
        };
        let (old, new) = (code(&[("a.py", &file(1))]), code(&[("a.py", &file(2))]));
        assert_eq!(old.same_definition(&new, "A"), Some(false));
        assert_eq!(old.same_definition(&new, "B"), Some(true));
    }

    #[test]
    fn a_file_that_is_no_python_leaves_it_open() {
        let (old, new) = (code(&[("a.py", "class A: pass")]), code(&[("a.py", "class A(")]));
        assert_eq!(old.same_definition(&new, "A"), None);
        assert_eq!(new.unread(), ["a.py"]);
    }

    #[test]
    fn definitions_under_conditions_count() {
        let code = code(&[(
            "a.py",
            "try:\n    from x import C\nexcept ImportError:\n    class C: pass\nif True:\n    def f(): pass\n",
        )]);
        assert_eq!(code.defined("C").len(), 1);
        assert_eq!(code.defined("f").len(), 1);
    }

    #[test]
    fn classes_are_followed_to_the_edge_of_the_package() {
        let code = code(&[("a.py", "class A(B, x.C): pass\nclass B(A, Stream): cursor_field = 'at'\n")]);
        let (inside, outside) = code.lineage(&code.defined("A")[0]);
        assert_eq!(inside.len(), 2);
        assert_eq!(outside, BTreeSet::from(["C", "Stream"]));
    }

    #[test]
    fn code_that_nests_without_end_ends() {
        for deep in ["(", "-", "not ", "[", "a+", "f(", "lambda:", "x if y else ", "a.b", "{1:", "f'{", "a<"]
        {
            let text = format!("class A:\n    x = {}1\n", deep.repeat(200_000));
            let code = code(&[("a.py", &text)]);
            let _ = code.unread();
        }
        let text: String = (0..3_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
        let _ = code(&[("a.py", &text)]).unread();
    }
}
