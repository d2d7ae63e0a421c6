//! What is around every request: its connection, its id, who asks and from where and how often, its body, its answer
//! when it fails or was given before.

pub mod allowance;
pub mod asked;
pub mod caller;
pub mod extract;
mod layers;
pub mod once;
mod serve;

pub use asked::Asked;
pub use caller::{AnyCaller, Caller};
pub use extract::{Body, Id, Ids, Params};
pub use layers::wrap;
pub use once::Once;
pub use serve::serve;
