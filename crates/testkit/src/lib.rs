//! Builders, small files of every format, and fault injection for tests and the sample library.
