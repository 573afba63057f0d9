//! `gvmr use`: writes `.go-version` here, or the default, and prints which.

use crate::context::{Consent, Context, DefaultOf};
use crate::error::{Error, ErrorKind};
use crate::install;
use crate::project::ProjectFile;
use crate::provision;
use crate::request;
use crate::store::{self, DefaultVersion};
use gvmr_core::gover::selector::{RequestedGo, Selector};
use gvmr_core::gover::version::Version;
use gvmr_core::sys::bounded::PIN_LIMIT;
use gvmr_core::sys::environment::Process;
use gvmr_core::sys::printable;

/// Runs the command. With `force`, what no release can be is written too.
pub(super) fn run(text: &str, global: bool, force: bool, context: &Context) -> Result<(), Error> {
    let selector = match request::parse_any(text)? {
        RequestedGo::Version(selector) => selector,
        RequestedGo::System if global => return use_system(context),
        RequestedGo::System => {
            write_pin("system", "the Go outside gvmr", context)?;
            context.warn_of_missing_system_go();
            return Ok(());
        }
    };
    let installed = context.installed_versions()?;
    if !force && selector.newest(&installed).is_none() {
        install::refuse_impossible(&selector, &installed).map_err(|error| {
            Error::from(error).hint("correct the version, or pass --force to write it anyway")
        })?;
    }
    // A pin holds still: `latest` and ranges become the version that they select now.
    let written = match &selector {
        Selector::Exact(_) | Selector::Prefix(_) => selector.clone(),
        _ if global => selector.clone(),
        _ => Selector::exact(&newest(&selector, &installed, context)?),
    };
    let version = match written.newest(&installed) {
        Some(version) => Some(version.clone()),
        None => install_first(&written, context)?,
    };
    if global {
        let now = match (&version, &written) {
            (Some(version), _) | (None, Selector::Exact(version) | Selector::Prefix(version)) => {
                version.clone()
            }
            (None, _) => provision::choose(&written, context)?,
        };
        let default = DefaultVersion { selector: written.clone(), now };
        say_default(&context.set_default(&default)?, &default, context);
    } else {
        let meant = if written == selector { String::new() } else { format!("what {selector} means now") };
        write_pin(&written.to_string(), &meant, context)?;
    }
    context.warn_of_variable();
    context.warn_of_ignored_pin();
    match version {
        Some(version) => {
            context.terminal.note(format_args!("{written} selects {}", version.toolchain_name()));
            context.note_other_go(false);
        }
        // A result is not missing: the pin is written.
        None if context.terminal.is_quiet() => {}
        None => context.terminal.warn(format_args!(
            "Go {written} is not installed; to install it: {}",
            context.next_step(&format!("install {}", written.argument()))
        )),
    }
    Ok(())
}

/// Without a default, the Go outside gvmr runs where nothing selects a version.
fn use_system(context: &Context) -> Result<(), Error> {
    context.clear_default()?;
    context
        .terminal
        .note("there is no default now; where nothing selects a version, the Go outside gvmr runs");
    context.warn_of_missing_system_go();
    Ok(())
}

/// Prints the default as it was set.
pub(super) fn print_default(context: &Context) -> Result<(), Error> {
    let selector = store::default_selector(&context.settings.home, &Process)?.ok_or_else(|| {
        Error::said(ErrorKind::Usage, "no default version is set").hint("run `gvmr use --global latest`")
    })?;
    context.terminal.data(selector).map_err(Error::stdout)
}

/// The version that a word or a range selects now: `latest` and `oldstable` of what was released.
fn newest(selector: &Selector, installed: &[Version], context: &Context) -> Result<Version, Error> {
    match selector {
        Selector::Range(_) if let Some(version) = selector.newest(installed) => Ok(version.clone()),
        _ => provision::choose(selector, context),
    }
}

/// Installs the version before it is pinned, if the user agrees; a failure changes nothing.
fn install_first(pinned: &Selector, context: &Context) -> Result<Option<Version>, Error> {
    let question = format!("Go {pinned} is not installed. Install it now?");
    if context.consent_to_install(&question) != Consent::Given {
        return Ok(None);
    }
    let outcome = provision::install_one(pinned, context)?;
    Ok(Some(outcome.toolchain().version.clone()))
}

fn say_default(default: &DefaultOf, set: &DefaultVersion, context: &Context) {
    let text = &set.selector;
    let rest = match text {
        Selector::Exact(_) => "where no file or variable selects a version; it is pinned to this release",
        _ => "where no file or variable selects a version; it follows newer releases that you install",
    };
    let terminal = &context.terminal;
    match default {
        DefaultOf::Home => terminal.note(format_args!("the default is now {text}, {rest}")),
        DefaultOf::EveryUser => {
            terminal.note(format_args!("the default of users without their own is now {text}, {rest}"));
        }
        DefaultOf::User(file) => {
            terminal.note(format_args!("your default is now {text} ({}), {rest}", printable::path(file)));
        }
    }
}

/// Writes the pin; `meant` explains it where it is not what was typed.
fn write_pin(written: &str, meant: &str, context: &Context) -> Result<(), Error> {
    let here = std::env::current_dir().map_err(|error| {
        Error::said(ErrorKind::Storage, format!("cannot find the current directory: {error}"))
    })?;
    let file = here.join(".go-version");
    let pin = ProjectFile::find(&here, ".go-version")?;
    let before = pin.read(PIN_LIMIT, store::is_version_file)?.and_then(|bytes| String::from_utf8(bytes).ok());
    let text = store::with_version(&before.unwrap_or_default(), written);
    context.remember_project(Some(&file))?; // first, since it also tells whether the home is fit
    pin.replace(text.as_bytes(), 0o644)?;
    let meant = if meant.is_empty() { String::new() } else { format!(" ({meant})") };
    context.terminal.note(format_args!("pinned {written}{meant} in {}", printable::path(&file)));
    Ok(())
}
