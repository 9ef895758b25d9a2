#include "views.hpp"

#include <algorithm>
#include <cmath>

namespace {

const double kPi = std::acos(-1.0);

// Centres of squares along one axis, from edge to edge.
std::vector<double> centres(const ViewRules& rules, double length, double side) {
  if (length <= side) return {length / 2};
  const int count = std::min(int(std::ceil((length - side) / (rules.step * side))) + 1, rules.most);
  std::vector<double> all;
  for (int i = 0; i < count; i++) all.push_back(side / 2 + i * (length - side) / (count - 1));
  return all;
}

}  // namespace

std::vector<View> views(const std::vector<ViewRules>& rules, int width, int height) {
  const double longer = std::max(width, height), shorter = std::min(width, height);
  std::vector<View> all;
  for (const ViewRules& rule : rules) {
    if (rule.kind == ViewRules::Kind::centred) {
      const double angle = rule.degrees * kPi / 180;
      all.push_back({{{width / 2.0, height / 2.0}, rule.scale * longer, angle}, rule.side});
      continue;
    }
    const bool strips = rule.kind == ViewRules::Kind::strips;
    const double side = rule.scale * (strips ? shorter : longer);
    if (strips ? longer < rule.from_ratio * shorter : side < rule.least) continue;
    for (const double y : centres(rule, height, side)) {
      for (const double x : centres(rule, width, side)) {
        all.push_back({{{x, y}, side, 0}, rule.side});
      }
    }
  }
  return all;
}
