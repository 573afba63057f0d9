//! Several things at a time, with their results in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does `work` for each of `items`, for at most `at_once` at a time, and gives the results in the order of the items. The
/// work is begun in that order too.
pub fn in_order<T: Sync, R: Send>(items: &[T], at_once: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        let worker = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(number) else { break };
                let result = work(item);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
            }
        };
        for _ in 0..at_once.clamp(1, items.len().max(1)) {
            // Where this user may have no more threads, this one does the work.
            if std::thread::Builder::new().spawn_scoped(scope, worker).is_err() {
                worker();
            }
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn results_come_in_order_and_no_more_at_once_than_allowed() {
        for at_once in [0, 1, 3, 100] {
            let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let items: Vec<u64> = (0..20).collect();
            let results = in_order(&items, at_once, |item| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20 - item));
                running.fetch_sub(1, Ordering::SeqCst);
                item * 2
            });
            assert_eq!(results, (0..20).map(|item| item * 2).collect::<Vec<_>>());
            assert!(most.into_inner() <= at_once.max(1));
        }
        assert!(in_order(&[0; 0], 2, |item| *item).is_empty());
    }
}
