//! Reading the window's own addresses: `scheme://localhost/<asset>/<rest>?name=value&…`.

use gameforge_domain::AssetId;
use gameforge_wire::{ErrorCode, Failure};
use percent_encoding::percent_decode_str;
use tauri::http::Uri;

/// An address, taken apart.
#[derive(Debug, PartialEq)]
pub struct Address {
    /// Whose bytes.
    pub asset: AssetId,
    /// What follows the asset, percent-decoded, without the first slash.
    pub rest: String,
    values: Vec<(String, String)>,
}

impl Address {
    /// Takes an address apart.
    ///
    /// # Errors
    /// `invalid` when it does not name an asset, or is not UTF-8 once decoded.
    pub fn parse(uri: &Uri) -> Result<Self, Failure> {
        let path = uri.path().trim_start_matches('/');
        let (asset, rest) = path.split_once('/').unwrap_or((path, ""));
        let asset = asset
            .parse()
            .map_err(|_| invalid(format!("“{uri}” does not name an asset.")))?;
        let values = uri.query().unwrap_or_default().split('&');
        let values = values.filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Forms write a space as a plus sign.
            Ok((decoded(name)?, decoded(&value.replace('+', " "))?))
        });
        Ok(Self {
            asset,
            rest: decoded(rest)?,
            values: values.collect::<Result<_, Failure>>()?,
        })
    }

    /// Whether the address has this value.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The value with this name.
    pub fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The number with this name, or `default` where there is none.
    ///
    /// # Errors
    /// `invalid` when it is not a number from 1 to 16384.
    pub fn number(&self, name: &str, default: u32) -> Result<u32, Failure> {
        let Some(text) = self.value(name) else {
            return Ok(default);
        };
        let number = text
            .parse()
            .ok()
            .filter(|number| (1..=16_384).contains(number));
        number.ok_or_else(|| invalid(format!("“{text}” cannot be used as {name}.")))
    }

    /// The refusal of an address whose rest means nothing.
    pub fn unknown(&self) -> Failure {
        invalid(format!("“{}” means nothing here.", self.rest))
    }
}

fn decoded(text: &str) -> Result<String, Failure> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(Into::into)
        .map_err(|_| invalid("The address is not UTF-8.".to_owned()))
}

fn invalid(message: String) -> Failure {
    Failure::new(ErrorCode::Invalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    fn parse(rest: &str) -> Result<Address, Failure> {
        Address::parse(&format!("content://localhost/{ID}{rest}").parse().unwrap())
    }

    #[test]
    fn the_asset_the_rest_and_the_values_are_decoded() {
        let address = parse("/sibling/a%20b/c.png?text=Gr%C3%BC%C3%9Fe+%26&side=64").unwrap();
        assert_eq!(address.asset.to_string(), ID);
        assert_eq!(address.rest, "sibling/a b/c.png");
        assert_eq!(address.value("text"), Some("Grüße &"));
        assert_eq!(address.number("side", 320).unwrap(), 64);
        assert_eq!(address.number("width", 320).unwrap(), 320);
    }

    #[test]
    fn an_address_without_an_asset_is_refused() {
        let uri = "content://localhost/etc/passwd".parse().unwrap();
        assert_eq!(Address::parse(&uri).unwrap_err().code, ErrorCode::Invalid);
    }

    #[test]
    fn numbers_out_of_range_and_broken_utf_8_are_refused() {
        assert!(parse("?side=0").unwrap().number("side", 1).is_err());
        assert!(parse("?side=999999").unwrap().number("side", 1).is_err());
        assert!(parse("?text=%FF").is_err());
    }
}
