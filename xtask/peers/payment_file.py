"""Payment files, judged and read by programs of others.

Usage: payment_file.py schemas FOLDER SCHEMA …   every file against every schema, and read by a reader
       payment_file.py bank URL TOKEN BANK       a run from `vir serve` to a bank and back

The reader is bankstatementparser; the bank is mock-bank, which validates pain.001, and answers with
pain.002, camt.054 and camt.053 of its own. Both know nothing of us.

Prints what is wrong, and as its last line what it came to.
"""

import json
import sys
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path

from lxml import etree

ISO = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"


def amounts(content):
    """What the file transfers, counted without anybody's reader."""
    root = etree.fromstring(content)
    return {
        transfer.findtext(f"{ISO}PmtId/{ISO}EndToEndId"): Decimal(transfer.findtext(f"{ISO}Amt/{ISO}InstdAmt"))
        for transfer in root.iter(f"{ISO}CdtTrfTxInf")
    }


def schemas(folder, paths):
    from bankstatementparser import Pain001Parser

    judges = [(Path(path).name, etree.XMLSchema(etree.parse(path))) for path in paths]
    files = sorted(Path(folder).resolve().glob("*.xml"))
    wrong = transfers = 0
    for path in files:
        document = etree.parse(str(path))
        for name, judge in judges:
            if not judge.validate(document):
                wrong += 1
                print(f"{path.name}: {name}: {judge.error_log.last_error}")
        expected = amounts(path.read_bytes())
        transfers += len(expected)
        table = Pain001Parser(str(path)).parse()
        read = {row["EndToEndId"]: Decimal(str(row["InstdAmt"])) for _, row in table.iterrows()}
        control = {Decimal(str(value)) for value in table["CtrlSum"]}
        if read != expected or control != {sum(expected.values())}:
            wrong += 1
            print(f"{path.name}: read as {read}, and not {expected}; control sum {control}")
    print(f"{len(files)} files with {transfers} transfers, {len(judges)} schemas and a reader: {wrong} wrong")


def ask(url, body=None, method=None, token=None, kind="application/json"):
    headers = {"Content-Type": kind}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method or 'GET/POST'} {url}: {error.code} {error.read().decode()}") from error


def bank(url, token, bank_url):
    def api(path, body=None, method=None, kind="application/json"):
        return ask(f"{url}/api/v1{path}", body, method, token, kind)

    account = json.loads(api("/payment-accounts"))[0]
    ordered = json.loads(api("/invoices?state=ordered&direction=incoming&limit=200"))["items"]
    ordered = [invoice["id"] for invoice in ordered if invoice["iban"]]
    # An invoice that this person may not pay, or not yet, stands in the way of a run; the answer says so.
    run, left = None, ordered[:40]
    while left and not run:
        request = urllib.request.Request(
            f"{url}/api/v1/payment-runs",
            json.dumps({"account": account["id"], "invoices": left}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                run = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read())
            named = [invoice for invoice in left if invoice in json.dumps(problem)]
            left = [invoice for invoice in left if invoice not in named] if named else left[1:]
    if not run:
        raise SystemExit("no invoice could be paid")
    run = json.loads(api(f"/payment-runs/{run['id']}"))
    if run["state"] == "waiting":
        raise SystemExit("the run waits for a second person")
    file = api(f"/payment-runs/{run['id']}/file")
    again = api(f"/payment-runs/{run['id']}/file")
    api(f"/payment-runs/{run['id']}/sent", b"", "POST")

    # The bank knows the payer, and one payee whose account is closed.
    total = run["total_cents"]
    closed = run["transfers"][-1]
    for number, (name, iban) in enumerate([("PAYER", account["iban"]), ("CLOSED", closed["iban"])]):
        body = {"id": name, "name": name, "iban": iban, "currency": "EUR", "bic": "MOCKNL2A"}
        body |= {"balance": total * 2} if number == 0 else {"balance": 0, "behaviour": "closed-account"}
        ask(f"{bank_url}/_mock/accounts", body, "POST")
    findings = ask(f"{bank_url}/_mock/validate", file, "POST", kind="application/xml").decode()
    decided = json.loads(ask(f"{bank_url}/payments", file, "POST", kind="application/xml"))
    ask(f"{bank_url}/_mock/advance?days=7", b"", "POST")
    messages = json.loads(ask(f"{bank_url}/_mock/mailbox"))
    messages = messages if isinstance(messages, list) else messages["messages"]
    told = {"paid": 0, "accepted": 0, "rejected": 0, "known": 0, "foreign": 0}
    kinds = {}
    for message in messages:
        body = (message.get("body") or message.get("xml")).encode()
        # Statements of others' accounts are not ours to hand in.
        if message["type"].startswith("camt") and account["iban"].encode() not in body:
            continue
        kinds[message["type"]] = kinds.get(message["type"], 0) + 1
        answer = json.loads(api("/bank-reports", body, "POST", "application/xml"))
        for key in told:
            told[key] += answer[key] if isinstance(answer[key], int) else len(answer[key])
    after = json.loads(api(f"/payment-runs/{run['id']}"))
    states = {transfer["end_to_end_id"]: transfer for transfer in after["transfers"]}
    wrong = 0
    for payment in decided["payments"]:
        ours = states[payment["end_to_end_id"]]
        expected = "paid" if payment["outcome"] == "accepted" else "rejected"
        if ours["state"] != expected or ours["cents"] != payment["amount"] or ours["reason"] != payment["reason"]:
            wrong += 1
            print(f"{payment} is {ours} here")
    if "0 findings" not in findings or file != again:
        wrong += 1
        print(f"{findings}; the same bytes again: {file == again}")
    if amounts(file) != {key: Decimal(ours["cents"]) / 100 for key, ours in states.items()}:
        wrong += 1
        print("the file's amounts are not the run's")
    read = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    outcome = f"{decided['accepted']} paid and {decided['rejected']} rejected by a bank"
    print(f"{len(states)} transfers, {outcome}; {read} read back: {wrong} wrong")


if sys.argv[1] == "schemas":
    schemas(sys.argv[2], sys.argv[3:])
else:
    bank(*sys.argv[2:])
