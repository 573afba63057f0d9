//! The one question that setup asks.

use crate::cli;
use crate::context::Context;
use crate::error::{Error, ErrorKind};

/// Asks once for permission to make changes. `Ok(false)` if the answer is no.
pub(super) fn consent(arguments: &cli::SetupArgs, question: &str, context: &Context) -> Result<bool, Error> {
    if arguments.yes {
        return Ok(true);
    }
    if !context.terminal.can_ask() {
        return Err(Error::said(ErrorKind::Usage, "setup needs confirmation and stdin is not a terminal")
            .hint("pass --yes, or preview with --dry-run"));
    }
    let answer = context.terminal.ask(question, true);
    if !answer {
        context.terminal.note("nothing was edited");
    }
    Ok(answer)
}
