//! The one question that setup asks.

use crate::cli;
use crate::context::Context;
use crate::error::Error;

/// Asks once for permission to make changes. `Ok(false)` if the answer is no.
pub(super) fn consent(arguments: &cli::SetupArgs, question: &str, context: &Context) -> Result<bool, Error> {
    let agreed = arguments.yes
        || context.confirm(question, true, "setup needs confirmation and stdin is not a terminal")?;
    if !agreed {
        context.terminal.note("nothing was edited");
    }
    Ok(agreed)
}
