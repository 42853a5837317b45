//! One stream as code builds it: what its attributes are, as Python would look for them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::Told;
use super::answer::{Answer, Constant, joined, key_of, snake_case, texts_of};
use super::reader::{Reader, pick};
use crate::python::Definition;
use crate::python::class::Written;
use crate::python::expression::Expression;
use crate::python::uses::Arguments;

/// So many expressions of one stream are followed.
const MOST_EXPRESSIONS: usize = 10_000;

/// Expressions refer to each other this deep.
const DEEPEST: usize = 40;

/// Classes of the CDK, and of Python, whose streams have no cursor by themselves.
const CDK_CLASSES: [&str; 5] = ["ABC", "object", "Stream", "HttpStream", "HttpSubStream"];

/// Classes of the CDK, and of Python, that say nothing of a name, a key or a cursor.
const CDK_MIXINS: [&str; 10] = [
    "ABC",
    "object",
    "Generic",
    "Stream",
    "HttpStream",
    "HttpSubStream",
    "IncrementalMixin",
    "CheckpointMixin",
    "StateMixin",
    "Enum",
];

/// One stream as code builds it.
pub(super) struct Instance<'c> {
    /// The class and those above it, in the order in which Python looks for an attribute.
    classes: Vec<&'c Definition>,
    /// Classes above that do not stand in the package, or of which there are several.
    is_open_above: bool,
    /// Names of the classes above that do not stand in the package.
    outside: BTreeSet<&'c str>,
    /// From this class on what is said may be hidden by a class that does not stand in the package.
    hidden_from: usize,
    /// What its constructor is called with.
    arguments: Option<&'c Arguments>,
    /// How many expressions are still followed: each may refer to others more than once.
    left: Cell<usize>,
}

impl<'c> Reader<'c> {
    pub(super) fn instance(&self, class: &'c Definition, arguments: Option<&'c Arguments>) -> Instance<'c> {
        let mut instance = Instance {
            classes: Vec::new(),
            is_open_above: false,
            outside: BTreeSet::new(),
            hidden_from: usize::MAX,
            arguments,
            left: Cell::new(MOST_EXPRESSIONS),
        };
        self.add_classes(class, &mut instance, 0);
        // A class that several are derived from comes after all of them.
        let mut seen = BTreeSet::new();
        let mut ordered: Vec<&Definition> = Vec::new();
        for class in instance.classes.iter().rev() {
            if seen.insert((&class.name, &class.file)) {
                ordered.push(class);
            }
        }
        ordered.reverse();
        instance.classes = ordered;
        instance
    }

    pub(super) fn add_classes(&self, class: &'c Definition, instance: &mut Instance<'c>, depth: usize) {
        if depth > DEEPEST || instance.classes.len() > 1_000 {
            instance.is_open_above = true;
            return;
        }
        instance.classes.push(class);
        instance.is_open_above |= class.class.as_ref().is_some_and(|class| class.is_made_over);
        let mut is_behind = false;
        for base in class.class.iter().flat_map(|class| &class.bases) {
            let known: Vec<&Definition> =
                self.code.defined(base).iter().filter(|one| one.is_class && one.name != class.name).collect();
            match pick(&known, base, &class.file, self.code).as_slice() {
                [] => {
                    instance.outside.insert(base.as_str());
                    is_behind |= !CDK_MIXINS.contains(&base.as_str());
                }
                [one] => {
                    // What stands before it may say otherwise.
                    if is_behind {
                        instance.hidden_from = instance.hidden_from.min(instance.classes.len());
                    }
                    self.add_classes(one, instance, depth + 1);
                }
                _ => instance.is_open_above = true,
            }
        }
    }

    /// What an attribute of an instance is, looked for from a class on.
    pub(super) fn own(&self, instance: &Instance<'c>, name: &str, from: usize, depth: usize) -> Answer {
        if depth > DEEPEST || self.code.assigns(name) || instance.is_open_above {
            return Answer::open();
        }
        // What a constructor assigns hides what any of the classes says, but for a property.
        if from == 0 {
            for (index, definition) in instance.classes.iter().enumerate() {
                let Some(class) = &definition.class else { continue };
                if let Some(value) = class.assigned.get(name) {
                    // What the constructor above assigns after it wins.
                    let is_late = |one: &&Definition| {
                        one.class.as_ref().is_some_and(|class| class.assigned.contains_key(name))
                    };
                    let is_overwritten = class.assigned_first.contains(name)
                        && instance.classes.iter().skip(index + 1).any(is_late);
                    if is_overwritten || index >= instance.hidden_from {
                        return Answer::open();
                    }
                    return self.value(instance, value, index, depth + 1);
                }
                if class.properties.contains(name) {
                    break;
                }
            }
        }
        for (index, definition) in instance.classes.iter().enumerate().skip(from) {
            let Some(class) = &definition.class else { return Answer::open() };
            if index >= instance.hidden_from {
                return Answer::open();
            }
            if let Some(value) = class.values.get(name) {
                return self.value(instance, value, index, depth + 1);
            }
        }
        self.inherited(instance, name)
    }

    /// What the CDK's own classes say of an attribute.
    pub(super) fn inherited(&self, instance: &Instance<'c>, name: &str) -> Answer {
        let is_of_the_cdk =
            !instance.is_open_above && instance.outside.iter().all(|base| CDK_CLASSES.contains(base));
        match (name, instance.classes.first()) {
            // A class above that is not of the package takes it.
            ("name", _)
                if instance.arguments.is_some_and(|arguments| arguments.keywords.contains_key("name")) =>
            {
                let given = instance.arguments.and_then(|arguments| arguments.keywords.get("name"));
                given.map_or_else(Answer::open, |given| self.value(instance, given, usize::MAX, DEEPEST - 2))
            }
            ("name", Some(class)) if !instance.is_open_above => {
                Answer::of(Constant::Text(snake_case(&class.name)))
            }
            ("cursor_field", _) if is_of_the_cdk => Answer::of(Constant::List(Vec::new())),
            _ => Answer::open(),
        }
    }

    pub(super) fn value(
        &self,
        instance: &Instance<'c>,
        value: &Expression,
        at: usize,
        depth: usize,
    ) -> Answer {
        let left = instance.left.get();
        if depth > DEEPEST || left == 0 {
            return Answer::open();
        }
        instance.left.set(left - 1);
        let read = |value: &Expression| self.value(instance, value, at, depth + 1);
        match value {
            Expression::Nothing => Answer::of(Constant::Nothing),
            Expression::Bool(value) => Answer::of(Constant::Bool(*value)),
            Expression::Text(text) => Answer::of(Constant::Text(text.clone())),
            Expression::List(items) => {
                let mut all = Vec::new();
                for item in items {
                    match read(item).single() {
                        Some(item) => all.push(item.clone()),
                        None => return Answer::open(),
                    }
                }
                Answer::of(Constant::List(all))
            }
            Expression::Joined(parts) => {
                let parts: Vec<Answer> = parts.iter().map(read).collect();
                joined(&parts)
            }
            Expression::Own(name) => self.own(instance, name, 0, depth + 1),
            Expression::Super(name) => self.own(instance, name, at.saturating_add(1), depth + 1),
            Expression::Name(name) => self.named(instance, name, at, depth + 1),
            Expression::ClassName => match instance.classes.first() {
                Some(class) => Answer::of(Constant::Text(class.name.clone())),
                None => Answer::open(),
            },
            Expression::SnakeCase(value) => {
                let (texts, is_open) = read(value).texts();
                let values = texts.iter().map(|text| Constant::Text(snake_case(text))).collect();
                Answer { values, is_open }
            }
            Expression::If(test, then, otherwise) => {
                let test = read(test);
                let mut found = Answer::default();
                let may_be =
                    |wanted: bool| test.is_open || test.values.iter().any(|one| one.is_true() == wanted);
                if may_be(true) {
                    let then_value = read(then);
                    // Where it is the test itself, only what is true counts.
                    let is_the_test = **then == *if_test(value);
                    let values = then_value.values.into_iter().filter(|one| !is_the_test || one.is_true());
                    found = found.or(Answer { values: values.collect(), is_open: then_value.is_open });
                }
                if may_be(false) {
                    found = found.or(read(otherwise));
                }
                found
            }
            Expression::Not(value) => match read(value).single() {
                Some(value) => Answer::of(Constant::Bool(!value.is_true())),
                None => Answer::open(),
            },
            Expression::Unknown => Answer::open(),
        }
    }

    /// What a name stands for: a parameter of the constructor, or a constant of a module.
    pub(super) fn named(&self, instance: &Instance<'c>, name: &str, at: usize, depth: usize) -> Answer {
        let class = instance.classes.get(at).and_then(|one| one.class.as_ref());
        if class.is_some_and(|class| class.reassigned.contains(name)) {
            return Answer::open();
        }
        if let Some((_, default)) =
            class.and_then(|class| class.parameters.iter().find(|(parameter, _)| parameter == name))
        {
            return self.parameter(instance, name, default.as_ref(), at, depth);
        }
        match self.constants.get(name).map(Vec::as_slice) {
            Some([value]) => self.value(instance, value, at, depth + 1),
            _ => Answer::open(),
        }
    }

    /// What a parameter of the constructor of a class is: what a class below hands up, or what the instance is built with.
    pub(super) fn parameter(
        &self,
        instance: &Instance<'c>,
        name: &str,
        default: Option<&Expression>,
        at: usize,
        depth: usize,
    ) -> Answer {
        for (index, definition) in instance.classes.iter().enumerate().take(at).rev() {
            let Some(class) = &definition.class else { continue };
            if let Some(value) = class.handed_up.get(name) {
                return self.value(instance, value, index, depth + 1);
            }
            // By position it is handed to the next constructor, and further up who knows.
            if class.has_constructor && !class.handed_up_in_order.is_empty() {
                let above = instance.classes.iter().skip(index + 1);
                let next = above
                    .take(at - index)
                    .find_map(|one| one.class.as_ref().filter(|class| class.has_constructor));
                let position =
                    next.and_then(|next| next.parameters.iter().position(|(parameter, _)| parameter == name));
                if let Some(value) = position.and_then(|position| class.handed_up_in_order.get(position)) {
                    return self.value(instance, value, index, depth + 1);
                }
            }
        }
        let Some(arguments) = instance.arguments else { return Answer::open() };
        let first =
            instance.classes.iter().find_map(|one| one.class.as_ref().filter(|class| class.has_constructor));
        let position =
            first.and_then(|class| class.parameters.iter().position(|(parameter, _)| parameter == name));
        let given = arguments.keywords.get(name).or_else(|| arguments.positional.get(position?));
        match (given, default) {
            // A literal, or a constant of a module.
            (Some(given), _) => self.value(instance, given, usize::MAX, depth + 1),
            (None, Some(default)) if !arguments.is_open => self.value(instance, default, at, depth + 1),
            _ => Answer::open(),
        }
    }

    /// The schema files that an instance is built from, whether it is built from that of its name, and whether there may
    /// be others.
    pub(super) fn schemas(&self, instance: &Instance<'c>) -> (BTreeSet<String>, bool, bool) {
        let (mut files, mut reads_its_name, mut is_open) = (BTreeSet::new(), false, instance.is_open_above);
        for (index, definition) in instance.classes.iter().enumerate() {
            let Some(method) = definition.class.as_ref().and_then(|class| class.schema.as_ref()) else {
                continue;
            };
            for asked in &method.asks_for {
                if *asked == Expression::Own("name".to_owned()) {
                    reads_its_name = true;
                    continue;
                }
                let (texts, is_asked_open) = self.value(instance, asked, index, 0).texts();
                files.extend(texts);
                is_open |= is_asked_open;
            }
            let before = files.len();
            let files_named = method.texts.iter().filter_map(|text| {
                let file = text.rsplit('/').next()?;
                // A template is no name.
                let stem = file
                    .strip_suffix(".json")
                    .filter(|stem| !stem.is_empty() && !stem.contains(['{', '%']))?;
                Some(stem.to_owned())
            });
            files.extend(files_named);
            // What has a source is not looked for in what the instance holds.
            let has_source = !method.asks_for.is_empty() || files.len() > before || method.calls_super;
            is_open |= !has_source && method.takes_own
                || method.may_read && method.asks_for.is_empty() && files.len() == before;
            if !method.calls_super {
                return (files, reads_its_name, is_open);
            }
        }
        (files, true, is_open)
    }

    /// How a member of an instance is written, with the members and the names of modules that it refers to, and so on;
    /// `None` where no class of the package has it.
    pub(super) fn written(&self, instance: &Instance<'c>, member: &str) -> Option<String> {
        let of_member = |name: &str| -> Vec<&Written> {
            let classes = instance.classes.iter().filter_map(|one| one.class.as_ref());
            classes.filter_map(|class| class.written.get(name)).collect()
        };
        if of_member(member).is_empty() {
            return None;
        }
        let mut seen = BTreeSet::from([member]);
        let mut open = vec![member];
        let mut digests = BTreeMap::new();
        while let Some(name) = open.pop() {
            let members = of_member(name);
            let is_member = !members.is_empty();
            for written in members {
                digests.entry(name).or_insert_with(Vec::new).push(written.digest);
                open.extend(written.names.iter().map(String::as_str).filter(|name| seen.insert(*name)));
            }
            let defined = self.code.defined(name).iter().filter(|one| !is_member && !one.is_class);
            for one in defined {
                digests.entry(name).or_insert_with(Vec::new).push(one.digest);
                open.extend(one.names.iter().map(String::as_str).filter(|name| seen.insert(*name)));
            }
        }
        Some(format!("{digests:?}"))
    }

    pub(super) fn key(&self, instance: &Instance<'c>) -> Told<Vec<Vec<String>>> {
        let answer = self.own(instance, "primary_key", 0, 0);
        answer.single().and_then(key_of).map_or(Told::Open, Told::Known)
    }

    pub(super) fn cursor(&self, instance: &Instance<'c>) -> Told<Vec<String>> {
        let answer = self.own(instance, "cursor_field", 0, 0);
        let path = match answer.single() {
            Some(Constant::Nothing) => Some(Vec::new()),
            Some(Constant::Text(text)) if text.is_empty() => Some(Vec::new()),
            Some(Constant::Text(text)) => Some(vec![text.clone()]),
            Some(Constant::List(items)) => texts_of(items),
            _ => None,
        };
        path.map_or(Told::Open, Told::Known)
    }
}

/// The test of a condition.
fn if_test(value: &Expression) -> &Expression {
    match value {
        Expression::If(test, ..) => test,
        other => other,
    }
}
