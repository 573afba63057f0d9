//! gvmr's own stories: real servers, real processes, real Go.

mod support;
mod verify;
