//! A real toolchain from its real sources, without a network: byte for byte the one that Go publishes.
