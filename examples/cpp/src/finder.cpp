#include "finder.hpp"

#include <algorithm>
#include <cmath>

#include "crop.hpp"

namespace {

std::vector<int64_t> picture_shape(int side) { return {1, side, side, 3}; }

double sigmoid(double logit) { return 1 / (1 + std::exp(-logit)); }

}  // namespace

HandFinder::HandFinder(const std::filesystem::path& folder)
    : pipeline_(Pipeline::read(folder)),
      hand_network_(folder / pipeline_.hand.file, {"image"},
                    {"points", "presence", "right", "world"}) {
  // One for each side: ONNX Runtime would plan anew whenever the side changes.
  for (const int side : {pipeline_.palm.fine_side, pipeline_.palm.coarse_side}) {
    const auto file = folder / pipeline_.palm.file;
    palm_networks_.emplace(side, Network(file, {"image"}, {"boxes", "logits"}));
  }
}

std::optional<Hand> HandFinder::find(Picture& picture) {
  const SearchRules& rules = pipeline_.search;
  std::optional<Hand> best;
  for (const View& view : views(rules.views, picture.width(), picture.height())) {
    const auto hand = search(picture, view);
    if (hand && (!best || hand->confidence > best->confidence)) best = hand;
    const bool sure = best && best->presence >= rules.sure_presence &&
                      best->confidence >= rules.sure_confidence;
    if (sure) break;
  }
  return best;
}

std::optional<Hand> HandFinder::search(Picture& picture, const View& view) {
  for (const Palm& palm : palms(picture, view)) {
    const Hand hand = placed(picture, palm.region(pipeline_, view.region));
    const Hand seen = judged(picture, hand, palm, view.side);
    if (seen.confidence >= pipeline_.search.min_confidence) return seen;
  }
  return std::nullopt;
}

std::vector<Palm> HandFinder::palms(Picture& picture, const View& view) {
  Network& network = palm_networks_.at(view.side);
  const auto square = crop(picture, view.region, view.side, pipeline_.cubic_below);
  network({{square, picture_shape(view.side)}});
  const PalmRules& rules = pipeline_.palm;
  return decode_palms(rules, network.output<float>(rules.boxes), network.output<float>(rules.logits), view.side,
                      1 + rules.spare);
}

Hand HandFinder::placed(Picture& picture, const Region& region) {
  const Hand hand = place(picture, region);
  if (hand.presence < pipeline_.search.min_first_presence) return hand;
  const Region own = hand_region(pipeline_.regions, hand.landmarks);
  return own.shift(region) > pipeline_.search.max_shift ? place(picture, own) : hand;
}

Hand HandFinder::place(Picture& picture, const Region& region) {
  const HandRules& rules = pipeline_.hand;
  Hand hand;
  hand.presence = presence(crop(picture, region, rules.side, pipeline_.cubic_below));
  hand.right = hand_network_.output<float>(rules.right)[0];
  const float* p = hand_network_.output<float>(rules.points);
  for (size_t k = 0; k < hand.landmarks.size(); k++) {
    const Point at = region.to_image({p[3 * k] / rules.side, p[3 * k + 1] / rules.side});
    const double depth = (p[3 * k + 2] - p[2]) / rules.side * rules.depth_scale * region.side;
    hand.landmarks[k] = {at.x, at.y, depth};
  }
  return hand;
}

double HandFinder::presence(const std::vector<float>& square) {
  hand_network_({{square, picture_shape(pipeline_.hand.side)}});
  return hand_network_.output<float>(pipeline_.hand.presence)[0];
}

Hand HandFinder::judged(Picture& picture, Hand hand, const Palm& palm, int side) {
  const SearchRules& rules = pipeline_.search;
  const double coarse = side == pipeline_.palm.coarse_side ? rules.coarse_evidence : 0;
  const double evidence = rules.palm_weight * logit(palm.score) + coarse;
  hand.confidence = sigmoid(logit(hand.presence) + evidence);
  if (hand.confidence < rules.doubt_from || hand.confidence >= rules.doubt_to) return hand;

  const int size = pipeline_.hand.side;
  const Region own = hand_region(pipeline_.regions, hand.landmarks);
  const Region near = own.moved(rules.nearer_across, rules.nearer_down, rules.nearer_scale);
  const double nearer = presence(crop(picture, near, size, pipeline_.cubic_below));
  const double turned =
      presence(mirrored(crop(picture, own, size, pipeline_.cubic_below), size));
  const double mean = (logit(hand.presence) + logit(nearer) + logit(turned)) / 3;
  hand.presence = sigmoid(mean + rules.doubt_evidence);
  hand.confidence = sigmoid(logit(hand.presence) + evidence);
  return hand;
}

double HandFinder::logit(double probability) const {
  const double least = pipeline_.search.least_chance;
  const double p = std::clamp(probability, least, 1 - least);
  return std::log(p / (1 - p));
}
