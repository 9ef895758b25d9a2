/**
 * Fills public/: the models and networks, by `handpose export` (the command in HANDPOSE, the
 * networks from the user's cache), and the runtime's wasm files, from node_modules.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const handpose = (process.env.HANDPOSE ?? "handpose").split(" ");
const root = fileURLToPath(new URL("..", import.meta.url));
const runtime = join(root, "node_modules/@litertjs/core/wasm");
const MODELS = ["digits", "hagrid"];
const VARIANTS = ["", "_compat", "_threaded"];

rmSync(join(root, "public"), { recursive: true, force: true });
for (const model of MODELS) {
  const made = mkdtempSync(join(tmpdir(), "handpose-"));
  const [program, ...first] = handpose;
  execFileSync(program, [...first, "export", model, "--web", join(made, "web")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const to = join(root, "public/models", model);
  // The first model's folder also holds the networks, which all of them share.
  const isNeeded = (path) =>
    model === MODELS[0] ? !path.endsWith(".onnx") : !/(\.onnx|pipeline\.json|_full.*)$/.test(path);
  cpSync(join(made, "web"), to, { recursive: true, filter: isNeeded });
  rmSync(made, { recursive: true });
}
mkdirSync(join(root, "public/litert"), { recursive: true });
for (const variant of VARIANTS) {
  for (const kind of ["js", "wasm"]) {
    const file = `litert_wasm${variant}_internal.${kind}`;
    cpSync(join(runtime, file), join(root, "public/litert", file));
  }
}
