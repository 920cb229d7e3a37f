//! A waivers file.

use std::sync::LazyLock;

use nodeproof::benchmark::catalog::Catalog;
use nodeproof::limits::Limits;
use nodeproof::matrix::waivers::file;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::built_in().expect("a catalog"));

pub fn run(data: &[u8]) {
    let _ = file::read(
        "w.yaml",
        data,
        &CATALOG,
        &Limits::default(),
        jiff::Timestamp::UNIX_EPOCH,
    );
}
