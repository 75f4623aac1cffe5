"""What goes wrong with an attempt, told apart: worth another one, or not.

Knows what `requests` raises, and loads it with the first attempt.
"""

from __future__ import annotations

from contextlib import contextmanager
from http.client import IncompleteRead
from typing import TYPE_CHECKING

from belay_pm.errors import SourceError
from belay_pm.masking import shown
from belay_pm.sources.downloads import WorthRetryingError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["told_apart"]


@contextmanager
def told_apart(url: str, timeout_s: float) -> Iterator[None]:
    """Turn what requests raises into what is worth another attempt, and what is not.

    Its own texts are not used: they have the address with everything that is secret in it.
    """
    import requests  # noqa: PLC0415 - a tenth of a second that only who asks the web pays

    try:
        yield
    except (SourceError, WorthRetryingError):
        raise
    except requests.exceptions.SSLError as error:
        raise SourceError(
            f"`{shown(url)}` cannot be trusted: {_cause(error, timeout_s)}",
            hint="`REQUESTS_CA_BUNDLE` names a file with the certificates of a house of its own",
        ) from error
    except (
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
        requests.exceptions.ChunkedEncodingError,
    ) as error:
        raise WorthRetryingError(_cause(error, timeout_s)) from error
    except Exception as error:  # also some of urllib3's, which requests lets pass
        raise SourceError(f"`{shown(url)}` cannot be asked: {type(error).__name__}") from error


def _cause(error: BaseException, timeout_s: float) -> str:
    """Return the innermost reason that a computer gave."""
    reasons = list(_inside(error))
    if any(isinstance(reason, TimeoutError) for reason in reasons):
        return f"it was silent for {timeout_s:g} s"
    if any(isinstance(reason, IncompleteRead) for reason in reasons):
        return "it ended before its end"
    texts = [
        getattr(reason, "verify_message", None) or getattr(reason, "strerror", None) for reason in reasons
    ]
    return next((text for text in reversed(texts) if text), type(reasons[-1]).__name__)


def _inside(error: BaseException) -> Iterator[BaseException]:
    """Return an error and what it was made of, outermost first."""
    seen: list[BaseException] = []
    inner: object = error
    while isinstance(inner, BaseException) and inner not in seen:
        seen.append(inner)
        yield inner
        wrapped = getattr(inner, "reason", None)
        nested = next((each for each in reversed(inner.args) if isinstance(each, BaseException)), None)
        inner = (
            wrapped if isinstance(wrapped, BaseException) else nested or inner.__cause__ or inner.__context__
        )
