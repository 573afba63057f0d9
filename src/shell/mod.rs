//! The files that shells read when they start, and the `go` that their sessions find.
//!
//! Takes an account and a home of gvmr; gives the edits that put the shim directory first on `PATH` in every session,
//! makes and undoes them, and asks real shells for the result. An edit is a marked block, or a file of
//! gvmr's: all else in a file stays, to the byte. Never follows a link to what another user owns, never starts a
//! process in a shell's start, never speaks to a terminal.

mod account;
mod crontab;
mod edit;
mod environment_d;
mod file_line;
mod found_go;
mod kind;
mod language;
mod manager;
mod other_go;
mod path;
pub mod quote;
mod script;
mod session;
mod setup;
mod sudo;
mod system;
mod user;
mod vscode;

pub use account::{Account, AccountError};
pub use crontab::{Crontab, CrontabChange, CrontabError};
pub use edit::{
    BlockError, BlockPosition, ChangedLine, Changes, Direction, Edit, EditContent, EditError, FileChange,
    blocks, has_lines_of_ours, move_aside,
};
pub use file_line::FileLine;
pub use found_go::{FoundGo, UnreadableByShell, found_go, of_session, path_command};
pub use kind::ShellKind;
pub use language::{FISH, Language, NUSHELL, POSIX};
pub use manager::{path_of_user_manager, reload_user_manager};
pub use other_go::{Rival, rivals};
pub use script::{ScriptEntry, ScriptError};
pub use session::{Probe, ProbeResult, SessionKind, SessionState, SessionTrace, Sessions, Shell, TracedStep};
pub use setup::{SetupError, SystemPlan, SystemSetup, SystemUndo, UserPlan, UserSetup, UserUndo, is_set_up};
#[cfg(fuzzing)]
pub use sudo::path_in_sudos_answer;
pub use sudo::{DropInState, NoDropIn, Sudo, SudoError, SudoPath, sudo_undo};
pub use system::{SystemError, Taken, check_system_home, real_home};
pub use user::{Extent, Surroundings};
pub use vscode::vscode_settings;
