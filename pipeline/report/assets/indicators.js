// One indicator over years and plans.
"use strict";
const groups = new Map();
for (const row of data.rows) {
  const key = row[0] + "\u0000" + row[1];
  if (!groups.has(key)) groups.set(key, { name: row[0], unit: row[1], rows: [], plans: new Set() });
  const group = groups.get(key);
  group.rows.push(row);
  group.plans.add(row[2]);
}
const ranked = [...groups.values()].sort((a, b) => b.plans.size - a.plans.size || b.rows.length - a.rows.length
  || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
let shown = null;

const list = pager($("names"), $("more"), (group) => {
  const entry = element("li", group === shown ? "on" : "", group.name + "（" + (group.unit || "—") + "）",
    element("small", "", group.plans.size + " 份 " + group.rows.length + " 处"));
  entry.tabIndex = 0;
  const pick = () => { for (const old of $("names").querySelectorAll(".on")) old.classList.remove("on"); entry.classList.add("on"); show(group); };
  entry.addEventListener("click", pick);
  entry.addEventListener("keydown", (event) => { if (event.key === "Enter") pick(); });
  return entry;
});

function values(group) {
  return group.rows.map((row) => ({
    plan: data.plans[row[2]][0], year: data.plans[row[2]][2], value: row[4], upper: row[5], text: row[6], status: row[7],
  }));
}

async function show(group) {
  shown = group;
  $("name").textContent = group.name + (group.unit ? "（" + group.unit + "）" : "");
  $("rows").replaceChildren(...group.rows.slice().sort((a, b) => data.plans[b[2]][2].localeCompare(data.plans[a[2]][2]))
    .map((row) => element("tr", "", element("td", "", data.plans[row[2]][2]),
      element("td", "", planLink(row[2], data.plans[row[2]][0])), element("td", "", planLink(row[2], row[6], row[3])),
      element("td", "", row[7]))));
  await chart(data.spec, values(group));
}

function update() {
  const wanted = wordsOf($("search"));
  const found = ranked.filter((group) => matches(group.name.toLowerCase(), wanted));
  list(found);
  $("found").textContent = found.length + " 个";
}

$("search").addEventListener("input", update);
$("filters").addEventListener("submit", (event) => event.preventDefault());
if (ranked.length) show(ranked[0]);
update();
