//! Typefaces: read, describe, draw a specimen. Bytes in, values out.
