//! `gvmr env --why`: what it says is what the next go gets, where it says it comes from; and gvmr's own requests go the
//! same way.

mod combinations;
pub(crate) mod fixture;
mod own_requests;
mod shadows;
mod shape;
