"""An account, one person of each kind, and what each sees of it here and in Harvest."""

from collections.abc import Iterator

import pytest

from dashboard.access.rights import Viewer
from dashboard.store.snapshots import Snapshot
from dashboard.store.viewers import viewer_of
from tests.dashboard.access.kinds import PEOPLE
from tests.dashboard.sync.agency import Agency, Copy
from tests.harvest_demo.asking import Asking


@pytest.fixture(scope="module")
def agency() -> Agency:
    agency = Agency(entries=4000)
    for who, user_id in PEOPLE.items():
        agency.account.tokens[who] = user_id
    return agency


@pytest.fixture(scope="module")
def whole(agency: Agency, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    copy = Copy(agency, tmp_path_factory.mktemp("copy"), "direct")
    copy.sync()
    snapshot = copy.snapshot()
    yield snapshot
    snapshot.close()


@pytest.fixture(params=PEOPLE)
def who(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def viewer(whole: Snapshot, who: str) -> Viewer:
    return viewer_of(whole, PEOPLE[who])


@pytest.fixture
def seen(whole: Snapshot, viewer: Viewer) -> Snapshot:
    return whole.for_viewer(viewer)


@pytest.fixture
def theirs(agency: Agency, who: str) -> Asking:
    return Asking(agency, who)
