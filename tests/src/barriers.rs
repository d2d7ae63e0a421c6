//! What keeps people out of a view, as axe-core finds it on what is drawn: contrast by the real colours, roles, names,
//! the order of headings. Its rules are those of WCAG 2.2, levels A and AA.

use crate::Studio;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Rules that do not fit a program's window, with the reason.
const APART: &[(&str, &str)] = &[(
    "label-content-name-mismatch",
    "an experiment that takes a cell's facts for its label: its name comes first, and they follow in words",
)];

impl Studio<'_> {
    /// A line for each barrier in what the window shows: the rule, the element, what is wrong with it.
    ///
    /// # Errors
    /// When the rules cannot be asked.
    pub async fn barriers(&self) -> Result<Vec<String>> {
        let there = self.value("typeof window.axe === 'object'").await?;
        if there != Value::Bool(true) {
            let rules = xtask::project::root().join("ui/node_modules/axe-core/axe.min.js");
            let rules = std::fs::read_to_string(&rules)
                .with_context(|| format!("{}; `npm ci` in ui/ fetches it", rules.display()))?;
            self.client.execute(&rules, Vec::new()).await?;
        }
        let ask = "const [options, done] = arguments;
            window.axe.run(document, options).then(
                (found) => done(found.violations.flatMap((rule) => rule.nodes.map((node) =>
                    `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.replaceAll(/\\s+/g, ' ')}`))),
                (error) => done([`the rules themselves: ${error}`]));";
        let off: serde_json::Map<String, Value> = APART
            .iter()
            .map(|(rule, _)| ((*rule).to_owned(), json!({ "enabled": false })))
            .collect();
        let options = json!({
            "resultTypes": ["violations"],
            "runOnly": { "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
            "rules": off,
        });
        let found = self.client.execute_async(ask, vec![options]).await?;
        let found = found.as_array().context("a list of barriers")?;
        Ok(found
            .iter()
            .map(|line| line.as_str().unwrap_or_default().to_owned())
            .collect())
    }
}
