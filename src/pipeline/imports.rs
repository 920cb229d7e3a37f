//! Archives of other tools are known by their members alone, so that the first pass reads them whole.

use rayon::prelude::*;

use super::Run;
use crate::fleet::imports::ToolArchive;
use crate::fleet::lend::Lender;
use crate::fleet::reading::Reading;

impl Run<'_> {
    /// Enters what archives of other tools say of themselves into the index, and gives what they
    /// lend. An archive by itself has nobody to lend to and none to supersede.
    pub(super) fn imported(&self, reading: &mut Reading<'_>) -> Vec<Lender> {
        if reading.index.entries.len() < 2 {
            return Vec::new();
        }
        let paths = self.lent_paths();
        let archives = {
            let reading = &*reading;
            let is_open = |bundle_number: usize| {
                let entry = reading.index.entries.get(bundle_number);
                entry.is_some_and(|entry| !entry.described)
            };
            let archive = |place| {
                reading.some(place, &is_open, &|bundle| {
                    ToolArchive::of(&bundle, &self.limits, &paths)
                })
            };
            let all = (0..reading.places.len()).into_par_iter();
            let mut archives: Vec<_> = all.flat_map_iter(archive).collect();
            archives.sort_by_key(|(bundle_number, _)| *bundle_number);
            archives
        };
        let mut lenders = Vec::new();
        for (bundle_number, archive) in archives {
            let Ok(Some(archive)) = archive else { continue };
            lenders.extend(archive.lender);
            if let (Some(slot), Some(entry)) =
                (reading.index.entries.get_mut(bundle_number), archive.entry)
            {
                *slot = entry;
            }
        }
        lenders
    }
}
