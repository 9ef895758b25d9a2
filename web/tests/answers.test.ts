/** Every classifier, of still hands and of motions, as ONNX in onnxruntime-web: Python's answers. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import * as ort from "onnxruntime-web";

const FOLDER = "build/expected/answers";
const MOST_APART = 1e-5;

interface Answers {
  inputs: { name: string; shape: number[]; data: (number | null)[] }[];
  label: number[];
  missing: boolean[];
  probabilities: number[][];
}

ort.env.wasm.numThreads = 1;

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".onnx"))) {
  test(`${file} in onnxruntime-web`, async () => {
    const told = JSON.parse(
      readFileSync(`${FOLDER}/${file.replace(".onnx", ".json")}`, "utf8"),
    ) as Answers;
    const session = await ort.InferenceSession.create(readFileSync(`${FOLDER}/${file}`));
    const given = told.inputs.map(({ name, shape, data }) => {
      const numbers = Float32Array.from(data, (value) => value ?? NaN);
      return [name, new ort.Tensor("float32", numbers, shape)] as const;
    });
    const { label, none, probabilities } = await session.run(Object.fromEntries(given));
    const width = told.probabilities[0].length;
    let farthest = 0;
    told.missing.forEach((missing, row) => {
      if (missing) return assert.equal(none.data[row], 1, `${row} is missing`);
      assert.equal(Number(label.data[row]), told.label[row], `label ${row}`);
      told.probabilities[row].forEach((value, i) => {
        const apart = Math.abs((probabilities.data[row * width + i] as number) - value);
        farthest = Math.max(farthest, apart);
      });
    });
    assert.ok(farthest < MOST_APART, `probabilities are ${farthest} apart`);
  });
}
