//! What is printed: one JSON value a line with `--json`, else lines for people. Progress goes to standard error,
//! and only when a person is watching.

use gameforge_wire::Failure;
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

/// Standard output, in one of the two voices.
pub struct Output {
    json: bool,
    out: BufWriter<Stdout>,
    watched: bool,
}

impl Output {
    /// In JSON, or for people.
    pub fn new(json: bool) -> Self {
        Self {
            json,
            out: BufWriter::new(io::stdout()),
            watched: !json && io::stderr().is_terminal(),
        }
    }

    /// Whether JSON is spoken.
    pub fn json(&self) -> bool {
        self.json
    }

    /// Prints a value as a line of JSON, or the lines that `words` makes of it.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn tell<T: Serialize>(
        &mut self,
        value: &T,
        words: impl FnOnce(&T) -> String,
    ) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut self.out, value)?;
            return self.out.write_all(b"\n");
        }
        let text = words(value);
        if text.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "{text}")
    }

    /// A remark beside the answer: on standard error, for people only.
    pub fn remark(&mut self, text: &str) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        self.out.flush()?;
        writeln!(io::stderr(), "{text}")
    }

    /// Shows how far something is, over the same line each time.
    pub fn progress(&self, text: &str) {
        if self.watched {
            // Progress that cannot be shown is not worth stopping for.
            let _ = write!(io::stderr(), "\r\x1b[K{text}");
        }
    }

    /// Tells why the command failed.
    pub fn trouble(&mut self, failure: &Failure) {
        #[derive(Serialize)]
        struct Told<'a> {
            error: &'a Failure,
        }
        // Nobody is left to tell when this fails; the exit code says it.
        let _ = if self.json {
            serde_json::to_writer(&mut self.out, &Told { error: failure })
                .map_err(io::Error::from)
                .and_then(|()| self.out.write_all(b"\n"))
        } else {
            writeln!(io::stderr(), "gameforge: {}", failure.message)
        };
        let _ = self.out.flush();
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
