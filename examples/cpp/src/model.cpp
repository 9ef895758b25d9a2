#include "model.hpp"

#include "json_text.hpp"

namespace {

constexpr float kLeft = 1, kRight = 0;
enum Output { label, probabilities, none };

std::vector<std::string> labels(const Network& network, const std::string& name) {
  const auto format = network.metadata("handpose_format");
  if (!format) throw FolderError(name + ": not a handpose model");
  return with_json(name, network.metadata("labels").value_or(""), [&](const nlohmann::json& all) {
    check_format(name, nlohmann::json::parse(*format));
    return all.get<std::vector<std::string>>();
  });
}

}  // namespace

GestureModel::GestureModel(const std::filesystem::path& file)
    : network_(file, {"points", "side"}, {"label", "probabilities", "none"}),
      labels_(labels(network_, file.string())) {}

Gesture GestureModel::name(const Landmarks& landmarks, bool is_right) {
  std::vector<float> points, side{is_right ? kRight : kLeft};
  for (const auto& point : landmarks) points.insert(points.end(), point.begin(), point.end());
  network_({{points, {1, 21, 3}}, {side, {1}}});
  const auto row = network_.output<int64_t>(label)[0];
  Gesture gesture{std::nullopt, labels_.at(row), network_.output<float>(probabilities)[row]};
  if (!network_.output<bool>(none)[0]) gesture.name = gesture.likeliest;
  return gesture;
}
