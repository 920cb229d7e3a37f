#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("units"), |data: &[u8]| {
    nodeproof_fuzz::targets::units::run(data);
});
