#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| gvmr_fuzz::record(data));
