// The index: search and filters over the list of plans.
"use strict";
const words = JSON.parse(document.getElementById("data").textContent).words;
const $ = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("#plans tbody tr")];
const texts = rows.map((row) => (row.cells[0].textContent + " " + row.dataset.issuer + " " + words[row.dataset.n]).toLowerCase());

function update() {
  const wanted = $("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const year = $("year").value, issuer = $("issuer").value;
  let count = 0;
  rows.forEach((row, i) => {
    const shown = (!year || row.dataset.year === year) && (!issuer || row.dataset.issuer === issuer)
      && wanted.every((word) => texts[i].includes(word));
    row.hidden = !shown;
    count += shown;
    const link = row.querySelector("a");
    link.hash = wanted.length ? "q=" + encodeURIComponent(wanted.join(" ")) : "";
  });
  $("found").textContent = count + " 份";
  $("none").hidden = count > 0;
}

$("search").addEventListener("input", update);
for (const id of ["year", "issuer"]) $(id).addEventListener("change", update);
$("filters").addEventListener("submit", (event) => event.preventDefault());
update();
