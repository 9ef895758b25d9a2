/** A headless Chromium of this machine, with no way to the network. */

import { existsSync } from "node:fs";

import { type Browser, type Page, chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
export const executable = PLACES.find((path) => path && existsSync(path));

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Every name but this machine's own leads nowhere: the network is cut.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** @param camera A .mjpeg file that is played as the camera. */
export function openBrowser(camera?: string): Promise<Browser> {
  const fake = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${camera}`,
  ];
  const args = [...QUIET, ...(camera ? fake : [])];
  return chromium.launch({ executablePath: executable, args });
}

/** A page, and what it asks for outside this machine. */
export async function openPage(
  browser: Browser,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; outside: string[] }> {
  const page = await browser.newPage(options);
  const outside: string[] = [];
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|blob:|data:)/.test(request.url())) outside.push(request.url());
  });
  return { page, outside };
}
