//! What the checks look at: this user, machine and directory, each part found out once, when the first check asks for it.
//!
//! Takes a home; asks the rooms that know. Judges nothing.

use super::finding::Skipped;
use super::mend::{LineChange, LineMend, Mend};
use super::network::{GoEnvironment, NetworkFacts};
use super::package_list::PackageList;
use super::path_value::home_of_first_go;
use super::sessions::LoginShell;
use crate::config::Settings;
use crate::context::Context;
use crate::explain::table::{self, VariableRow, VariableTable};
use crate::explain::{self, ValueSource};
use crate::go_env;
use crate::host::{Host, HostReason};
use crate::shell::{Account, Language, ScriptEntry};
use crate::store::{self, StoreError, Toolchain};
use gvmr_core::env::compiled_rules::CompiledRules;
use gvmr_core::gover::version::Version;
use gvmr_core::home::paths::Home;
use gvmr_core::select::resolution::Resolution;
use gvmr_core::sys::bounded;
use gvmr_core::sys::environment::{Environment as _, Process};
use rustix::fs::{Access, access};
use std::cell::OnceCell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Why kinds are skipped that need the network.
pub(super) const NO_NETWORK: &str = "--no-network";

/// The most of the file of `go env -w` that is read, in bytes. Go reads all of it.
const ENV_FILE_LIMIT: u64 = 16 << 20;

/// What is known here.
pub struct Examination<'a> {
    /// gvmr's home.
    pub home: &'a Home,
    /// The user's settings.
    pub settings: &'a Settings,
    context: &'a Context,
    login_shell: OnceCell<Result<LoginShell, Skipped>>,
    rules: Option<CompiledRules>,
    table: OnceCell<Result<VariableTable, String>>,
    toolchains: OnceCell<Result<Vec<Toolchain>, StoreError>>,
    host: OnceCell<Host>,
    unrunnable: OnceCell<Option<Unrunnable>>,
    env_file: OnceCell<Option<(PathBuf, String)>>,
    package_list: OnceCell<Result<PackageList, String>>,
    asks_network: bool,
    network: OnceCell<Result<NetworkFacts, Skipped>>,
}

/// A Go that does not run on this machine.
pub struct Unrunnable {
    /// Why not.
    pub reasons: Vec<HostReason>,
    /// Its `go`.
    pub program: PathBuf,
    /// The machine, with what its failure tells of it.
    pub host: Host,
}

/// What the next go sees of a variable, and the place that decides it.
pub struct Setting<'t> {
    /// The row of `gvmr env --why`.
    pub row: &'t VariableRow,
}

impl<'a> Examination<'a> {
    /// Nothing is looked at yet. `rules` are the user's, as they are now.
    pub fn new(context: &'a Context, rules: Option<CompiledRules>) -> Self {
        Self {
            home: &context.settings.home,
            settings: &context.settings,
            context,
            login_shell: OnceCell::new(),
            rules,
            table: OnceCell::new(),
            toolchains: OnceCell::new(),
            host: OnceCell::new(),
            unrunnable: OnceCell::new(),
            env_file: OnceCell::new(),
            package_list: OnceCell::new(),
            asks_network: true,
            network: OnceCell::new(),
        }
    }

    /// The same, which asks no server and no name server, and skips what would need that.
    #[must_use]
    pub fn without_network(self, is_without: bool) -> Self {
        Self { asks_network: !is_without, ..self }
    }

    /// Fails where the network is not to be looked at.
    pub fn network_is_wanted(&self) -> Result<(), Skipped> {
        if self.asks_network { Ok(()) } else { Err(NO_NETWORK.into()) }
    }

    /// What each server that Go would ask here says.
    pub(super) fn network(&self) -> Result<&NetworkFacts, Skipped> {
        self.network_is_wanted()?;
        let gather = || {
            let value = |name: &str| self.setting(name).ok()?.value();
            let written = |name: &str| self.setting(name).ok()?.written();
            let settings = GoEnvironment::new(self.directory()?, &value, &written);
            NetworkFacts::gather(self.context, &settings).map_err(Skipped)
        };
        self.network.get_or_init(gather).as_ref().map_err(Clone::clone)
    }

    /// What the next go here sees of every variable, as `gvmr env --why` shows it; or why nothing is known.
    pub fn table(&self) -> Result<&VariableTable, String> {
        let gather = || {
            let variables: Vec<_> = explain::all().collect();
            table::gather(&self.home_in_use(), self.rules.clone(), &variables)
                .map_err(|error| error.to_string())
        };
        self.table.get_or_init(gather).as_ref().map_err(Clone::clone)
    }

    /// The home of the shim that runs here, whatever HOME says: as in a container whose image put it on PATH.
    fn home_in_use(&self) -> Home {
        let path = Process.get("PATH").filter(|_| Process.get("GVMR_HOME").is_none());
        path.and_then(|path| home_of_first_go(&path)).unwrap_or_else(|| self.home.clone())
    }

    /// What the next go here sees of this variable.
    pub fn setting(&self, name: &str) -> Result<Setting<'_>, String> {
        let row = self.table()?.rows.iter().find(|row| row.explained.variable.name == name);
        row.map(|row| Setting { row }).ok_or_else(|| format!("{name} is not explained"))
    }

    /// Which Go runs here; `None` where none does.
    pub fn answer(&self) -> Option<&Resolution> {
        self.table().ok()?.answer.as_ref().ok()
    }

    /// The version of the Go that runs here, where it is known.
    pub fn version(&self) -> Option<&Version> {
        self.answer()?.choice.version()
    }

    /// What the go that runs here says of the package here.
    pub(super) fn package_list(&self) -> Result<&PackageList, String> {
        self.package_list.get_or_init(|| self.package_list_with(None)).as_ref().map_err(Clone::clone)
    }

    /// The same with other GOFLAGS, asked again.
    pub(super) fn package_list_with(&self, flags: Option<&OsStr>) -> Result<PackageList, String> {
        PackageList::ask(self.goroot().ok_or("no Go runs here")?, self.table()?, flags)
    }

    /// Its directory.
    pub fn goroot(&self) -> Option<&Path> {
        self.answer()?.choice.goroot()
    }

    /// What is installed.
    pub fn toolchains(&self) -> Result<&[Toolchain], String> {
        let toolchains = self.toolchains.get_or_init(|| store::toolchains(self.home));
        toolchains.as_deref().map_err(ToString::to_string)
    }

    /// The login shell and its sessions.
    pub fn login_shell(&self) -> Result<&LoginShell, Skipped> {
        self.login_shell.get_or_init(|| LoginShell::ask(self.context)).as_ref().map_err(Clone::clone)
    }

    /// The line that `gvmr setup` writes into this account's start-up files, in the language of a shell.
    pub fn line_of_setup(&self, account: &Account, language: &Language) -> Option<Vec<u8>> {
        let entry = ScriptEntry {
            home: self.home,
            user_home: Some(&account.home),
            go_bin: None,
            export_home: self.context.home_is_custom(),
            shared: false,
        };
        entry.line(language).ok()
    }

    /// The machine.
    pub fn host(&self) -> &Host {
        self.host.get_or_init(|| Host::look(self.home.root()))
    }

    /// What keeps the chosen version from running; tried, since a table may be wrong about a machine.
    pub fn unrunnable(&self) -> Option<&Unrunnable> {
        let try_it = || {
            let program = self.goroot()?.join("bin/go");
            let words = go_env::failure(&program)?;
            let host = self.host().clone().after_words_of_go(&words);
            let of_release = host.assess(self.version()?).decisive().cloned().collect::<Vec<_>>();
            let reasons: Vec<_> = host.refuses(&program).into_iter().chain(of_release).collect();
            (!reasons.is_empty()).then_some(Unrunnable { reasons, program, host })
        };
        self.unrunnable.get_or_init(try_it).as_ref()
    }

    /// The user's home directory, as HOME has it.
    pub fn user_home(&self) -> Option<PathBuf> {
        Process.get("HOME").map(PathBuf::from).filter(|home| home.is_absolute())
    }

    /// The directory that this is about.
    pub fn directory(&self) -> Result<&Path, String> {
        Ok(&self.table()?.directory)
    }

    /// The file that `go env -w` writes, whether it is there or not.
    pub fn env_file_path(&self) -> Option<PathBuf> {
        gvmr_core::gover::goenv::file(&Process).filter(|file| file.is_absolute())
    }

    /// Whether `gvmr setup` has written what sessions read.
    pub fn is_set_up(&self) -> bool {
        self.context.is_set_up()
    }

    /// What takes this line out of that file, counted from 1.
    pub fn without_env_line(&self, number: usize) -> Option<Mend> {
        self.changed_env_line(number, LineChange::Delete)
    }

    /// What moves the logins of a line to `gvmr auth`, from where only a `go` of gvmr's gets them: where setup has been run.
    pub fn moves_logins(&self, file: &Path, line: usize) -> Option<Mend> {
        self.is_set_up().then(|| Mend::MoveLogins { file: file.to_owned(), line })
    }

    /// What ends this line of that file with LF alone, counted from 1; `None` where it does not end with CR.
    pub fn env_line_without_cr(&self, number: usize) -> Option<Mend> {
        let (file, old) = self.env_file_line(number)?;
        let change = LineChange::Replace(old.strip_suffix(b"\r")?.to_vec());
        Some(Mend::Lines(vec![LineMend { file, line: number, old, change }]))
    }

    /// What changes this line of that file, counted from 1. A CR at its end stays.
    pub fn changed_env_line(&self, number: usize, change: LineChange) -> Option<Mend> {
        let (file, old) = self.env_file_line(number)?;
        let change = match change {
            LineChange::Replace(new) if old.ends_with(b"\r") => {
                LineChange::Replace([&new[..], b"\r"].concat())
            }
            change => change,
        };
        Some(Mend::Lines(vec![LineMend { file, line: number, old, change }]))
    }

    /// That file and one line of it to the byte, counted from 1, without its newline.
    fn env_file_line(&self, number: usize) -> Option<(PathBuf, Vec<u8>)> {
        let file = self.env_file_path()?;
        // One that `sudo go env -w` made is not this user's to change.
        let real = fs::canonicalize(&file).ok()?;
        let is_own = fs::metadata(&real).ok()?.uid() == rustix::process::geteuid().as_raw();
        if !is_own || access(real.parent()?, Access::WRITE_OK | Access::EXEC_OK).is_err() {
            return None;
        }
        let bytes = bounded::read(&file, ENV_FILE_LIMIT).ok()??;
        let line = bytes.split(|byte| *byte == b'\n').nth(number.checked_sub(1)?)?.to_vec();
        Some((file, line))
    }

    /// The same and its text, where it is there and can be read.
    pub fn env_file(&self) -> Option<&(PathBuf, String)> {
        let read = || {
            let file = self.env_file_path()?;
            let bytes = bounded::read(&file, ENV_FILE_LIMIT).ok()??;
            Some((file, String::from_utf8_lossy(&bytes).into_owned()))
        };
        self.env_file.get_or_init(read).as_ref()
    }
}

impl Setting<'_> {
    /// The value in force; `None` where it is unset or only Go's default counts.
    pub fn written(&self) -> Option<String> {
        let value = self.row.explained.value.as_ref()?;
        let is_written = !matches!(self.row.explained.place, ValueSource::Default | ValueSource::Toolchain);
        (is_written && !value.is_empty()).then(|| value.to_string_lossy().into_owned())
    }

    /// The value that go uses, its default included.
    pub fn value(&self) -> Option<String> {
        self.row.value().map(|value| value.to_string_lossy().into_owned())
    }

    /// The line of the file that `go env -w` writes which decides it.
    pub fn env_line(&self) -> Option<usize> {
        match &self.row.explained.place {
            ValueSource::UserFile { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// Whether the file of `go env -w` has it in quotes, behind a blank or before a CR, which is a finding about that file.
    pub fn is_told_as_quoted(&self) -> bool {
        let is_of_file = matches!(self.row.explained.place, ValueSource::UserFile { .. });
        let is_told = |value: String| value.starts_with(['"', '\'', ' ', '\t']) || value.ends_with('\r');
        is_of_file && self.written().is_some_and(is_told)
    }

    /// Where it is written.
    pub fn place(&self) -> Option<super::place::FindingPlace> {
        let explained = &self.row.explained;
        super::place::FindingPlace::of_value(
            &explained.place,
            explained.variable,
            explained.value.as_deref()?,
        )
    }
}
