"""Another program that put something on the clipboard, and answers for it as long as it runs.

clipboard.py files FILE…     as most file managers do: text/uri-list
clipboard.py gnome FILE…     as GNOME's file manager did: x-special/gnome-copied-files
clipboard.py picture FILE    the pixels of a picture, as a paint program does

Says “ready” when the clipboard is its own.
"""

import pathlib
import sys

# GTK reads the arguments as well, and fails at those that are not UTF-8. They are surrogates here, and become the bytes
# that they were in an address.
arguments = sys.argv[1:]
del sys.argv[1:]

import gi  # noqa: E402

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, Gtk  # noqa: E402

what, *files = arguments
addresses = [pathlib.Path(path).as_uri() for path in files]
if what == "picture":
    clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
    clipboard.set_image(GdkPixbuf.Pixbuf.new_from_file(files[0]))
else:
    kind, text = {
        "files": ("text/uri-list", "".join(f"{address}\r\n" for address in addresses)),
        "gnome": ("x-special/gnome-copied-files", "\n".join(["copy", *addresses])),
    }[what]
    # GTK's own clipboard takes only text and pictures from Python; a selection takes anything.
    owner = Gtk.Invisible()
    owner.realize()
    owner.connect("selection-get", lambda w, data, info, time: data.set(data.get_target(), 8, text.encode()))
    Gtk.selection_add_target(owner, Gdk.SELECTION_CLIPBOARD, Gdk.Atom.intern(kind, False), 0)
    assert Gtk.selection_owner_set(owner, Gdk.SELECTION_CLIPBOARD, Gdk.CURRENT_TIME)
# What was said so far has reached the display.
Gdk.Display.get_default().sync()
print("ready", flush=True)
Gtk.main()
