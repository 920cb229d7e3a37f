//! Figures → the lines a person reads.

use std::fmt::Write as _;

/// The lines so far.
#[derive(Default)]
pub struct Table(String);

impl Table {
    pub fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "\n{text}");
        let _ = writeln!(
            self.0,
            "  {:<54} {:>8} {:>8} {:>8}  {:<5}",
            "", "median", "min", "max", "goal"
        );
    }

    /// Values of runs made in turn.
    pub fn row(&mut self, label: &str, values: &[f64], goal: &str) {
        if values.is_empty() {
            let _ = writeln!(self.0, "  {label:<54} {:>8}", "none");
            return;
        }
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let median = median(values);
        let _ = writeln!(
            self.0,
            "  {label:<54} {median:>8.2} {min:>8.2} {max:>8.2}  {goal:<5}"
        );
    }

    /// One value.
    pub fn value(&mut self, label: &str, value: f64, goal: &str) {
        let _ = writeln!(self.0, "  {label:<54} {value:>8.2} {:>17}  {goal:<5}", "");
    }

    pub fn note(&mut self, text: &str) {
        let _ = writeln!(self.0, "  ({text})");
    }

    pub fn print(&self) {
        println!("{}", self.0.trim_start_matches('\n'));
    }
}

/// The middle one, the lower of two; 0 of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len().saturating_sub(1) / 2;
    sorted.get(middle).copied().unwrap_or_default()
}
