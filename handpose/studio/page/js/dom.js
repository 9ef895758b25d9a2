// Elements from values. Text is always text: nothing that a user typed is read as markup.
export const byId = (id) => document.getElementById(id);

const LIVE = new Set(["value", "checked", "selected", "disabled", "hidden", "multiple", "required"]);

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (LIVE.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const counted = (n, one, several = `${one}s`) => `${n} ${n === 1 ? one : several}`;
export const percent = (share) => `${Math.round(100 * share)} %`;

// A bar that fills a share of its track.
export function track(share, kind = "") {
  const bar = h("i", { class: kind });
  bar.style.width = `${Math.round(100 * Math.max(0, Math.min(1, share)))}%`;
  return h("div", { class: "track" }, bar);
}

// One line at the lower edge; with `undo`, a button for it.
export function say(text, undo = null) {
  const box = byId("messages");
  const line = h("div", { class: "message" }, h("span", {}, text));
  if (undo) line.append(h("button", { onclick: () => { line.remove(); undo(); } }, "Undo"));
  box.replaceChildren(line);
  setTimeout(() => line.remove(), undo ? 9000 : 6000);
}
