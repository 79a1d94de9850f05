// Deadlines by month or year, and what is due by its day. The chart counts what is listed.
"use strict";
const COLUMNS = { day: 0, plan: 1, id: 2, title: 3, lead: 4, responsible: 5, text: 6, status: 7 };
const MOST_MONTHS = 48; // over more the chart shows years
const texts = data.rows.map((row) => (row.slice(3).join(" ") + " " + data.plans[row[1]][0]).toLowerCase());
let period = "";
planOptions($("plan"), new Set(data.rows.map((row) => row[COLUMNS.plan])));

const list = pager($("rows"), $("more"), (row) => element("tr", "",
  element("td", "day", row[COLUMNS.day]),
  element("td", "", planLink(row[COLUMNS.plan], row[COLUMNS.title], row[COLUMNS.id])),
  element("td", "", row[COLUMNS.lead]),
  element("td", "", row[COLUMNS.responsible]),
  element("td", "", row[COLUMNS.text]),
  element("td", "kind", row[COLUMNS.status]),
  element("td", "", planLink(row[COLUMNS.plan], data.plans[row[COLUMNS.plan]][0]))));

function update() {
  const wanted = wordsOf($("search")), from = $("from").value, to = $("to").value, status = $("status").value;
  const plan = $("plan").value;
  const found = data.rows.filter((row, i) => (!from || row[0] >= from) && (!to || row[0] <= to)
    && (!status || row[COLUMNS.status] === status) && (plan === "" || row[COLUMNS.plan] === Number(plan))
    && matches(texts[i], wanted));
  const rows = found.filter((row) => row[0].startsWith(period));
  list(rows);
  $("found").textContent = rows.length + " 项" + (period ? "（" + period + "）" : "");
  $("all").hidden = !period;
  $("none").hidden = rows.length > 0;
  draw(found);
}

// Every month or year from the first to the last has its place, also one in which nothing is due.
function draw(rows) {
  const counts = new Map();
  const length = rows.length && months(rows[0][0], rows[rows.length - 1][0]) > MOST_MONTHS ? 4 : 7;
  for (const row of rows) {
    const key = row[0].slice(0, length) + " " + row[COLUMNS.status];
    counts.set(key, (counts.get(key) || 0) + 1);
  }
  const bars = [...counts].map(([key, count]) => ({ period: key.split(" ")[0], status: key.split(" ")[1], count }));
  data.spec.encoding.x.scale = { domain: rows.length ? periods(rows[0][0], rows[rows.length - 1][0], length) : [] };
  chart(data.spec, bars, (bar) => { period = period === bar.period ? "" : bar.period; update(); });
}

function months(first, last) { return (last.slice(0, 4) - first.slice(0, 4)) * 12 + (last.slice(5, 7) - first.slice(5, 7)); }

function periods(first, last, length) {
  const all = [];
  let year = Number(first.slice(0, 4)), month = Number(first.slice(5, 7));
  for (;;) {
    const name = length === 4 ? String(year) : year + "-" + String(month).padStart(2, "0");
    all.push(name);
    if (name >= last.slice(0, length)) return all;
    if (length === 4 || month === 12) { year += 1; month = 1; } else month += 1;
  }
}

$("search").addEventListener("input", update);
for (const id of ["from", "to", "status", "plan"]) $(id).addEventListener("change", () => { period = ""; update(); });
$("all").addEventListener("click", () => { period = ""; update(); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
follow();
update();
addEventListener("hashchange", () => { follow(); update(); });

// `#plan=3` shows one plan, as the index and the pages of plans link here.
function follow() {
  const plan = /^#plan=(\d+)$/.exec(location.hash);
  if (plan) $("plan").value = plan[1];
}
