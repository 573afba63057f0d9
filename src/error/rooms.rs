//! Each room's error: which kind it is, and the next step.

use super::{Error, ErrorKind};
use crate::build::BuildError;
use crate::config::{ConfigError, TrustError};
use crate::credentials::CredentialsError;
use crate::discover::{NotATree, Unfit};
use crate::host::Assessment;
use crate::install::InstallError;
use crate::net::{NetError, NetErrorKind};
use crate::request::NotARequest;
use crate::shell::{AccountError, CrontabError, EditError, ScriptError, SetupError, SystemError};
use crate::sources::{AttemptOutcome, SourceError, SourceErrorKind};
use crate::store::StoreError;
use crate::unpack::UnpackError;
use crate::verify::{LogError, SettingError};
use gvmr_core::gover::version::Version;
use gvmr_core::select::error::ResolveError;
use std::io::ErrorKind as Io;
use std::path::Path;

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        let hint = match &error {
            ConfigError::NoHome => "set GVMR_HOME to an absolute path",
            ConfigError::Relative { .. } => "change or unset the variable",
            ConfigError::Value { .. } => "correct or remove it",
            ConfigError::Machine { .. } => {
                "correct or remove it as root (gvmr setup --system writes it), or set GVMR_HOME"
            }
            ConfigError::Unreadable { source, .. } if source.kind() == Io::NotFound => {
                "name an existing file in GVMR_CONFIG, or unset it"
            }
            ConfigError::Unreadable { .. } | ConfigError::Malformed { .. } | ConfigError::Rules(_) => {
                "correct the file, or move it away"
            }
        };
        Self::new(ErrorKind::Usage, &error).hint(hint)
    }
}

impl From<TrustError> for Error {
    fn from(error: TrustError) -> Self {
        match error {
            TrustError::Store(error) => error.into(),
            TrustError::Rules(_) => {
                Self::new(ErrorKind::Usage, &error).hint("correct the file, then gvmr trust")
            }
            TrustError::NoFile(_) | TrustError::Misnamed(_) => Self::new(ErrorKind::Usage, &error)
                .hint("name a directory with a gvmr.toml: gvmr trust DIRECTORY"),
            TrustError::NotTrusted(_) => {
                Self::new(ErrorKind::Usage, &error).hint("gvmr trust --list shows what is")
            }
            TrustError::Foreign { .. } => Self::new(ErrorKind::Trust, &error)
                .hint("make it yours (chown), or write a [[directory]] rule in your own config.toml"),
            TrustError::Unreadable { .. } => Self::new(ErrorKind::Usage, &error)
                .hint("a gvmr.toml is a regular file of at most 64 KiB, in a directory of a plain name"),
        }
    }
}

impl From<CredentialsError> for Error {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Store(error) => error.into(),
            CredentialsError::File { .. } => Self::new(ErrorKind::Storage, &error)
                .hint("set it right, or remove it and run gvmr auth set again"),
        }
    }
}

impl From<NotARequest> for Error {
    fn from(error: NotARequest) -> Self {
        let meant = error
            .suggestion
            .as_ref()
            .map_or("gvmr ls-remote shows what exists".to_owned(), |meant| format!("write {meant}"));
        Self::new(ErrorKind::Usage, &error).hint(meant)
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
        let (kind, hint) = match error {
            InstallError::Source(error) => return error.into(),
            InstallError::Log(error) => return error.into(),
            InstallError::Store(error) => return error.into(),
            InstallError::Unknown { .. } => {
                (ErrorKind::UnknownVersion, "gvmr ls-remote shows what exists".to_owned())
            }
            InstallError::Mismatch { found: Some(ref found), ref mismatch, .. }
                if !mismatch.module.contains(&format!("-{found}.")) =>
            {
                let hint = "it is another release than its name says: take the right one, or rename it";
                (ErrorKind::Integrity, hint.to_owned())
            }
            InstallError::Mismatch { .. } | InstallError::Archive { .. } => {
                (ErrorKind::Integrity, TAMPERED.to_owned())
            }
            InstallError::Sum(_) => (ErrorKind::Integrity, OTHER_SUM.to_owned()),
            InstallError::Unproved { .. } => (ErrorKind::Integrity, UNPROVED.to_owned()),
            InstallError::OtherVersion { .. } => {
                (ErrorKind::Integrity, "the file is named wrongly: look where it comes from".to_owned())
            }
            InstallError::Host { ref assessment, ref nearest, .. } => {
                (ErrorKind::Host, host_hint(assessment, nearest.as_ref()))
            }
            InstallError::Build(ref error) => build_error(error),
            InstallError::NoBootstrap { .. } => (
                ErrorKind::Host,
                "install a Go that can build it, or what is missing, and run it again".to_owned(),
            ),
            InstallError::Unpack { ref error, .. } => match &**error {
                UnpackError::Read(read) => {
                    let network = NetError::of_io(read);
                    (
                        ErrorKind::Network,
                        network.map_or("run it again", |network| network_hint(&network.kind)).to_owned(),
                    )
                }
                UnpackError::Write { source, .. } => (ErrorKind::Storage, storage_hint(source).to_owned()),
                UnpackError::Unreadable { source, .. } if source.kind() == Io::PermissionDenied => {
                    (ErrorKind::Storage, "make it readable for you, or run gvmr as its owner".to_owned())
                }
                UnpackError::Unreadable { .. } => {
                    (ErrorKind::Storage, "look at it and at its file system".to_owned())
                }
                _ => (ErrorKind::Archive, TAMPERED.to_owned()),
            },
            InstallError::Changed { ref version, .. } => (
                ErrorKind::Integrity,
                format!("gvmr install {version} gets Go's own; the tree stays as it is"),
            ),
            InstallError::Cut { .. } => (ErrorKind::Network, "run it again".to_owned()),
            InstallError::Unreadable { ref source, .. } => {
                (ErrorKind::Storage, storage_hint(source).to_owned())
            }
            InstallError::Cancelled => (ErrorKind::Interrupted, "run it again".to_owned()),
        };
        Self::new(kind, &error).hint(hint)
    }
}

/// What would run, and what else may help.
fn host_hint(assessment: &Assessment, nearest: Option<&Version>) -> String {
    let nearest = nearest.map(|version| format!("gvmr install {version} (the nearest that runs here)"));
    let build =
        assessment.build_helps().then(|| format!("gvmr install --from-source {}", assessment.version));
    let ways: Vec<_> = nearest.into_iter().chain(build).collect();
    if ways.is_empty() { "gvmr host shows what this machine is".to_owned() } else { ways.join(", or ") }
}

const OTHER_SUM: &str =
    "do not use this file; if the mirror repacks archives, set index to \"off\" and let the log decide";
const UNPROVED: &str =
    "name an index that gives its sha256 (GVMR_MUSL_INDEX), or allow it with --allow-unlogged";
const NO_SPACE: &str = "free some space, or set GVMR_HOME to a larger file system";
const TAMPERED: &str = "do not use this source; try another, and tell whoever runs it";

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        let last = error.tried.iter().rev().find_map(|tried| match &tried.outcome {
            AttemptOutcome::Net(error) => Some(&error.kind),
            _ => None,
        });
        let (kind, hint) = match error.kind() {
            SourceErrorKind::Absent => {
                (ErrorKind::Network, "no source has it: add one that does (GVMR_MIRROR, GOPROXY)")
            }
            SourceErrorKind::Refused => (
                ErrorKind::Network,
                "keep credentials for this source (gvmr auth set HOST --user NAME), or add another (GVMR_MIRROR, or GOPROXY behind a |)",
            ),
            SourceErrorKind::Off => {
                (ErrorKind::Network, "GOPROXY=off forbids asking: name a source in GOPROXY")
            }
            SourceErrorKind::Network => (
                ErrorKind::Network,
                last.map_or("look at GVMR_SOURCES, GVMR_MIRROR and GOPROXY", network_hint),
            ),
        };
        Self::new(kind, &error).hint(hint)
    }
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        let (kind, hint) = match &error {
            LogError::Absent { .. } => (ErrorKind::UnknownVersion, "gvmr ls-remote shows what exists"),
            LogError::InvalidModule { .. } => (ErrorKind::Usage, "gvmr ls-remote shows what exists"),
            LogError::Remote { source, .. } => {
                let network = source.downcast_ref::<NetError>();
                (ErrorKind::Network, network.map_or("run it again", |network| network_hint(&network.kind)))
            }
            LogError::Setting(SettingError::Disabled) => (
                ErrorKind::Integrity,
                "unset GOSUMDB; without a log only archives of known releases are proved",
            ),
            LogError::Setting(_) => (ErrorKind::Usage, "unset GOSUMDB, or name a checksum database in it"),
            LogError::Fork(_) => (
                ErrorKind::Integrity,
                "keep both tree heads: they prove that the log shows different people different things",
            ),
            _ => (ErrorKind::Integrity, TAMPERED),
        };
        Self::new(kind, &error).hint(hint)
    }
}

impl From<NotATree> for Error {
    fn from(error: NotATree) -> Self {
        let (kind, hint) = match &error {
            NotATree::Unreadable { .. } | NotATree::Other { .. } => (
                ErrorKind::Usage,
                "name a GOROOT, as go env GOROOT prints it; gvmr import --dry-run shows what is there",
            ),
            NotATree::Unfit { why: Unfit::OtherPlatform { .. }, .. } => {
                (ErrorKind::Host, "gvmr install VERSION gets the build for this machine")
            }
            NotATree::Unfit { why: Unfit::Ours, .. } => (ErrorKind::Usage, "gvmr list shows it"),
            NotATree::Unfit { why: Unfit::NotARelease { .. }, .. } => {
                (ErrorKind::Finding, "only releases are in the log; keep using it where it is")
            }
        };
        Self::new(kind, &error).hint(hint)
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

fn storage_hint(error: &std::io::Error) -> &'static str {
    match error.kind() {
        Io::StorageFull | Io::QuotaExceeded => NO_SPACE,
        Io::PermissionDenied | Io::ReadOnlyFilesystem => {
            "make it writable for you, or set GVMR_HOME to a directory that is"
        }
        Io::NotADirectory | Io::AlreadyExists => "move what is there away, or set GVMR_HOME to another path",
        _ => "look at the file system, or set GVMR_HOME to another one",
    }
}

fn network_hint(kind: &NetErrorKind) -> &'static str {
    match kind {
        NetErrorKind::Refused { .. } => {
            "look at your credentials for it (gvmr auth, netrc), or use another source (GVMR_MIRROR, GOPROXY)"
        }
        NetErrorKind::ProxyAuthentication => "gvmr auth set --proxy HOST:PORT --user NAME",
        NetErrorKind::Status { .. } | NetErrorKind::Protocol { .. } => {
            "try again later, or use another source (GVMR_MIRROR, GOPROXY)"
        }
        NetErrorKind::Dns { .. } => {
            "look at that name and at this machine's DNS; where only a proxy is reachable, set HTTPS_PROXY, GOPROXY or GVMR_MIRROR"
        }
        NetErrorKind::Connect { .. } => {
            "look whether the host is up; where only a proxy is reachable, set HTTPS_PROXY, GOPROXY or GVMR_MIRROR"
        }
        NetErrorKind::Proxy { .. } => "look at HTTPS_PROXY and HTTP_PROXY",
        NetErrorKind::Tls { .. } => {
            "put the issuer's certificate into the system's store, or name it in SSL_CERT_FILE"
        }
        NetErrorKind::Html => {
            "something answers with a web page: sign in to the network, or look at the address"
        }
        NetErrorKind::InsecureCredentials => "use https in that URL",
        NetErrorKind::Absent { .. } | NetErrorKind::NotAFile { .. } | NetErrorKind::Unsupported { .. } => {
            "look at the address (GVMR_MIRROR, GVMR_INDEX, GOPROXY)"
        }
        NetErrorKind::Redirect(_) => "use the address it redirects to, if you trust it",
        NetErrorKind::Timeout { .. }
        | NetErrorKind::Cut { .. }
        | NetErrorKind::TooLarge { .. }
        | NetErrorKind::TooSlow { .. }
        | NetErrorKind::Io { .. } => {
            "run it again; if it stays so, use another source (GVMR_MIRROR, GOPROXY)"
        }
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
