"""The gate holds: floors, what noise may cost, and what the noises do to a text and its gold."""

from __future__ import annotations

import json

import gate
import pytest
from noises import NOISES, Document, noisy, own_documents
from sample_noise import ADDED

OWN = own_documents()
FLOORS: dict[str, gate.Figures] = json.loads(gate.FLOORS.read_text(encoding="utf-8"))
# The quick ones here; `make score` measures every noise and every genre.
QUICK = ("page_markers", "full_width", "pinyin", "washed", "gb18030")
ENCODED = ("gb18030", "utf16")  # what changes is how the text is written down
by_noise = pytest.mark.parametrize("name", NOISES)


@pytest.fixture(scope="module")
def clean() -> gate.Figures:
    return gate.measure(OWN)


def test_clean_scores_hold_their_floors(clean: gate.Figures) -> None:
    assert gate.below({"own/clean": clean}, FLOORS) == []


@pytest.mark.parametrize("name", QUICK)
def test_noise_costs_nothing(name: str, clean: gate.Figures) -> None:
    found = {"own/clean": clean, f"own/noise/{name}": gate.measure(OWN, name)}
    assert gate.costly(found) == []
    assert gate.below(found, FLOORS) == []


@by_noise
def test_gold_moves_with_the_text(name: str) -> None:
    document = OWN[0]
    copy, gold = noisy(document, name)
    for kind in ("targets", "deadlines", "units"):
        for old, new in zip(document.gold[kind], gold[kind], strict=True):
            origins = [copy.origin[at] for at in range(new["start"], new["end"])]
            kept = [at for at in origins if at != ADDED]
            assert kept[0] == old["start"]
            assert kept[-1] == old["end"] - 1


@by_noise
def test_a_noise_does_something_and_always_the_same(name: str) -> None:
    copies = [[noisy(document, name)[0].text for document in OWN] for _ in range(2)]
    assert copies[0] == copies[1]
    if name not in ENCODED:
        assert copies[0] != [document.text for document in OWN]


def test_floors_name_what_is_measured() -> None:
    own = {"own/clean", *(f"own/noise/{name}" for name in NOISES), *(f"own/genre/{d.genre}" for d in OWN)}
    assert own <= set(FLOORS)


def test_a_figure_below_its_floor_is_said() -> None:
    assert gate.below({"own/clean": {"units": 0.5}}, {"own/clean": {"units": 0.6}}) == [
        "own/clean: units is 0.5000, its floor 0.6000"
    ]
    assert gate.costly({"own/clean": {"units": 0.9}, "own/noise/x": {"units": 0.8}}) == [
        "own/noise/x: units is 0.8000, clean 0.9000"
    ]


def test_floors_are_never_lowered() -> None:
    assert gate.raised({"own/clean": {"units": 0.5555}}, {"own/clean": {"units": 0.6}}) == {"own/clean": {"units": 0.6}}
    assert gate.raised({"own/clean": {"units": 0.6666}}, {})["own/clean"] == {"units": 0.666}


def test_documents_have_every_genre() -> None:
    assert {document.genre for document in OWN} >= {"points", "opinion", "report", "tasks", "blanked"}
    assert all(isinstance(document, Document) for document in OWN)
