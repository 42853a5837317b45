//! What stands in Python code, read without running it.
//!
//! The parser is Ruff's. A file that it cannot read is named and never guessed at: whoever asks about code that may
//! stand in such a file gets no answer. Only definitions at the top of a module are told apart, because classes and
//! functions there are what manifests and other modules refer to.

mod class;
mod essence;
mod expression;
mod read;
mod streams;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use class::Class;
use expression::Expression;
pub use streams::{FileStreams, ListedFact, Listing, PythonStream, PythonStreams, Told};
use uses::Use;

/// The Python files of a package. They are parsed when they are first asked about: most comparisons never ask.
#[derive(Debug, Clone, Default)]
pub struct Code {
    files: Vec<SourceFile>,
    /// Files that are there and cannot be opened.
    unopened: Vec<String>,
    parsed: OnceLock<Parsed>,
    streams: OnceLock<PythonStreams>,
}

#[derive(Debug, Clone)]
struct SourceFile {
    name: String,
    text: String,
}

#[derive(Debug, Clone, Default)]
struct Parsed {
    definitions: BTreeMap<String, Vec<Definition>>,
    modules: BTreeMap<String, Module>,
    unread: Vec<String>,
    /// What stands in files that cannot be read; `None` where not even that is known.
    unread_texts: BTreeSet<Option<String>>,
}

/// What a module holds beside its definitions.
#[derive(Debug, Clone, Default)]
struct Module {
    imports: Vec<Import>,
    /// Equal where all other statements at the top are, conditions around definitions included.
    rest: u64,
    /// Attributes of anything but `self` that are assigned anywhere in it.
    assigned: BTreeSet<String>,
    /// What its names at the top are.
    constants: BTreeMap<String, Expression>,
    /// Where names are used as values.
    uses: Vec<Use>,
    /// Classes are made, or found, under names that are not written.
    makes_classes: bool,
}

impl Module {
    /// The name that a name of the module has where it comes from.
    fn original<'m>(&'m self, name: &'m str) -> &'m str {
        let import = self.imports.iter().find(|import| import.bound == name && !import.original.is_empty());
        import.map_or(name, |import| import.original.as_str())
    }

    /// The module that a name comes from.
    fn origin_of(&self, name: &str) -> Option<&str> {
        let import = self
            .imports
            .iter()
            .find(|import| !import.original.is_empty() && (import.bound == name || import.original == name));
        import.map(|import| import.from.as_str())
    }
}

/// A name that a module imports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    /// The name it has in the module; `*` for all names.
    bound: String,
    /// The name it has where it comes from; empty for a module.
    original: String,
    /// Where it comes from, with a dot for each level up.
    from: String,
}

/// A class, a function or an assignment at the top of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The file, as reports name it.
    pub file: String,
    /// The line it starts at, from 1.
    pub line: usize,
    /// The byte of the file it starts at.
    pub offset: usize,
    /// Its name.
    pub name: String,
    /// Whether it is an assignment, and neither a class nor a function.
    pub is_assignment: bool,
    /// Whether it is a class.
    pub is_class: bool,
    /// Whether it is a class that nothing rewrites: without a decorator, derived from names alone, of one at least.
    pub is_plain_class: bool,
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
    /// What a function or an assignment does where all goes well, and the names in that.
    essence: (u64, BTreeSet<String>),
    /// What stands in a class.
    class: Option<Arc<Class>>,
}

impl Definition {
    /// Whether a class defines a method of this name.
    fn has_method(&self, name: &str) -> bool {
        self.class.as_ref().is_some_and(|class| class.methods.contains(name))
    }
}

impl Code {
    /// Adds a file. `name` is how reports call it.
    pub fn add(&mut self, name: String, text: String) {
        self.files.push(SourceFile { name, text });
        self.parsed = OnceLock::new();
        self.streams = OnceLock::new();
    }

    /// Adds a file that cannot be opened.
    pub fn add_unread(&mut self, name: String) {
        self.unopened.push(name);
        self.parsed = OnceLock::new();
        self.streams = OnceLock::new();
    }

    /// The text of a file.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.files.iter().find(|one| one.name == file).map(|one| one.text.as_str())
    }

    /// Whether there is no code at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unopened.is_empty()
    }

    /// Whether code assigns the attribute of something other than `self`.
    pub fn assigns(&self, attribute: &str) -> bool {
        self.parsed().modules.values().any(|module| module.assigned.contains(attribute))
    }

    /// Whether a module imports something else under this name.
    pub fn renames_to(&self, name: &str) -> bool {
        let mut imports = self.parsed().modules.values().flat_map(|module| &module.imports);
        imports.any(|import| import.bound == name && !import.original.is_empty() && import.original != name)
    }

    /// Whether a definition holds this very text, alone or as the name of a JSON file.
    pub fn has_text(&self, text: &str) -> bool {
        let is_it = |one: &String| {
            let file = one.rsplit('/').next().unwrap_or(one);
            one == text || file.strip_suffix(".json") == Some(text)
        };
        self.definitions().any(|one| one.texts.iter().any(is_it))
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

    /// Whether a module imports something of this name, whatever it calls it.
    pub fn imports(&self, name: &str) -> bool {
        let mut imports = self.parsed().modules.values().flat_map(|module| &module.imports);
        imports.any(|import| import.bound == name || import.original == name)
    }

    /// Whether what speaks of a class, and the functions that this calls, read the same in both packages: the class itself
    /// aside.
    pub fn same_makers(&self, other: &Code, class: &str) -> bool {
        let of = |code: &Self| -> BTreeSet<(String, u64)> {
            let is_maker = |one: &&Definition| one.name != class && one.names.contains(class);
            let mut open: Vec<&Definition> = code.definitions().filter(is_maker).collect();
            let mut seen: BTreeSet<(String, u64)> = BTreeSet::new();
            while let Some(next) = open.pop() {
                if seen.insert((next.name.clone(), next.digest)) {
                    let called = next.names.iter().flat_map(|name| code.defined(name));
                    open.extend(called.filter(|one| !one.is_class));
                }
            }
            seen
        };
        of(self) == of(other)
    }

    /// Whether a name stands for the same code in both packages, everything included that it refers to by name, and that
    /// the modules do which hold it. Where these lie does not matter. `None` where a file that differs cannot be read.
    pub fn same_definition(&self, other: &Code, name: &str) -> Option<bool> {
        let (ours, theirs) = (self.parsed(), other.parsed());
        if ours.unread_texts != theirs.unread_texts || ours.unread_texts.contains(&None) {
            return None;
        }
        let (names, other_names) = (self.reached(name), other.reached(name));
        Some(names == other_names && self.digest_of(&names) == other.digest_of(&names))
    }

    /// The name and all names that its definitions refer to, by whatever way.
    fn reached<'c>(&'c self, name: &'c str) -> BTreeSet<&'c str> {
        let mut originals: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for import in self.parsed().modules.values().flat_map(|module| &module.imports) {
            originals.entry(&import.bound).or_default().push(&import.original);
        }
        let mut seen = BTreeSet::from([name]);
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            let names = self.defined(next).iter().flat_map(|one| &one.names).map(String::as_str);
            for name in names.chain(originals.get(next).into_iter().flatten().copied()) {
                if seen.insert(name) {
                    open.push(name);
                }
            }
        }
        seen
    }

    /// What decides what some names mean: their definitions, and of the modules that hold one the imports of such names
    /// and whatever else stands at the top.
    fn digest_of(&self, names: &BTreeSet<&str>) -> (Vec<u64>, Vec<(u64, BTreeSet<&Import>)>) {
        let definitions = names.iter().flat_map(|name| self.defined(name));
        let files: BTreeSet<&str> = definitions.clone().map(|one| one.file.as_str()).collect();
        // Of several definitions of a name the last one counts, so their order does.
        let digests: Vec<u64> = definitions.map(|one| one.digest).collect();
        let modules = files.into_iter().filter_map(|file| self.parsed().modules.get(file));
        let is_of = |import: &&Import| import.bound == "*" || names.contains(import.bound.as_str());
        let mut rest: Vec<(u64, BTreeSet<&Import>)> =
            modules.map(|module| (module.rest, module.imports.iter().filter(is_of).collect())).collect();
        rest.sort();
        (digests, rest)
    }

    /// The classes that a class is derived from, itself first, as far as they stand in this package, and the names of
    /// those that do not.
    pub fn lineage<'c>(&'c self, class: &'c Definition) -> (Vec<&'c Definition>, BTreeSet<&'c str>) {
        let (mut inside, mut outside) = (Vec::new(), BTreeSet::new());
        // Nobody derives a class from so many; what they say is then not known.
        const MOST_ABOVE: usize = 128;
        let mut seen = BTreeSet::new();
        let mut open = vec![class];
        while let Some(next) = open.pop() {
            if !seen.insert((&next.name, &next.file)) {
                continue;
            }
            if inside.len() >= MOST_ABOVE {
                outside.insert("");
                break;
            }
            inside.push(next);
            for base in &next.bases {
                let classes = self.defined(base);
                if classes.is_empty() || classes.iter().any(|one| !one.is_class) {
                    outside.insert(base.as_str());
                }
                open.extend(classes.iter().filter(|one| one.is_class));
            }
        }
        (inside, outside)
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| {
            let mut parsed = Parsed::default();
            let mut files: Vec<&SourceFile> = self.files.iter().collect();
            files.sort_by(|one, other| one.name.cmp(&other.name));
            for (file, read) in files.iter().zip(read::modules(&files)) {
                match read {
                    Some((module, found)) => {
                        parsed.modules.insert(file.name.clone(), module);
                        for definition in found {
                            parsed.definitions.entry(definition.name.clone()).or_default().push(definition);
                        }
                    }
                    None => {
                        parsed.unread.push(file.name.clone());
                        parsed.unread_texts.insert(Some(file.text.clone()));
                    }
                }
            }
            parsed.unread_texts.extend(self.unopened.first().map(|_| None));
            parsed.unread.extend(self.unopened.iter().cloned());
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
        let same = code(&[("a.py", "class A(")]);
        assert_eq!(new.same_definition(&same, "A"), Some(true), "it reads alike, whatever it is");
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
    fn what_a_module_does_around_a_class_is_part_of_it() {
        let class = "class A(Base):\n    def run(self):\n        return fmt(KEY, K['k'])\n";
        let changed = |old: &str, new: &str| {
            let files = |text: &str| {
                code(&[
                    ("m.py", &format!("{text}{class}")),
                    ("a.py", "def fmt(x): return 1\ndef write(x): return 2\nclass Base: pass\n"),
                    ("b.py", "def fmt(x): return 3\nclass Base: pass\n"),
                ])
            };
            files(old).same_definition(&files(new), "A") == Some(false)
        };
        for (old, new) in [
            ("from .a import fmt\n", "from .b import fmt\n"),
            ("from .a import fmt\n", "from .a import write as fmt\n"),
            ("from .a import Base\n", "from .b import Base\n"),
            ("KEY, WINDOW = 'id', 1\n", "KEY, WINDOW = 'at', 1\n"),
            ("K = {}\nK['k'] = 'id'\n", "K = {}\nK['k'] = 'at'\n"),
            ("KEY = 1\nKEY = 2\n", "KEY = 2\nKEY = 1\n"),
            (
                "if X:\n    KEY = 1\n    K = 2\nelse:\n    Z = 3\n",
                "if X:\n    KEY = 1\nelse:\n    K = 2\n    Z = 3\n",
            ),
            ("if X:\n    KEY = 1\nelse:\n    KEY = 2\n", "if not X:\n    KEY = 1\nelse:\n    KEY = 2\n"),
        ] {
            assert!(changed(old, new), "{old} and {new}");
            assert!(!changed(old, old), "{old}");
        }
        assert!(!changed("from .a import fmt\n", "from .a import fmt, other\nclass Another: pass\n"));
    }

    #[test]
    fn code_that_nests_without_end_ends() {
        for deep in
            ["(", "-", "not ", "[", "a+", "f(", "lambda:", "lambda a=", "x if y else ", "a.b", "f'{", "a<"]
        {
            for times in [250, 900, 2_000, 20_000] {
                let text = format!("class A:\n    x = {}1\n", deep.repeat(times));
                let _ = code(&[("a.py", &text)]).unread();
            }
        }
        for head in ["with (", "match -", "match *", "match (a)"] {
            for deep in ["-", "not ", "a.", "a**"] {
                let _ = code(&[("a.py", &format!("{head}{}a", deep.repeat(60_000)))]).unread();
            }
        }
        let text: String = (0..1_400).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
        assert_eq!(code(&[("a.py", &text)]).unread(), ["a.py"]);
    }
}
