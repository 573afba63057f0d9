//! Quantities as people write them: `500ms`, `1.5 GiB`, `80%`, `5`.
//!
//! Takes text; gives a number in the base unit of what is measured. A value is the nearest double to what is written, as a
//! measured one is to what was counted, so that equal quantities compare as equal.

use std::fmt;

/// What is measured. Durations are in seconds, sizes in bytes, shares in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Time.
    Duration,
    /// Bytes.
    Size,
    /// A share, in percent.
    Percent,
    /// A number without a unit.
    Number,
}

/// A unit and how many base units it is, as a fraction of two whole numbers.
struct Unit {
    name: &'static str,
    measure: Measure,
    numerator: u64,
    denominator: u64,
}

const fn unit(name: &'static str, measure: Measure, numerator: u64, denominator: u64) -> Unit {
    Unit { name, measure, numerator, denominator }
}

/// All units, each measure's in the order in which they grow.
const UNITS: [Unit; 18] = [
    unit("ns", Measure::Duration, 1, 1_000_000_000),
    unit("us", Measure::Duration, 1, 1_000_000),
    unit("ms", Measure::Duration, 1, 1000),
    unit("s", Measure::Duration, 1, 1),
    unit("m", Measure::Duration, 60, 1),
    unit("h", Measure::Duration, 3600, 1),
    unit("d", Measure::Duration, 86_400, 1),
    unit("B", Measure::Size, 1, 1),
    unit("kB", Measure::Size, 1000, 1),
    unit("KiB", Measure::Size, 1 << 10, 1),
    unit("MB", Measure::Size, 1_000_000, 1),
    unit("MiB", Measure::Size, 1 << 20, 1),
    unit("GB", Measure::Size, 1_000_000_000, 1),
    unit("GiB", Measure::Size, 1 << 30, 1),
    unit("TB", Measure::Size, 1_000_000_000_000, 1),
    unit("TiB", Measure::Size, 1 << 40, 1),
    unit("%", Measure::Percent, 1, 1),
    unit("", Measure::Number, 1, 1),
];

/// The most digits of a number that is read; more than a double holds.
const MAX_DIGITS: usize = 15;
/// The most digits behind the point.
const MAX_DECIMALS: u32 = 9;

impl Measure {
    /// What a figure of it must be written like.
    pub fn example(self) -> &'static str {
        match self {
            Self::Duration => "a duration such as 500ms or 2s",
            Self::Size => "a size such as 64KiB or 2GB",
            Self::Percent => "a share such as 80%",
            Self::Number => "a number such as 5",
        }
    }

    /// Its base unit, as scripts read it.
    pub fn base_unit(self) -> &'static str {
        match self {
            Self::Duration => "s",
            Self::Size => "B",
            Self::Percent => "%",
            Self::Number => "",
        }
    }

    /// The measure of a unit by its name.
    pub fn of_unit(name: &str) -> Option<Self> {
        UNITS.iter().find(|unit| unit.name == name && !name.is_empty()).map(|unit| unit.measure)
    }
}

/// So much of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// In the base unit.
    pub value: f64,
    /// Of what.
    pub measure: Measure,
}

/// A text that is no quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not begin with a number.
    #[error("expected a number with a unit, such as 500ms, 80% or 2GiB")]
    NoNumber,
    /// The number has too many digits.
    #[error("the number has more than {MAX_DIGITS} digits, or more than {MAX_DECIMALS} behind the point")]
    TooLong,
    /// There is no such unit.
    #[error("\"{0}\" is not a unit; units are ms s m h d, B kB KiB MB MiB GB GiB TB TiB and %")]
    Unit(String),
}

impl Quantity {
    /// A number in this unit; `None` where there is no such unit.
    pub fn in_unit(value: f64, unit: &str) -> Option<Self> {
        let unit = UNITS.iter().find(|known| known.name == unit)?;
        #[allow(clippy::cast_precision_loss)] // they are small
        let value = value * unit.numerator as f64 / unit.denominator as f64;
        Some(Self { value, measure: unit.measure })
    }

    /// One number and one unit, with blanks between them or not.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim();
        let (sign, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1.0, rest),
            None => (1.0, text),
        };
        let end = unsigned.find(|one: char| !one.is_ascii_digit() && one != '.').unwrap_or(unsigned.len());
        let (number, name) = unsigned.split_at(end);
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let is_written = !whole.is_empty() && decimals.is_empty() != number.contains('.');
        if !is_written || decimals.contains('.') {
            return Err(QuantityError::NoNumber);
        }
        let digits = format!("{whole}{decimals}");
        let places = u32::try_from(decimals.len()).unwrap_or(u32::MAX);
        if digits.trim_start_matches('0').len() > MAX_DIGITS || places > MAX_DECIMALS {
            return Err(QuantityError::TooLong);
        }
        let name = name.trim_start();
        let unit = UNITS.iter().find(|unit| unit.name == name);
        let unit = unit.ok_or_else(|| QuantityError::Unit(name.chars().take(16).collect()))?;
        let mantissa: u64 = digits.parse().map_err(|_| QuantityError::TooLong)?;
        Ok(Self { value: sign * exact(mantissa, places, unit), measure: unit.measure })
    }

    /// The same with so many digits behind the point of the unit that is read best.
    fn written(&self, decimals: usize) -> String {
        let unit = self.best_unit();
        #[allow(clippy::cast_precision_loss)]
        let value = self.value * unit.denominator as f64 / unit.numerator as f64;
        let mut text = format!("{value:.decimals$}");
        if text.contains('.') {
            text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
        }
        if text == "-0" {
            "0".clone_into(&mut text);
        }
        match unit.name {
            "" => text,
            name => format!("{text} {name}"),
        }
    }

    /// The largest unit of which there is at least one, but days and hours only where there are many.
    fn best_unit(&self) -> &'static Unit {
        let size = self.value.abs();
        #[allow(clippy::cast_precision_loss)]
        let factor = |unit: &Unit| unit.numerator as f64 / unit.denominator as f64;
        let fits = |unit: &&Unit| {
            let least = match unit.name {
                "ns" | "us" | "kB" | "MB" | "GB" | "TB" => f64::INFINITY, // people read the others
                "m" => 120.0,
                "h" => 7200.0,
                "d" => 172_800.0,
                _ => factor(unit),
            };
            size >= least
        };
        let own = || UNITS.iter().filter(|unit| unit.measure == self.measure);
        let base = || own().find(|unit| (unit.numerator, unit.denominator) == (1, 1));
        let smallest = match (self.measure, size > 0.0 && size < 1.0) {
            (Measure::Duration, true) => own().find(|unit| unit.name == "ms"),
            _ => base(),
        };
        let largest = own().rfind(fits);
        largest.or(smallest).unwrap_or(&UNITS[UNITS.len() - 1])
    }

    /// This quantity and another one, with as many digits as tell them apart, where they differ.
    pub fn told_apart_from(&self, other: &Self) -> (String, String) {
        for decimals in 1..=9 {
            let (one, two) = (self.written(decimals), other.written(decimals));
            if one != two || self.value.total_cmp(&other.value).is_eq() {
                return (one, two);
            }
        }
        (format!("{:?}", self.value), format!("{:?}", other.value))
    }
}

/// `mantissa / 10^places` units in base units: the nearest double, since both sides of the one division are exact.
#[allow(clippy::cast_precision_loss)] // both are below 2^53, or the error is that of one more rounding
fn exact(mantissa: u64, places: u32, unit: &Unit) -> f64 {
    let numerator = u128::from(mantissa) * u128::from(unit.numerator);
    let denominator = 10_u128.pow(places) * u128::from(unit.denominator);
    numerator as f64 / denominator as f64
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_what_it_was(
            whole in 0_u64..10_000_000, decimals in "|\\.[0-9]{1,6}", unit in 0..UNITS.len(), is_negative: bool,
            blanks in " {0,2}",
        ) {
            let sign = if is_negative { "-" } else { "" };
            let text = format!("{blanks}{sign}{whole}{decimals}{blanks}{}{blanks}", UNITS[unit].name);
            let quantity = Quantity::parse(&text).unwrap();
            prop_assert_eq!(quantity.measure, UNITS[unit].measure);
            let shown = quantity.to_string();
            let again = Quantity::parse(&shown).unwrap();
            prop_assert_eq!(again.measure, quantity.measure);
            // Two digits behind the point of the unit that it is shown in.
            let name = shown.trim_start_matches(|one: char| one.is_ascii_digit() || "-. ".contains(one));
            let step = Quantity::in_unit(0.01, name).unwrap().value;
            prop_assert!((again.value - quantity.value).abs() <= step * 0.501, "{} {}", text, shown);
        }

        #[test]
        fn no_text_is_a_panic(text in "[-+.0-9a-zA-Z% ]{0,24}|\\PC{0,12}") {
            let _ = Quantity::parse(&text);
        }
    }

    fn parsed(text: &str) -> (f64, Measure) {
        let quantity = Quantity::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        (quantity.value, quantity.measure)
    }

    #[test]
    #[allow(clippy::float_cmp)] // equal quantities are equal
    fn a_quantity_has_one_number_and_one_unit() {
        for (text, value, measure) in [
            ("500ms", 0.5, Measure::Duration),
            ("1.1 ms", 0.0011, Measure::Duration),
            ("2m", 120.0, Measure::Duration),
            ("14d", 1_209_600.0, Measure::Duration),
            ("1.5GiB", 1_610_612_736.0, Measure::Size),
            ("2 kB", 2000.0, Measure::Size),
            ("98.5%", 98.5, Measure::Percent),
            ("-5", -5.0, Measure::Number),
            ("007", 7.0, Measure::Number),
        ] {
            assert_eq!(parsed(text), (value, measure), "{text}");
        }
        for wrong in
            ["", "ms", ".5s", "5.s", "1.2.3s", "1e3", "5 kb", "5S", "5 min", "+5", "1_000", "5ms ms", "NaN"]
        {
            assert!(Quantity::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn it_is_shown_in_the_unit_that_is_read_best() {
        for (text, shown) in [
            ("0.0005s", "0.5 ms"),
            ("212ms", "212 ms"),
            ("1500ms", "1.5 s"),
            ("90s", "90 s"),
            ("150s", "2.5 m"),
            ("14d", "14 d"),
            ("0s", "0 s"),
            ("1023B", "1023 B"),
            ("1536 KiB", "1.5 MiB"),
            ("92.074%", "92.07 %"),
            ("5", "5"),
        ] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn two_quantities_are_told_apart() {
        let of = |text| Quantity::parse(text).unwrap();
        assert_eq!(of("79.996%").told_apart_from(&of("80%")), ("79.996 %".into(), "80 %".into()));
        assert_eq!(of("212ms").told_apart_from(&of("500ms")), ("212 ms".into(), "500 ms".into()));
        assert_eq!(of("5").told_apart_from(&of("5")), ("5".into(), "5".into()));
    }
}
