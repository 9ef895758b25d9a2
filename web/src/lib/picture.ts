/** A picture, with copies of half its size, and of half of that, as they are needed. */

/** RGBA, as a canvas gives it. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export class Picture {
  private readonly levels: Pixels[];

  constructor(pixels: Pixels) {
    this.levels = [pixels];
  }

  get width(): number {
    return this.levels[0].width;
  }

  get height(): number {
    return this.levels[0].height;
  }

  /**
   * The smallest copy that is still to be shrunk, or not enlarged.
   *
   * @param shrink Pixels of the picture for one of what a network sees.
   */
  level(shrink: number): Pixels {
    const number = Math.floor(Math.log2(Math.max(shrink, 1)));
    while (this.levels.length <= number) this.levels.push(halved(this.levels.at(-1)!));
    return this.levels[number];
  }
}

/** The mean colour of the area that each pixel of half the size covers. */
export function halved(pixels: Pixels): Pixels {
  const isEven = pixels.width % 2 === 0 && pixels.height % 2 === 0;
  return isEven ? halvedEvenly(pixels) : halvedByArea(pixels);
}

function halvedEvenly({ width, height, data }: Pixels): Pixels {
  const small = blank(width / 2, height / 2);
  const row = width * 4;
  let to = 0;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const at = y * row + x * 4;
      for (let k = at; k < at + 4; k++) {
        small.data[to++] = (data[k] + data[k + 4] + data[k + row] + data[k + row + 4] + 2) >> 2;
      }
    }
  }
  return small;
}

function halvedByArea({ width, height, data }: Pixels): Pixels {
  const small = blank(Math.max(1, width >> 1), Math.max(1, height >> 1));
  const across = covers(width, small.width);
  const down = covers(height, small.height);
  let to = 0;
  for (const rows of down) {
    for (const columns of across) {
      for (let k = 0; k < 4; k++) {
        let sum = 0;
        for (const [y, weightY] of rows) {
          for (const [x, weightX] of columns) {
            sum += data[(y * width + x) * 4 + k] * weightX * weightY;
          }
        }
        small.data[to++] = sum;
      }
    }
  }
  return small;
}

/** Of each new pixel along one axis: the old ones that it covers, and how much of each. */
function covers(from: number, to: number): [pixel: number, weight: number][][] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, Math.min((i + 1) * scale, from)];
    const row: [number, number][] = [];
    for (let k = Math.floor(start); k < end - 1e-9; k++) {
      row.push([k, (Math.min(end, k + 1) - Math.max(start, k)) / scale]);
    }
    return row;
  });
}

function blank(width: number, height: number): Pixels {
  return { width, height, data: new Uint8ClampedArray(width * height * 4) };
}
