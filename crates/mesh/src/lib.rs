//! Models: read, describe, draw without a window. Bytes in, values out.
