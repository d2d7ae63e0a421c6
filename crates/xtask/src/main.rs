//! Every chore of the project: run, test, bench, bundle, screens.

fn main() {}
