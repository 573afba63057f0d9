//! Release archives from mirrors: proved like modules, whatever the mirror is.

mod disk;
mod faults;
mod files;
mod indexed;
mod proof;
