// Requests to the server. All paths are relative: the token is part of the page's address.
import { say } from "./dom.js";

export const shared = { state: { ready: false }, listeners: [] };

// Answers may come in another order than the server gave them: an older state never hides a newer one.
export function changed(state) {
  if (state.version < shared.state.version) return;
  shared.state = state;
  for (const listener of shared.listeners) listener(state);
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw Error("The studio does not answer: is it still running?");
  }
  const document = await response.json();
  if (!response.ok) throw Error(document.error || "That did not work.");
  return document;
}

export const fetchState = async () => changed(await answer(fetch("api/state")));

// Do something; true when it worked. What did not is told in one line.
export async function act(path, given = {}) {
  try {
    changed(await answer(fetch(`api/${path}`, { method: "POST", body: JSON.stringify(given) })));
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}

const MOST = { image: 40, video: 300 };

// Photos and videos, one after the other.
export async function upload(files, label, subject) {
  let kept = 0;
  const refused = [];
  for (const file of files) {
    const kind = file.type.startsWith("image/") ? "image" : "video";
    if (file.size > MOST[kind] * 2 ** 20) {
      refused.push(`${file.name} is larger than ${MOST[kind]} MB; make it smaller`);
      continue;
    }
    say(`Looking for hands in ${file.name} …`);
    const query = new URLSearchParams({ name: file.name, label, subject });
    try {
      const found = await answer(fetch(`api/upload?${query}`, { method: "POST", body: file }));
      kept += found.upload.kept;
      const passed = Object.entries(found.upload.passed).map(([why, n]) => `${n} × ${why}`);
      if (!found.upload.kept && passed.length) refused.push(`${file.name}: ${passed.join(", ")}`);
      changed(found);
    } catch (error) {
      refused.push(error.message);
    }
  }
  say([`${kept} new ${kept === 1 ? "picture" : "pictures"} of ${label}.`, ...refused.slice(0, 3)].join(" "));
}

export const thumbnail = (path) => `api/thumbnail?path=${encodeURIComponent(path)}`;
