import pytest

from assize.platform.settings import BadSetting, read_settings


class TestSettings:
    def test_have_sensible_defaults(self):
        settings = read_settings({"ASSIZE_HOME": "/somewhere"})

        assert (settings.host, settings.database_url, settings.allow_private_destinations) == ("127.0.0.1", None, False)

    def test_name_the_variable_that_is_wrong(self):
        with pytest.raises(BadSetting, match="ASSIZE_PORT"):
            read_settings({"ASSIZE_PORT": "many"})

    def test_a_webhook_address_needs_its_secret(self):
        with pytest.raises(BadSetting, match="ASSIZE_WEBHOOK_SECRET_EU"):
            read_settings({"ASSIZE_WEBHOOK_URL_EU": "https://example.org/hook"})

    def test_destinations_have_names(self):
        environ = {"ASSIZE_WEBHOOK_URL": "https://a", "ASSIZE_WEBHOOK_SECRET": "s", "ASSIZE_WEBHOOK_URL_EU": "https://b",
                   "ASSIZE_WEBHOOK_SECRET_EU": "t"}  # fmt: skip

        assert [one.name for one in read_settings(environ).destinations] == ["platform", "eu"]
