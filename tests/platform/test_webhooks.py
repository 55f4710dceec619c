import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from assize.kernel.clock import now
from assize.platform import webhooks
from assize.platform.webhooks import AddressForbidden, DeliveryFailed, Message, Reach, is_public, post
from builders.receiving import SECRET, Receiver, Reply, a_receiver, certified

AT = now()
NEAR = Reach(private=True, timeout_s=60.0)
FAR = Reach(timeout_s=60.0)


def a_message(body: bytes = b'{"a":1}') -> Message:
    return Message(id="eff_1", body=body, secret=SECRET)


def secured(name: str, receiver: Receiver) -> str:
    return f"https://{name}:{receiver.port}/hooks"


def at_home(*_: object) -> list[str]:
    return ["127.0.0.1"]


class TestPost:
    def test_signs_so_that_the_published_library_verifies(self):
        with a_receiver() as receiver:
            receiver.behave = lambda _: Reply(body=b"taken")

            answer = post(receiver.url, a_message(), at=now(), reach=NEAR)

            assert (answer.status, answer.body, answer.accepted) == (200, b"taken", True)
            got = receiver.got[0]
            Webhook(SECRET).verify(got.body, got.headers)
            assert got.headers["webhook-id"] == "eff_1"

    def test_does_not_follow_a_redirect(self):
        with a_receiver() as other, a_receiver() as receiver:
            receiver.behave = lambda _: Reply(status=302, headers={"Location": other.url})

            answer = post(receiver.url, a_message(), at=AT, reach=NEAR)

            assert not answer.accepted
            assert other.got == []

    def test_reads_a_long_answer_only_to_its_limit(self):
        with a_receiver(lambda _: Reply(body=b"x" * 5_000_000)) as receiver:
            answer = post(receiver.url, a_message(), at=AT, reach=NEAR)

            assert len(answer.body) == webhooks.MAX_ANSWER_BYTES

    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param(Reply(wait_s=600), id="never answers"),
            pytest.param(Reply(body=b"x" * 4000, drip_s=0.02), id="drips a byte at a time"),
        ],
    )
    def test_gives_up_after_one_deadline_for_the_whole_exchange(self, reply):
        # Neither reply would be over within minutes, and each byte of the second comes well before any deadline.
        with a_receiver(lambda _: reply) as receiver, pytest.raises(DeliveryFailed, match=r"within 0\.5 s"):
            post(receiver.url, a_message(), at=AT, reach=Reach(private=True, timeout_s=0.5))

    def test_says_so_when_the_receiver_dies_before_it_answers(self):
        with a_receiver(lambda _: Reply(hang_up=True)) as receiver, pytest.raises(DeliveryFailed):
            post(receiver.url, a_message(), at=AT, reach=NEAR)

    def test_says_so_when_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]

        with pytest.raises(DeliveryFailed):
            post(f"http://127.0.0.1:{port}/", a_message(), at=AT, reach=NEAR)

    def test_ignores_a_proxy_of_the_environment(self, monkeypatch):
        with a_receiver() as proxy, a_receiver() as receiver:
            monkeypatch.setenv("HTTP_PROXY", proxy.url)
            monkeypatch.setenv("ALL_PROXY", proxy.url)
            receiver.behave = lambda _: Reply()

            post(receiver.url, a_message(), at=AT, reach=NEAR)

            assert (len(receiver.got), proxy.got) == (1, [])

    def test_keeps_the_secret_and_the_answer_out_of_its_errors(self):
        with a_receiver(lambda _: Reply(status=200, headers={"Content-Length": "oops SECRETWORD"})) as receiver:
            with pytest.raises(DeliveryFailed) as told:
                post(receiver.url, a_message(), at=AT, reach=NEAR)

            assert "SECRETWORD" not in str(told.value)
            assert SECRET not in repr(a_message())


class TestReach:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",  # noqa: S104 - refused, never bound
            "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
            "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
            "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
        ],
    )  # fmt: skip
    def test_calls_no_address_of_ours_public(self, address):
        assert not is_public(address)

    @pytest.mark.parametrize(
        "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
    )
    def test_calls_the_open_internet_public(self, address):
        assert is_public(address)

    @given(st.ip_addresses(v=4))
    def test_judges_a_wrapped_address_like_the_plain_one(self, address):
        assert is_public(f"::ffff:{address}") == is_public(str(address))

    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://10.0.0.8/",
            "https://localhost/", "https://0/", "https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/",
        ],
    )  # fmt: skip
    def test_refuses_an_address_inside_however_it_is_spelt(self, url):
        with pytest.raises(AddressForbidden):
            post(url, a_message(), at=AT, reach=FAR)

    @pytest.mark.parametrize("answers", [["10.0.0.5"], ["93.184.216.34", "127.0.0.1"], ["::1"], []])
    def test_refuses_a_name_that_leads_inside(self, answers):
        with pytest.raises(AddressForbidden):
            post("https://hooks.example.org/", a_message(), at=AT, reach=FAR, resolving=lambda *_: answers)

    def test_connects_to_the_address_it_checked_and_never_asks_again(self):
        asked = []

        def rebinding(host: str, port: int) -> list[str]:
            asked.append((host, port))
            return ["127.0.0.1"]

        with a_receiver(lambda _: Reply()) as receiver:
            answer = post(
                f"http://hooks.example.org:{receiver.port}/", a_message(), at=AT, reach=NEAR, resolving=rebinding
            )

            assert answer.accepted
            assert asked == [("hooks.example.org", receiver.port)]
            assert receiver.got[0].headers["host"] == f"hooks.example.org:{receiver.port}"

    @pytest.mark.parametrize(
        ("url", "why"),
        [
            ("http://hooks.example.org/", "not https"),
            ("ftp://hooks.example.org/", "no http or https"),
            ("file:///etc/passwd", "no http or https"),
            ("https://user:pw@hooks.example.org/", "user or a password"),
            ("https:///path", "no http or https"),
            ("https://hooks.example.org:99999/", "no URL"),
        ],
    )
    def test_says_why_an_address_is_unfit(self, url, why):
        with pytest.raises(AddressForbidden, match=why) as told:
            post(url, a_message(), at=AT, reach=FAR, resolving=lambda *_: ["93.184.216.34"])

        assert "pw" not in str(told.value)

    def test_speaks_to_whom_the_certificate_names(self, monkeypatch, tmp_path):
        known = certified("receiver.example", tmp_path)
        monkeypatch.setattr(webhooks, "_trust", lambda: known.trusts)

        with a_receiver(lambda _: Reply(), tls=known.shows) as receiver:
            assert post(
                secured("receiver.example", receiver), a_message(), at=AT, reach=NEAR, resolving=at_home
            ).accepted

        assert len(receiver.got) == 1

    def test_checks_the_certificate_against_the_name(self, monkeypatch, tmp_path):
        known = certified("receiver.example", tmp_path)
        monkeypatch.setattr(webhooks, "_trust", lambda: known.trusts)

        with a_receiver(tls=known.shows) as receiver, pytest.raises(DeliveryFailed, match="ConnectError"):
            post(secured("another.example", receiver), a_message(), at=AT, reach=NEAR, resolving=at_home)

        assert receiver.got == []

    def test_trusts_no_certificate_that_nobody_vouches_for(self, tmp_path):
        known = certified("receiver.example", tmp_path)

        with a_receiver(tls=known.shows) as receiver, pytest.raises(DeliveryFailed, match="ConnectError"):
            post(secured("receiver.example", receiver), a_message(), at=AT, reach=NEAR, resolving=at_home)

        assert receiver.got == []
