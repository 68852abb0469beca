#!/usr/bin/env python3
"""The person's part of an authorization request, without a browser: pages, forms, and a lock in a file.

    docs/certification/sign_in.py --folder FOLDER [--session FILE] [--refuse] [--follow] URL

opens URL at the provider of the certification profile (profile.py) that serves FOLDER, signs the sign-in page's challenge by
`key-agent sign`, consents, and prints as JSON where the browser would be sent: `{"redirect": URL}`, with `"form": {...}` for
form_post; or `{"page": STATUS, "error": CODE}` where the person is left on a page of the provider. --follow goes there too, as
a browser does. --session keeps cookies from one call to the next, for prompt=none, max_age and id_token_hint.
"""
import argparse
import html.parser
import http.cookiejar
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HOPS = 12


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True, help="folder of the profile")
    parser.add_argument("--session", help="file that keeps cookies between calls")
    parser.add_argument("--refuse", action="store_true", help="refuse the consent")
    parser.add_argument("--follow", action="store_true", help="go where the person is sent, as a browser does")
    parser.add_argument("--bind", action="store_true", help="bind the lock (企业绑定) instead; once")
    parser.add_argument("url", nargs="?")
    asked = parser.parse_args()
    person = Person(pathlib.Path(asked.folder), asked.session)
    if asked.bind:
        person.bind()
    elif asked.url:
        told = person.answer(asked.url, "refuse" if asked.refuse else "grant")
        if asked.follow:
            told["followed"] = follow(told)
        print(json.dumps(told, ensure_ascii=False))
    else:
        parser.error("a URL is needed")


class Page(html.parser.HTMLParser):
    """Forms by id, with their attributes and hidden fields; links by id; texts by id."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links, self.texts, self.selects = {}, {}, {}, {}
        self._form = self._text = self._select = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        of = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = {"attributes": of, "fields": {}}
            self.forms[of.get("id")] = self._form
        elif tag == "input" and of.get("type") == "hidden" and self._form is not None:
            self._form["fields"][of.get("name")] = of.get("value", "")
        elif tag == "a":
            self.links[of.get("id")] = of.get("href")
        elif tag == "select":
            self._select = self.selects.setdefault(of.get("name"), [])
        elif tag == "option" and self._select is not None and of.get("value"):
            self._select.append(of["value"])
        if "id" in of:
            self._text = of["id"]
            self.texts[self._text] = ""

    def handle_data(self, data):
        if self._text is not None:
            self.texts[self._text] += data

    def handle_endtag(self, tag):
        self._text = None
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


class Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by hand."""

    def redirect_request(self, *_):
        return None


class Person:
    def __init__(self, folder, session):
        self.folder = folder
        config = (folder / "idp.toml").read_text()
        self.issuer = next(line for line in config.splitlines() if line.startswith("issuer")).split('"')[1]
        self.session = session
        self.cookies = http.cookiejar.LWPCookieJar(session)
        # Cookies of hosts without a dot are kept under HOST.local.
        if session and os.path.exists(session):
            self.cookies.load(ignore_discard=True)
        trusted = ssl.create_default_context(cafile=folder / "tls-ca.pem")
        self.opener = urllib.request.build_opener(
            Stay, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusted),
            urllib.request.HTTPCookieProcessor(self.cookies),
        )

    def send(self, url, fields=None):
        """One request. Answers status, address of a redirect, text."""
        headers = {"Accept-Language": "en"}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields, doseq=True).encode()
            headers["Origin"] = self.issuer
        request = urllib.request.Request(url, data=body, headers=headers)
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as refused:
            answer = refused
        except urllib.error.URLError as failed:
            sys.exit(f"sign_in.py: {url}: {failed.reason}")
        with answer:
            text = answer.read().decode(errors="replace")
            location = answer.headers.get("Location") if 300 <= answer.status < 400 else None
            return answer.status, location and urllib.parse.urljoin(url, location), text

    def go(self, url, fields=None):
        """Follows redirects while they stay at the provider; answers status, where, page."""
        for _ in range(HOPS):
            status, location, text = self.send(url, fields)
            if location is None:
                return status, url, Page(text)
            if not self.is_own(location):
                return status, location, None
            url, fields = location, None
        sys.exit(f"sign_in.py: more than {HOPS} redirects, last to {url}")

    def is_own(self, url):
        parts = urllib.parse.urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" == self.issuer

    def answer(self, url, decision):
        status, url, page = self.go(url)
        if page and "challenge-form" in page.forms:
            form = page.forms["challenge-form"]
            status, url, page = self.go(f"{self.issuer}{form['attributes']['action']}", self.signed(form))
            onward = page and page.links.get("enter-authorization")
            if onward:
                status, url, page = self.go(urllib.parse.urljoin(self.issuer, onward))
        if page and "consent-form" in page.forms:
            fields = {**page.forms["consent-form"]["fields"], "decision": decision}
            status, url, page = self.go(f"{self.issuer}/consent", fields)
        if self.session:
            self.cookies.save(ignore_discard=True)
        if page is None:
            return {"redirect": url}
        if "leaving-form" in page.forms:
            form = page.forms["leaving-form"]
            return {"redirect": form["attributes"]["action"], "form": form["fields"]}
        return {"page": status, "error": page.texts.get("error-code", "").strip(), "url": url}

    def signed(self, form):
        """The form's fields, with the proof that the lock makes."""
        words = ["sign", "--lock", str(self.folder / "lock.p12"), "--pin-file", str(self.folder / "pin")]
        for name in ("origin", "purpose", "nonce", "statement"):
            words += [f"--{name}", form["attributes"][f"data-{name}"]]
        try:
            done = subprocess.run([key_agent(), *words], capture_output=True, text=True)
        except FileNotFoundError:
            sys.exit("sign_in.py: key-agent was not found: build it (cargo build) or name its folder (YZT_BIN)")
        if done.returncode:
            sys.exit(f"sign_in.py: {done.stderr}")
        return {**form["fields"], "proof": done.stdout.strip()}

    def bind(self):
        enterprise = json.loads((self.folder / "enterprise.json").read_text())
        _, _, page = self.go(f"{self.issuer}/bind")
        fields = {
            **self.signed(page.forms["challenge-form"]),
            "credit_code": enterprise["credit_code"], "region_code": "150100", "ca_platform": page.selects["ca_platform"][0],
            "legal_representative": "张三", "phone": "0471-5550100", "address": "呼和浩特市新城区", "binder_name": "李四",
            "subject_types": ["bidder", "supplier"],
        }
        status, _, page = self.go(f"{self.issuer}{page.forms['challenge-form']['attributes']['action']}", fields)
        # Bound before, by a start that was broken off: as good.
        if page is None or not {"bound", "already-bound"} & page.texts.keys():
            sys.exit(f"sign_in.py: not bound: {status} {page and page.texts.get('error-code', '').strip()}")


def key_agent():
    folder = os.environ.get("YZT_BIN")
    if folder:
        return str(pathlib.Path(folder) / "key-agent")
    found = shutil.which("key-agent")
    built = [ROOT / "target" / kind / "key-agent" for kind in ("release", "debug")]
    return found or next((str(path) for path in built if path.exists()), "key-agent")


def follow(told):
    """To the suite, whose own certificate nobody signed."""
    if "redirect" not in told:
        return None
    body = urllib.parse.urlencode(told["form"]).encode() if "form" in told else None
    anything = ssl.create_default_context()
    anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(told["redirect"], data=body, context=anything, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


if __name__ == "__main__":
    main()
