"""What the pickers offer can be told apart."""

from dashboard.components.queries import Choice, read_choices
from dashboard.store.snapshots import Snapshot


def test_projects_are_told_with_their_client(studio: Snapshot) -> None:
    assert read_choices(studio, "projects") == (
        Choice(101, "Brand (Acme)"),
        Choice(300, "Internal"),
        Choice(100, "Website (Acme)"),
        Choice(200, "Website (Borealis)"),
    )


def test_people_of_one_name_are_told_by_their_address(studio: Snapshot) -> None:
    assert [choice.label for choice in read_choices(studio, "people")] == [
        "Ada Berg (ada@studio.example)",
        "Ada Berg (berg@studio.example)",
        "Cleo Idle",
        "Dan Moss",
    ]


def test_roles_go_by_name(studio: Snapshot) -> None:
    assert read_choices(studio, "roles") == (
        Choice("Designer", "Designer"),
        Choice("Developer", "Developer"),
    )
