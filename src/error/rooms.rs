//! Each room's error: which kind it is, and the next step.

use super::{Error, ErrorKind};
use crate::build::BuildError;
use crate::config::{ConfigError, TrustError};
use crate::credentials::CredentialsError;
use crate::discover::{NotATree, Unfit};
use crate::doctor::ReportError;
use crate::doctor::fix::FixError;
use crate::gate::GateError;
use crate::install::InstallError;
use crate::installation::InstallationError;
use crate::project::ProjectError;
use crate::request::NotARequest;
use crate::self_uninstall::UninstallError;
use crate::self_update::SelfUpdateError;
use crate::shell::{
    AccountError, CrontabError, EditError, ScriptError, SetupError, SystemError, UnreadableByShell,
};
use crate::sources::SourceError;
use crate::store::StoreError;
use crate::unpack::UnpackError;
use crate::verify::{LogError, SettingError};
use gvmr_core::select::error::ResolveError;

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::with_hint(ErrorKind::Usage, &error, error.hint())
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
        Self::with_hint(kind, &error, error.hint())
    }
}

impl From<GateError> for Error {
    fn from(error: GateError) -> Self {
        let kind = match error {
            GateError::Trust(TrustError::Store(error)) => return error.into(),
            GateError::Trust(TrustError::Foreign { .. })
            | GateError::Untrusted { .. }
            | GateError::Foreign { .. } => ErrorKind::Trust,
            GateError::Report { .. }
            | GateError::Archive { .. }
            | GateError::Init { .. }
            | GateError::InitExists(_)
            | GateError::Directory { .. } => ErrorKind::Storage,
            GateError::NoFile
            | GateError::Trust(_)
            | GateError::File(_)
            | GateError::NoRuns(_)
            | GateError::UndeclaredVariable { .. }
            | GateError::Name(_)
            | GateError::ReportFormat(_)
            | GateError::ReportClash(_)
            | GateError::InitDirectory(_) => ErrorKind::Usage,
        };
        Self::with_hint(kind, &error, error.hint())
    }
}

impl From<InstallationError> for Error {
    fn from(error: InstallationError) -> Self {
        if let InstallationError::Store(error) = error {
            return error.into();
        }
        Self::with_hint(installation_kind(&error), &error, error.hint("self uninstall"))
    }
}

fn installation_kind(error: &InstallationError) -> ErrorKind {
    match error {
        InstallationError::Owned { .. } => ErrorKind::Usage,
        InstallationError::Io { .. } | InstallationError::Store(_) => ErrorKind::Storage,
        InstallationError::Cancelled => ErrorKind::Interrupted,
        InstallationError::DoesNotRun { .. } => ErrorKind::Host,
    }
}

impl From<UninstallError> for Error {
    fn from(error: UninstallError) -> Self {
        match error {
            UninstallError::Config(error) => error.into(),
            UninstallError::Setup(error) => error.into(),
            UninstallError::Store(error) => error.into(),
            UninstallError::Installation(error) => error.into(),
            UninstallError::NotReverted { .. } => Self::new(ErrorKind::Storage, &error)
                .hint("gvmr was not removed; fix that, then run it again"),
        }
    }
}

impl From<SelfUpdateError> for Error {
    fn from(error: SelfUpdateError) -> Self {
        let kind = match &error {
            SelfUpdateError::NoKey => ErrorKind::Usage,
            SelfUpdateError::Key | SelfUpdateError::OwnVersion => ErrorKind::Corrupt,
            SelfUpdateError::Installation(error) => installation_kind(error),
            SelfUpdateError::Net(_) => ErrorKind::Network,
            SelfUpdateError::Unsigned { .. }
            | SelfUpdateError::Signature { .. }
            | SelfUpdateError::Manifest { .. }
            | SelfUpdateError::OtherVersion { .. }
            | SelfUpdateError::Older { .. }
            | SelfUpdateError::Replayed { .. }
            | SelfUpdateError::Sum { .. } => ErrorKind::Integrity,
            SelfUpdateError::NoRelease { .. } => ErrorKind::UnknownVersion,
            SelfUpdateError::NoArchive { .. } => ErrorKind::Host,
            SelfUpdateError::Archive { .. } => ErrorKind::Archive,
        };
        Self::with_hint(kind, &error, error.hint())
    }
}

impl From<CredentialsError> for Error {
    fn from(error: CredentialsError) -> Self {
        if let CredentialsError::Store(error) = error {
            return error.into();
        }
        Self::with_hint(ErrorKind::Storage, &error, error.hint())
    }
}

impl From<FixError> for Error {
    fn from(error: FixError) -> Self {
        let kind = match &error {
            FixError::NoStateDirectory | FixError::NothingToUndo => ErrorKind::Usage,
            FixError::Unsafe { .. } | FixError::Io { .. } => ErrorKind::Storage,
            FixError::Busy => ErrorKind::Busy,
            FixError::Damaged { .. } => ErrorKind::Corrupt,
        };
        Self::with_hint(kind, &error, error.hint())
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Self {
        let kind = if matches!(error, ReportError::Exists { .. } | ReportError::NotAFile) {
            ErrorKind::Usage
        } else {
            ErrorKind::Storage
        };
        Self::new(kind, &error)
    }
}

impl From<ProjectError> for Error {
    fn from(error: ProjectError) -> Self {
        let kind = if error.is_refused() { ErrorKind::Trust } else { ErrorKind::Storage };
        Self::new(kind, &error).hint(error.hint())
    }
}

impl From<NotARequest> for Error {
    fn from(error: NotARequest) -> Self {
        Self::with_hint(ErrorKind::Usage, &error, error.hint())
    }
}

impl From<ResolveError> for Error {
    fn from(error: ResolveError) -> Self {
        let kind = match &error {
            ResolveError::Versions { .. } => ErrorKind::Storage,
            ResolveError::NothingOutside { .. } | ResolveError::NothingAnywhere { .. } => ErrorKind::NotFound,
            ResolveError::Pin { .. }
            | ResolveError::Refused { .. }
            | ResolveError::InvalidToolchain { .. }
            | ResolveError::Variable(_)
            | ResolveError::RelativeGowork { .. } => ErrorKind::Usage,
        };
        Self::with_hint(kind, &error, error.hint())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Busy { .. }
            | StoreError::Stuck { .. }
            | StoreError::InUse { .. }
            | StoreError::Mounted { .. } => ErrorKind::Busy,
            StoreError::Corrupt { .. } | StoreError::Damaged { .. } => ErrorKind::Corrupt,
            StoreError::Open { .. } => ErrorKind::Trust,
            StoreError::Cancelled => ErrorKind::Interrupted,
            StoreError::Io { .. }
            | StoreError::Unsynced { .. }
            | StoreError::Separate { .. }
            | StoreError::NoPrograms { .. }
            | StoreError::NoSpace { .. }
            | StoreError::NoLocks { .. }
            | StoreError::NotOurs { .. }
            | StoreError::Shared { .. }
            | StoreError::NotRoot
            | StoreError::Exposed { .. }
            | StoreError::Strange { .. }
            | StoreError::NoShim { .. } => ErrorKind::Storage,
        };
        Self::with_hint(kind, &error, error.hint())
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
                return Self::with_hint(build_kind(error), error, error.hint());
            }
            InstallError::Source(_) | InstallError::Cut { .. } | InstallError::NoAnswer { .. } => {
                ErrorKind::Network
            }
            InstallError::Truncated { .. } => ErrorKind::Archive,
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
        // Of what is known to be released, that is a server's fault; all else is an unknown version.
        LogError::Absent { .. } | LogError::Remote { .. } | LogError::NotAnAnswer { .. } => {
            ErrorKind::Network
        }
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
        Self::with_hint(kind, &error, error.hint())
    }
}

fn build_kind(error: &BuildError) -> ErrorKind {
    match error {
        BuildError::Unsupported { .. }
        | BuildError::NoBootstrap { .. }
        | BuildError::OldBootstrap { .. }
        | BuildError::MissingPrograms { .. } => ErrorKind::Host,
        BuildError::Io { .. } => ErrorKind::Storage,
        BuildError::NotUsable { .. } | BuildError::Unexpected { .. } => ErrorKind::Corrupt,
        BuildError::Failed { .. } => ErrorKind::Finding,
        BuildError::Cancelled => ErrorKind::Interrupted,
    }
}

impl From<EditError> for Error {
    fn from(error: EditError) -> Self {
        Self::with_hint(ErrorKind::Storage, &error, error.hint())
    }
}

impl From<ScriptError> for Error {
    fn from(error: ScriptError) -> Self {
        Self::new(ErrorKind::Usage, &error).hint(error.hint())
    }
}

impl From<UnreadableByShell> for Error {
    fn from(error: UnreadableByShell) -> Self {
        Self::new(ErrorKind::Usage, &error).hint(error.hint)
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
            SetupError::Account(error) => error.into(),
            SetupError::Crontab(error) => error.into(),
            SetupError::Edit(error) => error.into(),
            SetupError::System(error) => error.into(),
            SetupError::Store(error) => error.into(),
            SetupError::NotSetUp { .. } => Self::with_hint(ErrorKind::Storage, &error, error.hint()),
        }
    }
}
