//! The engine behind window and command line: library, import, search, edits.
