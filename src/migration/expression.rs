//! The expressions of a template, evaluated as Jinja's sandbox evaluates them.
//!
//! Source: `SandboxedEnvironment` and `Undefined` of Jinja2 3.1, and the filters of airbyte-cdk 7.39.1. What is not
//! listed here (filters, methods and operators among them) is opaque.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use ruff_python_ast::StringFlags;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Arguments, BoolOp, CmpOp, Expr, Number, Operator, StringLiteral, UnaryOp};
use ruff_text_size::Ranged;

use super::template::{Fault, MOST_BYTES, opaque};
use super::value::Py;

/// What the names of a template stand for.
#[derive(Debug)]
pub(super) struct Context<'c> {
    pub(super) config: &'c Py,
    /// `value` and `path`, where the condition of an added field asks.
    pub(super) added: Option<(&'c Py, &'c Py)>,
}

/// Reads an expression; the text that comes back is what its places refer to. The error says why it is not followed.
pub(super) fn read(written: &str) -> Result<(String, Expr), String> {
    let unread = |why: &str| format!("is not followed: {why}");
    if written.contains(['\\', '#', '`']) {
        return Err(unread("an expression with a backslash, `#` or a backtick"));
    }
    let mut code = String::with_capacity(written.len());
    let mut quoted = None;
    let (mut depth, mut deepest) = (0_usize, 0);
    for character in written.chars() {
        match (quoted, character) {
            (Some(_), '\n') => return Err(unread("a text over several lines")),
            (Some(mark), character) if mark == character => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, character) if !character.is_ascii() => {
                return Err(unread("a character outside of texts that is no ASCII"));
            }
            _ => {}
        }
        deepest = deepest.max(depth);
        code.push(if quoted.is_none() && character.is_ascii_whitespace() { ' ' } else { character });
    }
    // Each operator takes a frame of the stack.
    if deepest > 32 || code.len() > 4096 {
        return Err(unread("it is too long or nests too deep"));
    }
    let code = code.trim().to_owned();
    let parsed = ruff_python_parser::parse_expression(&code).map_err(|_| unread("it cannot be read"))?;
    let tree = *parsed.into_syntax().body;
    let mut syntax = Syntax { source: &code, fault: None };
    syntax.visit_expr(&tree);
    match syntax.fault {
        Some(what) => Err(unread(&what)),
        None => Ok((code, tree)),
    }
}

/// What the two languages read in different ways, or one of them not at all. Jinja refuses much of it when it reads the
/// template, so that it counts wherever it stands.
struct Syntax<'s> {
    source: &'s str,
    fault: Option<String>,
}

const FILTERS: [&str; 10] =
    ["count", "d", "default", "first", "join", "length", "lower", "string", "trim", "upper"];

const TESTS: [&str; 11] = [
    "boolean",
    "defined",
    "false",
    "float",
    "integer",
    "mapping",
    "none",
    "number",
    "string",
    "true",
    "undefined",
];

impl Syntax<'_> {
    fn refuse(&mut self, what: &str) {
        self.fault.get_or_insert_with(|| what.to_owned());
    }

    /// Filters and tests bind tighter than operators do in Jinja, and less tight in Python.
    fn is_apart(left: &Expr) -> bool {
        match left {
            Expr::BinOp(both) => both.op == Operator::BitOr,
            Expr::UnaryOp(_) | Expr::Compare(_) | Expr::BoolOp(_) | Expr::If(_) => false,
            _ => true,
        }
    }
}

impl<'a> Visitor<'a> for Syntax<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::Name(_) | Expr::Attribute(_) => {}
            Expr::StringLiteral(literal) if literal.value.iter().all(is_plain) => {}
            Expr::NumberLiteral(literal) => {
                let written = &self.source[literal.range()];
                let is_plain = written.chars().all(|c| c.is_ascii_digit() || c == '.')
                    && !written.starts_with('.')
                    && !written.ends_with('.');
                if !is_plain {
                    self.refuse("a number in this form");
                }
            }
            Expr::Subscript(subscript) if !matches!(&*subscript.slice, Expr::Slice(_) | Expr::Tuple(_)) => {}
            Expr::Call(call) => {
                let args = &call.arguments;
                if !args.keywords.is_empty() || args.args.iter().any(Expr::is_starred_expr) {
                    self.refuse("an argument with a name");
                }
            }
            Expr::BoolOp(_) | Expr::If(_) | Expr::List(_) => {}
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {}
            Expr::UnaryOp(unary) if unary.op == UnaryOp::USub && unary.operand.is_number_literal_expr() => {}
            Expr::Dict(dict)
                if dict.items.iter().all(|item| matches!(&item.key, Some(Expr::StringLiteral(_)))) => {}
            Expr::BinOp(both) if both.op == Operator::BitOr => {
                let name = match &*both.right {
                    Expr::Name(name) => Some(name.id.as_str()),
                    Expr::Call(call) => match &*call.func {
                        Expr::Name(name) => Some(name.id.as_str()),
                        _ => None,
                    },
                    _ => None,
                };
                match name {
                    Some(name) if !FILTERS.contains(&name) => self.refuse(&format!("the filter `{name}`")),
                    Some(_) if Self::is_apart(&both.left) => {}
                    _ => self.refuse("a filter after an operator, or of another kind"),
                }
            }
            Expr::BinOp(both) if matches!(both.op, Operator::Add | Operator::Sub | Operator::Mult) => {}
            Expr::Compare(compare) if compare.ops.iter().any(|op| matches!(op, CmpOp::Is | CmpOp::IsNot)) => {
                let name = match &*compare.comparators {
                    [Expr::Name(name)] => name.id.as_str(),
                    [Expr::NoneLiteral(_)] => "none",
                    _ => "",
                };
                // Jinja takes a word behind the name of a test for its argument, `if` and `in` among them.
                let behind = self.source[usize::from(compare.range().end())..].trim_start();
                let word = behind.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
                let is_last = matches!(word, None | Some("" | "and" | "or" | "else"));
                if !TESTS.contains(&name) || !is_last || !Self::is_apart(&compare.left) {
                    self.refuse("a test of this kind");
                }
            }
            Expr::Compare(compare) => {
                // Whether something is in a tuple or in a list is the same; else they differ.
                self.visit_expr(&compare.left);
                for (op, comparator) in compare.ops.iter().zip(&compare.comparators) {
                    match (op, comparator) {
                        (CmpOp::In | CmpOp::NotIn, Expr::Tuple(tuple)) => {
                            tuple.elts.iter().for_each(|item| self.visit_expr(item));
                        }
                        _ => self.visit_expr(comparator),
                    }
                }
                return;
            }
            _ => self.refuse("an expression of this kind"),
        }
        ruff_python_ast::visitor::walk_expr(self, expression);
    }
}

/// Names that Jinja or the CDK knows; what they do is not followed.
const GLOBALS: [&str; 18] = [
    "camel_case_to_snake_case",
    "cycler",
    "day_delta",
    "dict",
    "duration",
    "format_datetime",
    "generate_uuid",
    "joiner",
    "lipsum",
    "max",
    "min",
    "namespace",
    "now_utc",
    "sanitize_url",
    "str_to_datetime",
    "timestamp",
    "today_utc",
    "today_with_timezone",
];

/// What an expression gives. Its names are [checked](check) before.
pub(super) fn eval(tree: &Expr, source: &str, context: &Context<'_>) -> Result<Py, Fault> {
    Evaluator { source, context }.value(tree)
}

/// The CDK refuses a template with a name that nothing gives, whether the expression gets there or not.
pub(super) fn check(tree: &Expr, source: &str, context: &Context<'_>) -> Result<(), Fault> {
    Evaluator { source, context }.names_are_known(tree)
}

struct Evaluator<'e, 'c> {
    source: &'e str,
    context: &'e Context<'c>,
}

impl Evaluator<'_, '_> {
    fn unknown<T>(&self, what: &str) -> Result<T, Fault> {
        opaque(format!("`{{{{ {} }}}}`: {what} is not followed", super::template::shortened(self.source)))
    }

    fn names_are_known(&self, tree: &Expr) -> Result<(), Fault> {
        struct Names<'n> {
            found: Vec<&'n str>,
        }
        impl<'a> Visitor<'a> for Names<'a> {
            fn visit_expr(&mut self, expression: &'a Expr) {
                match expression {
                    Expr::Name(name) => self.found.push(name.id.as_str()),
                    // Filters and tests have names of their own.
                    Expr::BinOp(both) if both.op == Operator::BitOr => {
                        self.visit_expr(&both.left);
                        if let Expr::Call(call) = &*both.right {
                            call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                            call.arguments.keywords.iter().for_each(|one| self.visit_expr(&one.value));
                        }
                    }
                    Expr::Compare(compare)
                        if compare.ops.iter().any(|op| matches!(op, CmpOp::Is | CmpOp::IsNot)) =>
                    {
                        self.visit_expr(&compare.left);
                    }
                    _ => ruff_python_ast::visitor::walk_expr(self, expression),
                }
            }
        }
        let mut names = Names { found: Vec::new() };
        names.visit_expr(tree);
        for name in names.found {
            let is_known = matches!(name, "config" | "parameters" | "true" | "false" | "none")
                || self.context.added.is_some() && matches!(name, "value" | "path");
            if GLOBALS.contains(&name) {
                return self.unknown(&format!("`{name}`"));
            }
            if !is_known {
                return Err(Fault::Stops(format!("`{}` names `{name}`, which is not there", self.source)));
            }
        }
        Ok(())
    }

    fn value(&self, tree: &Expr) -> Result<Py, Fault> {
        match tree {
            Expr::NoneLiteral(_) => Ok(Py::None),
            Expr::BooleanLiteral(literal) => Ok(Py::Bool(literal.value)),
            Expr::StringLiteral(literal) => Ok(Py::Str(literal.value.to_str().to_owned())),
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(int) => match int.as_i64() {
                    Some(value) => Ok(Py::Int(value.into())),
                    None => self.unknown("a number of this size"),
                },
                Number::Float(value) => Ok(Py::Float(*value)),
                Number::Complex { .. } => self.unknown("a number in this form"),
            },
            Expr::Name(name) => match (name.id.as_str(), self.context.added) {
                ("config", _) => Ok(self.context.config.clone()),
                ("parameters", _) => Ok(Py::Dict(BTreeMap::new())),
                ("true", _) => Ok(Py::Bool(true)),
                ("false", _) => Ok(Py::Bool(false)),
                ("none", _) => Ok(Py::None),
                ("value", Some((value, _))) => Ok(value.clone()),
                ("path", Some((_, path))) => Ok(path.clone()),
                _ => self.unknown("a name"),
            },
            Expr::Attribute(attribute) => {
                let holder = self.holder(&attribute.value)?;
                self.attribute(holder.as_ref(), attribute.attr.as_str())
            }
            Expr::Subscript(subscript) => {
                let holder = self.holder(&subscript.value)?;
                let key = self.value(&subscript.slice)?;
                self.item(holder.as_ref(), &key)
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(function) => {
                    let holder = self.holder(&function.value)?;
                    self.method(holder.as_ref(), function.attr.as_str(), &call.arguments)
                }
                _ => self.unknown("a call of this kind"),
            },
            Expr::BoolOp(both) => {
                let mut last = Py::None;
                for value in &both.values {
                    last = self.value(value)?;
                    if last.is_truthy() == (both.op == BoolOp::Or) {
                        break;
                    }
                }
                Ok(last)
            }
            Expr::UnaryOp(unary) => match (unary.op, &*unary.operand) {
                (UnaryOp::Not, operand) => Ok(Py::Bool(!self.value(operand)?.is_truthy())),
                (UnaryOp::USub, operand @ Expr::NumberLiteral(_)) => match self.value(operand)? {
                    Py::Int(value) => Ok(Py::Int(-value)),
                    Py::Float(value) => Ok(Py::Float(-value)),
                    _ => self.unknown("a sign"),
                },
                _ => self.unknown("this operator"),
            },
            Expr::If(both) => match self.value(&both.test)?.is_truthy() {
                true => self.value(&both.body),
                false => self.value(&both.orelse),
            },
            Expr::List(list) => {
                let items: Vec<Py> =
                    list.elts.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?;
                Ok(Py::List(items))
            }
            Expr::Dict(dict) => {
                let mut map = BTreeMap::new();
                for item in &dict.items {
                    let Some(Expr::StringLiteral(key)) = &item.key else {
                        return self.unknown("an object with such keys");
                    };
                    map.insert(key.value.to_str().to_owned(), self.value(&item.value)?);
                }
                Ok(Py::Dict(map))
            }
            Expr::BinOp(both) if both.op == Operator::BitOr => self.filter(&both.left, &both.right),
            Expr::BinOp(both) => {
                let (left, right) = (self.value(&both.left)?, self.value(&both.right)?);
                self.arithmetic(both.op, left, right)
            }
            Expr::Compare(compare) => self.compare(&compare.left, &compare.ops, &compare.comparators),
            _ => self.unknown("an expression of this kind"),
        }
    }

    /// A value that something is asked of; the config is not copied for it.
    fn holder(&self, tree: &Expr) -> Result<Cow<'_, Py>, Fault> {
        match self.borrowed(tree) {
            Some(value) => Ok(Cow::Borrowed(value)),
            None => self.value(tree).map(Cow::Owned),
        }
    }

    /// What stands under plain keys of the config.
    fn borrowed(&self, tree: &Expr) -> Option<&Py> {
        match tree {
            Expr::Name(name) if name.id.as_str() == "config" => Some(self.context.config),
            Expr::Subscript(subscript) => {
                let Expr::StringLiteral(key) = &*subscript.slice else { return None };
                match self.borrowed(&subscript.value)? {
                    Py::Dict(map) => map.get(key.value.to_str()),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn undefined<T>(&self, what: &str) -> Result<T, Fault> {
        Err(Fault::Undefined(format!("`{}` asks {what} of a value that is not there", self.source)))
    }

    /// `holder.name`: an attribute first, then a key.
    fn attribute(&self, holder: &Py, name: &str) -> Result<Py, Fault> {
        if name.starts_with('_') || attributes(holder).contains(&name) {
            return self.unknown(&format!("the attribute `{name}`"));
        }
        match holder {
            Py::Undefined => self.undefined(&format!("`{name}`")),
            Py::Dict(map) => Ok(map.get(name).cloned().unwrap_or(Py::Undefined)),
            _ => Ok(Py::Undefined),
        }
    }

    /// `holder[key]`: a key first, then an attribute.
    fn item(&self, holder: &Py, key: &Py) -> Result<Py, Fault> {
        let found = match (holder, key) {
            (Py::Undefined, _) => return self.undefined("a key"),
            (_, Py::Undefined) => None,
            (Py::Dict(map), Py::Str(key)) => map.get(key).cloned(),
            (Py::List(items), Py::Int(index)) => at(*index, items.len()).map(|index| items[index].clone()),
            (Py::Str(text), Py::Int(index)) => {
                let letters: Vec<char> = text.chars().collect();
                at(*index, letters.len()).map(|index| Py::Str(letters[index].to_string()))
            }
            (Py::List(_) | Py::Str(_), Py::Bool(_)) => return self.unknown("an index of this kind"),
            _ => None,
        };
        match (found, key) {
            (Some(value), _) => Ok(value),
            (None, Py::Str(name)) if name.starts_with('_') || attributes(holder).contains(&name.as_str()) => {
                self.unknown(&format!("the attribute `{name}`"))
            }
            (None, _) => Ok(Py::Undefined),
        }
    }

    fn arguments(&self, arguments: &Arguments) -> Result<Vec<Py>, Fault> {
        arguments.args.iter().map(|argument| self.value(argument)).collect()
    }

    fn method(&self, holder: &Py, name: &str, arguments: &Arguments) -> Result<Py, Fault> {
        if name.starts_with('_') {
            return self.unknown(&format!("the attribute `{name}`"));
        }
        match holder {
            Py::Undefined => return self.undefined(&format!("`{name}`")),
            holder if !attributes(holder).contains(&name) => {
                return match holder {
                    // A value is no function.
                    Py::Dict(map) if map.contains_key(name) => Err(Fault::Type),
                    _ => self.undefined(&format!("a call of `{name}`")),
                };
            }
            _ => {}
        }
        let given = self.arguments(arguments)?;
        match (holder, name, given.as_slice()) {
            (Py::Dict(map), "get", [key, rest @ ..]) if rest.len() < 2 => match key {
                Py::Str(key) => {
                    Ok(map.get(key).cloned().unwrap_or_else(|| rest.first().cloned().unwrap_or(Py::None)))
                }
                Py::List(_) | Py::Dict(_) => Err(Fault::Type),
                _ => Ok(rest.first().cloned().unwrap_or(Py::None)),
            },
            (Py::Str(text), "split", [] | [Py::None]) if !text.contains(is_odd_space) => {
                Ok(Py::List(text.split_whitespace().map(|part| Py::Str(part.to_owned())).collect()))
            }
            (Py::Str(text), "split", [Py::Str(mark)]) if !mark.is_empty() => {
                Ok(Py::List(text.split(mark.as_str()).map(|part| Py::Str(part.to_owned())).collect()))
            }
            (Py::Str(text), "strip" | "lstrip" | "rstrip", [] | [Py::None])
                if !text.contains(is_odd_space) =>
            {
                Ok(Py::Str(match name {
                    "strip" => text.trim().to_owned(),
                    "lstrip" => text.trim_start().to_owned(),
                    _ => text.trim_end().to_owned(),
                }))
            }
            (Py::Str(text), "strip" | "lstrip" | "rstrip", [Py::Str(marks)]) => {
                let marks: Vec<char> = marks.chars().collect();
                Ok(Py::Str(match name {
                    "strip" => text.trim_matches(&*marks).to_owned(),
                    "lstrip" => text.trim_start_matches(&*marks).to_owned(),
                    _ => text.trim_end_matches(&*marks).to_owned(),
                }))
            }
            (Py::Str(text), "lower" | "upper", []) => self.cased(text, name),
            (Py::Str(text), "startswith", [Py::Str(start)]) => Ok(Py::Bool(text.starts_with(start.as_str()))),
            (Py::Str(text), "endswith", [Py::Str(end)]) => Ok(Py::Bool(text.ends_with(end.as_str()))),
            (Py::Str(text), "replace", [Py::Str(from), Py::Str(to)]) => self.replaced(text, from, to),
            (Py::Str(mark), "join", [Py::List(items)]) => {
                let texts: Option<Vec<&str>> = items
                    .iter()
                    .map(|item| match item {
                        Py::Str(text) => Some(text.as_str()),
                        _ => None,
                    })
                    .collect();
                texts.map(|texts| Py::Str(texts.join(mark))).ok_or(Fault::Type)
            }
            _ => self.unknown(&format!("`{name}` with these arguments")),
        }
    }

    fn cased(&self, text: &str, how: &str) -> Result<Py, Fault> {
        match (text.is_ascii(), how) {
            (true, "lower") => Ok(Py::Str(text.to_ascii_lowercase())),
            (true, _) => Ok(Py::Str(text.to_ascii_uppercase())),
            (false, _) => self.unknown("the case of letters that are no ASCII"),
        }
    }

    fn replaced(&self, text: &str, from: &str, to: &str) -> Result<Py, Fault> {
        if from.is_empty() || text.len().saturating_mul(to.len().max(1)) > MOST_BYTES {
            return self.unknown("a replacement of this kind");
        }
        Ok(Py::Str(text.replace(from, to)))
    }

    /// `left | filter`, or `left | filter(arguments)`.
    fn filter(&self, left: &Expr, right: &Expr) -> Result<Py, Fault> {
        let none = Arguments {
            range: ruff_text_size::TextRange::default(),
            node_index: ruff_python_ast::AtomicNodeIndex::default(),
            args: std::default::Default::default(),
            keywords: std::default::Default::default(),
        };
        let (name, arguments) = match right {
            Expr::Name(name) => (name.id.as_str(), &none),
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) => (name.id.as_str(), &call.arguments),
                _ => return self.unknown("a filter of this kind"),
            },
            _ => return self.unknown("a filter of this kind"),
        };
        let value = self.value(left)?;
        let given = self.arguments(arguments)?;
        let text = |value: &Py| match value.str() {
            Some(text) if text.is_exact => Ok(text.text),
            _ => self.unknown("such a value as text"),
        };
        match (name, given.as_slice()) {
            ("default" | "d", []) => Ok(if value == Py::Undefined { Py::Str(String::new()) } else { value }),
            ("default" | "d", [other]) => Ok(if value == Py::Undefined { other.clone() } else { value }),
            ("default" | "d", [other, also]) => {
                let is_absent = value == Py::Undefined || also.is_truthy() && !value.is_truthy();
                Ok(if is_absent { other.clone() } else { value })
            }
            ("lower" | "upper", []) => self.cased(&text(&value)?, name),
            ("trim", []) => {
                let text = text(&value)?;
                match text.contains(is_odd_space) {
                    true => self.unknown("white space of this kind"),
                    false => Ok(Py::Str(text.trim().to_owned())),
                }
            }
            ("length" | "count", []) => match &value {
                Py::Undefined => Ok(Py::Int(0)),
                Py::Str(text) => Ok(Py::Int(text.chars().count() as i128)),
                Py::List(items) => Ok(Py::Int(items.len() as i128)),
                Py::Dict(map) => Ok(Py::Int(map.len() as i128)),
                _ => Err(Fault::Type),
            },
            ("string", []) => match &value {
                Py::Str(_) => Ok(value),
                Py::Undefined => Err(Fault::Type),
                value => match json_text(value) {
                    Some(text) => Ok(Py::Str(format!("\"\"\"{text}\"\"\""))),
                    None => self.unknown("such a value as JSON"),
                },
            },
            ("join", [] | [Py::Str(_)]) => {
                let mark = match given.first() {
                    Some(Py::Str(mark)) => mark.as_str(),
                    _ => "",
                };
                match &value {
                    Py::Undefined => Ok(Py::Str(String::new())),
                    Py::List(items) => {
                        let texts: Vec<String> = items.iter().map(text).collect::<Result<_, _>>()?;
                        Ok(Py::Str(texts.join(mark)))
                    }
                    _ => self.unknown("`join` of such a value"),
                }
            }
            ("first", []) => match &value {
                Py::List(items) => Ok(items.first().cloned().unwrap_or(Py::Undefined)),
                Py::Str(text) => {
                    Ok(text.chars().next().map_or(Py::Undefined, |one| Py::Str(one.to_string())))
                }
                _ => self.unknown("`first` of such a value"),
            },
            _ => self.unknown(&format!("the filter `{name}`")),
        }
    }

    fn arithmetic(&self, op: Operator, left: Py, right: Py) -> Result<Py, Fault> {
        use Py::{Bool, Dict, Float, Int, List, None, Str, Undefined};
        if matches!((&left, &right), (Undefined, _) | (_, Undefined)) {
            return self.undefined("an operator");
        }
        match (op, left, right) {
            (Operator::Add, Str(left), Str(right)) => Ok(Str(left + &right)),
            (Operator::Add, List(mut left), List(right)) => {
                left.extend(right);
                Ok(List(left))
            }
            (Operator::Add | Operator::Sub | Operator::Mult, Int(left), Int(right)) => {
                let result = match op {
                    Operator::Add => left.checked_add(right),
                    Operator::Sub => left.checked_sub(right),
                    _ => left.checked_mul(right),
                };
                result.map_or_else(|| self.unknown("a number of this size"), |value| Ok(Int(value)))
            }
            // A text and a number, or anything and null, do not add up.
            (Operator::Add, Str(_), Int(_) | Float(_) | Bool(_) | None | List(_) | Dict(_))
            | (Operator::Add, Int(_) | Float(_) | Bool(_) | None | List(_) | Dict(_), Str(_))
            | (Operator::Add | Operator::Sub | Operator::Mult, None, _)
            | (Operator::Add | Operator::Sub | Operator::Mult, _, None) => Err(Fault::Type),
            _ => self.unknown("this operator on such values"),
        }
    }

    fn compare(&self, left: &Expr, ops: &[CmpOp], comparators: &[Expr]) -> Result<Py, Fault> {
        if let ([op @ (CmpOp::Is | CmpOp::IsNot)], [test]) = (ops, comparators) {
            return self.test(left, *op == CmpOp::IsNot, test);
        }
        let mut before = self.holder(left)?;
        for (op, comparator) in ops.iter().zip(comparators) {
            let after = match (op, comparator) {
                // Whether something is in a tuple or in a list is the same.
                (CmpOp::In | CmpOp::NotIn, Expr::Tuple(tuple)) => {
                    let items: Vec<Py> =
                        tuple.elts.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?;
                    Cow::Owned(Py::List(items))
                }
                _ => self.holder(comparator)?,
            };
            let holds = match op {
                CmpOp::Eq => before.equals(&after),
                CmpOp::NotEq => !before.equals(&after),
                CmpOp::In => self.contains(&after, &before)?,
                CmpOp::NotIn => !self.contains(&after, &before)?,
                CmpOp::Lt => self.order(&before, &after)?.is_lt(),
                CmpOp::LtE => self.order(&before, &after)?.is_le(),
                CmpOp::Gt => self.order(&before, &after)?.is_gt(),
                CmpOp::GtE => self.order(&before, &after)?.is_ge(),
                CmpOp::Is | CmpOp::IsNot => return self.unknown("tests in a chain"),
            };
            if !holds {
                return Ok(Py::Bool(false));
            }
            before = after;
        }
        Ok(Py::Bool(true))
    }

    fn contains(&self, holder: &Py, value: &Py) -> Result<bool, Fault> {
        match (holder, value) {
            (Py::Undefined, _) => Ok(false),
            (Py::Dict(_), Py::List(_) | Py::Dict(_)) => Err(Fault::Type),
            (Py::Dict(map), Py::Str(key)) => Ok(map.contains_key(key)),
            (Py::Dict(_), _) => Ok(false),
            (Py::List(items), value) => Ok(items.iter().any(|item| item.equals(value))),
            (Py::Str(text), Py::Str(part)) => Ok(text.contains(part.as_str())),
            _ => Err(Fault::Type),
        }
    }

    fn order(&self, left: &Py, right: &Py) -> Result<Ordering, Fault> {
        match (left, right) {
            (Py::Undefined, _) | (_, Py::Undefined) => self.undefined("its order"),
            (Py::Str(left), Py::Str(right)) => Ok(left.chars().cmp(right.chars())),
            (Py::List(_), Py::List(_)) => self.unknown("the order of lists"),
            _ => match (left.number(), right.number()) {
                (Some(left), Some(right)) => match left.compare(right) {
                    Some(order) => Ok(order),
                    None => self.unknown("the order of such numbers"),
                },
                _ => Err(Fault::Type),
            },
        }
    }

    /// `left is test`.
    fn test(&self, left: &Expr, is_negated: bool, test: &Expr) -> Result<Py, Fault> {
        let name = match test {
            Expr::Name(name) => name.id.as_str(),
            Expr::NoneLiteral(_) => "none",
            _ => return self.unknown("a test of this kind"),
        };
        let value = self.value(left)?;
        let holds = match (name, &value) {
            ("defined", value) => *value != Py::Undefined,
            ("undefined", value) => *value == Py::Undefined,
            ("none", value) => *value == Py::None,
            ("string", value) => matches!(value, Py::Str(_)),
            ("number", value) => matches!(value, Py::Bool(_) | Py::Int(_) | Py::Float(_)),
            ("integer", value) => matches!(value, Py::Int(_)),
            ("float", value) => matches!(value, Py::Float(_)),
            ("boolean", value) => matches!(value, Py::Bool(_)),
            ("mapping", value) => matches!(value, Py::Dict(_)),
            ("true", value) => *value == Py::Bool(true),
            ("false", value) => *value == Py::Bool(false),
            _ => return self.unknown(&format!("the test `{name}`")),
        };
        Ok(Py::Bool(holds != is_negated))
    }
}

/// Whether a text is one to Jinja too: without a prefix, and with single marks.
fn is_plain(literal: &StringLiteral) -> bool {
    literal.flags.prefix().is_empty() && !literal.flags.is_triple_quoted()
}

/// White space that Python and Rust tell apart.
fn is_odd_space(character: char) -> bool {
    matches!(character, '\x1c'..='\x1f')
}

fn at(index: i128, length: usize) -> Option<usize> {
    let length = i128::try_from(length).ok()?;
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index).ok().filter(|_| index < length)
}

/// `json.dumps`, where keys have no order to get wrong.
fn json_text(value: &Py) -> Option<String> {
    let ascii = |text: &str| {
        let plain = text.chars().all(|c| matches!(c, ' '..='~') && c != '"' && c != '\\');
        plain.then(|| format!("\"{text}\""))
    };
    Some(match value {
        Py::None => "null".to_owned(),
        Py::Bool(value) => value.to_string(),
        Py::Int(_) | Py::Float(_) => value.str()?.text,
        Py::Str(text) => ascii(text)?,
        Py::List(items) => {
            let items: Vec<String> = items.iter().map(json_text).collect::<Option<_>>()?;
            format!("[{}]", items.join(", "))
        }
        Py::Dict(map) if map.len() < 2 => {
            let entries =
                map.iter().map(|(key, value)| Some(format!("{}: {}", ascii(key)?, json_text(value)?)));
            format!("{{{}}}", entries.collect::<Option<Vec<_>>>()?.join(", "))
        }
        _ => return None,
    })
}

/// The methods of a dictionary in Python, which a template takes before a key of the same name.
pub(crate) const DICT_METHODS: [&str; 11] =
    ["clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values"];

/// Attributes of a value in Python: Jinja gives them out as functions, which are not followed unless they are called.
fn attributes(holder: &Py) -> &'static [&'static str] {
    const LIST: &[&str] = &[
        "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
    ];
    const TEXT: &[&str] = &[
        "capitalize",
        "casefold",
        "center",
        "count",
        "encode",
        "endswith",
        "expandtabs",
        "find",
        "format",
        "format_map",
        "index",
        "isalnum",
        "isalpha",
        "isascii",
        "isdecimal",
        "isdigit",
        "isidentifier",
        "islower",
        "isnumeric",
        "isprintable",
        "isspace",
        "istitle",
        "isupper",
        "join",
        "ljust",
        "lower",
        "lstrip",
        "maketrans",
        "partition",
        "removeprefix",
        "removesuffix",
        "replace",
        "rfind",
        "rindex",
        "rjust",
        "rpartition",
        "rsplit",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "swapcase",
        "title",
        "translate",
        "upper",
        "zfill",
    ];
    const INTEGER: &[&str] = &[
        "as_integer_ratio",
        "bit_count",
        "bit_length",
        "conjugate",
        "denominator",
        "from_bytes",
        "imag",
        "is_integer",
        "numerator",
        "real",
        "to_bytes",
    ];
    const FLOAT: &[&str] = &["as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "is_integer", "real"];
    match holder {
        Py::Dict(_) => &DICT_METHODS,
        Py::List(_) => LIST,
        Py::Str(_) => TEXT,
        Py::Int(_) | Py::Bool(_) => INTEGER,
        Py::Float(_) => FLOAT,
        Py::None | Py::Undefined => &[],
    }
}
