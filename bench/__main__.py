"""`make bench`: Yaodian from reading to Parquet beside `jieba.cut`, each segmenter, and where the time goes.

Both sides work on the same texts in one process, in turns, so that a busy machine slows both; the median counts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from bench.stages import timed_stages
from pipeline import run, segmenters
from pipeline.read import discover, read

# One process, and nothing carried over from the round before.
FRESH = run.Settings(workers=0, fresh=True)
ROUNDS = 5
WANTED_CHARACTERS = 400_000
SLOW_SAMPLE = 40_000
WORKER_ROUNDS = 3
TEXT_FOR_WORKERS = 2_000_000  # characters: some seconds of work for each


def main() -> None:
    """Print the ratio, the segmenters' costs and the stages' shares."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("inputs", nargs="*", default=["data/raw"], help="files and folders; data/raw by default")
    arguments.add_argument("--characters", type=int, default=WANTED_CHARACTERS, help="how much text to take at most")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as work:
        files, texts = _sample(options.inputs, options.characters, Path(work) / "texts")
        characters = sum(map(len, texts))
        print(f"{len(files)} files, {characters:,} characters, median of {ROUNDS} rounds\n")
        plain = _beside_jieba(files, texts, characters, Path(work) / "tables")
        _workers(files, texts, Path(work))
        _segmenters("\n".join(texts), plain)
        _stages(files, characters, Path(work) / "tables", plain)


def _sample(inputs: Sequence[str], wanted: int, folder: Path) -> tuple[list[str], list[str]]:
    """Readable texts of the inputs until there are enough; too few are written once more under other names.

    A copy has every line changed at its end, lest a cache make it look faster than a new text.
    """
    entries = [entry for item in inputs for entry in discover([item])]
    sources = [source for entry in entries if (source := read(entry)).status == "ok"]
    if not sources:
        raise SystemExit("There is no text to measure with; name files or folders.")
    folder.mkdir(parents=True)
    files: list[str] = []
    texts: list[str] = []
    total = turn = 0
    while total < wanted:
        for source in sources:
            text = str(source.text).replace("\n", f"{'。' * turn}\n")
            file = folder / f"{len(files):05}.txt"
            file.write_text(text, encoding="utf-8", newline="")
            files.append(str(file))
            texts.append(text)
            total += len(text)
            if total >= wanted:
                break
        turn += 1
    return files, texts


def _beside_jieba(files: Sequence[str], texts: Sequence[str], characters: int, output: Path) -> float:
    """The ratio of whole runs; returns the characters a second of processor time that `jieba.cut` cuts."""

    def yaodian() -> None:
        run.run(files, output, settings=FRESH)

    def plain_jieba() -> None:
        for text in texts:
            for _ in jieba.cut(text):
                pass

    import jieba

    jieba.setLogLevel("WARNING")
    jieba.initialize()
    run.run(files[:1], output, settings=FRESH)
    ours, theirs = zip(*((_spent(yaodian), _spent(plain_jieba)) for _ in range(ROUNDS)), strict=True)
    for clock, name in enumerate(("by the clock", "by processor time")):
        mine, its = ([turn[clock] for turn in turns] for turns in (ours, theirs))
        print(name)
        for label, spent in (("yaodian, reading to Parquet", mine), ("plain jieba.cut", its)):
            print(f"  {label:30}{round(characters / median(spent)):>12,} characters/s   {_spread(spent)}")
        print(f"  {'ratio':30}{median(its) / median(mine):>12.2f}\n")
    return characters / float(median(processor for _, processor in theirs))


def _workers(files: Sequence[str], texts: Sequence[str], work: Path) -> None:
    """One worker beside two. The run of one file is taken off: it is the start of the processes."""
    crews = [run.Settings(workers=count, fresh=True, prune=True) for count in (1, 2)]
    most = list(files)
    for turn in range(TEXT_FOR_WORKERS // sum(map(len, texts))):  # the same texts again, as other files
        most += _again(files, work / f"more{turn}")
    characters = sum(map(len, texts)) * (len(most) // len(files)) - len(texts[0])
    starts, wholes = ([list[tuple[float, float]](), list[tuple[float, float]]()] for _ in range(2))
    for _ in range(WORKER_ROUNDS):
        for crew, start, whole in zip(crews, starts, wholes, strict=True):
            start.append(_spent(partial(run.run, files[:1], work / "tables", settings=crew)))
            whole.append(_spent(partial(run.run, most, work / "tables", settings=crew)))
    steady = []
    for crew, start, whole in zip(crews, starts, wholes, strict=True):
        (began, began_parent), (clock, parent) = (
            [median(turn[at] for turn in x) for at in (0, 1)] for x in (start, whole)
        )
        steady.append(clock - began)
        speed = f"{characters / steady[-1]:>12,.0f} characters/s"
        share = (parent - began_parent) / steady[-1]
        print(
            f"workers {crew.workers}  start {began:.2f} s   then {speed}   the parent at work {share:.0%} of the time"
        )
    print(f"two workers beside one{steady[0] / steady[1]:>12.2f}\n")


def _again(files: Sequence[str], folder: Path) -> list[str]:
    """Copies of the files that no fingerprint takes for the same."""
    folder.mkdir()
    for file in files:
        text = Path(file).read_text(encoding="utf-8")
        (folder / Path(file).name).write_text(f"{text}\n{folder.name}", encoding="utf-8", newline="")
    return [str(folder / Path(file).name) for file in files]


def _segmenters(text: str, plain: float) -> None:
    print("by processor time, plain jieba.cut = 1")
    segmenters.get.cache_clear()
    for name in segmenters.names():
        started = time.perf_counter()
        try:
            segmenter = segmenters.get(name)
            segmenter.words("预热")
        except segmenters.SegmenterError as error:
            print(f"segmenter {name:22}  {error}")
            continue
        loaded = time.perf_counter() - started
        sample = text if name == segmenters.DEFAULT else text[:SLOW_SAMPLE]
        speed = len(sample) / median(_spent(partial(segmenter.words, sample))[1] for _ in range(3))
        ratio = f"{speed / plain:.2f}"
        print(f"  segmenter {name:26}{round(speed):>12,} characters/s{ratio:>9}   loads in {loaded:.2f} s")
    print()


def _stages(files: Sequence[str], characters: int, output: Path, plain: float) -> None:
    turns = []
    for _ in range(ROUNDS):
        with timed_stages() as spent:
            _, whole = _spent(lambda: run.run(files, output, settings=FRESH))
        turns.append({**spent, "the rest": whole - sum(spent.values())})
    found = {name: max(median(turn[name] for turn in turns), 1e-9) for name in turns[0]}
    whole = sum(found.values())
    for name, seconds in sorted(found.items(), key=lambda stage: -stage[1]):
        speed = characters / seconds
        ratio = f"{speed / plain:.1f}"
        print(f"  stage {name:30}{round(speed):>12,} characters/s{ratio:>9}{seconds / whole:>9.1%}")


def _spent(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor; the second hardly minds what else the machine does."""
    processor = time.process_time()
    return _seconds(work), time.process_time() - processor


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _spread(times: Sequence[float]) -> str:
    return f"{median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"


if __name__ == "__main__":
    main()
