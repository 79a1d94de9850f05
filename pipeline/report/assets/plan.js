// The page of one plan: a click in the text shows the row, a click on a row shows its text.
"use strict";
const $ = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("#rows .row")];
const byId = new Map(rows.map((row) => [row.id, row]));
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const places = new Map();
for (const mark of document.querySelectorAll("#text .m[data-i]"))
  for (const id of mark.dataset.i.split(" ")) {
    if (!places.has(id)) places.set(id, []);
    places.get(id).push(mark);
  }
for (const mark of document.querySelectorAll("#text .noise")) mark.title = "清洗时略去";
let chosen = null;

function choose(id, from) {
  for (const old of document.querySelectorAll(".on")) old.classList.remove("on");
  chosen = id;
  const row = byId.get(id);
  if (!row) return;
  reveal(row);
  row.classList.add("on");
  const marks = places.get(id) || [];
  for (const mark of marks) mark.classList.add("on");
  if (from !== "list") row.scrollIntoView({ block: "center" });
  if (from !== "text" && marks.length) marks[0].scrollIntoView({ block: "center" });
  history.replaceState(null, "", "#" + id);
}

// A row that a filter hides is shown when its text is chosen.
function reveal(row) {
  if (!row.hidden) return;
  const box = document.querySelector(`#filters input[value="${kindOf(row)}"]`);
  box.checked = true;
  $("search").value = "";
  update();
}

function kindOf(row) { return row.className.split(" ")[1]; }

// The innermost mark comes first; a second click on the same text goes on to the next.
document.getElementById("text").addEventListener("click", (event) => {
  const mark = event.target.closest(".m[data-i]");
  if (!mark || String(getSelection())) return;
  const ids = mark.dataset.i.split(" ").reverse();
  choose(ids[(ids.indexOf(chosen) + 1) % ids.length], "text");
});
document.getElementById("rows").addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row && !String(getSelection())) choose(row.id, "list");
});
document.getElementById("rows").addEventListener("keydown", (event) => {
  const row = event.target.closest(".row");
  if (!row) return;
  const shown = [...document.querySelectorAll("#rows .row:not([hidden])")];
  const next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter") choose(row.id, "list");
  else if (next && shown[shown.indexOf(row) + next]) {
    event.preventDefault();
    shown[shown.indexOf(row) + next].focus();
    choose(shown[shown.indexOf(row) + next].id, "list");
  }
});

function update() {
  const kinds = new Set();
  for (const box of document.querySelectorAll("#filters input[type=checkbox]")) {
    if (box.checked) kinds.add(box.value);
    document.body.classList.toggle("hide-" + box.value, !box.checked);
  }
  document.body.classList.remove("hide-gap");
  const wanted = $("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    row.hidden = !(kinds.has(kindOf(row)) && wanted.every((word) => texts.get(row).includes(word)));
    count += !row.hidden;
  }
  $("found").textContent = count + " 行";
  $("none").hidden = count > 0;
}

// By date: what has one first, the earliest at the top; the rest keeps the order of the text.
function order() {
  const list = $("rows");
  const sorted = rows.slice();
  if ($("order").value === "due")
    sorted.sort((a, b) => (a.dataset.due || "9999").localeCompare(b.dataset.due || "9999"));
  list.append(...sorted);
}

for (const input of document.querySelectorAll("#filters input")) input.addEventListener("input", update);
$("order").addEventListener("change", order);
$("filters").addEventListener("submit", (event) => event.preventDefault());

function follow() {
  const hash = decodeURIComponent(location.hash.slice(1));
  if (hash.startsWith("q=")) { $("search").value = hash.slice(2); update(); }
  else if (byId.has(hash) && hash !== chosen) choose(hash, "");
}
update();
follow();
addEventListener("hashchange", follow);
