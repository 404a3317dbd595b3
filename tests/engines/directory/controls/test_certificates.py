# SPDX-License-Identifier: EUPL-1.2
"""Which certificates are weak, at which level, and when their end excuses them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carene.engines.directory.controls.certificates import GENERATOR, PRIMES, is_roca, weaknesses
from tests.engines.directory.controls import weak_certificates as weak
from tests.engines.directory.controls.made import CONFIG, Hospital, named

KEY = "certificates_vuln"


def faulty_modulus(power: int) -> int:
    """A number of 2,048 bits that is a power of the generator modulo each prime, as those of the faulty library."""
    product = 1
    for prime in PRIMES:
        product *= prime
    base = pow(GENERATOR, power, product)
    return base + product * ((1 << 2047) // product + 1)


@pytest.mark.parametrize(
    ("content", "levels"),
    [
        (weak.of_rsa(2048), set()),
        (weak.of_rsa(2047), {3}),
        (weak.of_rsa(1024), {3}),
        (weak.of_rsa(1023), {1}),
        (weak.of_rsa(2048, exponent=3), {3}),
        (weak.of_rsa(2048, modulus=faulty_modulus(1235)), {1}),
        (weak.of_dsa(), {1}),
        (weak.in_sha1(), {3}),
        (weak.ECDSA_SHA256, set()),
        (b"\x30\x03abc", {2}),
        (weak.ECDSA_SHA256.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x7c"), {2}),
    ],
)
def test_levels(content: bytes, levels: set[int]) -> None:
    here = Hospital()
    here.add("certificationauthority", "AC", under=CONFIG, cacertificate=(content, content))
    assert {level for _, level in named(here.case(), KEY)} == levels


def test_an_expired_certificate_counts_only_where_it_is_trusted() -> None:
    here = Hospital()
    old = weak.of_rsa(1024, ends=2021)
    here.add("certificationauthority", "AC", under=CONFIG, cacertificate=(old,))
    here.user("x", 1500, usercertificate=(old, weak.of_rsa(1023, ends=2021)))
    here.user("y", 1501, usercertificate=(weak.of_rsa(1024, ends=2027),))
    assert named(here.case(), KEY) == {("AC", 3), ("y", 3)}


@given(st.integers(1, 10**6))
def test_keys_of_the_faulty_library_are_known(power: int) -> None:
    assert is_roca(faulty_modulus(power))
    assert not is_roca(faulty_modulus(power) + 2)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 400))
def test_a_broken_certificate_is_weak_or_not_and_never_stops_anything(flips: list[tuple[int, int]], cut: int) -> None:
    broken = bytearray(weak.of_rsa(1024))
    for place, value in flips:
        broken[place % len(broken)] = value
    for content in (bytes(broken), bytes(broken[:-cut] if cut else broken)):
        assert {found.level for found in weaknesses(content)} <= {1, 2, 3}
