// How many tasks each unit carries.
"use strict";
const ROLES = ["牵头", "责任", "配合", "督查"];
const ROW = 18; // pixels a unit
planOptions($("plan"), new Set(data.rows.map((row) => row[2])));

const list = pager($("rows"), $("more"), (unit) => {
  const name = element("td", "", element("button", "link", unit.name));
  const plans = element("td", "", unit.plans.size + " 份");
  name.firstChild.type = "button";
  name.firstChild.addEventListener("click", () => {
    const query = "q=" + encodeURIComponent(unit.name.split("（")[0]);
    plans.replaceChildren(...[...unit.plans].flatMap((n) => [planLink(n, data.plans[n][0], query), element("br")]));
  });
  return element("tr", "", name, ...ROLES.map((role) => element("td", "n", unit.counts[role] || "")),
    element("td", "n", unit.total), plans);
});

function update() {
  const wanted = wordsOf($("search")), plan = $("plan").value, role = $("role").value, all = $("collective").checked;
  const units = new Map();
  for (const [name, asRole, number, count, collective] of data.rows) {
    if ((plan !== "" && number !== Number(plan)) || (role && asRole !== role) || (collective && !all)
      || !matches(name.toLowerCase(), wanted)) continue;
    if (!units.has(name)) units.set(name, { name, counts: {}, total: 0, plans: new Set() });
    const unit = units.get(name);
    unit.counts[asRole] = (unit.counts[asRole] || 0) + count;
    unit.total += count;
    unit.plans.add(number);
  }
  const ranked = [...units.values()].sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  list(ranked);
  $("found").textContent = ranked.length + " 个单位";
  $("none").hidden = ranked.length > 0;
  const top = ranked.slice(0, data.most)
    .flatMap((unit) => ROLES.filter((r) => unit.counts[r]).map((r) => ({ unit: unit.name, role: r, count: unit.counts[r] })));
  data.spec.height = ROW * Math.max(2, Math.min(ranked.length, data.most));
  chart(data.spec, top, (bar) => { $("search").value = bar.unit; update(); });
}

$("search").addEventListener("input", update);
for (const id of ["plan", "role", "collective"]) $(id).addEventListener("change", update);
$("filters").addEventListener("submit", (event) => event.preventDefault());
update();
