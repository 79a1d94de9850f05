// What the pages with charts share. Texts go into the page as text, never as HTML.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

// An element with a class and content: texts, elements, or null.
function element(tag, cls, ...content) {
  const made = document.createElement(tag);
  if (cls) made.className = cls;
  for (const part of content) if (part !== null && part !== undefined) made.append(part);
  return made;
}

// A link to the page of a plan, to one row of it or to a search in it.
function planLink(number, text, hash) {
  const link = element("a", "", text);
  link.href = data.plans[number][1] + (hash ? "#" + hash : "");
  return link;
}

// Lists rows a few hundred at a time; `draw` makes the element of a row.
function pager(list, more, draw) {
  let rows = [], shown = 0;
  const step = () => {
    const next = rows.slice(shown, shown + 200);
    list.append(...next.map(draw));
    shown += next.length;
    more.hidden = shown >= rows.length;
  };
  more.addEventListener("click", step);
  return (all) => { rows = all; shown = 0; list.replaceChildren(); step(); };
}

function matches(text, words) { return words.every((word) => text.includes(word)); }
function wordsOf(input) { return input.value.trim().toLowerCase().split(/\s+/).filter(Boolean); }

// The plans that have rows, to choose one from.
function planOptions(select, numbers) {
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const [title, , year] = data.plans[number];
    const option = element("option", "", title.includes(year) ? title : title + "（" + year + "）");
    option.value = number;
    select.append(option);
  }
}

// Draws a chart with its rows, one drawing after the other; `onClick` gets the row of the mark that was clicked.
let drawing = Promise.resolve();
function chart(spec, rows, onClick) { return drawing = drawing.then(() => drawn(spec, rows, onClick)); }

async function drawn(spec, rows, onClick) {
  const filled = Object.assign({}, spec, { datasets: { rows } });
  // Vega warns of layers without rows, which are no fault here; level 1 lets errors through alone.
  const result = await vegaEmbed("#chart", filled, { actions: false, renderer: "svg", logLevel: 1 });
  if (onClick) result.view.addEventListener("click", (event, item) => { if (item && item.datum) onClick(item.datum); });
}
