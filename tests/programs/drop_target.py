"""Another program's window that takes files, as a file manager or an engine does.

Says “ready” when it can be seen, “over” while files hover, and what it got as a line of JSON: the addresses as they
came, and of each file its path and its size, read at once as a program would that opens it. With the argument
“--vanish” it is gone right after that, before it could say that it has taken them.
"""

import json
import os
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

window = Gtk.Window(title="Other program", default_width=300, default_height=200)
label = Gtk.Label(label="Drop here")
label.drag_dest_set(Gtk.DestDefaults.ALL, [], Gdk.DragAction.COPY)
label.drag_dest_add_uri_targets()


def received(widget, context, x, y, data, info, time):
    addresses = data.get_uris()
    paths = [os.fsencode(GLib.filename_from_uri(address)[0]) for address in addresses]
    sizes = [os.path.getsize(path) for path in paths]
    paths = [path.decode(errors="replace") for path in paths]
    kind = data.get_data_type().name()
    print(json.dumps({"type": kind, "addresses": addresses, "paths": paths, "sizes": sizes}), flush=True)
    if "--vanish" in sys.argv:
        os._exit(0)


label.connect("drag-motion", lambda *a: print("over", flush=True))
label.connect("drag-data-received", received)
window.add(label)
window.connect("map-event", lambda *a: print("ready", flush=True))
window.move(1520, 300)
window.show_all()
Gtk.main()
