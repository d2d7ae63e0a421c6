//! The last line of defence: a decoder's panic becomes a value. Not an excuse for panics in our own code.

use gameforge_domain::ReadError;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Runs `work`; a panic inside becomes [`ReadError::Panicked`] with its message.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    // A reader owns all it touches, so nothing half-changed can be seen after the unwind.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(panicked(payload.as_ref())))
}

/// Words for a caught panic.
pub(crate) fn panicked(payload: &(dyn Any + Send)) -> ReadError {
    let what = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    ReadError::Panicked { what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_words() {
        let error = caught::<()>(|| panic!("row {} is missing", 7)).unwrap_err();
        assert_eq!(error.code(), "reader_failed");
        assert!(error.to_string().contains("row 7 is missing"));
    }
}
