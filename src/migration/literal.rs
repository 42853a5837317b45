//! `ast.literal_eval`: what the CDK makes of the text that a template gives.
//!
//! Ruff's parser reads the text. It knows newer versions of Python than the CDK runs on, which differ in code and not in
//! literals. What is a literal and no JSON (a tuple, bytes, a set, a complex number in a list) is not followed.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

use super::value::Py;
use crate::model::ValueType;

/// What a text reads as.
#[derive(Debug)]
pub(super) enum Literal {
    /// No literal of the types that are asked for: it stays the text that it is.
    Text,
    Value(Py),
    /// A literal of Python that JSON has no word for.
    Opaque(&'static str),
}

/// A text longer than this is no literal that anybody means.
const LONGEST: usize = 1 << 16;

/// Brackets nest so deep at most: the parser takes a frame of the stack for each.
const DEEPEST: usize = 64;

/// Reads a text as `ast.literal_eval` and then the CDK's check of types do.
///
/// Source: `JinjaInterpolation._literal_eval` of airbyte-cdk 7.39.1.
pub(super) fn literal(text: &str, asked: Option<ValueType>) -> Literal {
    let code = text.trim_start_matches([' ', '\t']);
    let Some(first) = code.chars().next() else { return Literal::Text };
    // Most texts are none: what a literal starts with is told at once.
    let may_be = first.is_ascii_digit()
        || matches!(
            first,
            '\'' | '"' | '[' | '{' | '(' | '-' | '+' | '.' | '#' | '\n' | '\r' | '\x0c' | '\\'
        )
        || ["None", "True", "False", "set"].iter().any(|word| code.starts_with(word))
        || matches!(first, 'b' | 'B' | 'r' | 'R' | 'u' | 'U') && code.contains(['\'', '"']);
    if !may_be || code.contains('\0') {
        return Literal::Text;
    }
    if code.len() > LONGEST || depth(code) > DEEPEST {
        return Literal::Opaque("a text that is too long or nests too deep to be read as a literal");
    }
    let Ok(parsed) = ruff_python_parser::parse_expression(code) else { return Literal::Text };
    match read(&parsed.syntax().body) {
        Read::Malformed | Read::Complex => Literal::Text,
        // What is no literal of the type that is asked for stays the text that it is.
        Read::Opaque(what) => match (asked, what) {
            (None, _)
            | (Some(ValueType::String), ESCAPED)
            | (Some(ValueType::Integer), LONG)
            | (Some(ValueType::Number), ENDLESS) => Literal::Opaque(what),
            _ => Literal::Text,
        },
        Read::Value(value) => {
            let is_asked_for = match asked {
                None => true,
                Some(ValueType::String) => matches!(value, Py::Str(_)),
                Some(ValueType::Number) => matches!(value, Py::Float(_)),
                Some(ValueType::Integer) => matches!(value, Py::Int(_) | Py::Bool(_)),
                Some(ValueType::Boolean) => matches!(value, Py::Bool(_)),
            };
            match is_asked_for {
                false => Literal::Text,
                // Lines and escapes have rules of their own, which are not told apart here.
                true if code.contains(|c: char| c.is_control()) && !matches!(value, Py::Str(_)) => {
                    Literal::Opaque("a literal over several lines")
                }
                true => Literal::Value(value),
            }
        }
    }
}

fn depth(code: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in code.bytes() {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

const ESCAPED: &str = "a text with escapes";
const LONG: &str = "a number with so many digits";
const ENDLESS: &str = "a number past all bounds";

enum Read {
    Value(Py),
    Complex,
    Opaque(&'static str),
    Malformed,
}

fn read(expression: &Expr) -> Read {
    match expression {
        Expr::NoneLiteral(_) => Read::Value(Py::None),
        Expr::BooleanLiteral(literal) => Read::Value(Py::Bool(literal.value)),
        Expr::StringLiteral(literal) => {
            let text = literal.value.to_str();
            // A half of a surrogate pair stands for itself in Python.
            if text.contains('\u{fffd}') {
                return Read::Opaque(ESCAPED);
            }
            Read::Value(Py::Str(text.to_owned()))
        }
        Expr::BytesLiteral(_) => Read::Opaque("bytes"),
        Expr::EllipsisLiteral(_) => Read::Opaque("an ellipsis"),
        Expr::NumberLiteral(literal) => number(&literal.value),
        Expr::UnaryOp(unary) if matches!(unary.op, UnaryOp::UAdd | UnaryOp::USub) => {
            let Expr::NumberLiteral(literal) = &*unary.operand else { return Read::Malformed };
            match (number(&literal.value), unary.op) {
                (Read::Value(Py::Int(value)), UnaryOp::USub) => Read::Value(Py::Int(-value)),
                (Read::Value(Py::Float(value)), UnaryOp::USub) => Read::Value(Py::Float(-value)),
                (other, _) => other,
            }
        }
        Expr::BinOp(both) if matches!(both.op, Operator::Add | Operator::Sub) => {
            let is_complex = matches!(&*both.right, Expr::NumberLiteral(one) if matches!(one.value, Number::Complex { .. }));
            match (is_complex, read(&both.left)) {
                (true, Read::Value(Py::Int(_) | Py::Float(_))) => Read::Complex,
                _ => Read::Malformed,
            }
        }
        Expr::List(list) => match all(&list.elts) {
            Ok(items) => Read::Value(Py::List(items)),
            Err(other) => other,
        },
        Expr::Tuple(tuple) => match all(&tuple.elts) {
            Ok(_) => Read::Opaque("a tuple"),
            Err(other) => other,
        },
        Expr::Set(set) => match all(&set.elts) {
            Ok(items) if items.iter().any(|item| matches!(item, Py::List(_) | Py::Dict(_))) => {
                Read::Malformed
            }
            Ok(_) => Read::Opaque("a set"),
            Err(other) => other,
        },
        Expr::Dict(dict) => {
            let mut map = BTreeMap::new();
            let mut opaque = None;
            for item in &dict.items {
                let Some(key) = &item.key else { return Read::Malformed };
                match (read(key), read(&item.value)) {
                    (Read::Malformed, _) | (_, Read::Malformed) => return Read::Malformed,
                    (Read::Value(Py::List(_) | Py::Dict(_)), _) => return Read::Malformed,
                    (Read::Value(Py::Str(key)), Read::Value(value)) => {
                        map.insert(key, value);
                    }
                    _ => opaque = Some("an object whose keys are no texts"),
                }
            }
            opaque.map_or(Read::Value(Py::Dict(map)), Read::Opaque)
        }
        Expr::Call(call) => {
            let is_set = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "set");
            match is_set && call.arguments.is_empty() {
                true => Read::Opaque("a set"),
                false => Read::Malformed,
            }
        }
        _ => Read::Malformed,
    }
}

/// The elements of a list; what cannot be read of them counts before what is no JSON.
fn all(elements: &[Expr]) -> Result<Vec<Py>, Read> {
    let mut items = Vec::with_capacity(elements.len());
    let mut opaque = None;
    for element in elements {
        match read(element) {
            Read::Value(value) => items.push(value),
            Read::Malformed => return Err(Read::Malformed),
            Read::Complex => opaque = Some("a complex number"),
            Read::Opaque(what) => opaque = Some(what),
        }
    }
    opaque.map_or(Ok(items), |what| Err(Read::Opaque(what)))
}

fn number(number: &Number) -> Read {
    match number {
        Number::Int(int) => match (int.as_i64(), int.as_u64()) {
            (Some(value), _) => Read::Value(Py::Int(value.into())),
            (_, Some(value)) => Read::Value(Py::Int(value.into())),
            // More digits than Python converts are no number to it.
            _ => Read::Opaque(LONG),
        },
        Number::Float(value) if value.is_finite() => Read::Value(Py::Float(*value)),
        Number::Float(_) => Read::Opaque(ENDLESS),
        Number::Complex { .. } => Read::Complex,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(text: &str) -> Option<Py> {
        match literal(text, None) {
            Literal::Value(value) => Some(value),
            _ => None,
        }
    }

    #[test]
    fn texts_that_read_as_values() {
        assert_eq!(reads("12345"), Some(Py::Int(12345)));
        assert_eq!(reads(" -1_0"), Some(Py::Int(-10)));
        assert_eq!(reads("1e5"), Some(Py::Float(100_000.0)));
        assert_eq!(reads("'a' 'b'"), Some(Py::Str("ab".to_owned())));
        assert_eq!(reads("[True, None]"), Some(Py::List(vec![Py::Bool(true), Py::None])));
        for text in ["abc", "01", "a-1", "1 2", "--5", "1+2j", "true", "{[]: 1}", "2024-01-01", "$x", ""] {
            assert!(matches!(literal(text, None), Literal::Text), "{text}");
        }
        for text in ["1,2", "()", "b'a'", "...", "{1}"] {
            assert!(matches!(literal(text, None), Literal::Opaque(_)), "{text}");
        }
    }

    #[test]
    fn a_type_that_is_asked_for() {
        for text in ["12", "1,2", "...", "{1}", "[1]", "99999999999999999999"] {
            assert!(matches!(literal(text, Some(ValueType::String)), Literal::Text), "{text}");
        }
        assert!(matches!(literal("99999999999999999999", Some(ValueType::Integer)), Literal::Opaque(_)));
        assert!(matches!(literal("'a'", Some(ValueType::String)), Literal::Value(Py::Str(_))));
        assert!(matches!(literal("12", Some(ValueType::Number)), Literal::Text));
        assert!(matches!(literal("True", Some(ValueType::Integer)), Literal::Value(Py::Bool(true))));
    }
}
