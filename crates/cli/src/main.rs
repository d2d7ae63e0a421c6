//! `gameforge`: the command line over the engine of the Studio.

fn main() {}
