#![no_main]

libfuzzer_sys::fuzz_target!(init: nodeproof_fuzz::sow("yaml"), |data: &[u8]| {
    nodeproof_fuzz::targets::yaml::run(data);
});
