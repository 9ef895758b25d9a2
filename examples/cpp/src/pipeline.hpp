// pipeline.json of an export folder: every number from photo to landmarks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

struct RegionRules {
  double target_angle, palm_shift, palm_scale, hand_shift, hand_scale;
  std::vector<int> landmarks;  // whose box a hand's region is made of
  int wrist, index, middle, ring;
};

struct AnchorLayer {
  int stride, count;
};

struct PalmRules {
  std::string file;
  int fine_side, coarse_side;
  std::vector<AnchorLayer> anchors;
  int boxes, logits;  // outputs of the network
  int wrist, middle;  // key points of a palm
  double min_score, min_overlap;
  int spare;
};

struct HandRules {
  std::string file;
  int side;
  double depth_scale;
  int points, presence, right;  // outputs of the network
  double right_from;
};

// Squares of a picture that are searched: one in the middle, or a row or a grid of them.
struct ViewRules {
  enum class Kind { centred, strips, tiles } kind;
  double scale;
  int side;
  double degrees = 0;
  double from_ratio = 0, least = 0, step = 1;
  int most = 1;
};

struct SearchRules {
  std::vector<ViewRules> views;
  double min_confidence, sure_confidence, sure_presence, palm_weight, coarse_evidence;
  double min_first_presence, max_shift, least_chance;
  double doubt_from, doubt_to, doubt_evidence;
  double nearer_across, nearer_down, nearer_scale;
};

struct Pipeline {
  PalmRules palm;
  HandRules hand;
  RegionRules regions;
  SearchRules search;
  double cubic_below;

  // Throws FolderError.
  static Pipeline read(const std::filesystem::path& folder);
};
