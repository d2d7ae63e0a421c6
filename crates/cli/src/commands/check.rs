//! `gameforge verify` and `doctor`. Both end with 1 when something is wrong.

use crate::{failure::Trouble, output::Output, words};
use gameforge_studio::Library;
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
        lines.push(format!(
            "{} checked, {wrong}",
            words::grouped(report.checked)
        ));
        lines.join("\n")
    })?;
    Ok(success(report.damaged.is_empty()))
}

/// Checks the machine.
pub fn doctor(output: &mut Output) -> Result<ExitCode, Trouble> {
    let findings = gameforge_studio::doctor();
    for finding in &findings {
        output.tell(finding, |finding| {
            let sign = if finding.ok { "ok     " } else { "missing" };
            format!("{sign}  {}: {}", finding.name, finding.message)
        })?;
    }
    Ok(success(findings.iter().all(|finding| finding.ok)))
}

fn success(all_well: bool) -> ExitCode {
    if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
