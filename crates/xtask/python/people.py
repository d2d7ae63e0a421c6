"""The people in whose name Schemathesis asks: made and signed in over the service's own interface.

As a program: `people.py URL FILE` registers them; once they are verified and the administrator is one (which is done in
the database), `people.py URL FILE --work` lets them make the things that addresses name, and writes their ids into FILE.
"""

import json
import random
import sys
import urllib.error
import urllib.request

PASSWORD = "a long password of a test"
ORDINARY = "ordinary@example.org"
ADMINISTRATOR = "administrator@example.org"


class Refused(Exception):
    def __init__(self, status, words):
        super().__init__(words)
        self.status = status


def address():
    """Somewhere on the internet: limits for a network would end the run soon otherwise."""
    return ".".join(str(random.randint(1, 223)) for _ in range(4))


def ask(url, method, path, body=None, token=None):
    headers = {"X-Forwarded-For": address()}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    request = urllib.request.Request(
        url + path,
        method=method,
        headers=headers,
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, f"{method} {path}: {error.code} {error.read().decode()}") from error
    return json.loads(text) if text else None


def register(url):
    texts = ask(url, "GET", "/v1/consents")
    texts = texts["items"] if isinstance(texts, dict) else texts
    for email in (ORDINARY, ADMINISTRATOR):
        ask(
            url,
            "POST",
            "/v1/auth/register",
            {
                "email": email,
                "password": PASSWORD,
                "display_name": email.split("@")[0],
                "consents": [
                    {"purpose": text["purpose"], "version": text["version"], "given": True}
                    for text in texts
                ],
            },
        )


def sign_in(url, email):
    answer = ask(
        url,
        "POST",
        "/v1/auth/sign-in",
        {"email": email, "password": PASSWORD, "device_name": "Schemathesis"},
    )
    return answer["access_token"]


def work(url, email):
    """Makes one of everything, and gives the ids by the names that addresses have for them."""
    token = sign_in(url, email)

    def made(path, body):
        return ask(url, "POST", path, body, token)

    workspace = made("/v1/workspaces", {"name": "Castle"})["id"]
    project = made(f"/v1/workspaces/{workspace}/projects", {"name": "Towers"})["id"]
    comment = "019a0000-0000-7000-8000-" + "".join(random.choices("0123456789abcdef", k=12))
    made(
        f"/v1/projects/{project}/comments",
        {"id": comment, "object": {"kind": "project", "id": project, "name": "Towers"}, "body": "So tall!"},
    )
    invitation = made(
        f"/v1/workspaces/{workspace}/invitations",
        {"email": f"guest-of-{email}", "role": "member"},
    )["id"]
    account = ask(url, "GET", "/v1/account", token=token)["id"]
    return {
        "workspace_id": workspace,
        "project_id": project,
        "comment_id": comment,
        "invitation_id": invitation,
        "account_id": account,
    }


if __name__ == "__main__":
    if sys.argv[3:] == ["--work"]:
        things = {email: work(sys.argv[1], email) for email in (ORDINARY, ADMINISTRATOR)}
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            json.dump(things, file)
    else:
        register(sys.argv[1])
