import pytest

from assize.platform.mail import BadMailAddress, Mail, MailFailed, compose, read_server, send
from builders.receiving import a_mail_sink


def a_mail(**changed: str) -> Mail:
    return Mail(**({"id": "page_1", "sender": "assize@example.org", "to": "on-call@example.org", "subject": "SEV0",
                    "text": "Case case_1"} | changed))  # fmt: skip


class TestMail:
    def test_reaches_the_mailbox_under_an_id_that_stays_the_same(self):
        with a_mail_sink() as sink:
            send(sink.url, a_mail())

            assert sink.to == ["on-call@example.org"]
            assert "Message-ID: <page_1@example.org>" in sink.mails[0]
            assert "Case case_1" in sink.mails[0]

    def test_says_so_when_the_server_refuses(self):
        with a_mail_sink(refuse="550 no such mailbox on-call@example.org") as sink:
            with pytest.raises(MailFailed) as told:
                send(sink.url, a_mail())

            assert "on-call@example.org" not in str(told.value)

    def test_says_so_when_nobody_listens(self):
        with a_mail_sink() as sink:
            url = sink.url

        with pytest.raises(MailFailed):
            send(url, a_mail(), timeout_s=1)

    @pytest.mark.parametrize("field", ["to", "subject", "sender"])
    def test_refuses_a_line_break_that_would_add_a_header(self, field):
        with pytest.raises(MailFailed):
            compose(a_mail(**{field: "x@example.org\r\nBcc: all@example.org"}))

    @pytest.mark.parametrize("url", ["", "http://mail.example.org", "smtp://", "smtp://mail:port"])
    def test_refuses_an_address_that_is_no_mail_server(self, url):
        with pytest.raises(BadMailAddress):
            read_server(url)

    def test_keeps_the_password_out_of_sight(self):
        server = read_server("smtps://ops:p%40ss@mail.example.org")

        assert (server.user, server.password, server.port, server.tls) == ("ops", "p@ss", 465, True)
        assert "p@ss" not in repr(server)
