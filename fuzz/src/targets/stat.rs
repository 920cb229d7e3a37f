//! stat.tsv, and what `ls -l` and `stat` print.

use nodeproof::evidence::stat;
use nodeproof::limits::Limits;

pub fn run(data: &[u8]) {
    let _ = stat::printed::looks_printed(data);
    if let Ok(stat) = stat::parse(data, &Limits::default()) {
        for row in stat.rows() {
            let _ = stat.get(&row.path);
            let _ = stat.all(&row.path).count();
        }
    }
}
