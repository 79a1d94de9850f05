"""A model is fetched whole and as published, or not at all."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from pipeline import models
from pipeline.models import ModelError, fetch_pkuseg, models_folder, pkuseg_model

CONTENT = {"features.pkl": b"features", "weights.npz": b"weights"}


def package(folder: Path, files: dict[str, bytes]) -> Path:
    file = folder / "package.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package in the place of the real one, with something in it that must not get out."""
    files = {f"{models.PKUSEG_FOLDER}/{name}": content for name, content in CONTENT.items()}
    file = package(tmp_path, {"../escaped": b"x", "pkuseg-0.0.25/setup.py": b"x", **files})
    monkeypatch.setattr(models, "PKUSEG_SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    monkeypatch.setattr(models, "PKUSEG_FILES", {name: len(content) for name, content in CONTENT.items()})
    return file


def test_the_two_files_of_the_model_are_taken_and_nothing_else(tmp_path: Path, archive: Path) -> None:
    folder = tmp_path / "models"
    model = fetch_pkuseg(folder, archive)
    assert {f.name: f.read_bytes() for f in model.iterdir()} == CONTENT
    assert list(folder.iterdir()) == [model]
    assert pkuseg_model(folder) == model


def test_a_model_that_is_there_is_not_fetched_again(tmp_path: Path, archive: Path) -> None:
    model = fetch_pkuseg(tmp_path / "models", archive)
    assert fetch_pkuseg(tmp_path / "models", tmp_path / "no such package") == model


def test_half_a_model_is_none_and_is_replaced(tmp_path: Path, archive: Path) -> None:
    model = fetch_pkuseg(tmp_path / "models", archive)
    (model / "weights.npz").write_bytes(b"w")
    assert pkuseg_model(tmp_path / "models") is None
    assert fetch_pkuseg(tmp_path / "models", archive) == model
    assert pkuseg_model(tmp_path / "models") == model


def test_a_package_with_another_digest_is_not_used(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(archive.read_bytes() + b"\0")
    with pytest.raises(ModelError, match="It was not used"):
        fetch_pkuseg(tmp_path / "models", archive)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, archive: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="could not be put into"):
        fetch_pkuseg(tmp_path / "file" / "models", archive)


def test_a_pip_without_the_parts_that_are_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(module: str) -> None:
        raise ModuleNotFoundError(f"No module named {module!r}")

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(ModelError, match="by other means"):
        fetch_pkuseg(tmp_path)


def test_the_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(models.MODELS_VARIABLE, str(tmp_path))
    assert models_folder() == tmp_path
    monkeypatch.delenv(models.MODELS_VARIABLE)
    assert "yaodian" in models_folder().parts
