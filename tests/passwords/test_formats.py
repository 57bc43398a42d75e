"""Passwords that other systems have hashed: as their own code writes them, and as an attacker would."""

import base64
import hashlib
import time

import argon2
import bcrypt
import pytest

from freehold.passwords.formats import check, fits
from freehold.passwords.hashing import Passwords
from freehold.passwords.scalars import PASSWORD_HASH

PASSWORD = "Lovelace1-\u00e9"
SALT = b"0123456789abcdef"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unpadded(data: bytes) -> str:
    return b64(data).rstrip("=")


def pbkdf2(digest: str, iterations: int, salt: bytes = SALT) -> bytes:
    return hashlib.pbkdf2_hmac(digest, PASSWORD.encode(), salt, iterations)


def scrypt(n: int, r: int, p: int, *, salt: bytes = SALT, length: int = 64) -> bytes:
    return hashlib.scrypt(PASSWORD.encode(), salt=salt, n=n, r=r, p=p, dklen=length, maxmem=2**27)


def bcrypted(secret: bytes) -> str:
    return bcrypt.hashpw(secret, bcrypt.gensalt(4)).decode()


ARGON2 = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=2).hash(PASSWORD)
ARGON2I = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1, type=argon2.Type.I).hash(PASSWORD)
BCRYPT = bcrypted(PASSWORD.encode())
HEX = SALT.hex()
HASHES = {
    "argon2id (PHC)": ARGON2,
    "argon2i (PHC)": ARGON2I,
    "argon2 (Django)": "argon2" + ARGON2,
    "bcrypt 2b": BCRYPT,
    "bcrypt 2a": BCRYPT.replace("$2b$", "$2a$"),
    "bcrypt 2y (PHP)": BCRYPT.replace("$2b$", "$2y$"),
    "bcrypt (Django)": "bcrypt$" + BCRYPT,
    "bcrypt_sha256 (Django)": "bcrypt_sha256$" + bcrypted(hashlib.sha256(PASSWORD.encode()).hexdigest().encode()),
    "pbkdf2_sha256 (Django)": f"pbkdf2_sha256$1000${HEX}${b64(pbkdf2('sha256', 1000, HEX.encode()))}",
    "pbkdf2_sha1 (Django)": f"pbkdf2_sha1$1000${HEX}${b64(pbkdf2('sha1', 1000, HEX.encode()))}",
    "pbkdf2-sha512 (PHC)": f"$pbkdf2-sha512$i=1000,l=64${unpadded(SALT)}${unpadded(pbkdf2('sha512', 1000))}",
    "pbkdf2-sha256 (passlib)": (
        f"$pbkdf2-sha256$1000${unpadded(SALT)}${unpadded(pbkdf2('sha256', 1000)).replace('+', '.')}"
    ),
    "scrypt (Django)": f"scrypt$1024${HEX}$8$5${b64(scrypt(1024, 8, 5, salt=HEX.encode()))}",
    "scrypt (PHC)": f"$scrypt$ln=10,r=8,p=1${unpadded(SALT)}${unpadded(scrypt(1024, 8, 1, length=32))}",
    # Of other programs, with the password of this file: Werkzeug 3.1.9 (generate_password_hash), passlib 1.7.4
    # (sha256_crypt, sha512_crypt, ldap_salted_sha1) and OpenSSL 3.0.19 (openssl passwd -5 and -6).
    "pbkdf2:sha256 (Werkzeug)": (
        "pbkdf2:sha256:1000$RPEuuth8$ef8e544b8793e729ab537b9c51bac0d00f4790c7a6446072ee1307ef48f47cf5"
    ),
    "pbkdf2:sha1 (Werkzeug)": "pbkdf2:sha1:1000$7I3mM09Ln5rAOB4z$dd82336708835a4a52e6021fbdf64ce227df33d8",
    "pbkdf2:sha512 (Werkzeug)": (
        "pbkdf2:sha512:1000$FYlJAj2BuUc6H0fq$9aeba929309fa78788aadeefaea700e443491c70b256d0bc6d42e4cfa50764c7"
        "230221bb86a876ccb5edabf5c7a104225fc86073e35c3315d6511b364120fbd9"
    ),
    "scrypt (Werkzeug)": (
        "scrypt:1024:8:1$xV6tBAbAmzttGsRZ$1cc3487c72b50ae77c0313fcca1782d1d6b44367ea66f5309eacf0824a5d03e1"
        "024da121ee3b8001841a4b7a7c191a85222a566194b454704c8493254ae1e78b"
    ),
    "scrypt as it comes (Werkzeug)": (
        "scrypt:32768:8:1$hPUYlwkVpWOzToJ2$f791feb8536315d4ecfb52652b2cf098aa48091645f5baa1ea9155eb637a43ae"
        "a19a070aca6dd1ef2e6e62ea598d2282f005eb75038296d41a6298372dec1f8a"
    ),
    "$5$ (passlib)": "$5$saltstring$aVNECver9Q1ZT0HzbHsjkt9tTBCubY4Kqj2u1dDBr.4",
    "$5$ with rounds (passlib)": "$5$rounds=1000$0123456789abcdef$6WtUm2bNtHBlb5EpGe8xymQCsMrYWVOpJBcV0Fam0v6",
    "$5$ (OpenSSL)": "$5$abc$uLDUvzgLO/6F9QX6j/Vi9WRs3MeVm12cM7n20ycIfu8",
    "$6$ (passlib)": (
        "$6$saltstring$AodOninHoYK54hdXWhyaiN6KmqBwFAbJUvtrhh0Iqmw7a4mc.yZuK560OVTqnKeQD2BAaQtBTfEoOYKl6EReN1"
    ),
    "$6$ without a salt (passlib)": (
        "$6$rounds=1000$$l7IVCvFY3FDkJfSAm7AfXEHjoJpuCIx6uDe6gSYu.yDHKtgAfEeQXBPpyOmQJTQicEawlgbPJu3pMUeTLved./"
    ),
    "$6$ (OpenSSL)": ("$6$abc$Q3RO.lsZ/2tPSa2gnSitbRV3xBCmuqquQYCzvj4kV6W71J12bsun0VRw8YCRUdlRSMK2qRO.6k0xGn095uC4b0"),
    "{SSHA} (passlib)": "{SSHA}u4apVtjhAYZejOlHmk7FA2zps3nd21tr",
    "{SSHA} with 16 bytes of salt (passlib)": "{SSHA}4yfzs1B/V9MvezXxwMzvsZ7LKdL1Poew9j6nlDLGmJOSMmbs",
    "better-auth": f"{HEX}:{scrypt(2**14, 16, 1, salt=HEX.encode()).hex()}",
}
FIREBASE = (
    "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,"
    "sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$"
    "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
)
"""The example of Firebase's own program (github.com/firebase/scrypt, README), in the spelling of Supabase Auth."""
every_hash = pytest.mark.parametrize("name", HASHES)


@every_hash
def test_password_fits_and_no_other_does(name: str):
    stored = PASSWORD_HASH.check(HASHES[name])
    assert fits(stored, PASSWORD)
    assert not fits(stored, PASSWORD + "x")
    assert not fits(stored, "")


def test_known_vectors_fit():
    """Of RFC 7914 (scrypt) and RFC 6070 (PBKDF2), so that this file and the product cannot share one mistake."""
    key = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"  # noqa: E501 - as the RFC has it
    assert fits(f"scrypt$1024$NaCl$8$16${b64(bytes.fromhex(key))}", "password")
    key = "4b007901b765489abead49d926f721d065a429c1"
    assert fits(f"pbkdf2_sha1$4096$salt${b64(bytes.fromhex(key))}", "password")


def test_example_of_firebase_fits():
    assert fits(PASSWORD_HASH.check(FIREBASE), "user1password")
    assert not fits(FIREBASE, "user2password")


def test_crypt_with_a_password_longer_than_its_digest_fits():
    stored = (  # of passlib 1.7.4
        "$6$rounds=1000$0123456789abcdef$YuY9JJen25lTUY7EM6hCCYwjDk4in7o2JfUsdnbCiQGBp7TNrnx2bpzBZTG9Un9xTV2Y6Dy6RNeoW94"
        "STiEFU0"
    )
    assert fits(stored, "x" * 100)
    assert not fits(stored, "x" * 99)


@every_hash
async def test_foreign_hash_is_to_be_made_anew(name: str):
    passwords = Passwords(threads=1, queue=1)
    try:
        assert await passwords.verify(HASHES[name], PASSWORD)
        assert passwords.outdated(HASHES[name])
        assert not passwords.outdated(await passwords.rehash(PASSWORD))
    finally:
        passwords.close()


def test_bcrypt_reads_the_first_72_bytes_as_it_always_has():
    assert fits(bcrypted(b"x" * 72), "x" * 100)


COSTLY = [
    ARGON2.replace("m=64", "m=262145"),
    ARGON2.replace("t=1", "t=999999999"),
    ARGON2.replace("p=2", "p=17"),
    "argon2" + ARGON2.replace("m=64", "m=999999999"),
    BCRYPT.replace("$04$", "$14$"),
    BCRYPT.replace("$04$", "$31$"),
    HASHES["pbkdf2_sha256 (Django)"].replace("$1000$", "$1500001$"),
    HASHES["pbkdf2-sha512 (PHC)"].replace("i=1000", "i=750001"),
    HASHES["scrypt (Django)"].replace("$1024$", "$1048576$"),
    HASHES["scrypt (PHC)"].replace("ln=10", "ln=63"),
    HASHES["scrypt (PHC)"].replace("ln=10", "ln=999999999"),
    HASHES["scrypt (PHC)"].replace("p=1", "p=999999999"),
    HASHES["pbkdf2:sha256 (Werkzeug)"].replace(":1000$", ":1500001$"),
    HASHES["scrypt (Werkzeug)"].replace(":1024:", ":1048576:"),
    HASHES["$5$ with rounds (passlib)"].replace("=1000", "=656001"),
    FIREBASE.replace("n=14", "n=20"),
    FIREBASE.replace("n=14", "n=99"),
]


@pytest.mark.parametrize("place", range(len(COSTLY)))
def test_hash_that_would_take_too_much_work_is_refused_and_never_computed(place: int):
    stored = COSTLY[place]
    with pytest.raises(ValueError, match="takes too long to check"):
        check(stored)
    began = time.process_time()
    assert not fits(stored, PASSWORD)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "x",
        "!x",
        PASSWORD,
        "$argon2id$broken",
        "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
        "pbkdf2_md5$1000$salt$" + "a" * 44,
        "pbkdf2_sha256$0$salt$" + "a" * 44,
        "pbkdf2_sha256$\u0661000$salt$" + "a" * 44,
        "scrypt$1000$salt$8$1$" + "a" * 86,
        "scrypt$0$salt$8$1$" + "a" * 86,
        "scrypt$1024$salt$0$1$" + "a" * 86,
        "$2b$04$short",
        "$2b$04$" + "a" * 53 + "\n",
        f"{HEX}:" + "a" * 127,
        "pbkdf2_sha256$1000$salt$" + "a" * 300,
    ],
)
def test_what_is_no_hash_is_refused_and_fits_nobody(stored: str):
    with pytest.raises(ValueError, match="must be a hash"):
        PASSWORD_HASH.check(stored)
    assert not fits(stored, PASSWORD)


def test_account_without_a_password_is_let_in_by_none():
    assert PASSWORD_HASH.check("!") == "!"
    assert not fits("!", "!")
