// The gesture model: from landmarks to a gesture, or to none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "network.hpp"
#include "region.hpp"

struct Gesture {
  std::optional<std::string> name;  // nothing where the model is not sure
  std::string likeliest;
  double score = 0;  // probability of the likeliest
};

class GestureModel {
 public:
  // Opens model.onnx of an export folder, or any other that handpose wrote. Throws FolderError.
  explicit GestureModel(const std::filesystem::path& file);

  Gesture name(const Landmarks& landmarks, bool is_right);

 private:
  Network network_;
  std::vector<std::string> labels_;
};
