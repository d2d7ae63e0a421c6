//! The query language: words and typed filters, parsed once, used by search, smart folders and the command line.
