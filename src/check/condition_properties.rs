//! Properties of conditions, whatever stands in them.

use super::condition::{Condition, ConditionError, Operator};
use super::quantity::Measure;
use proptest::prelude::*;

const SIGNS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

fn operator(sign: usize) -> Operator {
    Operator::split(SIGNS[sign]).unwrap().0
}

/// What may stand right of an operator for a share, with any blanks.
fn right() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,2}(\\.[0-9]{1,3})? {0,2}%",
        "baseline( {0,2}[+-] {0,2}[0-9]{1,2}(\\.[0-9]{1,3})? {0,1}(%|pp)){0,3}",
    ]
}

proptest! {
    #[test]
    fn what_is_read_is_written_and_read_the_same(
        parts in proptest::collection::vec((0_usize..6, " {0,2}", right(), " {0,2}"), 1..4),
    ) {
        let part = |(sign, before, right, after): &(usize, String, String, String)| {
            format!("{}{before}{right}{after}", SIGNS[*sign])
        };
        let text = parts.iter().map(part).collect::<Vec<_>>().join(",");
        match Condition::parse(&text, Measure::Percent) {
            Ok(condition) => {
                let written = condition.to_string();
                prop_assert_eq!(Condition::parse(&written, Measure::Percent), Ok(condition.clone()));
                let compares = condition.comparisons.iter().filter(|one| one.needs_baseline()).count();
                prop_assert_eq!(compares, text.matches("baseline").count());
            }
            Err(error) => prop_assert!(
                matches!(error, ConditionError::Never | ConditionError::Always), "{}: {}", text, error
            ),
        }
    }

    #[test]
    fn a_condition_that_is_taken_leaves_values_on_both_sides(
        parts in proptest::collection::vec((0_usize..6, 0_u8..=100), 1..4),
    ) {
        let part = |(sign, limit): &(usize, u8)| format!("{} {limit}%", SIGNS[*sign]);
        let text = parts.iter().map(part).collect::<Vec<_>>().join(", ");
        let holds = |value: f64| {
            parts.iter().all(|(sign, limit)| operator(*sign).holds(value, f64::from(*limit)))
        };
        // Limits are whole numbers: halves stand for all between them.
        let some = (0..=200).any(|half| holds(f64::from(half) / 2.0));
        let all = (0..=200).all(|half| holds(f64::from(half) / 2.0));
        match Condition::parse(&text, Measure::Percent) {
            Ok(_) => prop_assert!(some && !all, "{}", text),
            Err(ConditionError::Never) => prop_assert!(!some, "{}", text),
            Err(ConditionError::Always) => prop_assert!(all, "{}", text),
            Err(error) => prop_assert!(false, "{}: {}", text, error),
        }
    }

    #[test]
    fn no_text_is_a_panic(text in "[-+<>=!,.0-9a-z% ]{0,32}|\\PC{0,16}") {
        for measure in [Measure::Duration, Measure::Size, Measure::Percent, Measure::Number, Measure::Version] {
            let _ = Condition::parse(&text, measure);
        }
    }
}
