//! One kubelet process → its settings as written down: last argument > drop-ins > `--config`
//! file > default of the version and start-up mode.

mod arguments;
mod by_version;
mod files;
mod in_force;
mod instance;
mod labels;
mod next_start;
mod parts;
mod process;
mod read;
mod refusal;
mod sources;
mod together;

pub use process::{KubeletProcess, NextStart};
