//! Two homes of gvmr in one session: the shims of another one come first, or `GVMR_HOME` names another one.

use super::path::line_that_prepends;
use super::rc_files::SETUP;
use super::{Looked, NOTHING, one};
use crate::doctor::exports;
use crate::doctor::facts::Examination;
use crate::doctor::finding::Finding;
use crate::doctor::lines::SourceLine;
use crate::doctor::path_value::home_of_first_go;
use crate::doctor::place::FindingPlace;
use crate::doctor::sessions::LoginShell;
use crate::shell::ProbeResult;
use gvmr_core::home::shared_home;
use gvmr_core::home::system_go::home_of_shim;
use gvmr_core::sys::environment::{Environment as _, Process};
use std::path::{Path, PathBuf};

/// The home whose shim is the first go of these.
fn home_of_first(all: &[PathBuf]) -> Option<PathBuf> {
    let home = home_of_shim(all.first()?)?;
    Some(home.root().to_owned())
}

/// The shims of another home before this one's.
pub(in crate::doctor) fn another_first(facts: &Examination<'_>) -> Looked {
    let ours = facts.home.root();
    if let Some(finding) = in_process(facts) {
        return one(Some(finding));
    }
    let login = facts.login_shell()?;
    if let Some(finding) = in_sessions(login) {
        return one(Some(finding));
    }
    let another = |session: &ProbeResult| {
        let first = home_of_first(&session.all)?;
        let is_ours = first == ours
            || gvmr_core::sys::directory::lead_to_one(&first.join("shims"), &facts.home.shims());
        let has_ours = session.path.contains(&facts.home.shims());
        (!is_ours && has_ours).then_some(first)
    };
    let broken: Vec<_> = login.sessions.iter().filter(|session| another(session).is_some()).collect();
    let Some(other) = broken.first().and_then(|session| another(session)) else { return NOTHING };
    // A user's own home comes before the machine's on purpose.
    if shared_home::is_anothers(facts.home) {
        return NOTHING;
    }
    let line = line_that_prepends(login, &broken, &other.join("shims"), &facts.home.shims());
    let place = line.as_ref().map_or_else(|| FindingPlace::file(&other), SourceLine::shown);
    let finding = Finding {
        sessions: login.names(&broken),
        ..Finding::error("gvmr.two-homes", place)
            .and(FindingPlace::file(&other))
            .and(FindingPlace::file(ours))
            .what("the shims of another home of gvmr come first on PATH")
            .why("they run the versions of that home; what is installed and selected in this one has no effect")
    };
    one(Some(if login.setup_helps && login.is_set_up {
        finding.mended(SETUP, "writes gvmr's lines behind what puts it there, as `gvmr setup` does")
    } else {
        finding.by_hand("take the line out, or set GVMR_HOME to the home that you want")
    }))
}

/// `GVMR_HOME` names another home than that of the first shim on this process's PATH.
fn in_process(facts: &Examination<'_>) -> Option<Finding> {
    Process.get("GVMR_HOME")?;
    let other = home_of_first_go(&Process.get("PATH")?)?;
    let is_ours = gvmr_core::sys::directory::lead_to_one(&other.shims(), &facts.home.shims());
    let place = FindingPlace::variable("GVMR_HOME");
    (!is_ours && other.root() != facts.home.root())
        .then(|| names_another(place, other.root(), facts.home.root()))
}

/// The same in a session, whose files set the variable.
fn in_sessions(login: &LoginShell) -> Option<Finding> {
    let another = |session: &ProbeResult| {
        let named = PathBuf::from(session.variable("GVMR_HOME")?);
        let first = home_of_first(&session.all)?;
        let is_one = gvmr_core::sys::directory::lead_to_one(&first.join("shims"), &named.join("shims"));
        (named.is_absolute() && !is_one && first != named).then_some((first, named))
    };
    let broken: Vec<_> = login.sessions.iter().filter(|session| another(session).is_some()).collect();
    let session = broken.first()?;
    let (first, named) = another(session)?;
    let line = exports::in_session(login, session, "GVMR_HOME", named.as_os_str());
    let place = line.map_or_else(
        || FindingPlace::variable("GVMR_HOME"),
        |line| FindingPlace::line(&line.place.file, Some(line.place.line)),
    );
    Some(Finding { sessions: login.names(&broken), ..names_another(place, &first, &named) })
}

fn names_another(place: FindingPlace, on_path: &Path, named: &Path) -> Finding {
    Finding::error("gvmr.two-homes", place)
        .and(FindingPlace::file(on_path))
        .and(FindingPlace::file(named))
        .what("GVMR_HOME names another home of gvmr than the shims on PATH belong to")
        .why("gvmr installs into the one, and PATH names the other")
        .by_hand("unset GVMR_HOME, or run gvmr setup with it, then open a new session")
}
