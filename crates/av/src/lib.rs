//! Sounds and films: read, describe, draw the waveform. Bytes in, values out.
