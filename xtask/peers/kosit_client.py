"""Clients of KoSIT's daemon that others wrote, unmodified, against the address of `vir serve`.

Usage: kosit_client.py URL < documents.json

`documents.json` is a list of {"path", "verdict"}; the verdict is the official chain's: "accept",
"reject" or "not-wellformed". The first client is `kosit_runner` of django-xrechnung: it asks the
daemon's health, posts the document, reads the report and compares it with the status. The second
one is the reader of reports of erechnung-core, which was written for the validator's command line.

Prints what differs, and as its last line what it came to.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

from django.core.exceptions import ValidationError
from django_xrechnung import kosit_runner as client
from lxml import etree
from erechnung_core.validation.kosit import KositValidator

LIMIT = 20_000_000


def first(status, report):
    """The verdict of django-xrechnung."""
    try:
        client.assess_daemon_report(status, report)
        return "accept", 0
    except ValidationError as error:
        return "reject", len(error.messages)
    except client.ValidatorUnavailable:
        # As with the real daemon: it answers 422 where it could not go through with the check.
        return "not-wellformed", 0


def is_strict(report):
    """Is every error in the report one that the scenario takes for less?

    The official report keeps the rule's own severity in `level` and names the scenario's in
    `customLevel`; the first client reads the one and not the other, and so takes such a report
    for one that contradicts itself, from every daemon.
    """
    root = etree.fromstring(report)
    errors = {message.get("code") for message in root.iterfind(f".//{{{client.REPORT_NS}}}message[@level='error']")}
    lowered = {level.text for level in root.iterfind(".//{*}customLevel") if level.get("level") != "error"}
    return bool(errors) and errors <= lowered


def second(report):
    """The verdict of erechnung-core, from the same report."""
    nowhere = Path("/")
    reader = KositValidator(nowhere, nowhere, nowhere, "", "", "")
    return reader._parse(report).acceptance


def status_of(url, method, body=None, kind=None):
    """What the daemon answers to a request that no client sends: status and media type."""
    headers = {"Content-Type": kind} if kind else {}
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers.get_content_type()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type()


def edges(url):
    """How the validator 1.6.3 answers at its edges, by its handlers and their own tests."""
    xml, form = "application/xml", "multipart/form-data; boundary=x"
    cases = [
        ("no content", ("POST", b"", xml), (400, "text/plain")),
        ("a form", ("POST", b"--x--\r\n", form), (400, "text/plain")),
        ("unknown XML", ("POST", b"<unknown/>", xml), (406, xml)),
        ("no XML", ("POST", b"Rechnung", xml), (422, xml)),
        ("another method", ("PUT", b"<unknown/>", xml), (405, None)),
    ]
    wrong = 0
    for name, (method, body, kind), (status, media) in cases:
        answered = status_of(url + "/rechnung.xml", method, body, kind)
        if answered[0] != status or (media and answered[1] != media):
            wrong += 1
            print(f"{name}: {answered}, and not {status} {media}")
    return len(cases), wrong


def main():
    url = sys.argv[1]
    documents = json.load(sys.stdin)
    version = client.daemon_version(url, timeout=10)
    agree = {"accept": 0, "reject": 0, "not-wellformed": 0}
    differ = strict = 0
    for document in documents:
        content = Path(document["path"]).read_bytes()
        status, report = client.daemon_report(url, content, timeout=60, limit=LIMIT)
        verdict, messages = first(status, report)
        other = second(report)
        expected = document["verdict"]
        if expected == "accept" and status == 200 and verdict != "accept" and is_strict(report):
            strict += 1
            verdict = "accept"
        if verdict != expected or other != ("accept" if expected == "accept" else "reject"):
            differ += 1
            print(f"{document['path']}: {verdict} ({status}, {messages} messages), {other}; officially {expected}")
        else:
            agree[expected] += 1
    cases, wrong = edges(url)
    told = ", ".join(f"{count} {word}" for word, count in agree.items())
    told += f"; {strict} accepted in spite of errors that the scenario lowers, which the client does not read"
    print(
        f"validator {version}: {sum(agree.values())} of {len(documents)} documents as the official chain ({told}), "
        f"{cases - wrong} of {cases} edges: {differ + wrong} differ"
    )


main()
