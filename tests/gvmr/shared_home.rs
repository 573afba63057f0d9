//! One store that root keeps and every user reads: real users, real processes, the real paths of a machine.

mod lifecycle;
mod sandbox;
mod upgrades;
mod users;
