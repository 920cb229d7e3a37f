//! When processes started, where a list of them has it to the second: by the clock of the machine.

use std::collections::HashMap;

use super::Process;
use crate::evidence::Evidence;
use crate::evidence::layouts::Import;

/// The clock that is behind all others. A file that changed after what it makes of a time changed
/// after that time on whichever clock.
const WESTMOST: i64 = -12 * 60 * 60;

impl Evidence<'_> {
    /// Gives processes the time at which a list says they started. `started_at` comes before it, and
    /// of several lists the earliest time counts.
    pub(super) fn date(&self, processes: &mut [Process]) {
        let mut starts: HashMap<u32, i64> = HashMap::new();
        let offset = self.import().and_then(Import::utc_offset);
        let rows = self.listings().iter().flat_map(|(_, list)| &list.processes);
        for (pid, started) in rows.filter_map(|row| row.pid.zip(row.started)) {
            let Ok(by_utc) = started.to_zoned(jiff::tz::TimeZone::UTC) else {
                continue;
            };
            let at = by_utc.timestamp().as_second() - offset.unwrap_or(WESTMOST);
            let known = starts.entry(pid).or_insert(at);
            *known = at.min(*known);
        }
        for process in processes {
            let listed = process.pid.and_then(|pid| starts.get(&pid).copied());
            process.started_at = process.started_at.or(listed);
        }
    }
}
