#include "pipeline.hpp"

#include <fstream>
#include <iterator>

#include "json_text.hpp"

namespace {

using nlohmann::json;

std::string onnx_file(const json& network) {
  const json& file = network.at("files").at("onnx");
  if (file.is_null()) {
    throw FolderError(
        "pipeline.json: no networks as ONNX; export again: handpose export MODEL --web DIR "
        "--with-networks");
  }
  return file;
}

PalmRules palm_rules(const json& from) {
  PalmRules palm{};
  palm.file = onnx_file(from);
  palm.fine_side = from.at("sides").at("fine");
  palm.coarse_side = from.at("sides").at("coarse");
  for (const json& layer : from.at("anchors")) {
    palm.anchors.push_back({layer.at("stride"), layer.at("count")});
  }
  palm.boxes = from.at("outputs").at("boxes");
  palm.logits = from.at("outputs").at("logits");
  palm.wrist = from.at("key_points").at("wrist");
  palm.middle = from.at("key_points").at("middle");
  palm.min_score = from.at("min_score");
  palm.min_overlap = from.at("min_overlap");
  palm.spare = from.at("spare");
  return palm;
}

HandRules hand_rules(const json& from, const json& handedness) {
  const json& outputs = from.at("outputs");
  return {onnx_file(from),      from.at("side"),        from.at("depth_scale"),
          outputs.at("points"), outputs.at("presence"), outputs.at("right"),
          handedness.at("right_from")};
}

RegionRules region_rules(const json& from) {
  const json &palm = from.at("palm"), &hand = from.at("hand");
  return {from.at("target_angle"), palm.at("shift"),  palm.at("scale"), hand.at("shift"),
          hand.at("scale"),        hand.at("landmarks"), hand.at("wrist"), hand.at("index"),
          hand.at("middle"),       hand.at("ring")};
}

ViewRules view_rules(const json& from) {
  const std::string kind = from.at("kind");
  ViewRules view{ViewRules::Kind::centred, from.at("scale"), from.at("side")};
  if (kind == "centred") {
    view.degrees = from.at("degrees");
    return view;
  }
  view.step = from.at("step");
  view.most = from.at("most");
  if (kind == "strips") {
    view.kind = ViewRules::Kind::strips;
    view.from_ratio = from.at("from_ratio");
  } else if (kind == "tiles") {
    view.kind = ViewRules::Kind::tiles;
    view.least = from.at("least");
  } else {
    throw FolderError("pipeline.json: a view of kind " + kind + ", which this program lacks");
  }
  return view;
}

SearchRules search_rules(const json& from) {
  SearchRules search{};
  for (const json& view : from.at("views")) search.views.push_back(view_rules(view));
  search.min_confidence = from.at("min_confidence");
  search.sure_confidence = from.at("sure_confidence");
  search.sure_presence = from.at("sure_presence");
  search.palm_weight = from.at("palm_weight");
  search.coarse_evidence = from.at("coarse_evidence");
  search.min_first_presence = from.at("min_first_presence");
  search.max_shift = from.at("max_shift");
  search.least_chance = from.at("least_chance");
  const json& doubt = from.at("doubt");
  search.doubt_from = doubt.at("between").at(0);
  search.doubt_to = doubt.at("between").at(1);
  search.doubt_evidence = doubt.at("evidence");
  search.nearer_across = doubt.at("nearer").at(0);
  search.nearer_down = doubt.at("nearer").at(1);
  search.nearer_scale = doubt.at("nearer").at(2);
  return search;
}

}  // namespace

Pipeline Pipeline::read(const std::filesystem::path& folder) {
  const std::string name = (folder / "pipeline.json").string();
  std::ifstream stream(name);
  if (!stream) {
    throw FolderError(name + ": cannot be opened; make the folder with handpose export --web DIR");
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return with_json(name, text, [&](const json& all) {
    check_format(name, all.at("format"));
    const json& networks = all.at("networks");
    return Pipeline{palm_rules(networks.at("palm")),
                    hand_rules(networks.at("hand"), all.at("handedness")),
                    region_rules(all.at("regions")), search_rules(all.at("search")),
                    all.at("crops").at("cubic_below")};
  });
}
