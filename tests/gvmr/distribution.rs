//! What users download: from nothing to a running `go` by each way, up and back, and away.

mod debian;
mod install_script;
mod interrupted;
mod minimal_debian;
mod other_architectures;
mod package_files;
mod red_hat;
mod removal;
mod root;
mod small_musl;
mod upgrade;
mod wheel;
