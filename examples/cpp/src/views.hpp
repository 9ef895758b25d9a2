// The squares of a picture that are searched for palms, one after the other.
#pragma once

#include <vector>

#include "pipeline.hpp"
#include "region.hpp"

struct View {
  Region region;
  int side;  // pixels at which the palm network sees it
};

std::vector<View> views(const std::vector<ViewRules>& rules, int width, int height);
