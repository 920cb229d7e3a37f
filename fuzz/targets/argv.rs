#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("argv"), |data: &[u8]| {
    nodeproof_fuzz::targets::argv::run(data);
});
