"""What a screen reader gets of the Studio.

screen_reader.py tree     says “ready” and the accessible tree as a line of JSON, {"tree": […]}
screen_reader.py focus    says “ready” when it listens, then each move of the focus as {"focus": …}
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

STATES = {
    "focusable": Atspi.StateType.FOCUSABLE,
    "focused": Atspi.StateType.FOCUSED,
    "showing": Atspi.StateType.SHOWING,
    "selected": Atspi.StateType.SELECTED,
    "enabled": Atspi.StateType.ENABLED,
}


def told(node):
    states = node.get_state_set()
    return {
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "attributes": node.get_attributes() or {},
        "states": [name for name, state in STATES.items() if states.contains(state)],
    }


def walk(node, depth, found):
    try:
        found.append({"depth": depth, **told(node)})
        children = [node.get_child_at_index(index) for index in range(node.get_child_count())]
    except GLib.Error:
        # It went while it was read.
        return
    for child in children:
        if child is not None:
            walk(child, depth + 1, found)


def tree():
    found = []
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(index)
        if program is not None and "gameforge-studio" in (program.get_name() or ""):
            walk(program, 0, found)
    return found


def focused(event):
    # In a list the focus stays on the list, and what in it is meant is told on its own.
    within = event.type.startswith("object:active-descendant-changed")
    if not within and not event.detail1:
        return
    try:
        print(json.dumps({"focus": told(event.any_data if within else event.source)}), flush=True)
    except GLib.Error:
        # It went before it was asked.
        pass


Atspi.init()
if sys.argv[1] == "tree":
    print("ready", flush=True)
    print(json.dumps({"tree": tree()}), flush=True)
else:
    listener = Atspi.EventListener.new(focused)
    listener.register("object:state-changed:focused")
    listener.register("object:active-descendant-changed")
    print("ready", flush=True)
    GLib.MainLoop().run()
