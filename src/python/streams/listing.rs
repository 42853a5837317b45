//! The code that decides what a catalog shows, where that is known while the code runs alone.
//!
//! A source whose streams cannot be read off makes them in `streams()` or says in `discover()` what there is. Nobody can
//! say here what comes of that code, and where it is the same code, the same comes of it. It is followed from member to
//! member and function to function. Of the classes of streams that it refers to only the members count that make a name,
//! a schema, a key or a cursor: how they ask the API shows in no catalog. Types, logs and errors decide nothing either.

use std::collections::{BTreeMap, BTreeSet};

use crate::python::{Code, Definition};

/// A fact that a catalog shows of streams that code makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListedFact {
    /// Which streams there are, and their names.
    Names,
    /// Their schemas.
    Schema,
    /// Their primary keys.
    PrimaryKey,
    /// Their cursors.
    Cursor,
}

/// What the members of sources and of classes of streams decide.
const MEMBERS: [(&str, ListedFact); 7] = [
    ("streams", ListedFact::Names),
    ("name", ListedFact::Names),
    ("discover", ListedFact::Schema),
    ("get_json_schema", ListedFact::Schema),
    ("primary_key", ListedFact::PrimaryKey),
    ("cursor_field", ListedFact::Cursor),
    ("supports_incremental", ListedFact::Cursor),
];

/// The code behind the streams of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The class of the source.
    pub class: String,
    /// Its file.
    pub file: String,
    /// The byte of the file at which the class starts.
    pub offset: usize,
    /// What decides each fact: pieces of code by what they are known by.
    pub code: BTreeMap<ListedFact, BTreeSet<u64>>,
}

impl Code {
    /// The code behind the streams of a source, where they cannot be read off; `None` where they can, where code cannot be
    /// read, or where none says what streams there are.
    pub fn listing(&self) -> Option<Listing> {
        if !self.streams().is_open || !self.unread().is_empty() {
            return None;
        }
        let lists =
            |class: &&Definition| ["streams", "discover"].iter().any(|name| class.member(name).is_some());
        let source = self.sources().find(lists)?;
        let mut walk = Walk {
            code: self,
            members: self
                .definitions()
                .filter_map(|one| one.class.as_ref())
                .flat_map(|class| class.written.keys())
                .map(String::as_str)
                .collect(),
            classes: BTreeSet::new(),
            seen: BTreeSet::new(),
            found: BTreeSet::new(),
        };
        let mut listing = Listing {
            class: source.name.clone(),
            file: source.file.clone(),
            offset: source.offset,
            code: BTreeMap::new(),
        };
        for (member, fact) in MEMBERS {
            let found = walk.of_member(source, member);
            listing.code.entry(fact).or_default().extend(found);
        }
        // What was met on the way are the classes of the streams.
        for class in walk.classes.clone() {
            for definition in self.defined(class).iter().filter(|one| one.is_class) {
                for (member, fact) in MEMBERS {
                    let found = walk.of_member(definition, member);
                    listing.code.entry(fact).or_default().extend(found);
                }
            }
        }
        Some(listing)
    }
}

impl Definition {
    /// What a member of a class is known by, and the names in it.
    fn member(&self, name: &str) -> Option<(u64, &BTreeSet<String>)> {
        let written = self.class.as_ref()?.written.get(name)?;
        Some((written.essence.0, &written.essence.1))
    }
}

struct Walk<'c> {
    code: &'c Code,
    /// The names that some class has a member under.
    members: BTreeSet<&'c str>,
    /// Classes that were met.
    classes: BTreeSet<&'c str>,
    seen: BTreeSet<(&'c str, &'c str)>,
    found: BTreeSet<u64>,
}

impl<'c> Walk<'c> {
    /// A member of a class, or of those above it, with all that it refers to.
    fn of_member(&mut self, class: &'c Definition, member: &'c str) -> BTreeSet<u64> {
        self.found.clear();
        self.seen.clear();
        let mut open: Vec<(&'c Definition, &'c str)> = vec![(class, member)];
        while let Some((class, member)) = open.pop() {
            for owner in self.code.lineage(class).0 {
                let Some((digest, names)) = owner.member(member) else { continue };
                if self.seen.insert((owner.name.as_str(), member)) {
                    self.found.insert(digest);
                    self.follow(Some(class), names, &mut open);
                }
            }
        }
        self.found.clone()
    }

    /// Follows the names in a piece of code that stands in a class, or in none.
    fn follow(
        &mut self,
        class: Option<&'c Definition>,
        names: &'c BTreeSet<String>,
        open: &mut Vec<(&'c Definition, &'c str)>,
    ) {
        let mut functions = vec![names];
        while let Some(names) = functions.pop() {
            let met: Vec<&'c Definition> = names
                .iter()
                .flat_map(|name| self.code.defined(name))
                .filter(|definition| definition.is_class)
                .collect();
            for name in names {
                if self.members.contains(name.as_str()) {
                    let owners = met.iter().copied().chain(class);
                    let is_new =
                        |owner: &&Definition| !self.seen.contains(&(owner.name.as_str(), name.as_str()));
                    open.extend(owners.filter(is_new).map(|owner| (owner, name.as_str())));
                }
                for definition in self.code.defined(name).iter().filter(|one| !one.is_class) {
                    if self.seen.insert(("", name.as_str())) {
                        self.found.insert(definition.essence.0);
                        functions.push(&definition.essence.1);
                    }
                }
            }
            self.classes.extend(met.into_iter().map(|class| class.name.as_str()));
        }
    }
}
