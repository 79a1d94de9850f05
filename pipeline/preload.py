"""What every worker needs, loaded once by the process that they are forked from."""

from pipeline.read import Source
from pipeline.slices import Bundle
from pipeline.stages import Pipeline

SAMPLE = """泵站建设方案
（2030年5月8日印发）
一、工作目标
2030年底前，由水务、财政等部门和供电局牵头、各乡镇配合，建成泵站2座，完好率达到95%以上。
（一）加强管护。每月对泵站进行1次检查，6月15日前完成整改，力争停机时间降低一半。（责任单位：县水务局、财政局）
"""


def warm(pipeline: Pipeline) -> None:
    """Have all loaded and compiled, which takes seconds, before a source is read under a time limit."""
    Bundle.of([pipeline.tuples(Source("", "", 0, "txt", "utf-8", SAMPLE, "ok"))]).pack()


warm(Pipeline())
