//! Conditions on a figure: `<= 500ms, <= baseline + 10% + 5ms`.
//!
//! Takes text and what is measured; gives comparisons that a value holds or does not. A condition that no value can hold, or
//! each one does, is a mistake. Knows no baseline; it is given.

use super::quantity::{Measure, Quantity, QuantityError, is_same};
use std::fmt;

/// The word for the figure's value in the last passing run.
const BASELINE: &str = "baseline";

/// The range of what may be any number.
const ANY_VALUE: (f64, f64) = (f64::MIN, f64::MAX);

/// All of its comparisons must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// As they are written; at least one.
    pub comparisons: Vec<Comparison>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How the figure and the limit are compared.
    pub operator: Operator,
    /// With what.
    pub limit: FigureLimit,
    /// As it is written, with one blank between words.
    pub text: String,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
}

/// What a figure is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum FigureLimit {
    /// A fixed quantity.
    Fixed(Quantity),
    /// The figure's baseline and what is added to it.
    Baseline(Vec<Slack>),
}

/// What is added to a baseline; less than 0 is taken off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slack {
    /// So many percent of the baseline.
    Relative(f64),
    /// So much, in the figure's base unit; of a share, in percentage points.
    Absolute(f64),
}

/// A text that is no condition of such a figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// It does not begin with an operator.
    #[error("a condition begins with <, <=, >, >=, == or !=, as in \"<= 5\"")]
    NoOperator,
    /// What follows the operator is no quantity.
    #[error("{0}")]
    Quantity(#[from] QuantityError),
    /// It is a quantity of something else.
    #[error("expected {}, got \"{written}\"", .expected.example())]
    Measure {
        /// What is measured.
        expected: Measure,
        /// What is written.
        written: String,
    },
    /// What is added to a baseline is not understood.
    #[error(
        "what is added to baseline is a share of it such as 10%, an amount such as 5ms, or points such as 0.5pp"
    )]
    Slack,
    /// A version is better or worse by itself.
    #[error("a version is compared with a version such as 1.2, not with baseline")]
    NoBaseline,
    /// No value can hold.
    #[error("no value holds this")]
    Never,
    /// Each value does.
    #[error("each value holds this")]
    Always,
}

impl Operator {
    const ALL: [(&'static str, Self); 6] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    /// The operator that a text begins with, and what follows.
    pub fn split(text: &str) -> Option<(Self, &str)> {
        Self::ALL.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)))
    }

    /// Whether `value` and `limit` are so, as people count; a value that is no number holds nothing.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        self.holds_exactly(if is_same(value, limit) { limit } else { value }, limit)
    }

    #[allow(clippy::float_cmp)] // a limit is met exactly or not
    fn holds_exactly(self, value: f64, limit: f64) -> bool {
        match self {
            _ if value.is_nan() || limit.is_nan() => false,
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::Greater => value > limit,
            Self::AtLeast => value >= limit,
            Self::Equal => value == limit,
            Self::Unequal => value != limit,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|(_, operator)| operator == self);
        formatter.write_str(found.map_or("", |(sign, _)| sign))
    }
}

impl Condition {
    /// What is written for a figure of this measure.
    pub fn parse(text: &str, measure: Measure) -> Result<Self, ConditionError> {
        let range = match measure {
            Measure::Duration | Measure::Size | Measure::Version => (0.0, f64::MAX),
            Measure::Percent => (0.0, 100.0),
            Measure::Number => ANY_VALUE,
        };
        Self::parse_in(text, measure, range)
    }

    /// What is written for a number from text: it may be less than nothing, and a share more than all.
    pub fn parse_any(text: &str, measure: Measure) -> Result<Self, ConditionError> {
        Self::parse_in(text, measure, ANY_VALUE)
    }

    fn parse_in(text: &str, measure: Measure, range: (f64, f64)) -> Result<Self, ConditionError> {
        let comparisons: Result<Vec<_>, _> =
            text.split(',').map(|part| Comparison::parse(part.trim(), measure)).collect();
        let condition = Self { comparisons: comparisons? };
        condition.check(range)?;
        Ok(condition)
    }

    /// Whether a baseline is needed.
    pub fn needs_baseline(&self) -> bool {
        self.comparisons.iter().any(Comparison::needs_baseline)
    }

    /// Fails where its fixed limits leave no value, or every value.
    fn check(&self, (least, most): (f64, f64)) -> Result<(), ConditionError> {
        let fixed = |one: &Comparison| match one.limit {
            FigureLimit::Fixed(limit) => Some((one.operator, limit.value)),
            FigureLimit::Baseline(_) => None,
        };
        let limits: Vec<_> = self.comparisons.iter().filter_map(fixed).collect();
        let holds = |value: f64| limits.iter().all(|(operator, limit)| operator.holds_exactly(value, *limit));
        // Between two neighbouring limits nothing changes: each limit, and a value on each side of it, tell all.
        let beside = |limit: f64| [limit.next_down(), limit, limit.next_up()];
        let mut tried: Vec<f64> =
            limits.iter().flat_map(|(_, limit)| beside(*limit)).chain([least, most]).collect();
        tried.retain(|value| (least..=most).contains(value));
        let is_fixed = limits.len() == self.comparisons.len();
        if !tried.iter().any(|value| holds(*value)) {
            return Err(ConditionError::Never);
        }
        if is_fixed && tried.iter().all(|value| holds(*value)) {
            return Err(ConditionError::Always);
        }
        Ok(())
    }
}

impl Comparison {
    fn parse(text: &str, measure: Measure) -> Result<Self, ConditionError> {
        let (operator, right) = Operator::split(text).ok_or(ConditionError::NoOperator)?;
        let right = right.trim();
        let limit = match right.strip_prefix(BASELINE) {
            Some(_) if measure == Measure::Version => return Err(ConditionError::NoBaseline),
            Some(slack) => FigureLimit::Baseline(slacks(slack, measure)?),
            None => FigureLimit::Fixed(quantity(right, measure)?),
        };
        let words = right.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { operator, limit, text: format!("{operator} {words}") })
    }

    /// Whether a baseline is needed.
    pub fn needs_baseline(&self) -> bool {
        matches!(self.limit, FigureLimit::Baseline(_))
    }

    /// The limit as a number in base units; `None` where it needs a baseline and there is none.
    pub fn limit(&self, baseline: Option<f64>) -> Option<f64> {
        match &self.limit {
            FigureLimit::Fixed(limit) => Some(limit.value),
            FigureLimit::Baseline(slacks) => {
                let baseline = baseline?;
                let added = slacks.iter().map(|slack| match slack {
                    Slack::Relative(percent) => baseline * percent / 100.0,
                    Slack::Absolute(amount) => *amount,
                });
                Some(baseline + added.sum::<f64>())
            }
        }
    }
}

/// A quantity of this measure.
fn quantity(text: &str, measure: Measure) -> Result<Quantity, ConditionError> {
    let wrong = || ConditionError::Measure { expected: measure, written: text.chars().take(24).collect() };
    let quantity = Quantity::parse(text).map_err(|error| error.of(measure))?;
    match quantity.measure {
        own if own == measure => Ok(quantity),
        Measure::Number if measure == Measure::Version => Ok(Quantity { measure, ..quantity }),
        _ => Err(wrong()),
    }
}

/// ` + 10% + 5ms` behind `baseline`.
fn slacks(text: &str, measure: Measure) -> Result<Vec<Slack>, ConditionError> {
    let mut rest = text.trim();
    let mut slacks = Vec::new();
    while !rest.is_empty() {
        let sign = match rest.as_bytes().first() {
            Some(b'+') => 1.0,
            Some(b'-') => -1.0,
            _ => return Err(ConditionError::Slack),
        };
        let behind = rest.get(1..).unwrap_or_default();
        let end = behind.find(['+', '-']).unwrap_or(behind.len());
        let (written, next) = behind.split_at(end);
        slacks.push(slack(written.trim(), sign, measure)?);
        rest = next.trim_start();
    }
    Ok(slacks)
}

fn slack(text: &str, sign: f64, measure: Measure) -> Result<Slack, ConditionError> {
    if let Some(points) = text.strip_suffix("pp").filter(|_| measure == Measure::Percent) {
        let points = Quantity::parse(points).map_err(|_| ConditionError::Slack)?;
        let is_plain = points.measure == Measure::Number;
        return if is_plain { Ok(Slack::Absolute(sign * points.value)) } else { Err(ConditionError::Slack) };
    }
    let amount = Quantity::parse(text).map_err(|_| ConditionError::Slack)?;
    match amount.measure {
        Measure::Percent => Ok(Slack::Relative(sign * amount.value)),
        own if own == measure => Ok(Slack::Absolute(sign * amount.value)),
        _ => Err(ConditionError::Slack),
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<_> = self.comparisons.iter().map(|one| one.text.as_str()).collect();
        formatter.write_str(&texts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, measure: Measure) -> Condition {
        Condition::parse(text, measure).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn what_is_written_is_read_and_written_the_same() {
        for (text, measure) in [
            ("<= 500ms", Measure::Duration),
            ("<= 500ms, <= baseline + 10% + 5ms", Measure::Duration),
            (">= baseline - 0.5pp", Measure::Percent),
            (">= 2, <= 5", Measure::Number),
            ("!= 0", Measure::Number),
            ("== 100%", Measure::Percent),
            ("< baseline", Measure::Size),
        ] {
            let condition = of(text, measure);
            assert_eq!(condition.to_string(), text);
            assert_eq!(of(&condition.to_string(), measure), condition);
        }
    }

    #[test]
    fn limits_hold_on_one_side() {
        let limit = |text, measure, baseline| of(text, measure).comparisons[0].limit(baseline);
        assert_eq!(limit("<= baseline + 10% + 5ms", Measure::Duration, Some(0.2)), Some(0.225));
        assert_eq!(limit(">= baseline - 0.5pp", Measure::Percent, Some(80.0)), Some(79.5));
        assert_eq!(limit("<= baseline + 10%", Measure::Percent, Some(50.0)), Some(55.0));
        assert_eq!(limit("<= baseline", Measure::Number, None), None);
        for (text, below, at, above) in [
            ("< 5", true, false, false),
            ("<= 5", true, true, false),
            ("> 5", false, false, true),
            (">= 5", false, true, true),
            ("== 5", false, true, false),
            ("!= 5", true, false, true),
        ] {
            let operator = of(text, Measure::Number).comparisons[0].operator;
            assert_eq!([4.0, 5.0, 6.0].map(|value| operator.holds(value, 5.0)), [below, at, above], "{text}");
            assert!(!operator.holds(f64::NAN, 5.0), "{text}");
            let beside = [5.0_f64.next_down(), 5.0, 5.0_f64.next_up()];
            assert_eq!(beside.map(|value| operator.holds(value, 5.0)), [at; 3], "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_a_mistake() {
        let wrong = |text: &str, measure| Condition::parse(text, measure).unwrap_err();
        for (text, measure) in [
            (">= 5, < 5", Measure::Number),
            ("< 0s", Measure::Duration),
            ("> 100%", Measure::Percent),
            ("== 1, == 2", Measure::Number),
        ] {
            assert_eq!(wrong(text, measure), ConditionError::Never, "{text}");
        }
        for (text, measure) in
            [(">= 0%", Measure::Percent), (">= 0ms", Measure::Duration), ("<= 100%", Measure::Percent)]
        {
            assert_eq!(wrong(text, measure), ConditionError::Always, "{text}");
        }
        for (text, measure) in [
            ("<= 100%", Measure::Percent),
            ("<= 110%", Measure::Percent),
            ("> 100%", Measure::Percent),
            (">= 0s", Measure::Duration),
        ] {
            assert!(Condition::parse_any(text, measure).is_ok(), "{text}: any number may stand in a text");
        }
        assert_eq!(Condition::parse_any(">= 5%, < 5%", Measure::Percent), Err(ConditionError::Never));
        assert_eq!(wrong("500ms", Measure::Duration), ConditionError::NoOperator);
        assert!(matches!(wrong("<= 500", Measure::Duration), ConditionError::Measure { .. }));
        assert!(matches!(wrong("<= 5s", Measure::Percent), ConditionError::Measure { .. }));
        assert_eq!(wrong("<= baseline + 5s", Measure::Percent), ConditionError::Slack);
        assert_eq!(wrong("<= baseline + 5pp", Measure::Duration), ConditionError::Slack);
        assert_eq!(wrong("<= baseline 5%", Measure::Duration), ConditionError::Slack);
        assert!(matches!(wrong("<= 500ns ago", Measure::Duration), ConditionError::Quantity(_)));
        for text in [">= baseline", ">= baseline + 10%"] {
            assert_eq!(wrong(text, Measure::Version), ConditionError::NoBaseline);
        }
        assert!(matches!(wrong(">= 10%", Measure::Version), ConditionError::Measure { .. }));
        assert!(matches!(of(">= 1.2", Measure::Version).comparisons[0].limit(None), Some(1.2)));
    }
}
