# SPDX-License-Identifier: EUPL-1.2
"""Whatever is typed or put in an address, the house answers: a page, a refusal, never its own failure."""

from __future__ import annotations

import logging
import os
import time

logging.disable(logging.CRITICAL)

from django.db import transaction

from tests.attacks.crawl import PAGES, PARAMETERS, every_form

HUGE = "9" * 31
VALUES = (
    "\x00",
    "a\x00b",
    "\x01\x02\x0b\x1b\x7f\ufffe\uffff",
    "-1",
    "0",
    "5",
    HUGE,
    "9" * 5000,
    "2abc",
    "NaN",
    "Infinity",
    "1e400",
    "1e308",
    "10000000000000000000",
    "٣",
    "²",
    "1_0",
    "🏥" * 60,
    "\u202eelbatsni\u202d مستشفى",
    "x" * 10_000,
    "x" * 1_000_000,
    "'\";--%_\\",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "//evil.example/",
    "0001-01-01",
    "9999-12-31",
    "31/12/9999",
    "2026-02-30",
    "abc",
    "home:start",
    "0",
    "é" * 300,
    " ",
    "\r\nX-Evil: 1",
    "{{7*7}}",
    "%00",
    "\ud7ff",
    "care",
    "imported:9999999999999999999999",
    "imported:abc",
    "imported:",
    "2027-13",
    "0000-00",
    "GOV.1.1",
    "confie:abc",
)


def test_explore_get(mine, client_for):
    c = client_for(mine.owner)
    c.raise_request_exception = False
    bad = set()
    for r in PAGES:
        if "document." in r:
            continue
        a = mine.address(r)
        base = c.get(a)
        st = base.status_code
        base.close()
        if st in (405,):
            continue
        for v in VALUES:
            if len(v) > 10000:
                continue
            for p in PARAMETERS if os.environ.get("ALL") else ["*"]:
                t = time.time()
                x = c.get(a, {p: v} if p != "*" else dict.fromkeys(PARAMETERS, v))
                d = time.time() - t
                if x.status_code >= 500 or d > 2:
                    print("BAD", (r, p, v[:30], x.status_code, round(d, 1)), flush=True)
                x.close()
    for b in sorted(bad):
        print("BAD", b)


def test_explore_path(mine, client_for):
    c = client_for(mine.owner)
    c.raise_request_exception = False
    import re

    for r in PAGES:
        for name in re.findall(r"<(?:\w+:)?(\w+)>", r):
            for v in VALUES:
                if len(v) > 10000:
                    continue
                a = mine.address(r, **{name: v})
                for m in ("get", "post"):
                    with transaction.atomic():
                        x = getattr(c, m)(a)
                        transaction.set_rollback(True)
                    if x.status_code >= 500:
                        print("BAD", r, name, repr(v[:30]), m, x.status_code, flush=True)
                    x.close()


def test_explore_forms(mine, client_for):
    c = client_for(mine.owner)
    c.raise_request_exception = False
    forms = every_form(c, mine)
    print(len(forms))
    for f in forms:
        if f.method == "DIALOG" or "compte/" in f.action:
            continue
        with transaction.atomic():
            data = {}
            for n, val in f.fields:
                data.setdefault(n, []).append(val)
            x = getattr(c, f.method.lower())(f.action.split("#")[0], data)
            transaction.set_rollback(True)
        print(f.method, f.action, x.status_code, [n for n, _ in f.fields], f.files, flush=True)
        x.close()
        for name in dict(f.fields):
            for v in VALUES:
                data = {}
                for n, val in f.fields:
                    data.setdefault(n, []).append(val)
                data[name] = v
                t = time.time()
                with transaction.atomic():
                    x = getattr(c, f.method.lower())(f.action.split("#")[0], data)
                    transaction.set_rollback(True)
                d = time.time() - t
                if x.status_code >= 500 or d > 2:
                    print("BAD", f.action, name, repr(v[:30]), x.status_code, round(d, 1), flush=True)
                x.close()
