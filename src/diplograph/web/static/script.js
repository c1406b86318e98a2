"use strict";
// Tables that sort by a press on a column's heading; and Ctrl+Enter in the editor asks. All works without this.

const said = document.createElement("p");
said.className = "hidden";
said.setAttribute("role", "status");
document.body.append(said);

const text = (row, column) => {
  const cell = row.cells[column];
  return (cell.dataset.sort ?? cell.textContent).trim();
};

const numbers = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function sort(table, column, heading) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [text(row, column), row]);
  const filled = rows.filter(([value]) => value !== "");
  const numeric = filled.every(([value]) => numbers.test(value));
  const order = numeric ? (a, b) => a - b : (a, b) => a.localeCompare(b, undefined, { numeric: true });
  filled.sort(([a], [b]) => (down ? order(b, a) : order(a, b)));
  const empty = rows.filter(([value]) => value === ""); // always last
  body.append(...[...filled, ...empty].map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  said.textContent = `Sorted by ${heading.textContent.trim()}, ${down ? "descending" : "ascending"}.`;
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, column, heading));
  });
}

const editor = document.querySelector("textarea[name=query]");
editor?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    editor.form.requestSubmit(editor.form.querySelector("button"));
  }
});
