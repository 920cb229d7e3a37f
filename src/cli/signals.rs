//! A signal that ends the run → its temporary files removed first.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::export::target::Target;

/// The temporary files of this run.
#[derive(Clone, Default)]
pub struct Temporaries(Arc<Mutex<Vec<PathBuf>>>);

impl Temporaries {
    /// Watches for signals from now on.
    pub fn watched() -> Self {
        let temporaries = Self::default();
        #[cfg(unix)]
        watch(temporaries.clone());
        temporaries
    }

    /// Opens outputs. A signal waits until all that were opened are known here.
    pub fn opened<W, T: AsRef<[Target<W>]>>(
        &self,
        open: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let targets = open()?;
        known.extend(
            { targets.as_ref().iter() }
                .filter_map(Target::temporary)
                .map(PathBuf::from),
        );
        Ok(targets)
    }

    #[cfg(unix)]
    fn remove(&self) {
        for path in &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // One that has its final name by now is not there any more.
            let _ = std::fs::remove_file(path).or_else(|_| std::fs::remove_dir_all(path));
        }
    }
}

/// Where signals cannot be watched, a killed run leaves its temporary files, as any program does.
#[cfg(unix)]
fn watch(temporaries: Temporaries) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let wanted = [SIGHUP, SIGINT, SIGTERM];
    let wanted = wanted
        .into_iter()
        .filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else {
        return;
    };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            temporaries.remove();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

/// The signals that whoever started this run had ignored, one bit each: `nohup` and background
/// jobs of scripts rely on it. Where the system does not say: hangup, for the sake of `nohup`.
#[cfg(unix)]
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(1)
}
