//! Notices on the desktop of what the cloud tells a person, while the window is not in front. What they say is the front
//! end's business (its catalogue has the words); a press on one brings the window to the front and is told to it.
//!
//! On Linux by the desktop's own interface (the Desktop Notifications Specification) over D-Bus, spoken with the library
//! that GTK is built on. Other systems have none yet: there the window shows the words itself, as it does wherever a
//! notice cannot be shown.

use gameforge_domain::NotificationId;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of which notification.
    pub about: NotificationId,
    /// One line.
    pub title: String,
    /// What else there is to say; may be empty.
    pub body: String,
}

/// Shows a notice, unless the window is in front. Whether it was shown; that a desktop takes none is logged once.
#[cfg(target_os = "linux")]
pub use linux::show;

/// Shows nothing.
#[cfg(not(target_os = "linux"))]
pub async fn show(_: &tauri::AppHandle, _: Notice) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    use super::Notice;
    use crate::{news::CloudEvent, window};
    use gameforge_domain::NotificationId;
    use gameforge_wire::CloudNews;
    use gtk::{
        gio::{self, DBusCallFlags, DBusConnection, DBusSignalFlags},
        glib::{self, MainContext, ToVariant, Variant, VariantTy},
    };
    use std::{
        cell::RefCell,
        collections::{BTreeMap, HashMap},
        rc::Rc,
        sync::Once,
    };
    use tauri::{AppHandle, Manager};
    use tauri_specta::Event as _;
    use tokio::sync::oneshot;

    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    /// Milliseconds in which a desktop takes a notice.
    const PATIENCE: i32 = 5000;
    /// Notices whose press is still understood; those before are only words.
    const MOST: usize = 50;

    thread_local! {
        /// The main thread's: signals come where they are subscribed.
        static BELL: RefCell<Option<Rc<Bell>>> = const { RefCell::new(None) };
    }

    /// Asks the desktop on the main thread, which owns the connection's events and knows without waiting where the
    /// window is: a worker that asked it would wait for ever where the window is just being closed.
    pub async fn show(app: &AppHandle, notice: Notice) -> bool {
        let (tell, told) = oneshot::channel();
        let handle = app.clone();
        let asked = app.run_on_main_thread(move || {
            if is_in_front(&handle) {
                // Who asked may have gone with the window.
                let _ = tell.send(false);
                return;
            }
            MainContext::default().spawn_local(async move {
                let shown = match bell(handle).await {
                    Ok(bell) => bell.ring(&notice).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = &shown {
                    complain_once(error);
                }
                let _ = tell.send(shown.is_ok());
            });
        });
        asked.is_ok() && told.await.unwrap_or(false)
    }

    fn is_in_front(app: &AppHandle) -> bool {
        app.get_webview_window("main").is_some_and(|window| {
            window.is_focused().unwrap_or(true) && !window.is_minimized().unwrap_or(false)
        })
    }

    fn complain_once(error: &glib::Error) {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            tracing::warn!(%error, "the desktop takes no notices; the window shows them itself");
        });
    }

    async fn bell(app: AppHandle) -> Result<Rc<Bell>, glib::Error> {
        if let Some(bell) = BELL.with_borrow(Clone::clone) {
            return Ok(bell);
        }
        let connection = gio::bus_get_future(gio::BusType::Session).await?;
        let bell = Rc::new(Bell::hang(connection, move |about| {
            window::bring_to_front(&app);
            let pressed = CloudEvent(CloudNews::Pressed { id: about });
            if let Err(error) = pressed.emit(&app) {
                tracing::warn!(%error, "the press on a notice was not told");
            }
        }));
        BELL.set(Some(Rc::clone(&bell)));
        Ok(bell)
    }

    /// Notices on the desktop, by the numbers that the desktop gave them, the oldest first.
    type Shown = Rc<RefCell<BTreeMap<u32, NotificationId>>>;

    /// A connection to the desktop that hears presses.
    pub struct Bell {
        connection: DBusConnection,
        shown: Shown,
    }

    impl Bell {
        /// Subscribes to presses on the thread whose main context is the default one here.
        pub fn hang(
            connection: DBusConnection,
            pressed: impl Fn(NotificationId) + 'static,
        ) -> Self {
            let shown = Shown::default();
            let (of_press, of_close) = (Rc::clone(&shown), Rc::clone(&shown));
            let number = |words: &Variant| words.try_child_value(0).and_then(|it| it.get::<u32>());
            connection.signal_subscribe(
                Some(NAME),
                Some(NAME),
                Some("ActionInvoked"),
                Some(PATH),
                None,
                DBusSignalFlags::NONE,
                move |_, _, _, _, _, words| {
                    let about = number(words).and_then(|it| of_press.borrow().get(&it).copied());
                    if let Some(about) = about {
                        pressed(about);
                    }
                },
            );
            connection.signal_subscribe(
                Some(NAME),
                Some(NAME),
                Some("NotificationClosed"),
                Some(PATH),
                None,
                DBusSignalFlags::NONE,
                move |_, _, _, _, _, words| {
                    if let Some(number) = number(words) {
                        of_close.borrow_mut().remove(&number);
                    }
                },
            );
            Self { connection, shown }
        }

        /// Shows a notice.
        pub async fn ring(&self, notice: &Notice) -> Result<(), glib::Error> {
            let answer = self.ask("GetCapabilities", None, "(as)").await?;
            let able = answer
                .child_value(0)
                .get::<Vec<String>>()
                .unwrap_or_default();
            // Words from elsewhere are not to become bold, or a link.
            let body = if able.iter().any(|it| it == "body-markup") {
                glib::markup_escape_text(&notice.body).to_string()
            } else {
                notice.body.clone()
            };
            let hints = HashMap::from([
                ("desktop-entry".to_owned(), "gameforge-studio".to_variant()),
                ("category".to_owned(), "im.received".to_variant()),
            ]);
            let words = (
                "GameForge Studio",
                0_u32,
                "gameforge-studio",
                notice.title.as_str(),
                body.as_str(),
                vec!["default".to_owned(), notice.title.clone()],
                hints,
                -1_i32,
            );
            let answer = self.ask("Notify", Some(&words.to_variant()), "(u)").await?;
            if let Some(number) = answer.child_value(0).get::<u32>() {
                let mut shown = self.shown.borrow_mut();
                shown.insert(number, notice.about);
                if shown.len() > MOST {
                    shown.pop_first();
                }
            }
            Ok(())
        }

        async fn ask(
            &self,
            what: &str,
            words: Option<&Variant>,
            answer: &str,
        ) -> Result<Variant, glib::Error> {
            let answer = VariantTy::new(answer).map_err(|error| {
                glib::Error::new(gio::IOErrorEnum::InvalidArgument, &error.to_string())
            })?;
            self.connection
                .call_future(
                    Some(NAME),
                    PATH,
                    NAME,
                    what,
                    words,
                    Some(answer),
                    DBusCallFlags::NONE,
                    PATIENCE,
                )
                .await
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::{
            io::{BufRead, BufReader},
            process::{Child, Command, Stdio},
            sync::{Arc, Mutex},
        };

        const DESKTOP: &str = r#"<node><interface name="org.freedesktop.Notifications">
            <method name="GetCapabilities"><arg type="as" direction="out"/></method>
            <method name="Notify">
                <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
                <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
                <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
            </method></interface></node>"#;

        /// A bus of the test's own, until it ends.
        struct Bus(Child, String);

        impl Bus {
            fn start() -> Self {
                let mut daemon = Command::new("dbus-daemon")
                    .args(["--session", "--nofork", "--print-address=1"])
                    .stdout(Stdio::piped())
                    .spawn()
                    .expect("dbus-daemon is installed");
                let mut address = String::new();
                BufReader::new(daemon.stdout.take().unwrap())
                    .read_line(&mut address)
                    .unwrap();
                Self(daemon, address.trim().to_owned())
            }

            fn connect(&self) -> DBusConnection {
                let flags = gio::DBusConnectionFlags::AUTHENTICATION_CLIENT
                    | gio::DBusConnectionFlags::MESSAGE_BUS_CONNECTION;
                DBusConnection::for_address_sync(&self.1, flags, None, gio::Cancellable::NONE)
                    .unwrap()
            }
        }

        impl Drop for Bus {
            fn drop(&mut self) {
                self.0.kill().unwrap();
                self.0.wait().unwrap();
            }
        }

        /// What a desktop was asked to show: title and body.
        type Told = Arc<Mutex<Vec<(String, String)>>>;

        fn desktop(bus: &Bus) -> (DBusConnection, Told) {
            let connection = bus.connect();
            let told = Told::default();
            let interface = gio::DBusNodeInfo::for_xml(DESKTOP)
                .unwrap()
                .lookup_interface(NAME)
                .unwrap();
            let heard = Arc::clone(&told);
            connection
                .register_object(
                    PATH,
                    &interface,
                    move |_, _, _, _, method, words, answer| {
                        if method == "GetCapabilities" {
                            answer.return_value(Some(
                                &(vec!["body-markup", "actions"],).to_variant(),
                            ));
                            return;
                        }
                        let text = |at| words.child_value(at).get::<String>().unwrap();
                        heard.lock().unwrap().push((text(3), text(4)));
                        answer.return_value(Some(&(7_u32,).to_variant()));
                    },
                    |_, _, _, _, _| unreachable!("it has no properties"),
                    |_, _, _, _, _, _| false,
                )
                .unwrap();
            let name = (NAME, 0_u32).to_variant();
            connection
                .call_sync(
                    Some("org.freedesktop.DBus"),
                    "/org/freedesktop/DBus",
                    "org.freedesktop.DBus",
                    "RequestName",
                    Some(&name),
                    None,
                    DBusCallFlags::NONE,
                    PATIENCE,
                    gio::Cancellable::NONE,
                )
                .unwrap();
            (connection, told)
        }

        fn notice() -> Notice {
            Notice {
                about: "00000000-0000-0000-0000-000000000001".parse().unwrap(),
                title: "Grace mentioned you".to_owned(),
                body: "Is <b>this</b> & that dark?".to_owned(),
            }
        }

        #[test]
        fn a_notice_is_shown_in_plain_words_and_its_press_is_heard() {
            let context = MainContext::new();
            context
                .with_thread_default(|| {
                    let bus = Bus::start();
                    let (desktop, told) = desktop(&bus);
                    let pressed = Rc::new(RefCell::new(None));
                    let heard = Rc::clone(&pressed);
                    let bell = Bell::hang(bus.connect(), move |about| {
                        *heard.borrow_mut() = Some(about)
                    });
                    context.block_on(bell.ring(&notice())).unwrap();
                    assert_eq!(
                        *told.lock().unwrap(),
                        [(
                            "Grace mentioned you".to_owned(),
                            "Is &lt;b&gt;this&lt;/b&gt; &amp; that dark?".to_owned()
                        )]
                    );
                    for number in [8_u32, 7] {
                        let words = (number, "default").to_variant();
                        desktop
                            .emit_signal(None, PATH, NAME, "ActionInvoked", Some(&words))
                            .unwrap();
                    }
                    while pressed.borrow().is_none() {
                        context.iteration(true);
                    }
                    assert_eq!(
                        *pressed.borrow(),
                        Some(notice().about),
                        "not that of a stranger"
                    );
                })
                .unwrap();
        }

        #[test]
        fn a_desktop_without_notices_is_an_error_and_not_a_wait() {
            let context = MainContext::new();
            context
                .with_thread_default(|| {
                    let bus = Bus::start();
                    let bell = Bell::hang(bus.connect(), |_| ());
                    assert!(context.block_on(bell.ring(&notice())).is_err());
                })
                .unwrap();
        }
    }
}
