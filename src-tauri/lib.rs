//! The shell: the window, its commands and addresses, and what only the desktop can do (dialogs, clipboard,
//! dragging). What a library is and does lives in the engine; nothing here decides about assets.

mod arguments;
mod bindings;
mod clipboard;
mod cloud;
mod commands;
mod dialogs;
mod drag;
mod news;
mod notice;
mod paths;
mod protocol;
#[cfg(target_os = "linux")]
mod rendering;
mod state;
mod window;

use arguments::{Arguments, Asked};
use gameforge_studio::{Config, cloud::Cloud};
use state::Studio;
use std::{
    process::ExitCode,
    sync::{Arc, mpsc},
    time::Duration,
};
use tauri::{AppHandle, Manager, RunEvent, webview::PageLoadEvent};

/// How long the end of the program waits for a library's work.
const CLOSING: Duration = Duration::from_secs(12);
/// How long after that the libraries below us may take to put their own things away.
const LEAVING: Duration = Duration::from_secs(5);

/// Starts the Studio and returns when its window is closed.
#[must_use]
#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program started from a terminal answers there"
)]
pub fn run() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(Asked::Start(arguments)) => arguments,
        Ok(Asked::Tell(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    window::log_to_stderr();
    #[cfg(target_os = "linux")]
    rendering::suit_the_machine();
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("GameForge Studio could not start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> anyhow::Result<()> {
    let config = Arc::new(Config::open()?);
    let library = arguments.library(&config);
    let commands = bindings::builder();
    let cloud = cloud::open(&config)?;
    let studio = Studio::new(config);

    let mut app = tauri::Builder::default();
    if let Some(one) = window::one_per_library(&library) {
        app = app.plugin(one);
    }
    #[cfg(not(target_os = "linux"))]
    {
        app = app.plugin(tauri_plugin_dialog::init());
    }
    let app = app
        .plugin(window::remembered_place())
        .manage(studio)
        .manage(cloud.clone())
        .manage(drag::Handout::default())
        .manage(drag::Offered::default())
        .register_asynchronous_uri_scheme_protocol("preview", protocol::preview)
        .register_asynchronous_uri_scheme_protocol("content", protocol::content)
        .register_asynchronous_uri_scheme_protocol("pixels", protocol::pixels)
        .invoke_handler(commands.invoke_handler())
        .on_window_event(news::forward_file_drags)
        .on_page_load(|view, load| {
            if load.event() == PageLoadEvent::Finished {
                window::show(view.app_handle());
            }
        })
        .setup(move |app| {
            commands.mount_events(app);
            window::show_in_any_case(app.handle().clone());
            #[cfg(target_os = "linux")]
            if let Some(window) = app.get_webview_window("main") {
                drag::follow(&window)?;
            }
            news::follow_cloud(app.handle().clone(), cloud);
            state::open(app.handle().clone(), library.path, library.create);
            Ok(())
        })
        .build(tauri::generate_context!())?;

    app.run(|app, event| {
        if matches!(event, RunEvent::Exit) {
            put_away(app);
        }
    });
    Ok(())
}

/// Closes everything, and sees to it that a window that has gone leaves no program behind.
fn put_away(app: &AppHandle) {
    std::thread::spawn(|| {
        std::thread::sleep(CLOSING + LEAVING);
        tracing::error!("the program does not come to its end by itself; it is ended");
        std::process::abort();
    });
    app.state::<Cloud>().close();
    let (tell, told) = mpsc::channel();
    let on_app = app.clone();
    tauri::async_runtime::spawn(async move {
        on_app.state::<Studio>().close().await;
        // Nobody waits any more when it took too long.
        let _ = tell.send(());
    });
    // Waited for without the runtime, whose workers may all be what it waits for. What was edited is on the disk
    // before: work that does not end in time is taken up at the next start.
    if told.recv_timeout(CLOSING).is_err() {
        tracing::error!("the library did not close within {CLOSING:?}; it is left as it is");
    }
    app.state::<drag::Handout>().clear();
}
