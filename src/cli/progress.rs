//! The one progress path: a bar on a terminal, a line every few seconds on a log, nothing with
//! `--quiet`.

use std::fmt;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::message;
use crate::pipeline::analyze::Observer;
use crate::problem::Problem;

/// How often a log gets a line: seldom enough to read, often enough to see that it goes on.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// Follows a run on stderr.
pub struct Followed {
    quiet: bool,
    progress: Option<Progress>,
}

impl Followed {
    /// With `quiet`: not at all.
    pub fn new(quiet: bool) -> Self {
        Self {
            quiet,
            progress: None,
        }
    }
}

impl Observer for Followed {
    fn begin(&mut self, bundles: u64) {
        self.progress = Some(Progress::new(bundles, self.quiet));
    }

    fn problem(&mut self, problem: &Problem) {
        if let Some(progress) = &self.progress {
            progress.warn(problem);
        }
    }

    fn step(&mut self, fails: u64, errors: u64) {
        if let Some(progress) = &mut self.progress {
            progress.step(fails, errors);
        }
    }

    fn end(&mut self) {
        if let Some(progress) = &self.progress {
            progress.end();
        }
    }
}

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
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if let Some(style) = style(!no_colour) {
            bar.set_style(style);
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

/// How the bar looks: one line of 80 columns, whatever it counts. What has no room is cut off.
fn style(colour: bool) -> Option<ProgressStyle> {
    let template = match colour {
        true => "[{bar:12.cyan}] {pos}/{len}  {rate}  {eta} left  {wide_msg}",
        false => "[{bar:12}] {pos}/{len}  {rate}  {eta} left  {wide_msg}",
    };
    let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    let style = ProgressStyle::with_template(template).ok()?;
    Some(style.with_key("rate", rate).progress_chars("=> "))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::TermLike;

    use super::*;

    /// A terminal that keeps what is drawn.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_bar_is_one_line_of_80_columns_with_whole_numbers() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bar = ProgressBar::with_draw_target(Some(1_000_000), target);
        bar.set_style(style(false).unwrap());
        bar.set_message("123456 fail, 123456 error");
        bar.set_position(765_432);
        bar.force_draw();
        let drawn = screen.0.lock().unwrap().clone();
        let line = drawn.trim_end();
        assert!(line.contains(" 765432/1000000  "), "{line}");
        assert!(line.contains("/s  ") && line.contains(" left  "), "{line}");
        assert!(line.contains("123456 fail"), "{line}");
        assert!(!line.contains('.'), "{line}");
        assert!(drawn.chars().count() <= 80, "{line}");
    }

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
