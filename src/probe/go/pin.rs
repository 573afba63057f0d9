//! Placeholder.
use super::project::GoProject;
use crate::check::{Measurement, NotMeasured};

pub(super) fn measure(project: &GoProject<'_>) -> Result<Measurement, NotMeasured> {
    project.cannot_tell(String::new())
}
