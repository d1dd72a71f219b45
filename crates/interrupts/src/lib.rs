//! That a long call can be cancelled: a loop over what a user has sent looks now and then whether it is still wanted.

use std::cell::Cell;
use std::sync::OnceLock;

/// Steps between two looks: rare enough to cost nothing, and no more than milliseconds apart.
pub const STRIDE: usize = 4096;

thread_local! {
    /// The steps of loops that ended before they had gone a stride: a long loop may be one over many short ones.
    static OF_SHORT_LOOPS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the steps of a loop that is not over an iterator.
pub struct Steps {
    until_the_next_look: usize,
}

impl Default for Steps {
    fn default() -> Self {
        let steps = OF_SHORT_LOOPS.get() + 1;
        OF_SHORT_LOOPS.set(steps % STRIDE);
        if steps >= STRIDE {
            look();
        }
        Self { until_the_next_look: STRIDE }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        OF_SHORT_LOOPS.set(OF_SHORT_LOOPS.get() + STRIDE - self.until_the_next_look);
    }
}

impl Steps {
    /// To be called once a step: looks for a cancellation now and then.
    pub fn step(&mut self) {
        self.until_the_next_look -= 1;
        if self.until_the_next_look == 0 {
            self.until_the_next_look = STRIDE;
            look();
        }
    }
}

/// The same items, with a look for a cancellation now and then.
pub fn cancellable<I: Iterator>(items: I) -> impl Iterator<Item = I::Item> {
    let mut steps = Steps::default();
    items.inspect(move |_| steps.step())
}

/// Puts items in order, with a look for a cancellation now and then.
pub fn sort<T: Ord>(items: &mut [T]) {
    let mut steps = Steps::default();
    items.sort_unstable_by(|one, other| {
        steps.step();
        one.cmp(other)
    });
}

/// What `look` asks. Without it, as in unit tests, nothing is cancelled.
static ASKED: OnceLock<fn()> = OnceLock::new();

/// Says once what `look` asks from then on: it returns where the call is still wanted, and unwinds where it is not.
pub fn ask(whether_it_is_wanted: fn()) {
    ASKED.get_or_init(|| whether_it_is_wanted);
}

/// Ends the call if it was cancelled, by unwinding, so that whatever is alive is dropped.
pub fn look() {
    if let Some(ask) = ASKED.get() {
        ask();
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static LOOKS: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn a_long_loop_looks_once_a_stride() {
        ask(|| LOOKS.set(LOOKS.get() + 1));
        assert_eq!(cancellable(0..10 * STRIDE).count(), 10 * STRIDE);
        assert_eq!(LOOKS.get(), 10);
    }

    #[test]
    fn many_short_loops_look_once_a_stride() {
        ask(|| LOOKS.set(LOOKS.get() + 1));
        assert_eq!(cancellable(0..STRIDE - 2).count(), STRIDE - 2);
        assert_eq!(LOOKS.get(), 0);
        // To begin a loop is a step as well.
        for looks in 1..=10 {
            assert_eq!(cancellable(0..STRIDE - 1).count(), STRIDE - 1);
            assert_eq!(LOOKS.get(), looks);
        }
    }

    #[test]
    fn a_long_sort_looks_once_a_stride() {
        ask(|| LOOKS.set(LOOKS.get() + 1));
        let mut mixed: Vec<usize> = (0..STRIDE).map(|number| number * 7 % STRIDE).collect();
        sort(&mut mixed);
        assert_eq!(mixed, Vec::from_iter(0..STRIDE));
        // It compares each number with at least ten others.
        assert!(LOOKS.get() >= 5, "{}", LOOKS.get());
    }
}
