#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("layout"), |data: &[u8]| {
    nodeproof_fuzz::targets::layout::run(data);
});
