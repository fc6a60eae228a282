//! Work on several threads, results in the order of the input.
//!
//! Invariant: nobody works on an item that is more than a fixed number ahead of the next result to
//! hand out, so that memory does not grow with the number of items.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct State<R> {
    next_in: usize,
    next_out: usize,
    done: BTreeMap<usize, R>,
    /// Nobody wants more results, or a worker is gone.
    stopped: bool,
}

struct Shared<R> {
    state: Mutex<State<R>>,
    changed: Condvar,
}

impl<R> Shared<R> {
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<R>>) -> MutexGuard<'a, State<R>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }
}

/// Stops the others also where its thread panics, so that nobody waits for ever.
struct StopOnPanic<'a, R>(&'a Shared<R>);

impl<R> Drop for StopOnPanic<'_, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

/// Runs `work` over the items on `jobs` threads, each with its own worker from `make`, and gives the
/// results to `take` in the order of the items until it fails.
pub fn in_order<T, W, R, E>(
    items: &[T],
    jobs: usize,
    make: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    T: Sync,
    R: Send,
{
    let jobs = jobs.clamp(1, items.len().max(1));
    if jobs == 1 {
        let mut worker = make();
        return items.iter().try_for_each(|item| take(work(&mut worker, item)));
    }
    let ahead = jobs * 4;
    let shared = Shared {
        state: Mutex::new(State { next_in: 0, next_out: 0, done: BTreeMap::new(), stopped: false }),
        changed: Condvar::new(),
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                let _guard = StopOnPanic(&shared);
                let mut worker = make();
                while let Some(index) = next(&shared, items.len(), ahead) {
                    let result = work(&mut worker, &items[index]);
                    shared.lock().done.insert(index, result);
                    shared.changed.notify_all();
                }
            });
        }
        for index in 0..items.len() {
            let mut state = shared.lock();
            let result = loop {
                if let Some(result) = state.done.remove(&index) {
                    break Some(result);
                }
                if state.stopped {
                    break None;
                }
                state = shared.wait(state);
            };
            state.next_out = index + 1;
            drop(state);
            shared.changed.notify_all();
            let Some(result) = result else { break };
            if let Err(error) = take(result) {
                shared.stop();
                return Err(error);
            }
        }
        Ok(())
    })
}

/// The next item to work on; none where there are no more.
fn next<R>(shared: &Shared<R>, len: usize, ahead: usize) -> Option<usize> {
    let mut state = shared.lock();
    loop {
        if state.stopped || state.next_in == len {
            return None;
        }
        if state.next_in < state.next_out + ahead {
            state.next_in += 1;
            return Some(state.next_in - 1);
        }
        state = shared.wait(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..500).collect();
        for jobs in [1, 2, 7, 900] {
            let mut seen = Vec::new();
            let result: Result<(), ()> = in_order(
                &items,
                jobs,
                || 0_u64,
                |sum, item| {
                    // Uneven work, so that threads overtake each other.
                    for n in 0..(item * 7919 % 97) * 50 {
                        *sum = sum.wrapping_mul(31).wrapping_add(n);
                    }
                    *item
                },
                |item| {
                    seen.push(item);
                    Ok(())
                },
            );
            assert_eq!(result, Ok(()));
            assert_eq!(seen, items, "{jobs} jobs");
        }
    }

    #[test]
    fn an_error_ends_it() {
        let items: Vec<u32> = (0..500).collect();
        let result = in_order(&items, 4, || (), |(), item| *item, |item| if item == 20 { Err(item) } else { Ok(()) });
        assert_eq!(result, Err(20));
    }
}
