//! What a go finds when the shim had to hand over first: the user's rules as they are written now, a GOPATH that cannot
//! hurt, and itself untouched.

mod faults;
pub(crate) mod fixture;
mod marks;
mod project_files;
mod rules;
mod tool;
