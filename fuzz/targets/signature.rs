#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("signature"), |data: &[u8]| {
    nodeproof_fuzz::targets::signature::run(data);
});
