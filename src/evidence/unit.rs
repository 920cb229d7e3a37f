//! What `systemctl show` printed: one block of properties per unit, in the order in which they
//! were asked for.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::Evidence;
use super::citation::Citation;
use super::kind::Kind;
use super::unit_file::words;
use crate::limits::passed;

/// One unit's block.
pub struct UnitBlock {
    /// All that was printed.
    text: Arc<str>,
    /// Where its lines are in it, and their numbers.
    lines: Vec<(Range<usize>, u32)>,
    citation: Citation,
}

impl UnitBlock {
    /// A property's text and its line; `None` where it was not asked for.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<(&str, Citation)> {
        self.lines.iter().find_map(|(at, number)| {
            let value = self.text.get(at.clone())?.strip_prefix(name)?;
            let value = value.strip_prefix('=')?;
            Some((value, self.citation.line(*number)))
        })
    }

    /// The files systemd made the unit of, where it says: the fragment first, then every drop-in.
    #[must_use]
    pub fn files(&self) -> Option<(Vec<String>, Citation)> {
        let (fragment, citation) = self.property("FragmentPath")?;
        let drop_ins = self.property("DropInPaths").map_or("", |(text, _)| text);
        let files = [fragment.to_owned()].into_iter().chain(words(drop_ins)?);
        let files: Vec<String> = files.filter(|path| path.starts_with('/')).collect();
        (!files.is_empty()).then_some((files, citation))
    }

    /// Whether the files on disk are those that systemd has read.
    #[must_use]
    pub fn is_loaded_from_disk(&self) -> bool {
        self.property("NeedDaemonReload")
            .is_none_or(|(text, _)| text != "yes")
    }

    fn main_process(&self) -> Option<u32> {
        let (text, _) = self.property("MainPID")?;
        text.parse().ok().filter(|pid| *pid != 0)
    }
}

impl Evidence<'_> {
    /// The main processes of all units shown.
    #[must_use]
    pub fn main_processes(&self) -> BTreeSet<u32> {
        let units = self.units().iter().flatten();
        units.filter_map(UnitBlock::main_process).collect()
    }

    /// The unit whose main process this is.
    #[must_use]
    pub fn unit_of_process(&self, pid: u32) -> Option<&UnitBlock> {
        let mut units = self.units().iter().flatten();
        units.find(|unit| unit.main_process() == Some(pid))
    }

    /// The block of a unit. An alias shows another `Id` than the name it was asked for by, so the
    /// recorded command tells which block is whose; without it the `Id` does.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub fn unit(&self, name: &str) -> Result<&UnitBlock, String> {
        let units = self.units().as_ref().map_err(String::clone)?;
        let member = |unit: &UnitBlock| unit.citation.member.clone();
        let member = units.first().map(member).unwrap_or_default();
        let commands = self.manifest.iter().flat_map(|m| &m.commands);
        let command = commands.into_iter().find(|c| *c.member == *member);
        let at = match command {
            Some(command) => {
                if command.exit.is_some_and(|exit| exit != 0) {
                    return Err(format!("`{}` failed", command.argv));
                }
                let asked: Vec<&str> = names(&command.argv);
                if asked.len() != units.len() {
                    return Err(format!(
                        "{member} has {} units, and {} were asked for",
                        units.len(),
                        asked.len()
                    ));
                }
                asked.iter().position(|unit| *unit == name)
            }
            None => units
                .iter()
                .position(|unit| unit.property("Id").is_some_and(|(id, _)| id == name)),
        };
        at.and_then(|at| units.get(at))
            .ok_or_else(|| format!("{member} does not show {name}"))
    }

    /// Every block.
    fn units(&self) -> &Result<Vec<UnitBlock>, String> {
        self.units.get_or_init(|| self.read_units())
    }

    fn read_units(&self) -> Result<Vec<UnitBlock>, String> {
        let Some(index) = self.first(&Kind::Units) else {
            return Err("commands/systemctl-show.txt is not in the bundle".to_owned());
        };
        let citation = self.cite(index);
        let member = citation.member.clone();
        let text = self
            .bytes(index)
            .and_then(|bytes| {
                std::str::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
            })
            .map_err(|why| format!("{member} {why}"))?;
        let most = self.limits().unit_lines;
        if text.lines().count() as u64 > most {
            let passed = passed("unit-lines", most, "lines");
            self.report(index, passed.clone(), "what it shows of units is not known");
            return Err(format!("{member} {passed}"));
        }
        let text: Arc<str> = text.into();
        let mut units: Vec<UnitBlock> = Vec::new();
        let mut open = false;
        for (line, number) in text.lines().zip(1..) {
            if line.is_empty() {
                open = false;
                continue;
            }
            if !open {
                open = true;
                units.push(UnitBlock {
                    text: text.clone(),
                    lines: Vec::new(),
                    citation: citation.clone(),
                });
            }
            let start = line.as_ptr().addr() - text.as_ptr().addr();
            if let Some(unit) = units.last_mut() {
                unit.lines.push((start..start + line.len(), number));
            }
        }
        Ok(units)
    }
}

/// The units in the words of `systemctl show`: what is no option, nor an option's value.
fn names(argv: &str) -> Vec<&str> {
    let mut words = argv
        .split_whitespace()
        .skip_while(|word| *word != "show")
        .skip(1);
    let mut names = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "-p" | "--property" => {
                words.next();
            }
            option if option.starts_with('-') => {}
            name => names.push(name),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn units_are_told_from_options() {
        let argv = "systemctl show --no-pager -p Id -p ActiveState kubelet.service sshd.service";
        assert_eq!(names(argv), ["kubelet.service", "sshd.service"]);
    }
}
