/** Networks and gesture models in the page, run by LiteRT.js. */

import { type CompiledModel, Tensor, loadAndCompile, loadLiteRt } from "@litertjs/core";

import { HandposeError } from "./errors.ts";
import type { Networks } from "./finder.ts";
import type { ModelCard, RunModel } from "./model.ts";
import type { Pipeline } from "./pipeline.ts";

const LANDMARKS = 21;
/** There is one in a page. */
let runtime: Promise<unknown> | undefined;

/** Loads the runtime from a folder that holds the wasm files of `@litertjs/core`. */
export async function openRuntime(folder: string): Promise<void> {
  // Threads need a page that is isolated from others (COOP and COEP headers).
  runtime ??= loadLiteRt(folder, { threads: globalThis.crossOriginIsolated });
  await runtime;
}

export async function openNetworks(folder: string, pipeline: Pipeline): Promise<Networks> {
  const { palm, hand } = pipeline.networks;
  const palms = new Map<number, CompiledModel>();
  for (const side of Object.values(palm.sides)) {
    const file = palm.files.tflite[side];
    palms.set(side, await open(`${folder}${file}`, [[1, side, side, 3]], 2));
  }
  const hands = await open(`${folder}${hand.files.tflite}`, [[1, hand.side, hand.side, 3]], 4);
  return {
    palm: (square, side) => run(palms.get(side)!, [[square, [1, side, side, 3]]]),
    hand: (square) => run(hands, [[square, [1, hand.side, hand.side, 3]]]),
  };
}

export async function openModel(url: string, card: ModelCard): Promise<RunModel> {
  const model = await open(url, [[1, LANDMARKS, 3], [1]], 3);
  const names = model.getOutputDetails().map(({ name }) => name);
  const [label, probabilities, none] = ["label", "probabilities", "none"].map((name, i) => {
    const row = names.findIndex((found) => found.split(":")[0].endsWith(name));
    return row < 0 ? i : row;
  });
  const runModel: RunModel = async (points, side) => {
    const outputs = await run(model, [
      [points, [1, LANDMARKS, 3]],
      [side, [1]],
    ]);
    return [outputs[label][0], outputs[probabilities], outputs[none][0] !== 0];
  };
  const [, first] = await runModel(new Float32Array(LANDMARKS * 3), Float32Array.of(-1));
  if (first.length !== card.labels.length) {
    throw new HandposeError(`${url} has other labels than model.json; export the folder again`);
  }
  return runModel;
}

type Array_ = [values: Float32Array<ArrayBuffer>, shape: number[]];

async function run(model: CompiledModel, inputs: Array_[]): Promise<Float32Array[]> {
  const tensors = inputs.map(([values, shape]) => new Tensor(values, shape));
  try {
    const outputs = await model.run(tensors);
    return await Promise.all(
      outputs.map(async (output) => {
        const values = Float32Array.from(await output.data());
        output.delete();
        return values;
      }),
    );
  } finally {
    for (const tensor of tensors) tensor.delete();
  }
}

async function open(url: string, shapes: number[][], outputs: number): Promise<CompiledModel> {
  const bytes = new Uint8Array(await (await fetched(url)).arrayBuffer());
  if (String.fromCharCode(...bytes.slice(4, 8)) !== "TFL3") {
    throw new HandposeError(`${url} is not a .tflite file; export the folder again`);
  }
  const model = await loadAndCompile(bytes, { accelerator: "wasm" }).catch(() => {
    throw new HandposeError(`${url} is damaged; export the folder again`);
  });
  const found = model.getInputDetails().map(({ shape }) => [...shape].join(" x "));
  const expected = shapes.map((shape) => shape.join(" x "));
  if (String(found) !== String(expected) || model.getOutputDetails().length !== outputs) {
    throw new HandposeError(`${url} is not the file that handpose export writes there`);
  }
  return model;
}

/** A file of the export folder. */
export async function fetched(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => null);
  // A server that answers every address with a page answers so for a missing file too.
  const isPage = response?.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (!response?.ok || isPage) {
    throw new HandposeError(`${url} is missing; export the folder again`);
  }
  return response;
}
