"""What another project's tool says of a suite, in the suites' form. Runs where that tool is installed, never here.

python peer_runs.py PEER SUITE.jsonl PREDICTIONS.jsonl    PEER is jionlp, recognizers or cn2an
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
#: The suites that each tool has something to say on.
READS = {
    "jionlp": ("recognizers_datetime", "recognizers_dateperiod", "jionlp_time", "jionlp_money", "recognizers_currency"),
    "recognizers": (
        "recognizers_percent", "recognizers_datetime", "recognizers_dateperiod", "jionlp_time", "recognizers_number",
        "cn2an_number", "itn_number", "jionlp_money", "recognizers_currency",
    ),
    "cn2an": ("cn2an_number", "itn_number"),
}  # fmt: skip
CURRENCIES = {"元": "CNY", "人民币": "CNY", "美元": "USD", "港元": "HKD", "日元": "JPY", "欧元": "EUR", "英镑": "GBP"}


def jionlp(case: Row) -> Iterator[Row]:
    """JioNLP: times and money."""
    import jionlp as jio  # type: ignore[import-not-found]

    text, whole = case["text"], case["task"] == "parse"
    if "money" in case["suite"] or "currency" in case["suite"]:
        if whole:
            found = [{"text": text, "offset": [0, len(text)], "detail": jio.parse_money(text)}]
        else:
            found = jio.ner.extract_money(text)
        for hit in found:
            yield {**_span(hit), "type": "money", **_amount(hit["detail"])}
        return
    day = _reference(case)
    base = {name: getattr(day, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    if whole:
        found = [{"text": text, "offset": [0, len(text)], "detail": jio.parse_time(text, time_base=base)}]
    else:
        found = jio.ner.extract_time(text, time_base=base)
    for hit in found:
        ends = hit["detail"].get("time")
        if isinstance(ends, list):
            first, last = (None if "inf" in end else end[:10] for end in ends)
            yield {**_span(hit), "type": "time", "start_date": first, "end_date": last}


def _span(hit: Row) -> Row:
    return {"text": hit["text"], "start": hit["offset"][0], "end": hit["offset"][1]}


def _amount(detail: Row) -> Row:
    number, unit = detail["num"], CURRENCIES.get(detail["case"], detail["case"])
    if isinstance(number, list):
        return {"low": float(number[0]), "high": float(number[1]), "unit": unit}
    return {"value": float(number), "unit": unit}


def recognizers(case: Row) -> Iterator[Row]:
    """Recognizers-Text of Microsoft: numbers, percentages, currencies, dates; its Python package reads no ranges."""
    import recognizers_suite as suite  # type: ignore[import-not-found]

    chinese, text, name = suite.Culture.Chinese, case["text"], case["suite"]
    if "date" in name or "time" in name:
        hits = suite.recognize_datetime(text, chinese, reference=_reference(case))
    elif "percent" in name:
        hits = suite.recognize_percentage(text, chinese)
    elif "money" in name or "currency" in name:
        hits = suite.recognize_currency(text, chinese)
    else:
        hits = suite.recognize_number(text, chinese)
    for hit in hits:
        said = hit.resolution or {}
        row = {"text": hit.text, "start": hit.start, "end": hit.end + 1, "type": hit.type_name}
        if "values" in said:
            yield row | _days(said["values"][0])
        else:
            unit = "%" if "percent" in name else said.get("isoCurrency")
            yield row | {"value": float(str(said["value"]).rstrip("%"))} | ({"unit": unit} if unit else {})


def _days(value: Row) -> Row:
    """The inclusive days of a resolution; the end of a range is the day after its last one."""
    if "value" in value:
        return {"start_date": value["value"][:10], "end_date": value["value"][:10]}
    end = value.get("end")
    last = (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat() if end else None
    return {"start_date": value["start"][:10] if "start" in value else None, "end_date": last}


def cn2an(case: Row) -> Iterator[Row]:
    """cn2an: numerals that stand alone."""
    import cn2an as tool  # type: ignore[import-not-found, import-untyped, unused-ignore]

    if case["task"] == "parse":
        text = case["text"]
        yield {"text": text, "start": 0, "end": len(text), "type": "number", "value": float(tool.cn2an(text, "smart"))}


def _reference(case: Row) -> datetime:
    return datetime.fromisoformat((case.get("reference_date") or "2020-01-01")[:19])


PEERS: dict[str, Callable[[Row], Iterator[Row]]] = {"jionlp": jionlp, "recognizers": recognizers, "cn2an": cn2an}


def main() -> None:
    """Write the predictions of a tool for a suite; a text that the tool breaks on has none."""
    peer, suite, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    logging.disable(logging.CRITICAL)
    with out.open("w", encoding="utf-8") as handle:
        for line in suite.read_text(encoding="utf-8").splitlines():
            case = json.loads(line) | {"suite": suite.stem}
            try:
                found = list(PEERS[peer](case))
            except Exception:  # whatever another tool raises on a text it cannot read
                found = []
            handle.write(json.dumps({"id": case["id"], "predictions": found}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
