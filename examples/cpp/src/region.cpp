#include "region.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pipeline.hpp"

namespace {

const double kPi = std::acos(-1.0);

// How far a direction has to be turned to point where the network wants it, from -pi to pi.
double turn(double target, double dx, double dy) {
  const double angle = target - std::atan2(-dy, dx);
  return angle - 2 * kPi * std::floor((angle + kPi) / (2 * kPi));
}

}  // namespace

Point Region::to_image(Point inside) const {
  const double c = std::cos(angle) * side, s = std::sin(angle) * side;
  const double u = inside.x - 0.5, v = inside.y - 0.5;
  return {c * u - s * v + centre.x, s * u + c * v + centre.y};
}

Region Region::moved(double across, double down, double scale) const {
  return {to_image({0.5 + across, 0.5 + down}), side * scale, angle};
}

double Region::shift(const Region& other) const {
  double most = 0;
  for (const Point corner : {Point{0, 0}, Point{1, 0}, Point{1, 1}, Point{0, 1}}) {
    const Point a = to_image(corner), b = other.to_image(corner);
    most = std::max(most, std::hypot(a.x - b.x, a.y - b.y));
  }
  return most / other.side;
}

Region palm_region(const RegionRules& rules, Point centre, double width, double height,
                   Point wrist, Point middle) {
  const double angle = turn(rules.target_angle, middle.x - wrist.x, middle.y - wrist.y);
  const double up = rules.palm_shift * height;
  return {{centre.x + std::sin(angle) * up, centre.y - std::cos(angle) * up},
          rules.palm_scale * std::max(width, height),
          angle};
}

Region hand_region(const RegionRules& rules, const Landmarks& p) {
  const auto& wrist = p[rules.wrist];
  const auto mid = [&](int axis) {
    const double knuckles = (p[rules.index][axis] + p[rules.ring][axis]) / 2;
    return (knuckles + p[rules.middle][axis]) / 2;
  };
  const double angle = turn(rules.target_angle, mid(0) - wrist[0], mid(1) - wrist[1]);
  const double c = std::cos(angle), s = std::sin(angle);

  double left = std::numeric_limits<double>::infinity(), top = left, right = -left, bottom = -left;
  for (const int row : rules.landmarks) {
    const double u = c * p[row][0] + s * p[row][1], v = -s * p[row][0] + c * p[row][1];
    left = std::min(left, u), right = std::max(right, u);
    top = std::min(top, v), bottom = std::max(bottom, v);
  }
  const double u = (left + right) / 2;
  const double v = (top + bottom) / 2 - rules.hand_shift * (bottom - top);
  return {{c * u - s * v, s * u + c * v},
          rules.hand_scale * std::max(right - left, bottom - top),
          angle};
}
