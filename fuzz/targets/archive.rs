#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("archive"), |data: &[u8]| {
    nodeproof_fuzz::targets::archive::run(data);
});
