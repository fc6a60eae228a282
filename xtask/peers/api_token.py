"""Signs somebody of the demo in, without a browser, and makes an API token with all that they may do.

Usage: api_token.py URL MAIL-ADDRESS PASSWORD
"""

import html
import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request

url, address, password = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def page(path, fields=None):
    """A page, or what a form comes to."""
    data = urllib.parse.urlencode(fields).encode() if fields else None
    request = urllib.request.Request(url + path, data, {"Origin": url})
    return opener.open(request, timeout=30).read().decode()


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else ""


def form(text, word):
    """The form with this word in it, and what it sends unseen."""
    found = next(form for form in re.findall(r"<form.*?</form>", text, re.S) if word in form)
    hidden = [tag for tag in re.findall(r"<input[^>]*>", found) if 'type="hidden"' in tag]
    return found, [(attribute(tag, "name"), attribute(tag, "value")) for tag in hidden]


_, fields = form(page("/anmelden"), 'name="password"')
page("/anmelden", [*fields, ("email", address), ("password", password)])
found, fields = form(page("/konto/token"), 'name="permissions"')
for tag in re.findall(r"<input[^>]*>", found):
    if attribute(tag, "type") == "checkbox":
        fields.append((attribute(tag, "name"), attribute(tag, "value") or "on"))
made = page("/konto/token", [*fields, ("name", "Proof"), ("days", "30"), ("unit", "")])
print(re.search(r"vir_[a-z0-9-]+_[A-Za-z0-9_-]{20,}", made).group(0))
