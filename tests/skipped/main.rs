//! The last test target: how many tests of this run were skipped, and why.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may")]

#[path = "../support/skips.rs"]
mod skips;

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    let text = std::fs::read_to_string(skips::record()).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    for line in &lines {
        println!("{line}");
    }
    println!("tests skipped: {}", lines.len());
    let _ = std::fs::remove_file(skips::record());
}
