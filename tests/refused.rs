//! What the real kubelet's code refuses to start with, against what the program says of it (facts
//! `kubelet-differences.jsonl` and `kubelet-random-golden.jsonl`), and the neighbours of each kind.

mod neighbours;
mod real_code;
