// Finds the hand in a picture: palms that may be hands, judged by the landmark network.
#pragma once

#include <filesystem>
#include <map>
#include <optional>

#include "network.hpp"
#include "palms.hpp"
#include "picture.hpp"
#include "pipeline.hpp"
#include "views.hpp"

struct Hand {
  Landmarks landmarks;
  double presence = 0;    // probability that a hand is there, by the landmark network
  double right = 0;       // probability that it is a right hand
  double confidence = 0;  // probability that a hand is there, by both networks
};

class HandFinder {
 public:
  // Opens the networks of an export folder. Throws FolderError.
  explicit HandFinder(const std::filesystem::path& folder);

  // The likeliest hand, if there is one.
  std::optional<Hand> find(Picture& picture);

  bool is_right(const Hand& hand) const { return hand.right >= pipeline_.hand.right_from; }

 private:
  // The likeliest hand in one square of the picture.
  std::optional<Hand> search(Picture& picture, const View& view);
  std::vector<Palm> palms(Picture& picture, const View& view);
  // The hand in the region that a palm suggests, looked at once more where it lies elsewhere.
  Hand placed(Picture& picture, const Region& region);
  Hand place(Picture& picture, const Region& region);
  double presence(const std::vector<float>& square);
  // With its confidence; a doubtful hand is looked at twice more.
  Hand judged(Picture& picture, Hand hand, const Palm& palm, int side);
  double logit(double probability) const;

  Pipeline pipeline_;
  std::map<int, Network> palm_networks_;
  Network hand_network_;
};
