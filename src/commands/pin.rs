//! `gvmr use`: writes `.go-version` here, or the default, and prints which.

use crate::context::{Consent, Context, DefaultOf};
use crate::error::{Error, ErrorKind};
use crate::provision;
use crate::request::Request;
use crate::store;
use gvmr_core::gover::version::Version;
use gvmr_core::sys::environment::Process;

/// Runs the command.
pub(super) fn run(text: &str, global: bool, context: &Context) -> Result<(), Error> {
    let request = Request::parse(text)?;
    let installed = context.installed_versions()?;
    let written = written_as(&request, &installed, context)?;
    let pinned = Request::parse(&written)?;
    let version = match pinned.newest(&installed) {
        Some(version) => Some(version.clone()),
        None => install_first(&pinned, context)?,
    };
    if global {
        say_default(&context.set_default(&written)?, &written, context);
    } else {
        write_pin(&written, context)?;
    }
    match version {
        Some(version) => {
            context.terminal.note(format_args!("{written} selects {}", version.toolchain_name()));
        }
        None => context.terminal.warn(format_args!(
            "Go {written} is not installed; to install it: {}",
            context.next_step(&format!("install {written}"))
        )),
    }
    Ok(())
}

/// Prints the default as it was set.
pub(super) fn print_default(context: &Context) -> Result<(), Error> {
    let selector = store::default_selector(&context.settings.home, &Process)?.ok_or_else(|| {
        Error::said(ErrorKind::Usage, "no default version is set").hint("run `gvmr use --global latest`")
    })?;
    context.terminal.data(selector).map_err(Error::stdout)
}

/// A pin names a version or a prefix: `latest` and ranges become the version that they select now.
fn written_as(request: &Request, installed: &[Version], context: &Context) -> Result<String, Error> {
    match request {
        Request::Selector(selector) => Ok(selector.to_string()),
        Request::Range(_) if request.newest(installed).is_some() => {
            Ok(request.newest(installed).map(Version::to_string).unwrap_or_default())
        }
        _ => provision::choose(request, context).map(|version| version.to_string()),
    }
}

/// Installs the version before it is pinned, if the user agrees; a failure changes nothing.
fn install_first(pinned: &Request, context: &Context) -> Result<Option<Version>, Error> {
    let question = format!("Go {pinned} is not installed. Install it now?");
    if context.consent_to_install(&question) != Consent::Given {
        return Ok(None);
    }
    let outcome = provision::install_one(pinned, context)?;
    Ok(Some(outcome.toolchain().version.clone()))
}

fn say_default(default: &DefaultOf, text: &str, context: &Context) {
    let rest = "where no file or variable selects a version";
    let terminal = &context.terminal;
    match default {
        DefaultOf::Home => terminal.note(format_args!("the default is now {text}, {rest}")),
        DefaultOf::EveryUser => {
            terminal.note(format_args!("the default of users without their own is now {text}, {rest}"));
        }
        DefaultOf::User(file) => {
            terminal.note(format_args!("your default is now {text} ({}), {rest}", file.display()));
        }
    }
}

fn write_pin(written: &str, context: &Context) -> Result<(), Error> {
    let here = std::env::current_dir().map_err(|error| {
        Error::said(ErrorKind::Storage, format!("cannot find the current directory: {error}"))
    })?;
    let file = here.join(".go-version");
    // A symbolic link stays; its target is written.
    let real = std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
    store::replace(&real, format!("{written}\n").as_bytes(), 0o644).map_err(|error| {
        Error::from(error)
            .hint(format!("make {} writable, or pin the version in another directory", here.display()))
    })?;
    context.remember_project(Some(&file))?;
    context.terminal.note(format_args!("pinned {written} in {}", file.display()));
    Ok(())
}
