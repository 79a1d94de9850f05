// Deadlines by month, and the tasks by their day.
"use strict";
const COLUMNS = { day: 0, plan: 1, id: 2, title: 3, lead: 4, responsible: 5, text: 6, status: 7 };
const texts = data.rows.map((row) => (row.slice(3).join(" ") + " " + data.plans[row[1]][0]).toLowerCase());
let month = "";

const list = pager($("rows"), $("more"), (row) => element("tr", "",
  element("td", "day", row[COLUMNS.day]),
  element("td", "", planLink(row[COLUMNS.plan], row[COLUMNS.title], row[COLUMNS.id])),
  element("td", "", row[COLUMNS.lead]),
  element("td", "", row[COLUMNS.responsible]),
  element("td", "", row[COLUMNS.text]),
  element("td", "", row[COLUMNS.status]),
  element("td", "", planLink(row[COLUMNS.plan], data.plans[row[COLUMNS.plan]][0]))));

function update() {
  const wanted = wordsOf($("search")), from = $("from").value, to = $("to").value, status = $("status").value;
  const rows = data.rows.filter((row, i) => (!from || row[0] >= from) && (!to || row[0] <= to)
    && (!status || row[COLUMNS.status] === status) && (!month || row[0].startsWith(month)) && matches(texts[i], wanted));
  list(rows);
  $("found").textContent = rows.length + " 项" + (month ? "（" + month + "）" : "");
  $("none").hidden = rows.length > 0;
}

$("search").addEventListener("input", update);
for (const id of ["from", "to", "status"]) $(id).addEventListener("change", update);
$("filters").addEventListener("submit", (event) => event.preventDefault());
chart(data.spec, data.months, (bar) => {
  const day = bar.month || bar.yearmonth_month;
  const date = new Date(day);
  const clicked = date.getFullYear() + "-" + String(date.getMonth() + 1).padStart(2, "0");
  month = month === clicked ? "" : clicked;
  update();
});
update();
