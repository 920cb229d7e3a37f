#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("waivers"), |data: &[u8]| {
    nodeproof_fuzz::targets::waivers::run(data);
});
