//! What setup of a machine says.

use crate::shell::{Setting, Taken};
use gvmr_core::home::paths::Home;
use gvmr_core::sys::printable::path as shown;

/// A name in `/usr/local/bin` that is something else's: where which one is found.
pub(super) fn taken(taken: &Taken, home: &Home) -> String {
    let name = taken.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let target = taken.target.as_ref().map(|target| format!(" (a link to {})", shown(target)));
    format!(
        "{}{} is not gvmr's and stays. Where a session reads no start-up file (services, docker exec, sh -c), {name} is \
         that one; elsewhere it is {}",
        shown(&taken.path),
        target.unwrap_or_default(),
        shown(&home.shims().join(&name)),
    )
}

/// A setting of sudo's for some only.
pub(super) fn exception(setting: &Setting) -> String {
    format!("{setting} sets the PATH of sudo for some users, hosts or commands, and wins there")
}

/// How sudo runs the shim where its `PATH` lacks the shims.
pub(super) fn sudo_by_hand(home: &Home) -> String {
    format!("sudo {} does", shown(&home.shims().join("go")))
}

/// What none of these files reaches, and what to do there.
pub(super) fn elsewhere(home: &Home, go_is_taken: bool) -> Vec<String> {
    let shims = home.shims();
    let services = if go_is_taken {
        "system services do not have the shims on PATH"
    } else {
        "system services find go in /usr/local/bin; where a unit sets a PATH of its own"
    };
    vec![
        format!("{services}: write {} in ExecStart", shown(&shims.join("go"))),
        format!("cron: begin a crontab with PATH={}:/usr/local/bin:/usr/bin:/bin", shown(&shims)),
        "users whose own files change PATH run gvmr setup too".to_owned(),
        format!("sessions from now on have it; for this shell: . {}", shown(&home.root().join("env"))),
    ]
}

/// What an undo leaves.
pub(super) fn home_stays(home: &Home) -> String {
    format!("{} and the Go versions in it stay; remove it if nobody needs them", shown(home.root()))
}

/// What to do where the home is empty.
pub(super) fn install_one(home: &Home) -> String {
    format!(
        "no version is installed in {} yet: {} install latest",
        shown(home.root()),
        shown(&home.bin().join("gvmr"))
    )
}
