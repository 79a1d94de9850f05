"""What every worker needs, loaded once by the process that they are forked from."""

from pipeline.read import Source
from pipeline.stages import Pipeline

SAMPLE = "泵站建设方案\n一、工作目标\n2030年底前，由水务局牵头建成泵站2座，完好率达到95%以上。"

Pipeline().rows(Source("", "", 0, "txt", "utf-8", SAMPLE, "ok"))
