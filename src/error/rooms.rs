//! Each room's error: which kind it is, and the next step.

use super::{Error, ErrorKind};
use crate::build::BuildError;
use crate::config::{ConfigError, TrustError};
use crate::credentials::CredentialsError;
use crate::discover::{NotATree, Unfit};
use crate::install::InstallError;
use crate::request::NotARequest;
use crate::shell::{AccountError, CrontabError, EditError, ScriptError, SetupError, SystemError};
use crate::sources::SourceError;
use crate::store::{NO_SPACE, StoreError, storage_hint};
use crate::unpack::UnpackError;
use crate::verify::{LogError, SettingError};
use gvmr_core::select::error::ResolveError;
use std::path::Path;

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self { hint: error.hint(), ..Self::new(ErrorKind::Usage, &error) }
    }
}

impl From<TrustError> for Error {
    fn from(error: TrustError) -> Self {
        let kind = match error {
            TrustError::Store(error) => return error.into(),
            TrustError::Foreign { .. } => ErrorKind::Trust,
            TrustError::Rules(_)
            | TrustError::NoFile(_)
            | TrustError::Misnamed(_)
            | TrustError::NotTrusted(_)
            | TrustError::Unreadable { .. } => ErrorKind::Usage,
        };
        Self { hint: error.hint(), ..Self::new(kind, &error) }
    }
}

impl From<CredentialsError> for Error {
    fn from(error: CredentialsError) -> Self {
        if let CredentialsError::Store(error) = error {
            return error.into();
        }
        Self { hint: error.hint(), ..Self::new(ErrorKind::Storage, &error) }
    }
}

impl From<NotARequest> for Error {
    fn from(error: NotARequest) -> Self {
        Self::with_hint(ErrorKind::Usage, &error, error.hint())
    }
}

impl From<ResolveError> for Error {
    fn from(problem: ResolveError) -> Self {
        let (kind, hint) = match &problem {
            ResolveError::Pin { file, .. } | ResolveError::Refused { file, .. } => {
                (ErrorKind::Usage, pin_hint(file))
            }
            ResolveError::InvalidToolchain { .. } => {
                (ErrorKind::Usage, "correct the line, as the go command asks too")
            }
            ResolveError::Variable(_) => (ErrorKind::Usage, "change or unset GVMR_VERSION"),
            ResolveError::RelativeGowork { .. } => (ErrorKind::Usage, "change or unset GOWORK"),
            ResolveError::Versions { .. } => (ErrorKind::Storage, "look at the directory's permissions"),
            ResolveError::NothingOutside { .. } => {
                (ErrorKind::NotFound, "name a version there instead of system")
            }
            ResolveError::NothingAnywhere => (ErrorKind::NotFound, "gvmr install latest"),
        };
        Self::new(kind, &problem).hint(hint)
    }
}

/// Who writes such a file.
fn pin_hint(file: &Path) -> &'static str {
    match file.file_name().and_then(|name| name.to_str()) {
        Some(".go-version") => "correct it, or remove it and run gvmr use VERSION",
        Some("default") => "gvmr use --global VERSION",
        _ => "correct that file",
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let (kind, hint) = match &error {
            StoreError::Io { source, .. } => (ErrorKind::Storage, storage_hint(source)),
            StoreError::NoSpace { .. } => (ErrorKind::Storage, NO_SPACE),
            StoreError::NoLocks { .. } => (ErrorKind::Storage, "set GVMR_HOME to a local file system"),
            StoreError::NotOurs { .. } => {
                (ErrorKind::Storage, "run gvmr as that user, or set GVMR_HOME to a directory of yours")
            }
            StoreError::Shared { home } => {
                let program = home.join("bin/gvmr");
                let hint = format!(
                    "sudo {} does it for everybody, or set GVMR_HOME to a directory of yours",
                    program.display()
                );
                return Self::new(ErrorKind::Storage, &error).hint(hint);
            }
            StoreError::NotRoot => (ErrorKind::Storage, "run it as root, with sudo"),
            StoreError::Exposed { .. } => (
                ErrorKind::Storage,
                "correct that as root (chown, chmod), or name another place in GVMR_HOME",
            ),
            StoreError::Strange { home, .. } => {
                let home = home.display();
                let hint = format!(
                    "if nothing of theirs is to stay, remove it; if you know all of it: chown -Rh root:root {home} && chmod -R go-w {home}"
                );
                return Self::new(ErrorKind::Storage, &error).hint(hint);
            }
            StoreError::NoShim { .. } => {
                (ErrorKind::Storage, "install it beside gvmr: cargo install --path shims")
            }
            StoreError::Busy { .. } => (ErrorKind::Busy, "run it again when the other process is done"),
            StoreError::InUse { .. } => (ErrorKind::Busy, "end those processes first, or use --force"),
            StoreError::Corrupt { .. } => {
                (ErrorKind::Corrupt, "look at it, and move it away if you do not need it")
            }
            StoreError::Damaged { version, .. } => {
                let hint = format!("gvmr uninstall --force {version} && gvmr install {version}");
                return Self::new(ErrorKind::Corrupt, &error).hint(hint);
            }
            StoreError::Cancelled => (ErrorKind::Interrupted, "run it again"),
        };
        Self::new(kind, &error).hint(hint)
    }
}

impl From<InstallError> for Error {
    fn from(error: InstallError) -> Self {
        if let InstallError::Store(error) = error {
            return error.into();
        }
        let kind = match &error {
            InstallError::Store(_) | InstallError::Unreadable { .. } => ErrorKind::Storage,
            InstallError::Build(error) => {
                let (kind, hint) = build_error(error);
                return Self::new(kind, error).hint(hint);
            }
            InstallError::Source(_) | InstallError::Cut { .. } => ErrorKind::Network,
            InstallError::Log(error) => log_kind(error),
            InstallError::Unknown { .. } => ErrorKind::UnknownVersion,
            InstallError::Mismatch { .. }
            | InstallError::Archive { .. }
            | InstallError::Sum(_)
            | InstallError::Unproved { .. }
            | InstallError::OtherVersion { .. }
            | InstallError::Changed { .. } => ErrorKind::Integrity,
            InstallError::Host { .. } | InstallError::NoBootstrap { .. } => ErrorKind::Host,
            InstallError::Unpack { error, .. } => unpack_kind(error),
            InstallError::Cancelled => ErrorKind::Interrupted,
        };
        Self::with_hint(kind, &error, error.hint())
    }
}

fn unpack_kind(error: &UnpackError) -> ErrorKind {
    match error {
        UnpackError::Read(_) => ErrorKind::Network,
        UnpackError::Write { .. } | UnpackError::Unreadable { .. } => ErrorKind::Storage,
        UnpackError::Truncated { .. }
        | UnpackError::Malformed { .. }
        | UnpackError::Refused { .. }
        | UnpackError::Limit { .. } => ErrorKind::Archive,
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        Self::with_hint(ErrorKind::Network, &error, error.hint())
    }
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        InstallError::Log(error).into() // which knows the transport too
    }
}

fn log_kind(error: &LogError) -> ErrorKind {
    match error {
        LogError::Absent { .. } => ErrorKind::UnknownVersion,
        LogError::Remote { .. } => ErrorKind::Network,
        LogError::Setting(SettingError::Disabled)
        | LogError::TooLong { .. }
        | LogError::BadRecord { .. }
        | LogError::BadNote { .. }
        | LogError::BadSignature { .. }
        | LogError::RecordMissing { .. }
        | LogError::BeyondTree { .. }
        | LogError::NotInLog { .. }
        | LogError::TileLength { .. }
        | LogError::TileMismatch { .. }
        | LogError::Fork(_) => ErrorKind::Integrity,
        LogError::InvalidModule { .. } | LogError::Setting(_) => ErrorKind::Usage,
    }
}

impl From<NotATree> for Error {
    fn from(error: NotATree) -> Self {
        let kind = match &error {
            NotATree::Unreadable { .. }
            | NotATree::Other { .. }
            | NotATree::Unfit { why: Unfit::Ours, .. } => ErrorKind::Usage,
            NotATree::Unfit { why: Unfit::OtherPlatform { .. }, .. } => ErrorKind::Host,
            NotATree::Unfit { why: Unfit::NotARelease { .. }, .. } => ErrorKind::Finding,
        };
        Self { hint: error.hint(), ..Self::new(kind, &error) }
    }
}

fn build_error(error: &BuildError) -> (ErrorKind, String) {
    match error {
        BuildError::Unsupported { .. } => {
            (ErrorKind::Host, "gvmr host shows which releases run here as they are".to_owned())
        }
        BuildError::NoBootstrap { needed, .. } | BuildError::OldBootstrap { needed, .. } => {
            (ErrorKind::Host, format!("gvmr install {}, and run it again", needed.language()))
        }
        BuildError::MissingPrograms { .. } => (ErrorKind::Host, "install them, and run it again".to_owned()),
        BuildError::Io { source, .. } => (ErrorKind::Storage, storage_hint(source).to_owned()),
        BuildError::NotUsable { .. } | BuildError::Unexpected { .. } => {
            (ErrorKind::Corrupt, "look at it, and run it again".to_owned())
        }
        BuildError::Failed { tail, .. } => {
            (ErrorKind::Finding, format!("it ended so:\n    {}", tail.join("\n    ")))
        }
        BuildError::Cancelled => (ErrorKind::Interrupted, "run it again".to_owned()),
    }
}

impl From<EditError> for Error {
    fn from(error: EditError) -> Self {
        let hint = error.hint();
        Self { hint, ..Self::new(ErrorKind::Storage, &error) }
    }
}

impl From<ScriptError> for Error {
    fn from(error: ScriptError) -> Self {
        Self::new(ErrorKind::Usage, &error).hint(error.hint())
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        Self::new(ErrorKind::Usage, &error).hint(error.hint())
    }
}

impl From<CrontabError> for Error {
    fn from(error: CrontabError) -> Self {
        Self::new(ErrorKind::Storage, &error).hint(error.hint())
    }
}

impl From<SystemError> for Error {
    fn from(error: SystemError) -> Self {
        Self::new(ErrorKind::Storage, &error).hint(error.hint())
    }
}

impl From<SetupError> for Error {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Script(error) => error.into(),
            SetupError::Crontab(error) => error.into(),
            SetupError::Edit(error) => error.into(),
            SetupError::System(error) => error.into(),
            SetupError::Store(error) => error.into(),
            SetupError::NotSetUp { .. } => {
                let hint = error.hint();
                Self { hint, ..Self::new(ErrorKind::Storage, &error) }
            }
        }
    }
}
