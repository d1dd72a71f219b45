//! That a long call can be cancelled: a loop over what a user has sent looks now and then whether it is still wanted.

/// Items between two looks: rare enough to cost nothing, and no more than milliseconds apart.
const STRIDE: usize = 4096;

/// The same items, with a look for a cancellation now and then.
pub fn cancellable<I: Iterator>(items: I) -> impl Iterator<Item = I::Item> {
    let mut until_the_next_look = STRIDE;
    items.inspect(move |_| {
        until_the_next_look -= 1;
        if until_the_next_look == 0 {
            until_the_next_look = STRIDE;
            look();
        }
    })
}

/// Ends the call if it was cancelled, by unwinding, so that whatever is alive is dropped.
pub fn look() {
    // The unit tests run without a server.
    #[cfg(not(test))]
    pgrx::check_for_interrupts!();
}
