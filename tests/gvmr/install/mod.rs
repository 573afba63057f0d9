//! How a toolchain comes: from which sources, proved by what, and what is left when it does not come.

mod archives;
mod build;
mod command;
mod from_source;
mod goproxy;
mod import;
mod index;
mod kill;
mod lists;
pub(crate) mod musl;
mod offline;
mod real_go;
mod secrets;
mod silence;
mod tampering;
mod waiting;
mod without_proc;
