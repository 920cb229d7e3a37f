//! The one progress path: a bar on a terminal, nothing elsewhere and with `--quiet`.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A run's progress.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Of so many bundles.
    pub fn new(bundles: u64, quiet: bool) -> Self {
        let draw = if quiet || !std::io::stderr().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(Some(bundles), draw);
        if let Ok(style) = ProgressStyle::with_template(
            "{wide_bar} {pos}/{len} bundles  {per_sec}  {eta} left  {msg}",
        ) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// One more bundle is judged.
    pub fn step(&self, fails: u64, errors: u64) {
        if !self.bar.is_hidden() {
            self.bar
                .set_message(format!("{fails} fail, {errors} error"));
        }
        self.bar.inc(1);
    }

    /// Prints a line without tearing the bar.
    pub fn say(&self, text: &str) {
        self.bar.suspend(|| super::message::say(text));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
