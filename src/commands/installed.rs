//! Which installed version a person's words mean.

use super::context::Context;
use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::store::Toolchain;
use gvmr_core::gover::version::Version;

/// The newest installed version that the text means; `latest` is the newest installed release.
pub(super) fn newest_of(toolchains: &[Toolchain], text: &str, context: &Context) -> Result<Version, Error> {
    let request = context.request(text)?;
    let versions: Vec<Version> = toolchains.iter().map(|toolchain| toolchain.version.clone()).collect();
    request.newest(&versions).cloned().ok_or_else(|| {
        let message = format!("Go {request} is not installed; installed are: {}", names(toolchains));
        Error::said(ErrorKind::UnknownVersion, message).hint(context.next_step(&format!("install {request}")))
    })
}

/// The one installed version that the text means.
pub(super) fn one_of(toolchains: &[Toolchain], text: &str, context: &Context) -> Result<Version, Error> {
    let Request::Selector(selector) = context.request(text)? else {
        return Err(Error::said(ErrorKind::Usage, format!("\"{text}\" does not name one installed version"))
            .hint("name it as gvmr list shows it"));
    };
    let matching: Vec<_> =
        toolchains.iter().map(|toolchain| &toolchain.version).filter(|v| selector.matches(v)).collect();
    match matching.as_slice() {
        [version] => Ok((*version).clone()),
        [] => {
            let message = format!("Go {selector} is not installed; installed are: {}", names(toolchains));
            Err(Error::said(ErrorKind::UnknownVersion, message).hint("gvmr list shows what is installed"))
        }
        several => {
            let several = several.iter().map(|version| version.as_str()).collect::<Vec<_>>().join(", ");
            Err(Error::said(
                ErrorKind::Usage,
                format!("{selector} means several installed versions: {several}"),
            )
            .hint("name the exact one"))
        }
    }
}

fn names(toolchains: &[Toolchain]) -> String {
    if toolchains.is_empty() {
        return "none".to_owned();
    }
    toolchains.iter().map(|toolchain| toolchain.version.as_str()).collect::<Vec<_>>().join(", ")
}
