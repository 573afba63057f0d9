//! The permission bits of a toolchain's files: a rule on names, the same that Go's own packaging follows.
//!
//! Takes a name below GOROOT with forward slashes, gives a mode before the umask. The archive is never asked:
//! modules before Go 1.21 carry no modes at all.

/// Mode of directories and of executables, before the umask.
pub(super) const EXECUTABLE: u32 = 0o755;
/// Mode of every other file, before the umask.
const PLAIN: u32 = 0o644;

/// The mode that a new file gets, before the umask.
pub(super) fn of(name: &str) -> u32 {
    if is_executable(name) { EXECUTABLE } else { PLAIN }
}

/// Whether a file of a toolchain is executable: `bin/*`, `pkg/tool/**`, scripts, and the `go_OS_ARCH_exec`
/// wrappers that run cross-compiled programs. `name` is relative to GOROOT.
pub fn is_executable(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let in_bin = name.strip_prefix("bin/").is_some_and(|rest| !rest.contains('/'));
    let script = last.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "bash" | "sh" | "pl" | "rc"));
    in_bin || name.starts_with("pkg/tool/") || script || is_exec_wrapper(last)
}

/// The pattern `go_?*_?*_exec`: at least one character for each of OS and architecture.
fn is_exec_wrapper(last: &str) -> bool {
    let between = last.strip_prefix("go_").and_then(|rest| rest.strip_suffix("_exec"));
    // An underscore that has a character on both sides separates the two.
    between.is_some_and(|text| {
        text.get(1..).is_some_and(|rest| matches!(rest.find('_'), Some(at) if at + 1 < rest.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::is_executable;

    #[test]
    fn the_rule_knows_programs_tools_scripts_and_wrappers() {
        for name in [
            "bin/go",
            "pkg/tool/linux_amd64/compile",
            "src/make.bash",
            "src/make.rc",
            "src/clean.sh",
            "src/syscall/mkall.pl",
            "lib/wasm/go_js_wasm_exec",
            "misc/go_android_arm64_exec",
            "go_a_b_exec",
        ] {
            assert!(is_executable(name), "{name}");
        }
        for name in [
            "bin",
            "bin/sub/go",
            "binary",
            "src/bin/go",
            "pkg/tool",
            "pkg/include/asm_amd64.h",
            "src/make.bash.txt",
            "bash",
            "src/go_exec",
            "src/go__exec",
            "src/go_js_exec",
            "src/go_js__exec",
            "src/go__wasm_exec.go",
            "src/go_js_wasm_exec.go",
        ] {
            assert!(!is_executable(name), "{name}");
        }
    }
}
