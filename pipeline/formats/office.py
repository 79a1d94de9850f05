"""Read `.doc`, `.wps` and `.rtf` with what is installed: LibreOffice, else antiword or catdoc."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.encoding import UndecidableError, decode
from pipeline.formats import Content, MachineError, UnreadableError, guard

SECONDS = 120.0  # LibreOffice starts slowly
MAX_OUTPUT = 64 << 20
SECTOR, WORD_97, ENCRYPTED = 512, b"\xec\xa5", 1  # the first sector, its sign, the flag in the second byte of flags
INSTALL = "install LibreOffice (`soffice`), or `antiword` or `catdoc` for .doc, or save it as .docx"
# A profile in which a document can run nothing and fetch nothing.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse">
<value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
 oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
NOWHERE = "http://127.0.0.1:9"
PLAIN = (("antiword", "-m", "UTF-8.txt", "-w", "0"), ("catdoc", "-d", "utf-8", "-w"))


def read(data: bytes, suffix: str = "doc", seconds: float = SECONDS) -> Content:
    """The text of an old Word, WPS or RTF file. Raises UnreadableError, also where no program is installed."""
    if _encrypted(data):
        raise UnreadableError("is encrypted; save it without a password")
    office = shutil.which("soffice") or shutil.which("libreoffice")
    with tempfile.TemporaryDirectory(prefix="yaodian-") as folder:
        source = Path(folder) / f"source.{suffix}"
        source.write_bytes(data)
        fault = ""
        if office is not None:
            converted = _converted(office, source, seconds)
            if converted is not None:
                return guard.read("docx", converted)
            fault = "LibreOffice cannot open it"
        for program, *options in PLAIN if suffix == "doc" else ():
            if found := shutil.which(program):
                text = _run([found, *options, str(source)], Path(folder), seconds)
                if text is not None and text.strip():
                    return _text(text, program)
                fault = fault or f"{program} cannot open it"
    if fault and office is not None:
        raise UnreadableError(f"is no sound {suffix} file ({fault}); open it and save it as .docx")
    what = f"cannot be read here ({fault})" if fault else f"is a {suffix} file, and nothing here can read it"
    raise MachineError(f"{what}; {INSTALL}")


def _encrypted(data: bytes) -> bool:
    """Whether a file that is an OLE container holds an encrypted document, of Word 97 or of newer versions."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return True
    head = data[SECTOR : SECTOR + 12]
    return len(head) > 11 and head[:2] == WORD_97 and bool(head[11] & ENCRYPTED)


def _converted(office: str, source: Path, seconds: float) -> bytes | None:
    profile = source.parent / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    command = [
        office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck",
        "--convert-to", "docx", "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    _run(command, source.parent, seconds)
    made = source.with_suffix(".docx")
    if not made.is_file() or made.stat().st_size > MAX_OUTPUT:
        return None
    return made.read_bytes()


def _run(command: list[str], folder: Path, seconds: float) -> bytes | None:
    """What a program prints, or None when it fails; after the time limit it ends with all that it started."""
    environment = {
        **os.environ, "HOME": str(folder), "http_proxy": NOWHERE, "https_proxy": NOWHERE, "ALL_PROXY": NOWHERE,
    }  # fmt: skip
    if command[0].endswith("antiword"):  # it looks for its character tables below the home that it is given
        environment["HOME"] = os.environ.get("HOME", str(folder))
    out = folder / "out.txt"
    with out.open("wb") as handle:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.DEVNULL, cwd=folder, env=environment,
            start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise MachineError(
                f"keeps its reader busy for more than {seconds:g} seconds; open it and save it as .docx"
            ) from error
        finally:
            _end(process)
    if code != 0 or out.stat().st_size > MAX_OUTPUT:
        return None
    return out.read_bytes()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs with all that it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        else:
            process.kill()
        process.wait()


def _text(data: bytes, program: str) -> Content:
    try:
        text = decode(data).text
    except UndecidableError as error:
        raise UnreadableError(f"gives no text with {program}; {INSTALL}") from error
    return Content(text, None, (f"Read with {program}, which knows no automatic numbers of newer Word files.",))
