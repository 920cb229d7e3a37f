#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("catalog"), |data: &[u8]| {
    nodeproof_fuzz::targets::catalog::run(data);
});
