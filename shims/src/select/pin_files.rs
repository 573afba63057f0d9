//! The version files of gvmr itself: the nearest `.go-version`, and the defaults.
//!
//! Takes a directory or a home, gives the file and what it asks for. A file that is there and cannot be understood is
//! an error that names it.

use crate::gover::version_file::{self, Pin, VersionFileError, VersionFileErrorKind};
use crate::home::paths::Home;
use crate::home::shared_home;
use crate::select::error::ResolveError;
use crate::select::pin_owners::PinOwners;
use crate::select::project;
use crate::sys::bounded::{self, PIN_LIMIT, Refusal};
use crate::sys::directory::{Name, climb};
use crate::sys::environment::Environment;
use std::path::{Path, PathBuf};

/// The nearest `.go-version` and what it asks for; `owners` says whose count.
pub fn go_version_file(
    directory: &Path,
    owners: &mut PinOwners<'_>,
) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    const NAME: Name = Name::of(".go-version");
    climb(directory, &NAME, |file| {
        let pin = read_pin(file, owners, |text| version_file::go_version(text).map(Some))?;
        Ok(pin.map(|pin| (file.to_path_buf(), pin)))
    })
}

/// What the default asks for; `None` where none is set. It is the home's, or the user's own, where the home is
/// shared and another user keeps it.
pub fn default_file(
    home: &Home,
    environment: &dyn Environment,
) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    if shared_home::is_anothers(home)
        && let Some(file) = shared_home::own_default_file(environment)
        && let Some(pin) =
            grasp(&file, bounded::read_owned(&file, PIN_LIMIT, &shared_home::trusted_uids()), DEFAULT)?
    {
        return Ok(Some((file, pin)));
    }
    home_default(home)
}

/// What the home's own default selects, for any user.
pub fn home_default(home: &Home) -> Result<Option<(PathBuf, Pin)>, ResolveError> {
    let file = home.default_file();
    let pin = grasp(&file, bounded::read(&file, PIN_LIMIT), DEFAULT)?;
    Ok(pin.map(|pin| (file, pin)))
}

type Grammar = fn(&[u8]) -> Result<Option<Pin>, VersionFileError>;

/// The grammar of a default.
const DEFAULT: Grammar = |text| version_file::default(text).map(Some);

pub(crate) fn read_pin(
    file: &Path,
    owners: &mut PinOwners<'_>,
    grammar: Grammar,
) -> Result<Option<Pin>, ResolveError> {
    grasp(file, owners.read(file), grammar)
}

/// What the content of `file` asks for.
fn grasp(
    file: &Path,
    read: Result<Option<Vec<u8>>, Refusal>,
    grammar: Grammar,
) -> Result<Option<Pin>, ResolveError> {
    let text = match read {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(None),
        Err(refusal) => return Err(ResolveError::Refused { file: file.to_path_buf(), refusal }),
    };
    grammar(&text).map_err(|fault| {
        let kind = project::target_outside(file).map_or(fault.kind, VersionFileErrorKind::Outside);
        ResolveError::Pin { file: file.to_path_buf(), fault: VersionFileError { kind, ..fault } }
    })
}
