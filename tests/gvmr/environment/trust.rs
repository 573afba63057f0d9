//! A cloned repository runs nothing: its `gvmr.toml` has effect by the user's word alone, for these very bytes.

mod commands;
mod fixture;
mod hostile;
mod limits;
mod owners;
mod real_go;
mod swaps;
