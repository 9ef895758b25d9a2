#include "palms.hpp"

#include <algorithm>
#include <cmath>

namespace {

constexpr size_t kNumbers = 18;  // of a box: centre, size and seven key points

double area(const Palm& palm) {
  const auto& p = palm.points;
  return (p[1].x - p[0].x) * (p[1].y - p[0].y);
}

// Intersection over union.
double overlap(const Palm& a, const Palm& b) {
  const double w = std::min(a.points[1].x, b.points[1].x) - std::max(a.points[0].x, b.points[0].x);
  const double h = std::min(a.points[1].y, b.points[1].y) - std::max(a.points[0].y, b.points[0].y);
  const double shared = std::max(w, 0.0) * std::max(h, 0.0);
  return shared / std::max(area(a) + area(b) - shared, 1e-300);
}

Palm unpacked(const float* box, double score, Point anchor, int side) {
  Palm palm;
  palm.score = score;
  auto& p = palm.points;
  for (size_t i = 0; i < p.size(); i++) p[i] = {box[2 * i] / side, box[2 * i + 1] / side};
  const Point centre = p[0], half = {p[1].x / 2, p[1].y / 2};
  p[0] = {centre.x - half.x, centre.y - half.y};
  p[1] = {centre.x + half.x, centre.y + half.y};
  for (Point& point : p) point = {point.x + anchor.x, point.y + anchor.y};
  return palm;
}

Palm mean(const std::vector<Palm>& palms) {
  Palm blend;
  blend.score = palms[0].score;
  double sum = 0;
  for (const Palm& palm : palms) sum += palm.score;
  for (size_t i = 0; i < blend.points.size(); i++) {
    for (const Palm& palm : palms) {
      blend.points[i].x += palm.score / sum * palm.points[i].x;
      blend.points[i].y += palm.score / sum * palm.points[i].y;
    }
  }
  return blend;
}

}  // namespace

Region Palm::region(const Pipeline& pipeline, const Region& view) const {
  const Point a = view.to_image(points[0]), b = view.to_image(points[1]);
  return palm_region(pipeline.regions, {(a.x + b.x) / 2, (a.y + b.y) / 2},
                     (points[1].x - points[0].x) * view.side,
                     (points[1].y - points[0].y) * view.side,
                     view.to_image(points[pipeline.palm.wrist]),
                     view.to_image(points[pipeline.palm.middle]));
}

std::vector<Point> anchors(const PalmRules& rules, int side) {
  std::vector<Point> centres;
  for (const AnchorLayer& layer : rules.anchors) {
    const double step = double(layer.stride) / side;
    for (int y = 0; y < side / layer.stride; y++) {
      for (int x = 0; x < side / layer.stride; x++) {
        centres.insert(centres.end(), layer.count, {(x + 0.5) * step, (y + 0.5) * step});
      }
    }
  }
  return centres;
}

std::vector<Palm> decode_palms(const PalmRules& rules, const float* boxes, const float* logits,
                               int side, size_t limit) {
  const double least = std::log(rules.min_score / (1 - rules.min_score));
  const auto centres = anchors(rules, side);
  std::vector<Palm> left, merged;
  for (size_t i = 0; i < centres.size(); i++) {
    if (logits[i] < least) continue;
    const double score = 1 / (1 + std::exp(-double(logits[i])));
    left.push_back(unpacked(boxes + i * kNumbers, score, centres[i], side));
  }
  std::stable_sort(left.begin(), left.end(),
                   [](const Palm& a, const Palm& b) { return a.score > b.score; });
  while (!left.empty() && merged.size() < limit) {
    const Palm first = left[0];
    std::vector<Palm> same{first}, others;
    for (size_t i = 1; i < left.size(); i++) {
      (overlap(first, left[i]) > rules.min_overlap ? same : others).push_back(left[i]);
    }
    merged.push_back(mean(same));
    left = std::move(others);
  }
  return merged;
}
