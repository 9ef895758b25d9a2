/** The squares of a picture that are searched for palms, one after the other. */

import type { ViewRules } from "./pipeline.ts";
import type { Region } from "./regions.ts";

export interface View {
  region: Region;
  /** Pixels at which the palm network sees it. */
  side: number;
}

export function views(rules: ViewRules[], width: number, height: number): View[] {
  return rules.flatMap((rule) => {
    const regions = squares(rule, width, height);
    return regions.map((region) => ({ region, side: rule.side }));
  });
}

function squares(rule: ViewRules, width: number, height: number): Region[] {
  const longer = Math.max(width, height);
  const shorter = Math.min(width, height);
  switch (rule.kind) {
    case "centred": {
      const angle = (rule.degrees * Math.PI) / 180;
      return [{ x: width / 2, y: height / 2, side: rule.scale * longer, angle }];
    }
    case "strips":
      return longer >= rule.from_ratio * shorter ? over(rule, width, height, shorter) : [];
    case "tiles":
      return rule.scale * longer >= rule.least ? over(rule, width, height, longer) : [];
  }
}

type RowRules = Exclude<ViewRules, { kind: "centred" }>;

function over(rule: RowRules, width: number, height: number, unit: number): Region[] {
  const side = rule.scale * unit;
  return centres(rule, height, side).flatMap((y) =>
    centres(rule, width, side).map((x) => ({ x, y, side, angle: 0 })),
  );
}

/** Centres of squares along one axis, from edge to edge. */
function centres(rule: RowRules, length: number, side: number): number[] {
  if (length <= side) return [length / 2];
  const wanted = Math.ceil((length - side) / (rule.step * side)) + 1;
  const count = Math.min(wanted, rule.most);
  return Array.from({ length: count }, (_, i) => side / 2 + (i * (length - side)) / (count - 1));
}
