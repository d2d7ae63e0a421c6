//! End to end: the real window, driven over WebDriver.
