//! What the window can ask for. A command unpacks its arguments, makes one call, and hands the error over as
//! a `Failure`; whatever needs more thought than that belongs into the engine.

pub mod cloud;
pub mod edit;
pub mod job;
pub mod library;
pub mod search;
pub mod system;
pub mod view;
