//! Rules as people write them and as they are kept.

use gvmr::config::{compile_config, compile_project};
use gvmr_core::env::compiled_rules::CompiledRules;
use std::path::Path;

/// A project's file.
pub fn gvmr_toml(data: &[u8]) {
    kept(compile_project(Path::new("/p/gvmr.toml"), data, Some(Path::new("/home/u"))).ok());
}

/// The user's file.
pub fn config_toml(data: &[u8]) {
    kept(compile_config(Path::new("/home/u/config.toml"), data, Some(Path::new("/home/u"))).ok());
}

/// What is compiled comes back as it was written.
fn kept(rules: Option<CompiledRules>) {
    if let Some(rules) = rules {
        assert_eq!(CompiledRules::read(&rules.write()), Some(rules));
    }
}

/// Compiled rules.
pub fn compiled_rules(data: &[u8]) {
    if let Some(rules) = CompiledRules::read(data) {
        assert_eq!(CompiledRules::read(&rules.write()), Some(rules));
    }
}
