// What the palm network says: where in a square hands may be, and which way up.
#pragma once

#include <array>
#include <vector>

#include "pipeline.hpp"
#include "region.hpp"

// Corners of the box, then seven key points; relative to the square, its corners at 0 and 1.
struct Palm {
  std::array<Point, 9> points;
  double score = 0;

  // Where the hand of this palm should be, in pixels of the image in which `view` was searched.
  Region region(const Pipeline& pipeline, const Region& view) const;
};

// Centres of the network's anchors, in the order of its outputs.
std::vector<Point> anchors(const PalmRules& rules, int side);

// At most `limit` palms, the surest first. Overlapping ones are merged: their mean by score.
std::vector<Palm> decode_palms(const PalmRules& rules, const float* boxes, const float* logits,
                               int side, size_t limit);
