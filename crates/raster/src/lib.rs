//! Pictures: read, describe, scale, animate. Bytes in, values out.
