//! Numbers, exactly: JSON's decimals are rationals, and 0.3 is a multiple of 0.1.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde_json::{Number, Value};

/// The exact value of a JSON number; `None` for texts too long to be meant.
pub(super) fn exact(number: &Number) -> Option<BigRational> {
    if let Some(integer) = number.as_i64() {
        return Some(BigRational::from_integer(integer.into()));
    }
    if let Some(integer) = number.as_u64() {
        return Some(BigRational::from_integer(integer.into()));
    }
    let text = number.to_string();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    let power = exponent.parse::<i64>().ok()? - i64::try_from(fraction.len()).ok()?;
    let ten = |power: i64| u32::try_from(power).ok().map(|power| BigInt::from(10).pow(power));
    Some(match power {
        0.. => BigRational::from_integer(digits * ten(power)?),
        _ => BigRational::new(digits, ten(-power)?),
    })
}

/// The JSON number of exactly this value, if there is one.
fn json(value: &BigRational) -> Option<Value> {
    if value.is_integer() {
        let integer = value.to_integer();
        if let Some(small) = integer.to_i64() {
            return Some(small.into());
        }
        if let Some(large) = integer.to_u64() {
            return Some(large.into());
        }
    }
    let number = Number::from_f64(value.to_f64()?)?;
    (exact(&number)? == *value).then_some(Value::Number(number))
}

/// A bound, and whether it is itself excluded.
pub(super) type Bound = (BigRational, bool);

/// What a number has to be.
#[derive(Debug, Clone, Default)]
pub(super) struct NumberShape {
    pub(super) low: Option<Bound>,
    pub(super) high: Option<Bound>,
    /// Integers are the multiples of one.
    pub(super) multiples: Vec<BigRational>,
    pub(super) no_multiples: Vec<BigRational>,
    pub(super) excluded: Vec<BigRational>,
}

/// The answer for a shape.
pub(super) enum Found {
    Value(Value),
    Empty,
    Unknown(&'static str),
}

/// Candidates that are tried before a search is given up.
const MOST_CANDIDATES: usize = 20_000;

/// Decimals of more digits than this are not tried.
const MOST_DIGITS: u32 = 18;

impl NumberShape {
    pub(super) fn at_least(&mut self, bound: BigRational, exclusive: bool) {
        let tighter = self.low.as_ref().is_none_or(|(low, open)| bound > *low || bound == *low && !open);
        if tighter {
            self.low = Some((bound, exclusive));
        }
    }

    pub(super) fn at_most(&mut self, bound: BigRational, exclusive: bool) {
        let tighter = self.high.as_ref().is_none_or(|(high, open)| bound < *high || bound == *high && !open);
        if tighter {
            self.high = Some((bound, exclusive));
        }
    }

    fn allows(&self, value: &BigRational) -> bool {
        let above = self.low.as_ref().is_none_or(|(low, open)| value > low || value == low && !open);
        let below = self.high.as_ref().is_none_or(|(high, open)| value < high || value == high && !open);
        above
            && below
            && self.multiples.iter().all(|step| (value / step).is_integer())
            && !self.no_multiples.iter().any(|step| (value / step).is_integer())
            && !self.excluded.contains(value)
    }

    /// A value, the proof that there is none, or neither.
    pub(super) fn inhabit(&self) -> Found {
        if let (Some((low, low_open)), Some((high, high_open))) = (&self.low, &self.high)
            && (low > high || low == high && (*low_open || *high_open))
        {
            return Found::Empty;
        }
        match self.multiples.split_first() {
            Some((first, rest)) => {
                self.on_a_grid(&rest.iter().fold(first.abs(), |step, other| lcm(&step, other)))
            }
            None => self.anywhere(),
        }
    }

    /// Multiples of one step.
    fn on_a_grid(&self, step: &BigRational) -> Found {
        // Where every step is a multiple of a forbidden one, nothing is left.
        if self.no_multiples.iter().any(|forbidden| (step / forbidden).is_integer()) {
            return Found::Empty;
        }
        let first = self.low.as_ref().map(|(low, open)| {
            let at = (low / step).ceil().to_integer();
            if *open && BigRational::from_integer(at.clone()) * step == *low { at + 1 } else { at }
        });
        let last = self.high.as_ref().map(|(high, open)| {
            let at = (high / step).floor().to_integer();
            if *open && BigRational::from_integer(at.clone()) * step == *high { at - 1 } else { at }
        });
        if let (Some(first), Some(last)) = (&first, &last)
            && first > last
        {
            return Found::Empty;
        }
        // From the smallest magnitude outwards, to both sides.
        let mut start = BigInt::zero();
        if let Some(first) = &first {
            start = start.max(first.clone());
        }
        if let Some(last) = &last {
            start = start.min(last.clone());
        }
        let (mut up, mut down) = (start.clone(), start - 1);
        let mut unwritable = false;
        for _ in 0..MOST_CANDIDATES {
            let upwards = last.as_ref().is_none_or(|last| up <= *last);
            let downwards = first.as_ref().is_none_or(|first| down >= *first);
            if !upwards && !downwards {
                return if unwritable {
                    Found::Unknown("a number that JSON cannot hold exactly")
                } else {
                    Found::Empty
                };
            }
            for (go, at) in [(upwards, &mut up), (downwards, &mut down)] {
                if !go {
                    continue;
                }
                let value = BigRational::from_integer(at.clone()) * step;
                if self.allows(&value) {
                    match json(&value) {
                        Some(value) => return Found::Value(value),
                        None => unwritable = true,
                    }
                }
            }
            up += 1;
            down -= 1;
        }
        Found::Unknown("a number among very many")
    }

    /// Any real number of an interval that is not empty.
    fn anywhere(&self) -> Found {
        if let (Some((low, _)), Some((high, _))) = (&self.low, &self.high)
            && low == high
        {
            return match (self.allows(low), json(low)) {
                (false, _) => Found::Empty,
                (true, Some(value)) => Found::Value(value),
                (true, None) => Found::Unknown("a number that JSON cannot hold exactly"),
            };
        }
        // Decimals of few digits first. Between two different bounds there are always some, and what is excluded is
        // a set of grids and single values, so the search ends.
        for digits in 0..=MOST_DIGITS {
            let step = BigRational::new(BigInt::one(), BigInt::from(10).pow(digits));
            let grid = Self { multiples: vec![step.clone()], no_multiples: Vec::new(), ..self.clone() };
            let mut tried = grid.clone();
            for _ in 0..64 {
                match tried.on_a_grid(&step) {
                    Found::Value(value) => {
                        let found = value.as_number().and_then(exact);
                        match found {
                            Some(found) if self.allows(&found) => return Found::Value(value),
                            Some(found) => tried.excluded.push(found),
                            None => break,
                        }
                    }
                    _ => break,
                }
            }
        }
        Found::Unknown("a number between bounds that are very close")
    }
}

fn lcm(a: &BigRational, b: &BigRational) -> BigRational {
    let (a, b) = (a.abs(), b.abs());
    BigRational::new(a.numer().lcm(b.numer()), a.denom().gcd(b.denom()))
}

/// A text that is the same for values that are equal as JSON Schema compares them.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => exact(number).map_or_else(|| number.to_string(), |exact| exact.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        // Keys are sorted: the map of this build is.
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        other => other.to_string(),
    }
}

/// Whether two JSON values are equal as JSON Schema compares them: numbers by value, objects whatever their order.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || exact(a) == exact(b) && exact(a).is_some(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> BigRational {
        let value: Value = serde_json::from_str(text).expect("a number");
        exact(value.as_number().expect("a number")).expect("an exact value")
    }

    fn value(shape: &NumberShape) -> Option<Value> {
        match shape.inhabit() {
            Found::Value(value) => Some(value),
            _ => None,
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert!((number("0.3") / number("0.1")).is_integer());
        assert_eq!(number("1e2"), number("100"));
        assert_eq!(lcm(&number("0.4"), &number("0.6")), number("1.2"));
        assert!(same(&serde_json::json!({"a": [1.0]}), &serde_json::json!({"a": [1]})));
    }

    #[test]
    fn shapes_have_values_or_none() {
        let mut shape = NumberShape { multiples: vec![number("3")], ..NumberShape::default() };
        shape.at_least(number("4"), false);
        assert_eq!(value(&shape), Some(6.into()));
        shape.at_most(number("6"), true);
        assert!(matches!(shape.inhabit(), Found::Empty));
        let even_not_by_two = NumberShape {
            multiples: vec![number("4")],
            no_multiples: vec![number("2")],
            ..NumberShape::default()
        };
        assert!(matches!(even_not_by_two.inhabit(), Found::Empty));
        let mut between = NumberShape { no_multiples: vec![number("1")], ..NumberShape::default() };
        between.at_least(number("0"), true);
        between.at_most(number("1"), true);
        assert_eq!(value(&between), Some(serde_json::json!(0.1)));
    }
}
