//! The messages of `gvmr setup --system`.

use crate::shell::{Taken, quote};
use crate::store;
use gvmr_core::home::paths::Home;
use gvmr_core::sys::printable::path as shown;

/// A name in `/usr/local/bin` that something else has, and where it runs.
pub(super) fn taken(taken: &Taken, home: &Home) -> String {
    let name = taken.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let target = taken.target.as_ref().map(|target| format!(" (a link to {})", shown(target)));
    format!(
        "{}{} is not gvmr's and stays; sessions without start-up files (services, docker exec, sh -c) run it instead of {}",
        shown(&taken.path),
        target.unwrap_or_default(),
        shown(home.shims().join(&name)),
    )
}

/// How to run the shim with sudo without the drop-in.
pub(super) fn sudo_by_hand(home: &Home) -> String {
    format!("use `sudo {}`", shown(home.shims().join("go")))
}

/// What these files do not reach, and what to do there.
pub(super) fn elsewhere(home: &Home, go_is_taken: bool) -> Vec<String> {
    let shims = home.shims();
    let services = if go_is_taken {
        "system services do not have the shim directory on PATH;"
    } else {
        "system services find go in /usr/local/bin; if a unit sets its own PATH,"
    };
    vec![
        format!("{services} use {} in ExecStart", shown(shims.join("go"))),
        format!(
            "cron: users run `gvmr setup --cron`, root runs `gvmr setup --system --cron`; by hand, start a crontab with \
             PATH={}:/usr/local/bin:/usr/bin:/bin",
            shown(&shims)
        ),
        "users whose own files change PATH should run `gvmr setup` too".to_owned(),
        format!("new sessions find the shims; for this shell, run `. {}`", shown(home.root().join("env"))),
    ]
}

/// What undo leaves.
pub(super) fn home_stays(home: &Home) -> String {
    format!("{} and its Go versions stay; remove the directory if no user needs them", shown(home.root()))
}

/// What to do if the home is empty.
pub(super) fn install_one(home: &Home) -> String {
    format!(
        "no Go version is installed in {}; run `{} install latest`",
        shown(home.root()),
        shown(home.bin().join("gvmr"))
    )
}

/// The versions in root's own home, which is no longer used, and how to move them.
pub(super) fn roots_own(own: &Home, home: &Home) -> Option<String> {
    let installed = store::toolchains(own).ok().filter(|installed| !installed.is_empty())?;
    if own == home {
        return None;
    }
    let names: Vec<_> = installed.iter().map(|one| one.version.toolchain_name()).collect();
    let paths: Vec<_> = installed.iter().map(|one| quote::where_needed(one.goroot.as_os_str())).collect();
    Some(format!(
        "{} in {} cannot be run by other users; to move them, run `{} import {}`, then remove that directory",
        names.join(", "),
        shown(own.root()),
        shown(home.bin().join("gvmr")),
        paths.join(" ")
    ))
}
