//! One session of one user: what is expected of it, and what it said.

use super::Mode;
use super::sessions::{REPORTS, Session};
use super::users::User;
use std::path::{Path, PathBuf};

/// A user's session.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) user: &'a User,
    pub(super) session: Session,
}

impl<'a> Cell<'a> {
    /// Every session of these users, one user's after the other's; a few where nothing is set up.
    pub(super) fn all(users: &'a [User], mode: Mode) -> Vec<Self> {
        let users = users.iter().filter(|user| mode != Mode::Nobody || user.kind.name == "stock");
        let cells = users.flat_map(|user| Session::ALL.map(|session| Self { user, session }));
        let is_told = |cell: &Self| match cell.session {
            Session::SshTwice => cell.user.shell == "bash",
            Session::Cron => mode != Mode::Nobody, // it takes a minute
            _ => true,
        };
        cells.filter(is_told).collect()
    }

    pub(super) fn name(&self) -> String {
        format!("{}.{:?}", self.user.name, self.session)
    }

    pub(super) fn start(&self) {
        self.session.start(self.user, &self.name());
    }

    /// Where it reports.
    pub(super) fn report(&self) -> PathBuf {
        Path::new(REPORTS).join(self.name())
    }

    /// Whether no file that is written in this mode can make `go` the shim here.
    pub(super) fn is_impossible(&self, mode: Mode) -> bool {
        let shell = self.user.shell;
        match mode {
            Mode::Nobody => true,
            Mode::User => self.session.is_out_of_users_reach(shell),
            Mode::System => {
                self.session.is_out_of_roots_reach() || (self.user.kind.overrides)(shell, self.session)
            }
            Mode::Both => false,
        }
    }

    /// The shim directory that this user's sessions are to have.
    fn shims(&self, mode: Mode) -> PathBuf {
        let own = self.user.home.join(".local/share/gvmr/shims");
        let reaches = !self.session.is_out_of_users_reach(self.user.shell);
        match mode {
            Mode::Nobody | Mode::User => own,
            Mode::Both if self.user.kind.name == "private" && reaches => own,
            Mode::System | Mode::Both => "/opt/gvmr/shims".into(),
        }
    }

    /// What it said against what it is to say in this mode; the error is not as expected. True where it is one of
    /// those where `go` is the shim.
    pub(super) fn judge(&self, mode: Mode) -> Result<bool, String> {
        let Ok(report) = std::fs::read_to_string(self.report()) else {
            return Err(format!("{}: it said nothing", self.name()));
        };
        match (self.is_impossible(mode), self.has_shim(mode, &report)) {
            (false, Ok(())) => Ok(true),
            (true, Err(_)) => Ok(false),
            (false, Err(why)) => Err(format!("{}: {why}", self.name())),
            (true, Ok(())) => Err(format!("{}: it works, and was thought impossible", self.name())),
        }
    }

    /// Whether `go` is the shim there, and PATH as it is to be; why not.
    fn has_shim(&self, mode: Mode, report: &str) -> Result<(), String> {
        let (path, go) = report.trim_end_matches('\n').rsplit_once('\n').unwrap();
        let (shims, go) = (self.shims(mode), Path::new(go));
        let elements: Vec<_> = path.split(':').collect();
        let ours = elements.iter().filter(|element| Path::new(element) == shims).count(); // with a final slash too
        let own_words = |element: &&str| element.starts_with(['~', '$']) && element.ends_with("gvmr/shims");
        let bad_spelling = mode == Mode::User && elements.iter().any(own_words);
        let by_path = go == shims.join("go") && elements[0] == shims.to_str().unwrap() && ours == 1;
        // What reads no file of anybody's finds the one link that is in every PATH.
        let by_link = mode != Mode::User
            && self.session.may_read_nothing(self.user.shell)
            && go == "/usr/local/bin/go"
            && go.canonicalize().is_ok_and(|leads_to| Some(leads_to) == shims.join("go").canonicalize().ok())
            && ours == 0;
        if (by_path && !bad_spelling) || by_link {
            return Ok(());
        }
        Err(format!("go is {}, PATH {path}", go.display()))
    }
}
