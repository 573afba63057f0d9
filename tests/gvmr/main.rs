//! gvmr's own stories: real servers, real processes, real Go.

mod shim_cost;
mod support;
