//! A number from text: by a pattern, or by a JSON pointer in which `*` stands for every element.
//!
//! Takes text; gives one finite number, or why there is none. What is no number is never read as 0.

use crate::check::quantity::Quantity;
use regex_lite::Regex;
use serde_json::Value;

/// More than this of what was found is not shown.
const MAX_SHOWN: usize = 40;

/// How one number is found.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// Where it stands.
    pub finder: Finder,
    /// How one comes of several.
    pub pick: Pick,
    /// What it is a share of: the sum of these. Empty where it is no share.
    pub of: Vec<Finder>,
    /// The unit that it is written in; empty of a plain number.
    pub unit: String,
}

/// Where numbers stand in a text.
#[derive(Clone, Debug)]
pub enum Finder {
    /// The first group of each match, or the whole one.
    Pattern(Regex),
    /// The elements of a JSON document.
    Pointer(JsonPointer),
}

/// An RFC 6901 pointer in which a step `*` is every element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPointer {
    steps: Vec<String>,
}

/// How one number comes of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// There must be exactly one.
    Only,
    /// The first.
    First,
    /// The last.
    Last,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// All added.
    Sum,
    /// The mean.
    Mean,
    /// How many there are, numbers or not.
    Count,
}

/// A text from which no number comes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExtractionError {
    /// The text is not the JSON document that a pointer needs.
    #[error("the output is not JSON: {0}")]
    NotJson(String),
    /// Nothing is found.
    #[error("nothing matches {0}")]
    Nothing(String),
    /// More than one is found.
    #[error("{count} numbers match {finder}; choose one with pick")]
    Several {
        /// How many.
        count: usize,
        /// By what.
        finder: String,
    },
    /// What is found is no number.
    #[error("{0} is not a number")]
    NotANumber(String),
    /// What is found is no number, and holds a secret.
    #[error("what is found holds a secret, and is not a number")]
    Hidden,
    /// A share of nothing.
    #[error("{part} of {whole}: there is no share")]
    NoShare {
        /// The part.
        part: f64,
        /// The whole: 0, or less.
        whole: f64,
    },
}

impl Pick {
    /// Its names in a file.
    pub const NAMES: [(&'static str, Self); 8] = [
        ("only", Self::Only),
        ("first", Self::First),
        ("last", Self::Last),
        ("min", Self::Min),
        ("max", Self::Max),
        ("sum", Self::Sum),
        ("mean", Self::Mean),
        ("count", Self::Count),
    ];

    /// One number of several; `None` of none, but for a count.
    #[allow(clippy::cast_precision_loss)]
    pub fn of(self, numbers: &[f64]) -> Option<f64> {
        let count = numbers.len();
        if self == Self::Count {
            return Some(count as f64);
        }
        match self {
            Self::Only => numbers.first().filter(|_| count == 1).copied(),
            Self::First => numbers.first().copied(),
            Self::Last => numbers.last().copied(),
            Self::Min => numbers.iter().copied().reduce(f64::min),
            Self::Max => numbers.iter().copied().reduce(f64::max),
            Self::Sum => (count > 0).then(|| numbers.iter().sum()),
            Self::Mean => (count > 0).then(|| numbers.iter().sum::<f64>() / count as f64),
            Self::Count => None,
        }
    }
}

impl JsonPointer {
    /// `""` is the whole document; every other one begins with `/`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self { steps: Vec::new() });
        }
        let steps = text.strip_prefix('/')?.split('/');
        let decoded = steps.map(|step| {
            let is_escaped = step.split('~').skip(1).all(|behind| behind.starts_with(['0', '1']));
            is_escaped.then(|| step.replace("~1", "/").replace("~0", "~"))
        });
        Some(Self { steps: decoded.collect::<Option<_>>()? })
    }

    /// Whether it may point to several.
    fn has_star(&self) -> bool {
        self.steps.iter().any(|step| step == "*")
    }

    /// All that it points to.
    pub fn find<'v>(&self, document: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![document];
        for step in &self.steps {
            found = found.into_iter().flat_map(|value| Self::step(value, step)).collect();
        }
        found
    }

    fn step<'v>(value: &'v Value, step: &str) -> Vec<&'v Value> {
        match value {
            Value::Array(list) if step == "*" => list.iter().collect(),
            Value::Object(fields) if step == "*" => fields.values().collect(),
            Value::Object(fields) => fields.get(step).into_iter().collect(),
            Value::Array(list) => {
                let is_index =
                    step == "0" || !step.starts_with('0') && step.bytes().all(|one| one.is_ascii_digit());
                let index = step.parse::<usize>().ok().filter(|_| is_index);
                index.and_then(|index| list.get(index)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

impl std::fmt::Display for JsonPointer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let escaped = self.steps.iter().map(|step| step.replace('~', "~0").replace('/', "~1"));
        escaped.into_iter().try_for_each(|step| write!(formatter, "/{step}"))
    }
}

impl Finder {
    /// How it is written.
    fn name(&self) -> String {
        match self {
            Self::Pattern(pattern) => format!("pattern '{pattern}'"),
            Self::Pointer(pointer) => format!("json '{pointer}'"),
        }
    }

    /// All that is found, as text.
    fn find(&self, text: &str) -> Result<Vec<String>, ExtractionError> {
        match self {
            Self::Pattern(pattern) => Ok(pattern
                .captures_iter(text.trim_end_matches(['\r', '\n']))
                .map(|captures| {
                    let group = if captures.len() > 1 { captures.get(1) } else { captures.get(0) };
                    group.map_or(String::new(), |found| found.as_str().to_owned())
                })
                .collect()),
            Self::Pointer(pointer) => Ok(pointer.find(&document(text)?).into_iter().map(written).collect()),
        }
    }

    /// How many things there are. A pointer to an array counts its elements.
    fn count(&self, text: &str) -> Result<usize, ExtractionError> {
        let Self::Pointer(pointer) = self else { return Ok(self.find(text)?.len()) };
        let document = document(text)?;
        let found = pointer.find(&document);
        match found.as_slice() {
            [Value::Array(elements)] if !pointer.has_star() => Ok(elements.len()),
            _ => Ok(found.len()),
        }
    }

    fn numbers(&self, text: &str) -> Result<Vec<f64>, ExtractionError> {
        self.find(text)?.iter().map(|found| number(found)).collect()
    }
}

impl Extraction {
    /// The number that stands in `text`, in the base unit.
    pub fn value(&self, text: &str) -> Result<f64, ExtractionError> {
        let value = self.picked(text)?;
        let in_unit = Quantity::in_unit(value, &self.unit).map_or(value, |quantity| quantity.value);
        if in_unit.is_finite() { Ok(in_unit) } else { Err(ExtractionError::NotANumber(in_unit.to_string())) }
    }

    /// The number as a share of what `of` finds, in percent.
    pub fn share(&self, text: &str) -> Result<f64, ExtractionError> {
        let part = self.picked(text)?;
        let mut whole = 0.0;
        for finder in &self.of {
            whole += one(finder, Pick::Only, &finder.numbers(text)?)?;
        }
        if whole > 0.0 { Ok(100.0 * part / whole) } else { Err(ExtractionError::NoShare { part, whole }) }
    }

    #[allow(clippy::cast_precision_loss)]
    fn picked(&self, text: &str) -> Result<f64, ExtractionError> {
        if self.pick == Pick::Count {
            return Ok(self.finder.count(text)? as f64);
        }
        one(&self.finder, self.pick, &self.finder.numbers(text)?)
    }
}

fn one(finder: &Finder, pick: Pick, numbers: &[f64]) -> Result<f64, ExtractionError> {
    pick.of(numbers).ok_or_else(|| match numbers.len() {
        0 => ExtractionError::Nothing(finder.name()),
        count => ExtractionError::Several { count, finder: finder.name() },
    })
}

fn document(text: &str) -> Result<Value, ExtractionError> {
    serde_json::from_str(text).map_err(|error| ExtractionError::NotJson(error.to_string()))
}

/// A value as text: of a string what it holds.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A finite decimal number, with blanks around it or not.
fn number(text: &str) -> Result<f64, ExtractionError> {
    let trimmed = text.trim();
    let is_decimal = trimmed.starts_with(|one: char| one.is_ascii_digit() || matches!(one, '+' | '-' | '.'))
        && trimmed.bytes().all(|one| one.is_ascii_digit() || matches!(one, b'+' | b'-' | b'.' | b'e' | b'E'));
    let number = trimmed.parse::<f64>().ok().filter(|number| is_decimal && number.is_finite());
    number.ok_or_else(|| {
        let shown: String = trimmed.chars().take(MAX_SHOWN).collect();
        ExtractionError::NotANumber(format!("{shown:?}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Finder {
        Finder::Pattern(super::super::output::pattern(text).unwrap())
    }

    fn of(finder: Finder, pick: Pick) -> Extraction {
        Extraction { finder, pick, of: Vec::new(), unit: String::new() }
    }

    #[test]
    fn exactly_one_number_or_none_at_all() {
        let lag = of(pattern("Seconds_Behind_Master: (.*)"), Pick::Only);
        assert_eq!(lag.value("  Seconds_Behind_Master: 3\r\n"), Ok(3.0));
        let wrong = |text: &str| lag.value(text).unwrap_err().to_string();
        assert_eq!(wrong("Seconds_Behind_Master: NULL\n"), "\"NULL\" is not a number");
        assert_eq!(wrong("Seconds_Behind_Master: \n"), "\"\" is not a number");
        assert_eq!(wrong("no replica"), "nothing matches pattern 'Seconds_Behind_Master: (.*)'");
        let twice = "Seconds_Behind_Master: 1\nSeconds_Behind_Master: 2\n";
        assert!(wrong(twice).starts_with("2 numbers match "), "{}", wrong(twice));
        for no_number in ["inf", "nan", "NaN", "1e999", "0x10", "1,5", "1 2", "١"] {
            assert!(lag.value(&format!("Seconds_Behind_Master: {no_number}")).is_err(), "{no_number}");
        }
        assert_eq!(of(pattern("^(.*)$"), Pick::Only).value("42\n\n"), Ok(42.0));
        let seconds = Extraction { unit: "ms".to_owned(), ..of(pattern(r"\d+"), Pick::Only) };
        assert_eq!(seconds.value("took 250 ms"), Ok(0.25));
    }

    #[test]
    fn one_comes_of_several_as_asked() {
        let text = r#"{"pods": [{"cpu": 3}, {"cpu": "1"}, {"cpu": 5}], "none": [], "a/b": {"~": null}}"#;
        let all =
            |pointer: &str, pick| of(Finder::Pointer(JsonPointer::parse(pointer).unwrap()), pick).value(text);
        for (pick, value) in [
            (Pick::First, 3.0),
            (Pick::Last, 5.0),
            (Pick::Min, 1.0),
            (Pick::Max, 5.0),
            (Pick::Sum, 9.0),
            (Pick::Mean, 3.0),
            (Pick::Count, 3.0),
        ] {
            assert_eq!(all("/pods/*/cpu", pick), Ok(value), "{pick:?}");
        }
        assert_eq!(all("/pods/1/cpu", Pick::Only), Ok(1.0));
        assert_eq!(all("/none/*", Pick::Count), Ok(0.0));
        assert!(matches!(all("/none/*", Pick::Sum), Err(ExtractionError::Nothing(_))));
        assert!(matches!(all("/pods/01/cpu", Pick::Only), Err(ExtractionError::Nothing(_))));
        assert_eq!(all("/a~1b/~0", Pick::Only), Err(ExtractionError::NotANumber("\"null\"".to_owned())));
        assert_eq!(JsonPointer::parse("/a~1b/~0").unwrap().to_string(), "/a~1b/~0");
        assert!(JsonPointer::parse("status").is_none() && JsonPointer::parse("/a~2").is_none());
        let document = of(Finder::Pointer(JsonPointer::parse("").unwrap()), Pick::Only);
        assert_eq!(document.value("17"), Ok(17.0));
        assert!(matches!(document.value("<html>"), Err(ExtractionError::NotJson(_))));
    }

    #[test]
    fn an_array_counts_its_elements() {
        let count = |pointer: &str, text: &str| {
            of(Finder::Pointer(JsonPointer::parse(pointer).unwrap()), Pick::Count).value(text)
        };
        assert_eq!(count("", "[]"), Ok(0.0));
        assert_eq!(count("", r#"[{"RuleID": "a"}, {"RuleID": "b"}]"#), Ok(2.0));
        assert_eq!(count("/leaks", r#"{"leaks": [1, [2, 3]]}"#), Ok(2.0));
        assert_eq!(count("/*", "[[1, 2]]"), Ok(1.0), "each element is one");
        for (one, text) in [("", "null"), ("", "{}"), ("/a", r#"{"a": {"b": 1, "c": 2}}"#), ("/0", "[7]")] {
            assert_eq!(count(one, text), Ok(1.0), "{one} of {text}");
        }
        assert_eq!(count("/none", "[]"), Ok(0.0));
        assert!(count("", "").is_err());
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        let hits = Extraction {
            of: vec![pattern(r"hits:(\d+)"), pattern(r"misses:(\d+)")],
            ..of(pattern(r"hits:(\d+)"), Pick::Only)
        };
        assert_eq!(hits.share("hits:985\nmisses:15\n"), Ok(98.5));
        let error = hits.share("hits:0\nmisses:0\n").unwrap_err();
        assert_eq!(error.to_string(), "0 of 0: there is no share");
        assert!(hits.share("hits:5\n").is_err(), "a whole that is half unknown");
    }
}
