//! Jobs in parallel, results in order, and never more than a window of them ahead.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct State<T> {
    next: usize,
    emitted: usize,
    stop: bool,
    ready: BTreeMap<usize, T>,
}

/// Runs `job` for 0..count on the pool's threads and hands the results to `emit` in order, on the
/// calling thread. At most `window` results wait. A job must not panic: its result would be waited
/// for for ever.
///
/// # Errors
/// What `emit` returned; no new job begins after that.
pub fn in_order<T: Send, E>(
    pool: &rayon::ThreadPool,
    count: usize,
    window: usize,
    job: &(dyn Fn(usize) -> T + Sync),
    emit: &mut dyn FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let state = Mutex::new(State {
        next: 0,
        emitted: 0,
        stop: false,
        ready: BTreeMap::new(),
    });
    let changed = Condvar::new();
    let work = || {
        loop {
            let mut held = lock(&state);
            // The lowest unfinished job is always claimed by a thread that does not wait here.
            while !held.stop && held.next < count && held.next >= held.emitted + window {
                held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
            }
            if held.stop || held.next >= count {
                return;
            }
            let at = held.next;
            held.next += 1;
            drop(held);
            let result = job(at);
            lock(&state).ready.insert(at, result);
            changed.notify_all();
        }
    };
    let mut outcome = Ok(());
    pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            scope.spawn(|_| work());
        }
        // However this thread leaves, the others must not wait for it.
        let _stop = Stop(&state, &changed);
        for at in 0..count {
            let mut held = lock(&state);
            let result = loop {
                match held.ready.remove(&at) {
                    Some(result) => break result,
                    None => held = changed.wait(held).unwrap_or_else(PoisonError::into_inner),
                }
            };
            held.emitted = at + 1;
            drop(held);
            changed.notify_all();
            outcome = emit(result);
            if outcome.is_err() {
                break;
            }
        }
    });
    outcome
}

struct Stop<'s, T>(&'s Mutex<State<T>>, &'s Condvar);

impl<T> Drop for Stop<'_, T> {
    fn drop(&mut self) {
        lock(self.0).stop = true;
        self.1.notify_all();
    }
}

fn lock<T>(state: &Mutex<State<T>>) -> MutexGuard<'_, State<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            let slow_first = |at: usize| {
                if at.is_multiple_of(7) {
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
                at
            };
            let ended: Result<(), ()> = in_order(&pool(threads), 50, 4, &slow_first, &mut |at| {
                seen.push(at);
                Ok(())
            });
            assert!(ended.is_ok());
            assert_eq!(seen, (0..50).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_more_than_the_window_is_ahead() {
        let started = AtomicUsize::new(0);
        let mut emitted = 0;
        let job = |at: usize| {
            started.fetch_add(1, Ordering::SeqCst);
            at
        };
        let ended: Result<(), ()> = in_order(&pool(4), 100, 3, &job, &mut |_| {
            emitted += 1;
            assert!(started.load(Ordering::SeqCst) <= emitted + 3);
            Ok(())
        });
        assert!(ended.is_ok());
    }

    #[test]
    fn a_panic_while_emitting_ends_the_run_too() {
        let ended = std::panic::catch_unwind(|| {
            in_order(&pool(2), 1000, 4, &|at| at, &mut |_| -> Result<(), ()> {
                panic!("a fault")
            })
        });
        assert!(ended.is_err());
    }

    #[test]
    fn an_error_ends_the_run() {
        let ended = in_order(&pool(2), 1000, 4, &|at| at, &mut |at| {
            if at == 5 { Err("full") } else { Ok(()) }
        });
        assert_eq!(ended, Err("full"));
    }
}
