"""A sync is shown while it runs, whatever it is reading."""

from streamlit.testing.v1 import AppTest

from dashboard.store.schema import KEPT


def reading_everything() -> None:
    from dashboard.charts.formatting import Formats
    from dashboard.components.text import progress_bar
    from dashboard.store.schema import KEPT
    from dashboard.sync.progress import Progress

    entities = tuple((name, 1_500, 3_000) for name in KEPT)
    progress_bar(Progress(entities, requests=7, seconds=60.0), Formats(thousands="."))


def test_every_entity_that_a_sync_reads_is_named_with_its_share() -> None:
    app = AppTest.from_function(reading_everything).run()

    assert not app.exception
    (caption,) = app.caption
    assert caption.value.split(" · ") == [
        f"{entity.label} 1.500 of 3.000" for entity in KEPT.values()
    ]
