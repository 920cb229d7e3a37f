//! Which members say what was seen at paths of the node: `stat.tsv`, or what `ls` and `stat` printed.

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use super::stat::{self, Stat};

impl<'b> Evidence<'b> {
    pub(super) fn read_stat(&mut self) {
        if let Some(import) = self.import() {
            let members = import.real.clone();
            self.stat = import.stat(self.bundle);
            self.stat_members = members;
            return;
        }
        let Some(index) = self.first(&Kind::Metadata) else {
            self.read_printed();
            return;
        };
        match self
            .bytes(index)
            .and_then(|bytes| stat::parse(bytes, self.limits).map_err(|e| e.what))
        {
            Ok(stat) => {
                if let Some(first) = stat.problems.first() {
                    let what = format!(
                        "has {} rows that cannot be read, the first in line {}: it {}",
                        stat.problems.len(),
                        first.line,
                        first.what
                    );
                    self.report(
                        index,
                        what,
                        "what they are about is not known; collect again",
                    );
                }
                self.stat = Some(stat);
                self.stat_members = vec![index];
            }
            Err(what) => self.report(index, what, "file metadata is not known; collect again"),
        }
    }

    /// Metadata that somebody asked for path by path.
    fn read_printed(&mut self) {
        let printed = self.places.get(&Kind::PrintedMetadata);
        let members: Vec<usize> = printed.cloned().unwrap_or_default();
        let bytes = members.iter().filter_map(|index| self.bytes(*index).ok());
        let bytes: Vec<&[u8]> = bytes.collect();
        if !bytes.is_empty() && bytes.len() == members.len() {
            self.stat = Some(stat::printed::parse(&bytes, self.limits));
            self.stat_members = members;
        }
    }

    /// Where a row of the metadata stands.
    pub(super) fn cite_row(&self, row: &stat::StatRow<'_>) -> Citation {
        match self.stat_members.get(row.source) {
            // The header of the file itself says it.
            Some(index) if self.import().is_some() => self.cite(*index),
            Some(index) => self.cite(*index).line(row.line),
            None => Citation::whole(""),
        }
    }

    pub(super) fn stat(&self) -> Option<&Stat<'b>> {
        self.read.borrow_mut().extend(&self.stat_members);
        self.stat.as_ref()
    }
}
