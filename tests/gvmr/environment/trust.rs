//! A cloned repository runs nothing: its `gvmr.toml` has effect by the user's word alone, for these very bytes.

mod commands;
mod hostile;
mod limits;
mod machine;
mod owners;
mod real;
mod swaps;
