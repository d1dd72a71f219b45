//! The largest of some numbers, as they come.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The `at_most` largest of what was pushed, none of which is below 0.
pub struct Largest {
    at_most: usize,
    /// The least of them on top. What is at least 0 is in the order of its bits.
    largest: BinaryHeap<Reverse<u64>>,
}

impl Largest {
    pub fn new(at_most: usize) -> Self {
        Self { at_most, largest: BinaryHeap::new() }
    }

    pub fn push(&mut self, number: f64) {
        self.largest.push(Reverse(number.to_bits()));
        if self.largest.len() > self.at_most {
            self.largest.pop();
        }
    }

    /// The last of the `at_most` largest; 0 as long as there are fewer.
    pub fn least(&self) -> f64 {
        let is_full = self.largest.len() >= self.at_most;
        self.largest.peek().filter(|_| is_full).map_or(0.0, |Reverse(bits)| f64::from_bits(*bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_the_largest_is_known_once_there_are_so_many() {
        let mut largest = Largest::new(2);
        let mut least = |number: f64| {
            largest.push(number);
            largest.least()
        };
        assert_eq!([3.0, 0.5, 0.25, 7.0].map(&mut least), [0.0, 0.5, 0.5, 3.0]);
    }
}
