//! That a long call can be cancelled: a loop over what a user has sent looks now and then whether it is still wanted.

/// Steps between two looks: rare enough to cost nothing, and no more than milliseconds apart.
pub const STRIDE: usize = 4096;

/// Counts the steps of a loop that is not over an iterator.
pub struct Steps {
    until_the_next_look: usize,
}

impl Steps {
    pub const fn new() -> Self {
        Self { until_the_next_look: STRIDE }
    }

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
    let mut steps = Steps::new();
    items.inspect(move |_| steps.step())
}

/// Ends the call if it was cancelled, by unwinding, so that whatever is alive is dropped.
pub fn look() {
    // The unit tests run without a server.
    #[cfg(not(test))]
    pgrx::check_for_interrupts!();
}
