"""Models that are fetched on request, into the user's data folder.

The model of pkuseg is part of its source package. The package's own setup needs a compiler and an old numpy, and
`pip download` runs it; so pip's index client is asked for the file alone, with the user's index, proxy and certificate
settings. Nothing of the package is run: its digest is checked and the two files of the model are copied out.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PKUSEG_VERSION = "0.0.25"
PKUSEG_SHA256 = "dd012bf93689721c9574bc2b2ba98fb4ac22790cec0af354a78e217828b81e91"
PKUSEG_FOLDER = f"pkuseg-{PKUSEG_VERSION}/pkuseg/models/default"
# Name and size of each file of the model, as the digest above fixes them.
PKUSEG_FILES = {"features.pkl": 76_848_940, "weights.npz": 105_745_354}
MODELS_VARIABLE = "YAODIAN_MODELS"


class ModelError(Exception):
    """A model that could not be fetched; the message says why and what to do."""


def models_folder() -> Path:
    """Where models are kept: the folder named by YAODIAN_MODELS, else the user's data folder."""
    named = os.environ.get(MODELS_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("yaodian", appauthor=False) / "models"


def pkuseg_model(folder: Path | None = None) -> Path | None:
    """The folder of pkuseg's model if it is there and whole."""
    model = (folder or models_folder()) / f"pkuseg-{PKUSEG_VERSION}"
    whole = all((model / name).is_file() and (model / name).stat().st_size == n for name, n in PKUSEG_FILES.items())
    return model if whole else None


def fetch_pkuseg(folder: Path | None = None, archive: Path | None = None) -> Path:
    """Put pkuseg's model below ``folder`` and return where it is; a model that is there already is left as it is.

    ``archive`` is the source package where it has been downloaded by other means. Raises ModelError.
    """
    folder = folder or models_folder()
    present = pkuseg_model(folder)
    if present:
        return present
    target = folder / f"pkuseg-{PKUSEG_VERSION}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as work:
            otherwise = f"copy {' and '.join(PKUSEG_FILES)} of its {PKUSEG_FOLDER} to {target} by other means"
            package = archive or _download("pkuseg", PKUSEG_VERSION, Path(work) / "package.tar.gz", otherwise)
            _check_digest(package)
            unpacked = Path(work) / "model"
            unpacked.mkdir()
            _unpack(package, unpacked)
            shutil.rmtree(target, ignore_errors=True)
            unpacked.rename(target)
    except OSError as error:
        raise ModelError(f"The model of pkuseg could not be put into {folder}: {error.strerror or error}.") from error
    return target


def _check_digest(package: Path) -> None:
    with package.open("rb") as handle:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
    if found != PKUSEG_SHA256:
        raise ModelError(
            f"The package {package.name} is not pkuseg {PKUSEG_VERSION} as published: its SHA-256 is {found}, "
            f"not {PKUSEG_SHA256}. It was not used."
        )


def _unpack(package: Path, target: Path) -> None:
    """Copy the model's files out of the package; no path that the archive names is ever written to."""
    with tarfile.open(package, "r:gz") as tar:
        for name, size in PKUSEG_FILES.items():
            member = tar.getmember(f"{PKUSEG_FOLDER}/{name}")
            content = tar.extractfile(member)
            if content is None or member.size != size:
                raise ModelError(f"The package holds no file {name} of {size:,} bytes.")
            with content, (target / name).open("wb") as out:
                shutil.copyfileobj(content, out)


def _download(package: str, version: str, target: Path, otherwise: str) -> Path:
    """The source package from the index that pip is set up with.

    pip has no command that downloads without running the package's setup, so its parts are used. They have been the
    same for years but are not promised: a pip that has others is told apart from an index that has no such file.
    """
    try:
        create_command = importlib.import_module("pip._internal.commands").create_command
        specifiers = importlib.import_module("pip._vendor.packaging.specifiers").SpecifierSet(f"=={version}")
        logging.getLogger("pip").setLevel(logging.CRITICAL)
        command = create_command("download")
        options, _ = command.parse_args(["--no-binary", ":all:"])
        with command.main_context():
            session = command.get_default_session(options)
            finder = command._build_package_finder(options, session)
            candidate = finder.find_best_candidate(package, specifiers).best_candidate
            if candidate is None:
                raise ModelError(
                    f"The package index gives no source package of {package} {version}; "
                    "check the network and pip's settings."
                )
            _save(session, candidate.link.url_without_fragment, target)
    except (ImportError, AttributeError, TypeError) as error:
        raise ModelError(f"This pip cannot be asked for {package} {version} ({error}); {otherwise}.") from error
    return target


def _save(session: Any, url: str, target: Path) -> None:
    try:
        with (
            session.get(url, stream=True, headers={"Accept-Encoding": "identity"}) as response,
            target.open("wb") as out,
        ):
            response.raise_for_status()
            for block in response.iter_content(1 << 20):
                out.write(block)
    except OSError as error:
        # pip's network errors are OSErrors without a number; their text may hold the index's address.
        raise ModelError(
            f"The download failed ({type(error).__name__}); check the network and pip's settings."
        ) from error
