#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("stat"), |data: &[u8]| {
    nodeproof_fuzz::targets::stat::run(data);
});
