//! The one pipeline: a version goes in, a committed toolchain comes out.
//!
//! Takes a version that someone asked for; guarantees that this host can run it, that what is committed was proved
//! before, and that a failure at any point leaves the home's versions as they were. Never speaks to a terminal.

mod adopt;
mod audit;
mod choose;
mod error;
mod exposure;
mod from_source;
mod impossible;
mod installer;
mod log;
mod log_files;
mod nearest;
mod open;
mod pipeline;
mod progress;
mod released;
mod support;
mod verifier;

pub use audit::{Audit, AuditVerdict, PACKAGERS_FILE, audit, path_in_tree};
pub use choose::{choose, newest_now};
pub use error::{Difference, InstallError, with_causes};
pub use exposure::{ExposedFile, is_shared_group};
pub use impossible::refuse_impossible;
pub use installer::{InstallOptions, InstallOutcome, Installer};
pub use log::Log;
pub use log_files::LogFiles;
pub use open::{Access, OpenError, client, open, open_to_read, with_credentials};
pub use progress::{Event, Progress};
pub use released::{Released, newest_proved, released};
pub use support::{SupportState, newest_of_minors, oldest_supported};
