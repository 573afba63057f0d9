//! Exact percentiles: all values are kept and sorted; the nearest rank is taken.

/// The smallest of the values that at least `percent` of them are not above: the ⌈percent/100·N⌉-th smallest of N. `None`
/// of no values.
pub fn percentile(sorted: &[f64], percent: u8) -> Option<f64> {
    let rank = (sorted.len() * usize::from(percent)).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// How many values a percentile needs to be another one than the largest.
pub fn least_count(percent: u8) -> usize {
    let above = 100 - usize::from(percent.min(99));
    100_usize.div_ceil(above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn of_any_values_it_is_the_first_that_enough_are_not_above(
            mut values in proptest::collection::vec(prop_oneof![0.0..5.0_f64, Just(1.0), Just(2.5)], 1..300),
            percent in 1_u8..100,
        ) {
            values.sort_by(f64::total_cmp);
            let enough = |value: f64| {
                let not_above = values.iter().filter(|other| **other <= value).count();
                not_above * 100 >= usize::from(percent) * values.len()
            };
            let counted = values.iter().copied().find(|value| enough(*value));
            prop_assert_eq!(percentile(&values, percent), counted);
        }
    }

    #[test]
    fn the_nearest_rank_is_the_same_as_by_counting() {
        for count in 1..=250_usize {
            #[allow(clippy::cast_precision_loss)]
            let sorted: Vec<f64> = (1..=count).map(|one| one as f64).collect();
            for percent in [50, 90, 95, 99] {
                // By the definition: as few as possible, and at least so many are not above.
                let counted = sorted.iter().copied().find(|value| {
                    let not_above = sorted.iter().filter(|other| *other <= value).count();
                    not_above * 100 >= usize::from(percent) * count
                });
                assert_eq!(percentile(&sorted, percent), counted, "p{percent} of {count}");
            }
        }
        assert_eq!(percentile(&[], 95), None);
    }

    #[test]
    fn fewer_values_would_give_the_largest() {
        for (percent, least) in [(50, 2), (90, 10), (95, 20), (99, 100)] {
            assert_eq!(least_count(percent), least);
            #[allow(clippy::cast_precision_loss)]
            let sorted: Vec<f64> = (1..=least).map(|one| one as f64).collect();
            assert!(percentile(&sorted, percent) < sorted.last().copied(), "p{percent} of {least}");
            assert_eq!(percentile(&sorted[1..], percent), sorted.last().copied(), "p{percent} of fewer");
        }
    }
}
