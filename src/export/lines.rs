//! Lines of cells: what formats have for layouts other than one row per finding.

use std::io;

/// Writes lines of cells in some format.
pub(super) trait Lines: Send {
    /// The line of the names, where the format has one.
    fn head(&mut self, names: &[String]) -> io::Result<()>;
    /// One line: as many cells as names; `None` is null.
    fn line(&mut self, names: &[String], cells: &[Option<&str>]) -> io::Result<()>;
    /// After the last line.
    fn flush(&mut self) -> io::Result<()>;
}
