#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("redact"), |data: &[u8]| {
    nodeproof_fuzz::targets::redact::run(data);
});
