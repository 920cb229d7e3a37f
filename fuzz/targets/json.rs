#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("json"), |data: &[u8]| {
    nodeproof_fuzz::targets::json::run(data);
});
