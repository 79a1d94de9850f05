# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 要点：快速上手
#
# 先运行 `make run`，把 `data/raw` 里的样例计划提取到 `data/processed`。换成自己的文件：
# `make run INPUT=文件夹 OUTPUT=结果文件夹`，再把下面的 `FOLDER` 改成结果文件夹。
#
# 本笔记回答三个问题：
#
# 1. 本季度有哪些任务到期，由谁牵头？
# 2. 同一个指标在各份计划、各个年度是多少？
# 3. 哪些单位承担的任务最多？
#
# 每个问题先用 pandas 回答，再用 DuckDB 的 SQL 回答一遍，两者应当一致。

# %%
import os
from pathlib import Path

import altair as alt
import duckdb
import pandas as pd

FOLDER = Path(os.environ.get("YAODIAN_TABLES", "../data/processed"))
tasks, targets, plans = (pd.read_parquet(FOLDER / f"{name}.parquet") for name in ("tasks", "targets", "plans"))
tasks["deadline"] = pd.to_datetime(tasks["deadline"])
plans["year"] = plans["year"].astype("Int64")  # 年度可能不详
pd.set_option("display.max_colwidth", 40)
alt.renderers.enable("svg")  # 图画在笔记里，不需要网络


def sql(query: str) -> pd.DataFrame:
    """表名写作 {tasks}、{targets}、{plans}，即对应的 Parquet 文件。"""
    files = {name: f"'{(FOLDER / name).as_posix()}.parquet'" for name in ("tasks", "targets", "plans")}
    return duckdb.sql(query.format(**files)).df()


# %% [markdown]
# `tasks` 一行是一项最底层的任务，像办公室写的任务分解表：谁牵头、谁负责、指标多少、何时完成。
# 上级标题规定的单位和时限会传给下面的任务，`*_inherited` 标明哪些是传下来的。

# %%
tasks[["plan_title", "path", "title", "lead", "responsible", "deadline", "status"]].head()

# %% [markdown]
# ## 一、本季度到期的任务，由谁牵头
#
# 样例是过去的计划，所以取样例中到期任务最多的那个季度当作“本季度”。用自己的数据时，改成
# `quarter = pd.Timestamp.today().to_period("Q")`。

# %%
dated = tasks[(tasks["status"] == "planned") & tasks["deadline"].notna()]
quarter = dated["deadline"].dt.to_period("Q").value_counts().sort_index().idxmax()
due = dated[dated["deadline"].dt.to_period("Q") == quarter].sort_values(["deadline", "plan_title", "start"])
due = due.assign(
    牵头=due["lead"].str.join("、"),
    责任=due["responsible"].str.join("、"),
    到期=due["deadline"].dt.strftime("%Y-%m-%d"),
)
print(quarter, len(due), "项")
due[["到期", "title", "牵头", "责任", "plan_title"]].head(10)

# %%
same = sql(f"""
    select strftime(deadline, '%Y-%m-%d') as 到期, title, array_to_string(lead, '、') as 牵头,
           array_to_string(responsible, '、') as 责任, plan_title
    from {{tasks}}
    where status = 'planned'
      and deadline between date '{quarter.start_time:%Y-%m-%d}' and date '{quarter.end_time:%Y-%m-%d}'
    order by deadline, plan_title, "start"
""")
assert same["title"].tolist() == due["title"].tolist()
same.head(10)

# %% [markdown]
# 各月到期的任务数：

# %%
by_month = dated.assign(月份=dated["deadline"].dt.strftime("%Y-%m")).groupby("月份").size().reset_index(name="任务数")
alt.Chart(by_month).mark_bar().encode(x="月份:O", y="任务数:Q", tooltip=["月份", "任务数"]).properties(
    width=600, height=220, title="各月到期的任务"
)

# %% [markdown]
# ## 二、同一指标在各份计划、各个年度
#
# 取出现在最多计划中的一个指标；想看别的，直接给 `name` 和 `unit` 赋值。

# %%
valued = targets.dropna(subset=["indicator", "value"]).merge(plans[["plan_id", "title", "year"]], on="plan_id")
spread = valued.groupby(["indicator", "unit"])["plan_id"].agg(["nunique", "size"])
name, unit = spread.sort_values(["nunique", "size"], ascending=False, kind="stable").index[0]
one = valued[(valued["indicator"] == name) & (valued["unit"] == unit)].sort_values(["year", "title", "start"])
print(name, unit)
one[["year", "title", "comparator", "value", "unit", "status", "text"]]

# %%
same = sql(f"""
    select p.year, p.title, t.comparator, t.value, t.unit, t.status, t.text
    from {{targets}} t join {{plans}} p using (plan_id)
    where t.indicator = '{name.replace("'", "''")}' and t.unit = '{unit}' and t.value is not null
    order by p.year, p.title, t."start"
""")
assert same["value"].tolist() == one["value"].tolist()
same

# %% [markdown]
# ## 三、承担任务最多的单位
#
# 牵头、责任、配合、督查都算；一项任务里同一单位的同一角色只算一次。

# %%
ROLES = {"lead": "牵头", "responsible": "责任", "support": "配合", "supervise": "督查"}
long = pd.concat(
    [
        tasks[["plan_id", "item_id", role]].rename(columns={role: "单位"}).assign(角色=label)
        for role, label in ROLES.items()
    ]
)
load = long.explode("单位").dropna(subset=["单位"]).groupby(["单位", "角色"]).size().reset_index(name="任务数")
total = load.groupby("单位")["任务数"].sum().reset_index().sort_values(["任务数", "单位"], ascending=[False, True])
total.head(10)

# %%
same = sql("""
    select unit as 单位, count(*) as 任务数
    from (select unnest(list_concat(lead, responsible, support, supervise)) as unit from {tasks})
    group by unit
    order by 任务数 desc, unit
""")
assert same.set_index("单位")["任务数"].to_dict() == total.set_index("单位")["任务数"].to_dict()
same.head(10)

# %%
most = total.head(15)["单位"].tolist()
alt.Chart(load[load["单位"].isin(most)]).mark_bar().encode(
    x="任务数:Q",
    y=alt.Y("单位:N", sort=most),
    color=alt.Color("角色:N", sort=list(ROLES.values())),
    tooltip=["单位", "角色", "任务数"],
).properties(width=520, title="承担任务最多的单位")

# %% [markdown]
# ## 接下来
#
# - `yaodian export data/processed -o tasks.xlsx`：Excel 工作簿。
# - `yaodian report data/processed -o report/`：可点击核对的网页，原文与提取结果对照。
# - `yaodian explain 文件 --find 文字`：某处为什么提取、为什么没有提取。
