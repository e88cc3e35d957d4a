import inspect
import re

import pytest

from harvest_client import errors
from harvest_client.errors import ApiError, HarvestError, UsageError, error_class

CLASSES = [
    found
    for _, found in inspect.getmembers(errors, inspect.isclass)
    if issubclass(found, HarvestError)
]


@pytest.mark.parametrize("error", CLASSES[:], ids=lambda error: error.__name__)
def test_every_error_says_what_to_do(error: type[HarvestError]) -> None:
    if error is not HarvestError:
        assert error.remedy.endswith(".")


def test_the_drawn_tree_is_the_tree_of_classes() -> None:
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│├└─ ]*)([A-Z][A-Za-z]+)(?:   |$)", line):
            depth = len(found[1]) // 4
            above[depth:] = [found[2]]
            drawn[found[2]] = above[depth - 1] if depth else "Exception"

    assert drawn == {error.__name__: error.__mro__[1].__name__ for error in CLASSES}


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (302, "Redirected"), (400, "BadRequest"), (401, "Unauthorized"), (403, "Forbidden"),
        (404, "NotFound"), (418, "ApiError"), (422, "BadRequest"), (429, "RateLimited"),
        (500, "ServerError"), (503, "ServerError"), (599, "ServerError"),
    ],
)  # fmt: skip
def test_a_refusal_is_classed_by_its_status(status: int, name: str) -> None:
    assert error_class(status).__name__ == name


def test_a_refusal_tells_path_status_reason_patience_and_request() -> None:
    error = ApiError("/users", 503, "maintenance", request_id="r-1", retry_after=30)

    assert str(error) == (
        "/users: Harvest answered 503 Service Unavailable: maintenance; try again in 30 s"
        " (request r-1)"
    )


def test_an_unknown_name_comes_with_the_nearest() -> None:
    assert "did you mean 'users'" in str(
        UsageError.unknown_name("no entity", "user", ["users", "roles"])
    )


def test_a_name_like_no_other_comes_with_all() -> None:
    error = UsageError.unknown_name("no entity", "zzz", ["users", "roles"])

    assert str(error) == "no entity 'zzz'; there are: roles, users."
