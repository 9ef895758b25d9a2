/** How many frames a second are recognised, and how long one takes. */

const REMEMBERED = 30;

export class Rate {
  private ends: number[] = [];
  private spent: number[] = [];

  add(start: number, end: number): void {
    this.ends = [...this.ends, end].slice(-REMEMBERED);
    this.spent = [...this.spent, end - start].slice(-REMEMBERED);
  }

  toString(): string {
    const [first, last] = [this.ends[0], this.ends.at(-1)!];
    if (this.ends.length < 2) return "";
    const rate = (1000 * (this.ends.length - 1)) / (last - first);
    const sorted = [...this.spent].sort((a, b) => a - b);
    return `${rate.toFixed(0)} frames a second, ${sorted[sorted.length >> 1].toFixed(0)} ms each`;
  }
}
