//! The one progress path: a bar on a terminal, a line every few seconds on a log, nothing with
//! `--quiet`.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::message;

/// How often a log gets a line: seldom enough to read, often enough to see that it goes on.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// A run's progress.
pub struct Progress {
    bar: ProgressBar,
    bundles: u64,
    done: u64,
    begun: Instant,
    /// When the next line of a log is due; `None` where there is no log.
    due: Option<Instant>,
    quiet: bool,
}

impl Progress {
    /// Of so many bundles.
    pub fn new(bundles: u64, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let draw = if quiet || !terminal {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(Some(bundles), draw);
        let template = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            "[{bar:24}] {pos}/{len} bundles  {per_sec}  {eta} left  {msg}"
        } else {
            "[{bar:24.cyan}] {pos}/{len} bundles  {per_sec}  {eta} left  {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        let begun = Instant::now();
        Self {
            bar,
            bundles,
            done: 0,
            begun,
            due: (!quiet && !terminal).then(|| begun + LOG_EVERY),
            quiet,
        }
    }

    /// One more bundle is judged.
    pub fn step(&mut self, fails: u64, errors: u64) {
        self.done += 1;
        if !self.bar.is_hidden() {
            self.bar
                .set_message(format!("{fails} fail, {errors} error"));
        }
        self.bar.inc(1);
        let now = Instant::now();
        if self.due.is_some_and(|due| now >= due) {
            self.due = Some(now + LOG_EVERY);
            message::say(self.line(now - self.begun, fails, errors));
        }
    }

    fn line(&self, passed: Duration, fails: u64, errors: u64) -> String {
        let rate = self.done as f64 / passed.as_secs_f64().max(0.001);
        let left = (self.bundles - self.done.min(self.bundles)) as f64 / rate.max(0.001);
        format!(
            "{}/{} bundles, {rate:.0} a second, {} left, {fails} fail, {errors} error",
            self.done,
            self.bundles,
            HumanDuration(Duration::from_secs_f64(left.min(1.0e9)))
        )
    }

    /// A line beside the progress, without tearing the bar.
    pub fn warn(&self, text: &dyn std::fmt::Display) {
        if !self.quiet {
            self.bar
                .suspend(|| message::say(format_args!("warning: {text}")));
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_log_says_how_far_how_fast_and_what_came_out() {
        let mut progress = Progress::new(5_000, true);
        progress.done = 1_000;
        assert_eq!(
            progress.line(Duration::from_secs(10), 7, 2),
            "1000/5000 bundles, 100 a second, 40 seconds left, 7 fail, 2 error"
        );
    }
}
