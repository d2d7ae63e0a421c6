//! What is around every request: its id, who asks and from where, its body, its answer when it fails.

pub mod asked;
pub mod caller;
pub mod extract;
mod layers;

pub use asked::Asked;
pub use caller::Caller;
pub use extract::{Body, Id, Ids, Params};
pub use layers::wrap;
