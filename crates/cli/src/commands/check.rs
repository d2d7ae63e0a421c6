//! `gameforge verify` and `doctor`. Both end with 1 when something is wrong; what only the window needs is a note.

use super::ended;
use crate::{failure::Trouble, output::Output};
use gameforge_domain::grouped;
use gameforge_studio::Library;
use gameforge_wire::Finding;
use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

/// Checks the library.
pub async fn verify(library: &Library, output: &mut Output) -> Result<ExitCode, Trouble> {
    let watched = !output.json() && std::io::stderr().is_terminal();
    let report = library
        .verify(move |done, of| {
            if watched {
                // Progress that cannot be shown is not worth stopping for.
                let _ = write!(std::io::stderr(), "\r\x1b[K{done} of {of} checked");
            }
        })
        .await?;
    output.progress("");
    output.tell(&report, |report| {
        let damaged = report.damaged.iter();
        let mut lines: Vec<_> = damaged
            .map(|damage| format!("{} “{}”: {}", damage.what, damage.path, damage.message))
            .collect();
        let wrong = match report.damaged.len() {
            0 => "nothing is damaged".to_owned(),
            number => format!("{number} damaged"),
        };
        lines.push(format!("{} checked, {wrong}", grouped(report.checked)));
        lines.join("\n")
    })?;
    Ok(ended(report.damaged.is_empty()))
}

/// Checks the machine.
pub fn doctor(output: &mut Output) -> Result<ExitCode, Trouble> {
    let findings = gameforge_studio::doctor();
    for finding in &findings {
        output.tell(finding, |finding| {
            format!("{:7}  {}: {}", sign(finding), finding.name, finding.message)
        })?;
    }
    Ok(ended(!findings.iter().any(is_fault)))
}

fn sign(finding: &Finding) -> &'static str {
    match finding {
        finding if is_fault(finding) => "missing",
        Finding { ok: true, .. } => "ok",
        _ => "note",
    }
}

/// A server without a display lacks nothing that this program needs.
fn is_fault(finding: &Finding) -> bool {
    !finding.ok && !finding.window_only
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_window_needs_is_a_note() {
        let finding = |ok, window_only| Finding {
            name: "display".to_owned(),
            ok,
            message: String::new(),
            window_only,
        };
        assert_eq!(sign(&finding(false, true)), "note");
        assert_eq!(sign(&finding(false, false)), "missing");
        assert_eq!(sign(&finding(true, true)), "ok");
    }
}
