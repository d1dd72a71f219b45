//! Memory that a backend keeps between questions about many memories.

use std::hint::black_box;
use std::sync::Once;

/// A hundred thousand memories take some 4 MB while they are asked; of fewer than so many, little is given back.
const MANY: usize = 10_000;

/// As much is kept as is freed at most, and as much again.
const ROOM: usize = 8 << 20;

static KEPT: Once = Once::new();

/// Lets the C library keep what questions about so many memories take, once there was one. It would give it back at the end of each
/// and take it anew page by page: a fifth of the time for a user of 100,000. glibc keeps up to twice the largest block that was
/// freed so far (see M_MMAP_THRESHOLD in mallopt(3)); so one is freed that was never written to, and took no memory.
pub fn keep_for(memories: usize) {
    if memories >= MANY {
        KEPT.call_once(|| drop(black_box(Vec::<u8>::with_capacity(ROOM))));
    }
}
