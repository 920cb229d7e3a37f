//! What `systemctl show` printed: one block of properties per unit, in the order in which they
//! were asked for.

use super::Evidence;
use super::citation::Citation;
use super::layout::Kind;
use crate::limits::passed;

/// One unit's block.
pub struct Unit<'b> {
    lines: Vec<(&'b str, u32)>,
    citation: Citation,
}

impl<'b> Unit<'b> {
    /// A property's text and its line; `None` where it was not asked for.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<(&'b str, Citation)> {
        self.lines.iter().find_map(|(line, number)| {
            let (key, value) = line.split_once('=')?;
            (key == name).then(|| (value, self.citation.line(*number)))
        })
    }
}

impl Evidence<'_> {
    /// The unit whose main process this is.
    #[must_use]
    pub fn unit_of_process(&self, pid: u32) -> Option<Unit<'_>> {
        let is_main = |unit: &Unit<'_>| {
            let main = unit
                .property("MainPID")
                .and_then(|(text, _)| text.parse().ok());
            main == Some(pid)
        };
        self.units().ok()?.into_iter().find(is_main)
    }

    /// The block of a unit. An alias shows another `Id` than the name it was asked for by, so the
    /// recorded command tells which block is whose; without it the `Id` does.
    ///
    /// # Errors
    /// Why there is none, as a sentence.
    pub fn unit(&self, name: &str) -> Result<Unit<'_>, String> {
        let mut units = self.units()?;
        let member = |unit: &Unit<'_>| unit.citation.member.clone();
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
        at.filter(|at| *at < units.len())
            .map(|at| units.swap_remove(at))
            .ok_or_else(|| format!("{member} does not show {name}"))
    }

    /// Every block.
    fn units(&self) -> Result<Vec<Unit<'_>>, String> {
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
            return Err(format!("{member} {}", passed("unit-lines", most, "lines")));
        }
        let mut units: Vec<Unit<'_>> = Vec::new();
        let mut open = false;
        for (line, number) in text.lines().zip(1..) {
            if line.is_empty() {
                open = false;
                continue;
            }
            if !open {
                open = true;
                units.push(Unit {
                    lines: Vec::new(),
                    citation: citation.clone(),
                });
            }
            if let Some(unit) = units.last_mut() {
                unit.lines.push((line, number));
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
