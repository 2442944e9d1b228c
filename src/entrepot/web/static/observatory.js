// What a page does after it has come: it fetches its parts, sorts and filters tables, copies, shows exact values.
// Nothing is computed here, and without it everything is still to be had (see <noscript>).
"use strict";

const ROWS_TO_FILTER = 12;

async function load(part) {
  const stop = new AbortController();
  const status = part.querySelector(".wait");
  const ticking = wait(part, status, stop);
  try {
    const answer = await fetch(part.dataset.part, { signal: stop.signal });
    const html = await answer.text();
    if (answer.status >= 500 || answer.status === 401) again(part, status, text(html));
    else put(part, html);
    if (answer.headers.get("X-Simulated")) document.getElementById("simulated").hidden = false;
  } catch (error) {
    again(part, status, error.name === "AbortError" ? "Stopped." : "The server could not be reached.");
  } finally {
    clearInterval(ticking);
    part.setAttribute("aria-busy", "false");
  }
}

function again(part, status, told) {
  status.textContent = `${told} `;
  status.append(button("Try again", () => { status.textContent = "Computing …"; part.setAttribute("aria-busy", "true"); load(part); }));
}

function text(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
}

function put(part, html) {
  const title = part.querySelector("h2");
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const problem = parsed.querySelector("p.missing[role=alert]");
  const found = problem ? [title, problem] : [...parsed.body.childNodes];
  part.replaceChildren(...found);
  part.querySelectorAll("table").forEach(sortable);
  part.querySelectorAll("pre.copy").forEach(copyable);
  const sought = document.getElementById(location.hash.slice(1));
  if (sought && part.contains(sought)) sought.scrollIntoView();
}

function wait(part, status, stop) {
  const began = Date.now();
  const usual = Number(part.dataset.took);
  return setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    if (seconds < 1) return;
    if (!status.querySelector("button")) {
      status.textContent = "Computing … ";
      const clock = document.createElement("span");
      clock.setAttribute("aria-hidden", "true");
      status.append(clock);
      if (usual > 1) {
        const bar = document.createElement("progress");
        bar.max = usual;
        bar.setAttribute("aria-label", "time of the last computation");
        status.append(bar);
      }
      status.append(button("Stop", () => stop.abort()));
    }
    status.querySelector("span").textContent = usual > 1 ? `${seconds} s of about ${Math.ceil(usual)} s` : `${seconds} s`;
    const bar = status.querySelector("progress");
    if (bar) bar.value = Math.min(seconds, usual);
  }, 500);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const press = button(head.textContent, () => {
      const up = head.getAttribute("aria-sort") === "descending" || (!head.hasAttribute("aria-sort") && !head.classList.contains("number"));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...[...body.rows].sort((a, b) => compared(a.cells[place], b.cells[place], up)));
    });
    head.replaceChildren(press);
  });
  if (body.rows.length > ROWS_TO_FILTER) filterable(table, body);
}

function compared(a, b, up) {
  const [x, y] = [value(a), value(b)];
  if (x === null || y === null) return (x === null) - (y === null);  // what is not known comes last, either way
  const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
  return up ? order : -order;
}

function value(cell) {
  if (cell.title) return Number(cell.title.replaceAll(",", ""));
  const text = cell.textContent.trim();
  return text === "" || text === "–" ? null : text;
}

function filterable(table, body) {
  const line = document.createElement("p");
  line.className = "filter";
  const field = document.createElement("input");
  field.type = "search";
  field.setAttribute("aria-label", "Show rows that contain");
  field.placeholder = "rows that contain …";
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      left += !row.hidden;
    }
    told.textContent = words.length ? `${left} of ${body.rows.length} rows` : "";
  });
  line.append(field, told);
  table.closest(".scroll").before(line);
}

function copyable(text) {
  if (!navigator.clipboard) return;
  const press = button("Copy", async () => {
    await navigator.clipboard.writeText(text.textContent);
    press.textContent = "Copied";
  });
  text.after(press);
}

// A mark's title comes at once, also on touch: the browser's own takes a second.
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;

function show(event) {
  const mark = event.target.closest?.("svg :is(circle, line, path, rect, text)");
  const title = mark?.querySelector(":scope > title");
  tip.hidden = !title;
  if (!title) return;
  tip.textContent = title.textContent;
  tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.max(event.clientY - tip.offsetHeight - 10, 4)}px`;
}

document.addEventListener("pointermove", show);
document.addEventListener("pointerdown", show);
document.addEventListener("DOMContentLoaded", () => {
  document.body.append(tip);
  document.querySelectorAll("table").forEach(sortable);
  document.querySelectorAll("pre.copy").forEach(copyable);
  document.querySelectorAll("[data-part]").forEach(load);
});
