//! Argument lines, one word a line, as pflag reads them.

use nodeproof::settings::flag_table::KUBELET_FLAGS;
use nodeproof::settings::pflag::{self, Words};

pub fn run(data: &[u8]) {
    let Some((how, data)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(data);
    let words: Vec<String> = text.lines().map(str::to_owned).collect();
    let kind = [Words::Exact, Words::Split, Words::Unexpanded][usize::from(how % 3)];
    let line = pflag::parse(&words, kind, how & 4 != 0, &KUBELET_FLAGS, None);
    for name in [
        "anonymous-auth",
        "config",
        "make-iptables-util-chains",
        "feature-gates",
    ] {
        let _ = line.last(name);
        let _ = line.text(name);
    }
}
