"""What signs pages lies sealed in the database, and is sealed again when the key changes."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from click.testing import CliRunner, Result
from standardwebhooks import Webhook

from assize.app import resealing
from assize.escalation import service
from assize.platform import sealing
from assize.platform.db import Database
from assize.platform.doctor import Level
from assize.platform.sealing import Sealer
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM
from builders.enforcement import facts_of
from builders.escalation import SEALER, committed, on_call, pager
from builders.receiving import SECRET, Got, Reply, a_mail_sink, a_receiver
from builders.review import AT

NEW = Sealer(keys=(b"n" * 32, *SEALER.keys))
STRANGE = Sealer(keys=(b"s" * 32,))


def kept(database: Database) -> list[str]:
    """What lies in the table."""
    with database.transaction(SYSTEM) as tx:
        return [
            row["sealed_secret"]
            for row in tx.rows("select sealed_secret from escalation.contact where webhook_url is not null")
        ]


class TestAContactsSecret:
    def test_is_nowhere_in_the_row(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            made = on_call(tx, "Zero", 1, webhook_url="https://hooks.example.org/x", webhook_secret=SECRET)
            row = tx.one("select contact::text as whole from escalation.contact")["whole"]

        assert SECRET not in row
        assert SECRET.removeprefix("whsec_") not in row
        assert "https://hooks.example.org/x" in row
        assert SECRET not in repr(made)

    def test_can_not_be_kept_in_plain(self, fresh_database):
        committed(fresh_database, first={"webhook_url": "https://hooks.example.org", "webhook_secret": SECRET})

        with pytest.raises(psycopg.errors.CheckViolation), fresh_database.transaction(SYSTEM) as tx:
            tx.run("update escalation.contact set sealed_secret = 'whsec_plain'")

    def test_signs_what_is_sent(self, fresh_database):
        with a_receiver(lambda _: Reply()) as hook:
            committed(fresh_database, first={"webhook_url": hook.url, "webhook_secret": SECRET})

            service.sweep_with(fresh_database, pager=pager(), at=AT)

        assert signed_by(hook.got[0], SECRET)

    def test_that_does_not_open_here_leaves_the_other_ways(self, fresh_database):
        with a_receiver(lambda _: Reply()) as hook, a_mail_sink() as sink:
            ways = {"webhook_url": hook.url, "webhook_secret": SECRET, "email": "first@example.org"}
            committed(fresh_database, first=ways)

            swept = service.sweep_with(fresh_database, pager=pager(sink.url, sealer=STRANGE), at=AT)

        assert (swept.sent, hook.got, sink.to) == (1, [], ["first@example.org"])
        with fresh_database.transaction(SYSTEM) as tx:
            assert service.pages(tx)[0].problem == "webhook: SealedElsewhere"


class TestResealing:
    def test_seals_with_the_new_key_what_the_old_one_sealed(self, fresh_database):
        with a_receiver(lambda _: Reply()) as hook:
            committed(fresh_database, first={"webhook_url": hook.url, "webhook_secret": SECRET})

            with fresh_database.transaction(SYSTEM) as tx:
                result = service.reseal(tx, sealer=NEW, at=AT)
            only_new = replace(NEW, keys=NEW.keys[:1])
            service.sweep_with(fresh_database, pager=pager(sealer=only_new), at=AT + timedelta(seconds=1))

        assert (result.done, result.left) == (1, 0)
        assert signed_by(hook.got[0], SECRET)
        (fact,) = facts_of(fresh_database, "ContactSecretsSealed")
        assert fact["body"] == {"key_id": NEW.key_id, "contacts": 1}

    def test_leaves_what_it_can_not_open(self, fresh_database):
        committed(fresh_database, first={"webhook_url": "https://hooks.example.org", "webhook_secret": SECRET})
        before = kept(fresh_database)

        with fresh_database.transaction(SYSTEM) as tx:
            result = service.reseal(tx, sealer=STRANGE, at=AT)

        assert (result.done, result.left) == (0, 1)
        assert kept(fresh_database) == before
        assert facts_of(fresh_database, "ContactSecretsSealed") == []

    def test_seals_what_was_kept_in_plain_when_the_worker_starts(self, fresh_database, owner_dsn, tmp_path):
        settings = Settings(home=tmp_path)
        committed(fresh_database, first={"webhook_url": "https://hooks.example.org", "webhook_secret": SECRET})
        kept_in_plain(owner_dsn)

        told = resealing.sealed_secrets(settings, fresh_database.dsn)
        resealing.seal_plain(fresh_database, settings)

        assert told.level is Level.WARN
        assert all(sealing.is_sealed(one) for one in kept(fresh_database))
        assert resealing.sealed_secrets(settings, fresh_database.dsn).level is Level.OK

    def test_at_a_start_with_nothing_to_seal_makes_no_key(self, fresh_database, tmp_path):
        resealing.seal_plain(fresh_database, Settings(home=tmp_path))

        assert list(tmp_path.iterdir()) == []


class TestTheCommand:
    def test_makes_a_new_key_and_lets_the_old_one_go_at_the_next_run(self, fresh_database, tmp_path):
        settings = Settings(home=tmp_path)
        first = sealing.sealer(settings)
        committed(fresh_database)
        with fresh_database.transaction(SYSTEM) as tx:
            service.add_contact(
                tx,
                sealer=first,
                order=1,
                name="Zero",
                webhook_url="https://hooks.example.org",
                webhook_secret=SECRET,
                at=AT,
            )

        done = run(fresh_database, settings, "--new-key")
        between = sealing.sealer(settings)
        run(fresh_database, settings)

        assert done.output.startswith("1 secrets sealed anew with key")
        assert between.key_ids[1:] == (first.key_id,)
        assert sealing.sealer(settings).key_ids == between.key_ids[:1]
        with fresh_database.transaction(SYSTEM) as tx:
            assert service.keys_of_secrets(tx) == {between.key_id: 1}

    def test_says_what_it_could_not_open(self, fresh_database, tmp_path):
        committed(fresh_database, first={"webhook_url": "https://hooks.example.org", "webhook_secret": SECRET})

        done = run(fresh_database, Settings(home=tmp_path))
        told = resealing.sealed_secrets(Settings(home=tmp_path), fresh_database.dsn)

        assert done.exit_code == 1
        assert "1 secrets were sealed with a key that is not here" in done.output
        assert told.level is Level.BAD


def run(database: Database, settings: Settings, *given: str) -> Result:
    """Run `assize reseal` over a test's database and home."""
    runner = CliRunner(env={"ASSIZE_HOME": str(settings.home), "ASSIZE_SEALING_KEY": None})
    return runner.invoke(resealing.reseal, given, obj=lambda: nullcontext(database))


def signed_by(got: Got, secret: str) -> bool:
    """Whether a message carries the signature of this secret."""
    sent_at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    return (
        Webhook(secret).sign(got.headers["webhook-id"], sent_at, got.body.decode()) == got.headers["webhook-signature"]
    )


def kept_in_plain(owner_dsn: str) -> None:
    """Leave the secrets as a version before seals kept them."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        connection.execute("alter table escalation.contact drop constraint contact_secret_sealed")
        connection.execute("update escalation.contact set sealed_secret = 'whsec_' || md5('x')")
        connection.execute(
            "alter table escalation.contact add constraint contact_secret_sealed "
            "check (sealed_secret is null or sealed_secret like 'sealed:%') not valid"
        )
