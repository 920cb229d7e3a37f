//! A command → what it cost: CPU, time, and peak memory.
//!
//! The system keeps such figures for all children of a process together. So each command runs as
//! the only child of a process of its own, which is this program again.

use std::ffi::OsStr;
use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

/// The subcommand by which this program runs itself.
pub const SUBCOMMAND: &str = "measure";

/// What one run of a command cost.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Seconds of CPU, user and system, of the command and all its children.
    pub cpu: f64,
    /// Seconds from start to end.
    pub wall: f64,
    /// Peak resident memory in KiB, of the largest process.
    pub peak: f64,
}

/// Runs a command, which must end with one of `codes`.
pub fn run(program: &OsStr, arguments: &[&OsStr], codes: &[i32]) -> io::Result<Usage> {
    let output = Command::new(std::env::current_exe()?)
        .arg(SUBCOMMAND)
        .arg(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text
        .split(' ')
        .filter_map(|n| n.trim().parse().ok())
        .collect();
    match numbers.as_slice() {
        [cpu, wall, peak, code] if codes.iter().any(|wanted| f64::from(*wanted) == *code) => {
            Ok(Usage {
                cpu: *cpu,
                wall: *wall,
                peak: *peak,
            })
        }
        _ => Err(io::Error::other(format!(
            "{} {arguments:?} ended with: {}",
            program.display(),
            text.trim()
        ))),
    }
}

/// The other half: runs the command and gives seconds, seconds, KiB and its exit code.
pub fn only_child(command: &[std::ffi::OsString]) -> io::Result<String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::other("no command to measure"));
    };
    let start = Instant::now();
    let status: ExitStatus = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    let wall = start.elapsed().as_secs_f64();
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let cpu = used.user_time() + used.system_time();
    let seconds = cpu.num_microseconds() as f64 / 1e6;
    let code = status.code().unwrap_or(-1);
    Ok(format!("{seconds} {wall} {} {code}", used.max_rss()))
}
