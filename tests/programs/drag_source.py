"""Another program's window with something to drag: the files named as arguments, as bytes.

Says “ready” when it can be seen, “accepted” when what is under the pointer would take the files, and when the drag has
ended “dropped” or “refused”.
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
from gi.repository import Gdk, Gtk  # noqa: E402

window = Gtk.Window(title="Other program", default_width=300, default_height=200)
label = Gtk.EventBox()
label.add(Gtk.Label(label="Drag me"))
label.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
label.drag_source_add_uri_targets()
addresses = [pathlib.Path(path).as_uri() for path in arguments]
label.connect("drag-data-get", lambda w, c, data, i, t: data.set_uris(addresses))
refused = []


def begun(widget, context):
    context.connect("action-changed", lambda c, action: action and print("accepted", flush=True))


def failed(widget, context, result):
    refused.append(result)
    return False


label.connect("drag-begin", begun)
label.connect("drag-failed", failed)
label.connect("drag-end", lambda w, c: print("refused" if refused else "dropped", flush=True))
window.add(label)
window.connect("map-event", lambda *a: print("ready", flush=True))
window.move(1520, 300)
window.show_all()
Gtk.main()
