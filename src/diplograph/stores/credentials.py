"""Who asks: a name and password, or a token, from the environment, the file netrc, or a prompt.

Never from an argument, which other users of the machine can see, and never shown.
"""

from __future__ import annotations

import netrc
import os
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    Prompt = Callable[[str, str], tuple[str, str]]
    """Asks for the name, if none is known, and password for a host."""

USER: Final = "DIPLOGRAPH_USER"
PASSWORD: Final = "DIPLOGRAPH_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN: Final = "DIPLOGRAPH_TOKEN"  # noqa: S105 - the same
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")


class Credentials(Struct, frozen=True, repr_omit_defaults=True):
    """A name and a password, or a token; none of them shows when it is printed."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        """Tell nothing."""
        return "Credentials(...)"


def credentials(host: str, user: str = "", prompt: Prompt | None = None) -> Credentials:
    """Find what to tell a host that asks.

    Raises:
        UsageError: the file netrc cannot be used.
    """
    user = user or os.environ.get(USER, "")
    password = os.environ.get(PASSWORD, "")
    if user and password:
        return Credentials(user, password)
    known = _from_netrc(host)
    if known.password and user in ("", known.user):
        return known
    if prompt is not None:
        return Credentials(*prompt(host, user))
    return Credentials(user)


def token() -> str:
    """Give the token of the environment, if there is one.

    Raises:
        UsageError: it has characters that cannot be sent.
    """
    found = os.environ.get(TOKEN, "").strip()
    if found and not _VISIBLE.fullmatch(found):
        raise UsageError(f"{TOKEN} has characters that no token has.", "Is there more than a token in it?")
    return found


def _from_netrc(host: str) -> Credentials:
    try:
        found = netrc.netrc(os.environ.get("NETRC")).authenticators(host)
    except FileNotFoundError:
        return Credentials()
    except netrc.NetrcParseError as error:  # which quotes words of the file, a password perhaps
        raise UsageError(f"The file netrc cannot be used: line {error.lineno} is not understood.") from None
    except OSError as error:
        raise UsageError(f"The file netrc cannot be used: {error.strerror or 'it cannot be read'}.") from None
    except ValueError:
        raise UsageError("The file netrc cannot be used: it is not written in UTF-8.") from None
    return Credentials(found[0] or "", found[2] or "") if found else Credentials()
