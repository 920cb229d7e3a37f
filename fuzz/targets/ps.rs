#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("ps"), |data: &[u8]| {
    nodeproof_fuzz::targets::ps::run(data);
});
