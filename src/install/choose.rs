//! Which release a request means.

use super::nearest::nearest;
use super::progress::{Event, Progress};
use super::{InstallError, Installer};
use crate::sources::{Newest, SourceError, SourceErrorKind};
use crate::verify::LogError;
use gvmr_core::gover::selector::Selector;
use gvmr_core::gover::version::Version;

/// The exact version that `request` means now. An exact request is taken at its word: whether it exists is seen
/// when it is fetched.
pub fn choose(
    request: &Selector,
    installer: &Installer<'_>,
    watch: &dyn Progress,
) -> Result<Version, InstallError> {
    match request {
        Selector::Exact(version) => Ok(version.clone()),
        Selector::Prefix(_) => newest(Some(request), installer, watch),
        Selector::Latest => newest(None, installer, watch),
        Selector::OldStable => {
            let latest = newest(None, installer, watch)?;
            let before = minor_before(&latest).ok_or_else(|| unknown(request, installer))?;
            newest(Some(&before), installer, watch)
        }
        Selector::Range(range) => {
            let listing = installer.sources.listed();
            if listing.versions.is_empty() {
                return newest(None, installer, watch).and(Err(unknown(request, installer)));
            }
            let listed =
                request.newest(&listing.versions).cloned().ok_or_else(|| unknown(request, installer))?;
            // A proxy may serve newer patches than it lists.
            let later = newest(Some(&Selector::minor(&listed)), installer, watch).ok();
            Ok(later.filter(|later| *later > listed && range.contains(later)).unwrap_or(listed))
        }
    }
}

/// The newest release that `request` means, as a source says it now. What is only known here is no answer.
pub fn newest_now(
    request: &Selector,
    installer: &Installer<'_>,
    watch: &dyn Progress,
) -> Result<Version, InstallError> {
    let selector = Some(request).filter(|request| **request != Selector::Latest);
    let newest = ask_newest(selector, installer)?;
    if let Some(stale) = newest.stale {
        return Err(InstallError::Source(stale));
    }
    newest.notes.into_iter().for_each(|note| watch.event(Event::Note(note)));
    Ok(newest.version)
}

fn newest(
    selector: Option<&Selector>,
    installer: &Installer<'_>,
    watch: &dyn Progress,
) -> Result<Version, InstallError> {
    let Newest { version, notes, stale, .. } = ask_newest(selector, installer)?;
    for note in notes {
        watch.event(Event::Note(note));
    }
    // Sources that cannot be asked now may have said more when it was installed.
    let wanted = |installed: &Version| {
        !installed.is_prerelease() && selector.is_none_or(|selector| selector.matches(installed))
    };
    let present = installer.store.toolchains()?.into_iter().map(|toolchain| toolchain.version);
    let Some(present) = present.filter(wanted).max().filter(|present| *present > version) else {
        return Ok(version);
    };
    let known = if stale.is_some() {
        format!("nothing newer than {version} is known here")
    } else {
        format!("the sources now list nothing newer than {version}")
    };
    watch.event(Event::Note(format!("{known}; using the installed {present}")));
    Ok(present)
}

/// The newest release that the selector means, or any, as the sources say it.
fn ask_newest(selector: Option<&Selector>, installer: &Installer<'_>) -> Result<Newest, InstallError> {
    let newest = installer.sources.newest(selector, &|version| in_log(version, installer));
    newest.map_err(|error| absent(selector, installer, error))
}

/// "Not found" by everyone who could be asked is an unknown version; all else stays what it is.
fn absent(selector: Option<&Selector>, installer: &Installer<'_>, error: SourceError) -> InstallError {
    match selector {
        // A server that does not have what is known to be released is at fault, not the version.
        Some(selector) if selector.newest(&installer.sources.known()).is_some() => {
            InstallError::Source(error)
        }
        Some(selector)
            if error.kind() == SourceErrorKind::Absent || is_unlogged(selector, installer, &error) =>
        {
            unknown(&selector.clone(), installer)
        }
        _ => InstallError::Source(error),
    }
}

/// Whether the log has a release, or cannot say.
pub(super) fn in_log(version: &Version, installer: &Installer<'_>) -> bool {
    let module_version = installer.sources.platform().module_version(version);
    !matches!(installer.lookup(&module_version), Err(LogError::Absent { .. }))
}

/// Some proxies refuse what does not exist. The log tells the two apart: every release has its first one there.
fn is_unlogged(selector: &Selector, installer: &Installer<'_>, error: &SourceError) -> bool {
    let first = selector.written_version().map(Version::first_release);
    error.kind() == SourceErrorKind::Refused && first.is_some_and(|first| !in_log(&first, installer))
}

impl Installer<'_> {
    /// The error of an exact version that no source has.
    pub(super) fn unknown(&self, version: &Version) -> InstallError {
        unknown(&Selector::exact(version), self)
    }
}

fn unknown(request: &Selector, installer: &Installer<'_>) -> InstallError {
    let listing = installer.sources.listed();
    let nearest = request.written_version().map(|wanted| {
        // What a source lists and the log does not know is not a release.
        let is_asked = |version: &&Version| request.as_exact() != Some(*version);
        nearest(wanted, &listing.versions.iter().filter(is_asked).cloned().collect::<Vec<_>>())
    });
    InstallError::Unknown {
        wanted: request.to_string(),
        platform: installer.sources.platform().to_string(),
        nearest: nearest.unwrap_or_default(),
    }
}

/// `1.26` for `1.27.4`.
fn minor_before(version: &Version) -> Option<Selector> {
    let (major, minor, _) = version.numbers()?;
    Selector::parse(&format!("{major}.{}", minor.checked_sub(1)?)).ok()
}
