//! End to end: the real window on a desktop of its own, driven over WebDriver, with a real mouse where a drag comes
//! from another program. What is asserted lives in `studio/`; here are the stage and the hands.

mod barriers;
pub mod browser;
pub mod cloud;
pub mod mouse;
pub mod other;
pub mod scenes;
pub mod stage;
pub mod studio;

pub use browser::Browser;
pub use cloud::DevCloud;
pub use other::OtherProgram;
pub use stage::Stage;
pub use studio::Studio;
