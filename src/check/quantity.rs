//! Quantities as people write them: `500ms`, `1.5 GiB`, `80%`, `5`.
//!
//! Takes text; gives a number in the base unit of what is measured: the nearest double to what is written. Values compare
//! as [`is_same`] has them.

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
    /// The version of a protocol: a number that is always shown with its minor part.
    Version,
}

/// A unit and how many base units it is, as a fraction of two whole numbers.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) name: &'static str,
    pub(super) measure: Measure,
    numerator: u64,
    denominator: u64,
}

const fn unit(name: &'static str, measure: Measure, numerator: u64, denominator: u64) -> Unit {
    Unit { name, measure, numerator, denominator }
}

/// All units, each measure's in the order in which they grow.
pub(super) const UNITS: [Unit; 18] = [
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
pub(super) const MAX_DECIMALS: u32 = 9;
/// The part by which two values may differ that are one number: it counts to 12 digits. What two ways of computing a number
/// differ in lies far behind.
const SAME: f64 = 1e-12;
/// Whole numbers are never taken for each other.
const SAME_AT_MOST: f64 = 0.25;

impl Unit {
    /// How many base units it is.
    #[allow(clippy::cast_precision_loss)] // they are small
    pub(super) fn factor(&self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    /// How many of it so many base units are.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn count(&self, value: f64) -> f64 {
        value * self.denominator as f64 / self.numerator as f64
    }
}

/// Whether two values are one number. People count in decimals: 7 of 100, 0.1 and 0.2, or 0.07 hours have an error in the
/// sixteenth digit as a double.
pub(super) fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() <= (one.abs().max(other.abs()) * SAME).min(SAME_AT_MOST)
}

impl Measure {
    /// What a figure of it must be written like.
    pub fn example(self) -> &'static str {
        match self {
            Self::Duration => "a duration such as 500ms or 2s",
            Self::Size => "a size such as 64KiB or 2GB",
            Self::Percent => "a share such as 80%",
            Self::Number => "a number such as 5",
            Self::Version => "a version such as 1.2",
        }
    }

    /// Its base unit, as scripts read it.
    pub fn base_unit(self) -> &'static str {
        match self {
            Self::Duration => "s",
            Self::Size => "B",
            Self::Percent => "%",
            Self::Number | Self::Version => "",
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
    #[error("\"{0}\" is not a unit; units are {1}")]
    Unit(String, &'static str),
}

impl QuantityError {
    /// There is no unit of this name.
    pub fn unit(name: impl Into<String>) -> Self {
        Self::Unit(name.into(), "ms s m h d, B kB KiB MB MiB GB GiB TB TiB and %")
    }

    /// The same where only a quantity of this measure is asked for.
    #[must_use]
    pub fn of(self, measure: Measure) -> Self {
        match (self, measure) {
            (Self::Unit(name, _), Measure::Duration) => Self::Unit(name, "ms s m h d"),
            (Self::Unit(name, _), Measure::Size) => Self::Unit(name, "B kB KiB MB MiB GB GiB TB TiB"),
            (error, _) => error,
        }
    }
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
        let unit = unit.ok_or_else(|| QuantityError::unit(name.chars().take(16).collect::<String>()))?;
        let mantissa: u64 = digits.parse().map_err(|_| QuantityError::TooLong)?;
        Ok(Self { value: sign * exact(mantissa, places, unit), measure: unit.measure })
    }
}

/// `mantissa / 10^places` units in base units: the nearest double, since both sides of the one division are exact.
#[allow(clippy::cast_precision_loss)] // both are below 2^53, or the error is that of one more rounding
fn exact(mantissa: u64, places: u32, unit: &Unit) -> f64 {
    let numerator = u128::from(mantissa) * u128::from(unit.numerator);
    let denominator = 10_u128.pow(places) * u128::from(unit.denominator);
    numerator as f64 / denominator as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_decimals_are_one_number_however_they_are_computed(
            one in 0_u32..1_000_000, other in 1_u32..1_000_000, places in 0_u32..4, unit in 0..UNITS.len(),
        ) {
            let (name, scale) = (UNITS[unit].name, 10_u32.pow(places));
            let width = places as usize;
            let of = |count: u32| {
                let decimals = format!(".{:0width$}", count % scale);
                let decimals = if places == 0 { String::new() } else { decimals };
                (format!("{}{decimals}", count / scale), f64::from(count) / f64::from(scale))
            };
            let read = |text: &str| Quantity::parse(&format!("{text}{name}")).unwrap().value;
            let measured = |value: f64| Quantity::in_unit(value, name).unwrap().value;
            let ((first, a), (second, b), (sum, _)) = (of(one), of(other), of(one + other));
            // The error of a sum in terabytes is larger than a byte.
            prop_assume!(read(&sum) < 1e13);
            prop_assert!(is_same(measured(a), read(&first)));
            prop_assert!(is_same(measured(a + b), read(&sum)));
            prop_assert!(is_same(read(&first) + read(&second), read(&sum)));
            prop_assert_eq!(is_same(read(&first), read(&second)), one == other);
            prop_assert!(is_same(a / (a + b) * 100.0, 100.0 * f64::from(one) / f64::from(one + other)));
        }

        #[test]
        fn no_text_is_a_panic(text in "[-+.0-9a-zA-Z% ]{0,24}|\\PC{0,12}") {
            let _ = Quantity::parse(&text);
        }
    }

    #[test]
    fn what_differs_in_twelve_digits_or_by_one_is_another_number() {
        for number in [123_456_789_012_345.0, 9_007_199_254_740_990.0, 1_000_000_000_001.0, 0.0] {
            assert!(is_same(number, number) && !is_same(number, number + 1.0), "{number}");
        }
        assert!(is_same(7.0 / 100.0 * 100.0, 7.0) && is_same(0.1 + 0.2, 0.3));
        assert!(is_same(0.07 * 3600.0, 4.2 * 60.0));
        assert!(!is_same(0.3, 0.300_000_000_001) && !is_same(0.0, 1e-300));
        assert!(!is_same(f64::NAN, f64::NAN) && !is_same(1.0, f64::INFINITY));
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
}
