//! Jobs in parallel, results in order, and never more than a window of them ahead.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

struct WindowState<J, T> {
    queue: VecDeque<(usize, u64, J)>,
    produced: usize,
    /// What jobs hold that are queued or being done.
    weight: u64,
    is_complete: bool,
    emitted: usize,
    stop: bool,
    ready: BTreeMap<usize, T>,
}

/// Who waits for what, so that nobody is woken for nothing.
#[derive(Default)]
struct Signals {
    /// The producer, for room.
    room: Condvar,
    /// Workers, for a job.
    job: Condvar,
    /// Whoever emits, for the next result.
    result: Condvar,
}

impl Signals {
    fn all(&self) {
        for signal in [&self.room, &self.job, &self.result] {
            signal.notify_all();
        }
    }
}

/// Takes a job and the bytes it holds; `false` if nobody wants any more.
pub type Hand<'h, J> = dyn FnMut(J, u64) -> bool + 'h;

/// Does jobs on the pool's threads and hands the results to `emit` in the order of the jobs, on the
/// calling thread. `produce` runs on a thread of its own and sends jobs, each with the bytes it
/// holds, until there are no more or sending returns `false`. At most `window` results wait, and
/// jobs that wait hold at most `most` bytes, or are one. A job must not panic: its result would be
/// waited for for ever.
///
/// # Errors
/// What `emit` returned; no new job begins after that.
pub fn streamed<J: Send, T: Send, E>(
    pool: &rayon::ThreadPool,
    (window, most): (usize, u64),
    produce: &(dyn Fn(&mut Hand<'_, J>) + Sync),
    job: &(dyn Fn(J) -> T + Sync),
    emit: &mut dyn FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let state = Mutex::new(WindowState {
        queue: VecDeque::new(),
        produced: 0,
        weight: 0,
        is_complete: false,
        emitted: 0,
        stop: false,
        ready: BTreeMap::new(),
    });
    let signals = Signals::default();
    let wait = |signal: &Condvar, held| signal.wait(held).unwrap_or_else(PoisonError::into_inner);
    let mut send = |job: J, weight: u64| {
        let mut held = lock(&state);
        while !held.stop
            && (held.produced >= held.emitted + window
                || held.weight > 0 && held.weight.saturating_add(weight) > most)
        {
            held = wait(&signals.room, held);
        }
        let at = held.produced;
        held.produced += 1;
        held.weight += weight;
        held.queue.push_back((at, weight, job));
        signals.job.notify_one();
        !held.stop
    };
    let work = || {
        loop {
            let mut held = lock(&state);
            let (at, weight, next) = loop {
                if held.stop {
                    return;
                }
                match held.queue.pop_front() {
                    Some(next) => break next,
                    None if held.is_complete => return,
                    None => held = wait(&signals.job, held),
                }
            };
            drop(held);
            let result = job(next);
            let mut held = lock(&state);
            held.ready.insert(at, result);
            held.weight -= weight;
            if at == held.emitted {
                signals.result.notify_one();
            }
            if weight > 0 {
                signals.room.notify_one();
            }
        }
    };
    // However these threads leave, the others must not wait for them.
    let complete = Leave(|| {
        lock(&state).is_complete = true;
        signals.all();
    });
    std::thread::scope(|threads| {
        threads.spawn(move || {
            let _complete = complete;
            produce(&mut send);
        });
        pool.in_place_scope(|scope| {
            for _ in 0..pool.current_num_threads() {
                scope.spawn(|_| work());
            }
            let _stop = Leave(|| {
                lock(&state).stop = true;
                signals.all();
            });
            for at in 0.. {
                let mut held = lock(&state);
                let result = loop {
                    match held.ready.remove(&at) {
                        Some(result) => break result,
                        None if held.is_complete && at >= held.produced => return Ok(()),
                        None => held = wait(&signals.result, held),
                    }
                };
                held.emitted = at + 1;
                // Half a window of room: one job at a time would wake the producer for each.
                let has_room = held.produced - held.emitted <= window / 2;
                drop(held);
                if has_room {
                    signals.room.notify_one();
                }
                emit(result)?;
            }
            Ok(())
        })
    })
}

/// Does something when it goes.
struct Leave<F: FnMut()>(F);

impl<F: FnMut()> Drop for Leave<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn lock<J, T>(state: &Mutex<WindowState<J, T>>) -> MutexGuard<'_, WindowState<J, T>> {
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

    fn in_order<T: Send, E>(
        threads: usize,
        count: usize,
        window: usize,
        job: &(dyn Fn(usize) -> T + Sync),
        emit: &mut dyn FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let produce = |send: &mut Hand<'_, usize>| {
            let _ = (0..count).all(|at| send(at, 1));
        };
        streamed(&pool(threads), (window, u64::MAX), &produce, job, emit)
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
            let ended: Result<(), ()> = in_order(threads, 50, 4, &slow_first, &mut |at| {
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
        let ended: Result<(), ()> = in_order(4, 100, 3, &job, &mut |_| {
            emitted += 1;
            assert!(started.load(Ordering::SeqCst) <= emitted + 3);
            Ok(())
        });
        assert!(ended.is_ok());
    }

    #[test]
    fn a_panic_while_emitting_ends_the_run_too() {
        let ended = std::panic::catch_unwind(|| {
            in_order(2, 1000, 4, &|at| at, &mut |_| -> Result<(), ()> {
                panic!("a fault")
            })
        });
        assert!(ended.is_err());
    }

    #[test]
    fn jobs_that_wait_hold_no_more_than_they_may() {
        let held = AtomicUsize::new(0);
        let produce = |send: &mut Hand<'_, usize>| {
            for weight in [3, 3, 9, 1, 20, 2, 2] {
                held.fetch_add(weight, Ordering::SeqCst);
                assert!(send(weight, weight as u64));
            }
        };
        let job = |weight: usize| {
            // One more is in the producer's hands.
            let before = held.fetch_sub(weight, Ordering::SeqCst);
            assert!(before <= 10 + 20 + 20);
            weight
        };
        let mut sum = 0;
        let ended: Result<(), ()> = streamed(&pool(2), (9, 10), &produce, &job, &mut |weight| {
            sum += weight;
            Ok(())
        });
        assert_eq!((ended, sum), (Ok(()), 40));
    }

    #[test]
    fn an_error_ends_the_run() {
        let ended = in_order(2, 1000, 4, &|at| at, &mut |at| {
            if at == 5 { Err("full") } else { Ok(()) }
        });
        assert_eq!(ended, Err("full"));
    }
}
