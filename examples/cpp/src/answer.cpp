// answer MODEL.onnx INPUTS.json: what an exported model says, of still hands or of motions.
//
// INPUTS.json holds "inputs", a list of {"name", "shape", "data"}; null is a number that there is
// not (NaN). Prints one line of JSON: "label" and "none", an entry for each hand or motion.
// Exit codes: 0 done, 2 wrong usage or files that cannot be used.
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

#include "error.hpp"
#include "network.hpp"

namespace {

using nlohmann::json;

std::vector<float> numbers(const json& all) {
  std::vector<float> found;
  for (const json& number : all) {
    found.push_back(number.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                     : number.get<float>());
  }
  return found;
}

json answers(const std::string& model, const json& given) {
  std::vector<std::string> names;
  std::vector<Input> inputs;
  std::vector<std::vector<float>> values;  // inputs refer to them
  values.reserve(given.size());
  for (const json& input : given) {
    names.push_back(input.at("name"));
    values.push_back(numbers(input.at("data")));
    inputs.push_back({values.back(), input.at("shape").get<std::vector<int64_t>>()});
  }
  Network network(model, names, {"label", "probabilities", "none"});
  network(inputs);
  const size_t count = given.at(0).at("shape").at(0);
  const auto* label = network.output<int64_t>(0);
  const auto* none = network.output<bool>(2);
  return {{"label", std::vector<int64_t>(label, label + count)},
          {"none", std::vector<bool>(none, none + count)}};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: answer MODEL.onnx INPUTS.json\n";
    return 2;
  }
  try {
    const json document = json::parse(std::ifstream(arguments[2]));
    std::cout << answers(arguments[1], document.at("inputs")).dump() << '\n';
    return 0;
  } catch (const json::exception& error) {
    std::cerr << arguments[2] << ": not what a model is given: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
}
