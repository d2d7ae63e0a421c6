"""What `cargo xtask schemathesis` adds to Schemathesis: who asks, from where, and addresses of things that there are."""

import json
import os
import random
import time

import people
import schemathesis

URL = os.environ["GAMEFORGE_URL"]
WHO = os.environ.get("GAMEFORGE_WHO")

with open(os.environ["GAMEFORGE_THINGS"], encoding="utf-8") as file:
    THINGS = json.load(file)

# The same run each time, where Schemathesis itself is told to be deterministic.
CHOICE = random.Random(7)

if WHO:

    # Who was signed out comes in again. A proof of the second factor counts as fresh for ten minutes.
    @schemathesis.auth(refresh_interval=300)
    class SignedIn:
        def get(self, case, context):
            for _ in range(5):
                try:
                    return people.sign_in(URL, WHO)
                except people.Refused as refused:
                    if refused.status != 429:
                        raise
                    # Ten times a minute for an account, then one each six seconds.
                    time.sleep(6.5)
            return people.sign_in(URL, WHO)

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Half of the ids are of things that are there, some of them somebody else's."""
    for name in list(path_parameters or {}):
        if CHOICE.random() < 0.5:
            whose = THINGS[CHOICE.choice(sorted(THINGS))]
            if name in whose:
                path_parameters[name] = whose[name]
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    """Administrators do nothing to themselves: without the role they would see nothing more. And each request comes
    from elsewhere: limits for a network would end the run soon otherwise."""
    administrator = THINGS[people.ADMINISTRATOR]["account_id"]
    if (case.path_parameters or {}).get("account_id") == administrator:
        case.path_parameters["account_id"] = THINGS[people.ORDINARY]["account_id"]
    case.headers = {**(case.headers or {}), "X-Forwarded-For": people.address()}
