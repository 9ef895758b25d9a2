#include "network.hpp"

#include "error.hpp"

namespace {

Ort::Env& environment() {
  static Ort::Env environment(ORT_LOGGING_LEVEL_FATAL, "handpose");
  return environment;
}

Ort::Session opened(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file)) {
    throw FolderError(file.string() +
                      ": missing; make the folder with handpose export --web DIR --with-networks");
  }
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(2);
  try {
    return Ort::Session(environment(), file.c_str(), options);
  } catch (const Ort::Exception&) {
    throw FolderError(file.string() + ": damaged, or not an ONNX file; export the folder again");
  }
}

std::vector<const char*> pointers(const std::vector<std::string>& names) {
  std::vector<const char*> all;
  for (const std::string& name : names) all.push_back(name.c_str());
  return all;
}

}  // namespace

Network::Network(const std::filesystem::path& file, const Names& inputs, const Names& outputs)
    : session_(opened(file)), input_names_(inputs), output_names_(outputs) {
  Ort::AllocatorWithDefaultOptions allocator;
  bool fits = session_.GetInputCount() == inputs.size() &&
              session_.GetOutputCount() == outputs.size();
  for (size_t i = 0; fits && i < inputs.size(); i++) {
    fits = session_.GetInputNameAllocated(i, allocator).get() == inputs[i];
  }
  for (size_t i = 0; fits && i < outputs.size(); i++) {
    fits = session_.GetOutputNameAllocated(i, allocator).get() == outputs[i];
  }
  if (!fits && metadata("window_ms")) {
    throw FolderError(file.string() + ": a model of motions; this program names still hands");
  }
  if (!fits) {
    throw FolderError(file.string() + ": not the file that handpose export writes there");
  }
}

void Network::operator()(const std::vector<Input>& inputs) {
  const auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<Ort::Value> tensors;
  for (const Input& input : inputs) {
    float* values = const_cast<float*>(input.values.data());  // they are only read
    tensors.push_back(Ort::Value::CreateTensor<float>(memory, values, input.values.size(),
                                                      input.shape.data(), input.shape.size()));
  }
  const auto in = pointers(input_names_), out = pointers(output_names_);
  outputs_ = session_.Run({}, in.data(), tensors.data(), tensors.size(), out.data(), out.size());
}

std::optional<std::string> Network::metadata(const std::string& key) const {
  Ort::AllocatorWithDefaultOptions allocator;
  const auto value =
      session_.GetModelMetadata().LookupCustomMetadataMapAllocated(key.c_str(), allocator);
  return value ? std::optional<std::string>(value.get()) : std::nullopt;
}
