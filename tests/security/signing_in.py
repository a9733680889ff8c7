"""What staff do to get in."""

import base64
import hmac
import struct
import time

from django.test import Client

from tests.html import parsed

LOGIN, DASHBOARD = "/admin/login/", "/admin/"
SECOND_FACTOR = "/admin/second-factor/"
SET_UP, RECOVERY = f"{SECOND_FACTOR}totp/activate/", f"{SECOND_FACTOR}recovery-codes/"
CODE, PROVE = f"{SECOND_FACTOR}authenticate/", f"{SECOND_FACTOR}reauthenticate/"
PASSWORD = "seven camels walk at night"
TOO_MANY = "Signing in was tried too often from here. Please try again in ten minutes."
WRONG = "The username and/or password you specified are not correct."


def sign_in(name="gulnora", password=PASSWORD, *, client=None, address="192.0.2.1", after="", **headers):
    client = client or Client(REMOTE_ADDR=address)
    return client.post(LOGIN + after, {"login": name, "password": password}, **headers)


def signed_in():
    client = Client()
    assert sign_in(client=client)["Location"] == DASHBOARD
    return client


def words(answer):
    return " ".join(parsed(answer.content).main.get_text(" ").split())


def shown_by_the_phone(secret, seconds=0):
    """RFC 6238: six digits for each half minute; so many seconds from now."""
    moment = struct.pack(">Q", int(time.time() + seconds) // 30)
    digest = hmac.digest(base64.b32decode(secret), moment, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06}"


def with_a_phone(client, password=PASSWORD):
    """Set up the second factor as somebody does who is signed in; the secret that the phone keeps."""
    asked = client.get(SET_UP)["Location"]
    assert client.post(asked, {"password": password})["Location"] == SET_UP
    page = parsed(client.get(SET_UP).content)
    secret = page.find(id="authenticator_secret")["value"]
    assert page.find("img", alt=secret)["src"].startswith("data:image/svg+xml;base64,")
    assert client.post(SET_UP, {"code": shown_by_the_phone(secret)})["Location"] == RECOVERY
    return secret


def recovery_codes(client):
    return parsed(client.get(RECOVERY).content).find("textarea").text.split()
