//! Settings that make the Go extension of VS Code, and gopls, run the shim.

use serde_json::{Value, json};
use std::path::Path;

/// What belongs into the user's `settings.json`; on a machine reached over ssh, into that machine's.
///
/// * `go.alternateTools`, `go`: the extension runs this `go` by its absolute path, before it looks at `GOBIN`,
///   `GOPATH`, `GOROOT` and `PATH` (vscode-go: `docs/advanced.md`, "Choosing a different version of Go";
///   `extension/src/utils/pathUtils.ts`).
/// * `go.toolsEnvVars`, `PATH`: what the extension starts (gopls, dlv, tests) finds the shim first. gopls runs the `go`
///   of its own `PATH` (golang.org/x/tools: `internal/gocommand/invoke.go`), so gopls's `build.env`, which only that
///   `go` sees, would not do. The extension replaces `${env:PATH}` itself (`extension/src/goEnv.ts`).
/// * `go.terminal.activateEnvironment`: else, since `go` does not come from `PATH`, the extension puts the `bin` of one
///   GOROOT, that of the first folder, before everything on `PATH`, in terminals after their rc files too, and that one
///   version would run everywhere (`extension/src/goEnvironmentStatus.ts`, `addGoRuntimeBaseToPATH`).
///
/// `go.goroot` is not among them and is better removed: it sets `GOROOT`, which names one version, for everything
/// (`extension/src/goEnv.ts`, `setGOROOTEnvVar`). JSON cannot hold a path that is not UTF-8; such bytes are replaced.
pub fn vscode_settings(shims: &Path) -> Value {
    let shims = shims.to_string_lossy();
    json!({
        "go.alternateTools": { "go": format!("{shims}/go") },
        "go.toolsEnvVars": { "PATH": format!("{shims}:${{env:PATH}}") },
        "go.terminal.activateEnvironment": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_names_the_shim_and_none_a_version() {
        let settings = vscode_settings(Path::new("/home/u/.local/share/gvmr/shims"));
        assert_eq!(settings["go.alternateTools"]["go"], "/home/u/.local/share/gvmr/shims/go");
        assert_eq!(settings["go.toolsEnvVars"]["PATH"], "/home/u/.local/share/gvmr/shims:${env:PATH}");
        assert_eq!(settings["go.terminal.activateEnvironment"], false);
        assert!(settings.get("go.goroot").is_none());
    }
}
