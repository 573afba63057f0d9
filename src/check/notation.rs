//! How quantities are written for people: in the unit that is read best, or in that of the limit beside them, with as many
//! digits as tell the two apart.

use super::condition::{Comparison, Condition, FigureLimit};
use super::quantity::{MAX_DECIMALS, Measure, Quantity, UNITS, Unit, is_same};
use std::fmt;

/// The most digits behind the point where values are told apart: of the smallest double.
const MAX_APART: usize = 324;
/// The part by which a value may be below the unit that it is shown in: as many of the smaller one would be rounded up to it.
const ROUNDED_UP: f64 = 1e-4;

/// The unit of a figure and of all that is compared with it, and the least digits behind the point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Notation {
    unit: &'static Unit,
    decimals: usize,
}

impl Notation {
    /// As the first fixed limit of a condition is written; without one, as `value` is read best.
    pub(super) fn of(condition: &Condition, value: Quantity) -> Self {
        let written = condition.comparisons.iter().find_map(written_limit);
        let Some((number, unit)) = written else { return Self::best(value) };
        let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let unit = UNITS.iter().find(|known| known.name == unit);
        unit.map_or_else(
            || Self::best(value),
            |unit| Self { unit, decimals: decimals.max(least(value.measure)) },
        )
    }

    fn best(value: Quantity) -> Self {
        Self { unit: best_unit(value), decimals: least(value.measure) }
    }

    /// A value, with as many digits as tell it apart from each of these limits.
    pub(super) fn value(self, value: f64, limits: &[f64]) -> String {
        self.written(value, self.apart(self.enough(value), value, limits))
    }

    /// A limit that is computed, with as many digits as tell it apart from the value.
    pub(super) fn limit(self, limit: f64, value: f64) -> String {
        self.written(limit, self.apart(self.enough(limit), value, &[limit]))
    }

    /// How many digits behind the point are enough to read a value: one of hundreds, two of less, and two digits below 1.
    fn enough(self, value: f64) -> usize {
        let size = self.unit.count(value).abs();
        #[allow(clippy::cast_possible_truncation)] // it is from -324 to 308
        let magnitude = if size > 0.0 { size.log10().floor() as i32 } else { 0 };
        let most = i32::try_from(MAX_DECIMALS).unwrap_or(i32::MAX);
        let decimals = if magnitude < 0 { 1 - magnitude } else { (3 - magnitude).clamp(1, 2) };
        usize::try_from(decimals.min(most)).unwrap_or_default().max(self.decimals)
    }

    /// The fewest digits behind the point, `least` or more, with which a value is another text than each limit that is
    /// another number.
    fn apart(self, least: usize, value: f64, limits: &[f64]) -> usize {
        let text = |value: f64, decimals: usize| format!("{:.decimals$}", self.unit.count(value));
        let differs = |decimals: &usize| {
            let is_other =
                |limit: &f64| is_same(value, *limit) || text(value, *decimals) != text(*limit, *decimals);
            limits.iter().all(is_other)
        };
        (least..=MAX_APART).find(differs).unwrap_or(least)
    }

    /// Zeros at the end say nothing beyond the digits that a limit has.
    fn written(self, value: f64, decimals: usize) -> String {
        let mut text = format!("{:.decimals$}", self.unit.count(value));
        while text.contains('.') && text.ends_with('0') && decimals_of(&text) > self.decimals {
            text.pop();
        }
        if text.ends_with('.') {
            text.pop();
        }
        if text.starts_with('-') && text.bytes().all(|one| matches!(one, b'-' | b'0' | b'.')) {
            text.remove(0);
        }
        with_unit(&text, self.unit.name)
    }
}

impl Comparison {
    /// The limit as it is written, `500 ms`; nothing of one that is computed.
    pub(super) fn written(&self) -> Option<String> {
        let (number, unit) = written_limit(self)?;
        let FigureLimit::Fixed(limit) = &self.limit else { return None };
        let is_short = limit.measure == Measure::Version && !number.contains('.');
        Some(with_unit(&if is_short { format!("{number}.0") } else { number.to_owned() }, unit))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&Notation::best(*self).value(self.value, &[]))
    }
}

/// The number and the unit of a fixed limit, as they are written.
fn written_limit(comparison: &Comparison) -> Option<(&str, &str)> {
    if comparison.needs_baseline() {
        return None;
    }
    let text = comparison.text.strip_prefix(&comparison.operator.to_string())?.trim();
    let end = text.find(|one: char| !one.is_ascii_digit() && !matches!(one, '.' | '-')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number, unit.trim()))
}

/// The least digits behind the point.
fn least(measure: Measure) -> usize {
    usize::from(measure == Measure::Version)
}

fn decimals_of(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() { number.to_owned() } else { format!("{number} {unit}") }
}

/// The largest unit of which there is at least one, but minutes, hours and days only where there are two.
fn best_unit(value: Quantity) -> &'static Unit {
    let size = value.value.abs();
    let fits = |unit: &&Unit| {
        let least = match unit.name {
            "ns" | "us" | "kB" | "MB" | "GB" | "TB" => f64::INFINITY, // people read the others
            "m" | "h" | "d" => 2.0 * unit.factor(),
            _ => unit.factor(),
        };
        size * (1.0 + ROUNDED_UP) >= least
    };
    let own = || UNITS.iter().filter(|unit| unit.measure == value.measure);
    let smallest = match (value.measure, size > 0.0 && size < 1.0) {
        (Measure::Duration, true) => own().find(|unit| unit.name == "ms"),
        _ => own().find(|unit| unit.name == value.measure.base_unit()),
    };
    own().rfind(fits).or(smallest).unwrap_or(&UNITS[UNITS.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::cmp::Ordering;

    /// A value beside a condition: what is shown of both.
    fn beside(value: f64, text: &str, measure: Measure) -> String {
        let condition = Condition::parse(text, measure).unwrap();
        let limit = |one: &Comparison| one.limit(Some(value)).unwrap();
        let notation = Notation::of(&condition, Quantity { value, measure });
        let shown = notation.value(value, &condition.comparisons.iter().map(limit).collect::<Vec<_>>());
        let limits = condition.comparisons.iter().map(|one| {
            let shown = one.written().unwrap_or_else(|| notation.limit(limit(one), value));
            format!("{} {shown}", one.operator)
        });
        format!("{shown} {}", limits.collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn a_limit_is_shown_as_it_is_written_and_the_value_in_its_unit() {
        for (value, text, shown) in [
            (1.97 * 1024.0, "<= 1.98KiB", "1.97 KiB <= 1.98 KiB"),
            (1.2e9, "<= 1GB", "1.2 GB <= 1 GB"),
            (5e6, "<= 2 GB", "0.005 GB <= 2 GB"),
            (1_000_000_001.0, "<= 1GB", "1.000000001 GB <= 1 GB"),
        ] {
            assert_eq!(beside(value, text, Measure::Size), shown);
        }
        for (value, text, shown) in [
            (79.9999, ">= 80%", "79.9999 % >= 80 %"),
            (92.0, ">= 98.5%", "92.0 % >= 98.5 %"),
            (0.5, "< 0.0001%", "0.5000 % < 0.0001 %"),
            (7.0 / 100.0 * 100.0, "<= 7%", "7 % <= 7 %"),
            (80.0_f64.next_up(), "<= 80%", "80 % <= 80 %"),
        ] {
            assert_eq!(beside(value, text, Measure::Percent), shown);
        }
        for (value, text, shown) in [
            (2.0, "<= 0.04", "2.00 <= 0.04"),
            (0.55, "<= 1", "0.55 <= 1"),
            (0.00001, "<= 0.000001", "0.000010 <= 0.000001"),
            (1e-15, "<= 0", "0.000000000000001 <= 0"),
            (61.0, "<= 100, <= baseline - 0.5", "61 <= 100, <= 60.5"),
            (-0.0, ">= 0, <= 5", "0 >= 0, <= 5"),
        ] {
            assert_eq!(beside(value, text, Measure::Number), shown);
        }
        for (value, text, shown) in [
            (0.212, "<= 500ms, <= baseline + 10% + 5ms", "212 ms <= 500 ms, <= 238.2 ms"),
            (3.25, "<= baseline + 20%", "3.25 s <= 3.9 s"),
            (12.0, "<= 500ms", "12000 ms <= 500 ms"),
            (172_800.0, ">= 2d", "2 d >= 2 d"),
            (172_799.0, ">= 2d", "1.99999 d >= 2 d"),
        ] {
            assert_eq!(beside(value, text, Measure::Duration), shown);
        }
        for (value, text, shown) in [(1.0, ">= 1.2", "1.0 >= 1.2"), (1.2, ">= 1", "1.2 >= 1.0")] {
            assert_eq!(beside(value, text, Measure::Version), shown);
        }
    }

    #[test]
    fn alone_a_quantity_is_shown_in_the_unit_that_is_read_best() {
        for (text, shown) in [
            ("0.0005s", "0.5 ms"),
            ("212ms", "212 ms"),
            ("1500ms", "1.5 s"),
            ("90s", "90 s"),
            ("150s", "2.5 m"),
            ("47h", "47 h"),
            ("48h", "2 d"),
            ("172799s", "2 d"),
            ("14d", "14 d"),
            ("0s", "0 s"),
            ("1023B", "1023 B"),
            ("1536 KiB", "1.5 MiB"),
            ("92.074%", "92.07 %"),
            ("0.55", "0.55"),
            ("12345.67", "12345.7"),
            ("0.00012346", "0.00012"),
            ("5", "5"),
        ] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), shown, "{text}");
        }
        let version = Quantity { value: 1.0, measure: Measure::Version };
        assert_eq!(version.to_string(), "1.0");
    }

    proptest! {
        #[test]
        fn what_is_shown_compares_as_what_it_was(
            count in 0_u64..100_000_000, limit in 0_u64..100_000_000, places in 0_usize..6, unit in 0..UNITS.len(),
            near in proptest::option::of(-3_i32..3),
        ) {
            let unit = &UNITS[unit];
            let text = format!("{}.{:06}", limit / 1_000_000, limit % 1_000_000);
            let text = format!("<= {}{}", &text[..text.len() - places], unit.name);
            let Ok(condition) = Condition::parse(text.trim_end_matches('.'), unit.measure) else { return Ok(()) };
            let limit = condition.comparisons[0].limit(None).unwrap();
            let value = match near {
                Some(steps) => limit * (1.0 + f64::from(steps) * 1e-7),
                None => Quantity::in_unit(f64::from(u32::try_from(count).unwrap()) / 1000.0, unit.name).unwrap().value,
            };
            let shown = beside(value, &condition.to_string(), unit.measure);
            let (left, right) = shown.split_once(" <= ").unwrap();
            let number = |text: &str| text.split(' ').next().unwrap().parse::<f64>().unwrap();
            let order = if is_same(value, limit) { Some(Ordering::Equal) } else { value.partial_cmp(&limit) };
            prop_assert_eq!(number(left).partial_cmp(&number(right)), order, "{}", shown);
            prop_assert!(is_same(Quantity::parse(right).unwrap().value, limit));
            prop_assert_eq!(left.split_once(' ').map(|it| it.1), right.split_once(' ').map(|it| it.1));
        }
    }
}
