//! What users download: from nothing to a running `go` by each package, up and back, and away.

mod install_script;
