//! .

impl crate::Library {
    /// Starts what follows files in the background, as the options say.
    pub(crate) fn start_files(&self) {
        let _ = self.options();
    }
}
