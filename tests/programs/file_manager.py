"""A stand-in for the desktop's file manager: answers on the bus as one does, and says what it was asked to show.

Says “ready” when it has the name, then each address that it is to show, a line each.
"""

from gi.repository import Gio, GLib

FACE = """<node><interface name='org.freedesktop.FileManager1'>
  <method name='ShowItems'><arg type='as' direction='in'/><arg type='s' direction='in'/></method>
</interface></node>"""


def called(connection, sender, path, interface, method, arguments, invocation):
    for address in arguments.unpack()[0]:
        print(address, flush=True)
    invocation.return_value(None)


def on_bus(connection, name):
    face = Gio.DBusNodeInfo.new_for_xml(FACE).interfaces[0]
    connection.register_object("/org/freedesktop/FileManager1", face, called, None, None)


Gio.bus_own_name(
    Gio.BusType.SESSION,
    "org.freedesktop.FileManager1",
    Gio.BusNameOwnerFlags.NONE,
    on_bus,
    lambda connection, name: print("ready", flush=True),
    None,
)
GLib.MainLoop().run()
