//! The words of the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use gameforge_domain::{AssetId, TagPath};
use std::path::PathBuf;

/// Import, search, tag and check a library of game assets. A window may have the same library open.
#[derive(Debug, Parser)]
#[command(name = "gameforge", version, max_term_width = 100)]
pub struct Arguments {
    /// The library's folder; `import` creates it where there is none [default: ~/GameForge Library]
    #[arg(long, global = true, value_name = "DIR", env = "GAMEFORGE_LIBRARY")]
    pub library: Option<PathBuf>,
    /// Print JSON, one value a line
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What needs a library.
    #[command(flatten)]
    OnLibrary(OnLibrary),
    /// Say what this machine lacks
    Doctor,
    /// Print a script that lets a shell complete the words of gameforge
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, for a package
    #[command(hide = true)]
    Manual {
        /// The folder to write into
        to: PathBuf,
    },
}

/// What to do with a library.
#[derive(Debug, Subcommand)]
pub enum OnLibrary {
    /// Bring files and folders into the library
    Import(Import),
    /// Find assets: words, and filters such as kind:image width>=512 tag:ui
    Search(Search),
    /// Tell everything about assets
    Show(Ids),
    /// Add, remove and list tags
    #[command(subcommand)]
    Tag(Tag),
    /// List collections, and change what is in them
    Collections(Collections),
    /// Write the files of assets into a folder
    Export(Export),
    /// List groups of assets that may be one
    Duplicates(Duplicates),
    /// Find what looks like an asset
    Similar(Similar),
    /// Write an asset's preview into a file
    Preview(Preview),
    /// Check the database and every stored object
    Verify,
    /// Say what is in the library
    Library,
    /// List the library's jobs
    Jobs,
    /// Take the last change back
    Undo,
    /// Do the last change that was taken back again
    Redo,
}

/// `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Copy the files into the library
    #[arg(long, conflicts_with = "in_place")]
    pub copy: bool,
    /// Leave the files where they are (this is the default)
    #[arg(long)]
    pub in_place: bool,
}

/// `search`.
#[derive(Debug, Args)]
pub struct Search {
    /// Words and filters; nothing finds everything
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// The order, for example name, -added, -size
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "",
        allow_hyphen_values = true
    )]
    pub sort: String,
    /// At most so many [default: 50 for people, all with --json]
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
}

/// One or more assets.
#[derive(Debug, Args)]
pub struct Ids {
    /// The assets' ids
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<AssetId>,
}

/// The assets that a change is for.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The assets' ids
    #[arg(value_name = "ID")]
    pub ids: Vec<AssetId>,
    /// All assets that this query finds
    #[arg(long, value_name = "QUERY")]
    pub matching: Option<String>,
}

/// `tag`.
#[derive(Debug, Subcommand)]
pub enum Tag {
    /// Add a tag, for example gameforge tag add enemy/boss ID
    Add(Tagged),
    /// Take a tag away
    Remove(Tagged),
    /// List all tags with their counts
    List,
}

/// A tag and the assets that it is for.
#[derive(Debug, Args)]
pub struct Tagged {
    /// The tag; a slash goes down the tree
    pub tag: TagPath,
    /// For which assets.
    #[command(flatten)]
    pub which: Which,
}

/// `collections`.
#[derive(Debug, Args)]
pub struct Collections {
    /// What to do; nothing lists them.
    #[command(subcommand)]
    pub command: Option<CollectionsCommand>,
}

/// What to do with collections.
#[derive(Debug, Subcommand)]
pub enum CollectionsCommand {
    /// List them
    List,
    /// Create one
    Create {
        /// Its name
        name: String,
    },
    /// Delete one; its assets stay
    Delete {
        /// Its name or id
        name: String,
    },
    /// Put assets into one
    Add(Collected),
    /// Take assets out of one
    Remove(Collected),
}

/// A collection and assets.
#[derive(Debug, Args)]
pub struct Collected {
    /// The collection's name or id
    pub name: String,
    /// Which assets.
    #[command(flatten)]
    pub which: Which,
}

/// `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// Which assets.
    #[command(flatten)]
    pub which: Which,
    /// The folder to write into; created where there is none
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// `duplicates`.
#[derive(Debug, Args)]
pub struct Duplicates {
    /// What counts as a duplicate
    #[arg(long, value_enum, default_value = "exact")]
    pub kind: Likeness,
}

/// What counts as a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Likeness {
    /// The same bytes
    Exact,
    /// Pictures that look the same
    Alike,
}

/// `similar`.
#[derive(Debug, Args)]
pub struct Similar {
    /// The asset's id
    pub id: AssetId,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: u32,
}

/// `preview`.
#[derive(Debug, Args)]
pub struct Preview {
    /// The asset's id
    pub id: AssetId,
    /// The longer side, in pixels
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(16..=4096))]
    pub size: u32,
    /// The file to write; PNG or JPEG as the preview is
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    const ID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    #[test]
    fn clap_finds_no_fault_with_the_words() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_query_may_come_in_pieces_and_a_sort_may_begin_with_a_dash() {
        let words = [
            "gameforge",
            "search",
            "goblin",
            "width>=512",
            "--sort",
            "-added",
            "--json",
        ];
        let arguments = Arguments::try_parse_from(words).unwrap();
        let Command::OnLibrary(OnLibrary::Search(search)) = arguments.command else {
            panic!("not a search");
        };
        assert_eq!(search.query, ["goblin", "width>=512"]);
        assert_eq!(search.sort, "-added");
        assert!(arguments.json);
    }

    #[test]
    fn changes_need_assets_and_only_one_way_to_name_them() {
        let parse =
            |words: &[&str]| Arguments::try_parse_from([&["gameforge"], words].concat()).is_ok();
        assert!(parse(&["tag", "add", "enemy", ID]));
        assert!(parse(&["tag", "add", "enemy", "--matching", "goblin"]));
        assert!(!parse(&["tag", "add", "enemy"]));
        assert!(!parse(&["tag", "add", "enemy", ID, "--matching", "goblin"]));
        assert!(!parse(&["import"]));
        assert!(!parse(&["import", "a", "--copy", "--in-place"]));
        assert!(!parse(&["show", "goblin"]));
    }
}
