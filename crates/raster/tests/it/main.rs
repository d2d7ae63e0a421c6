//! The crate from outside: every format read right, and no bytes that can hurt.

mod formats;
mod hostile;
mod samples;
