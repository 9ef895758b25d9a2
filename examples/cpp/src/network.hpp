// A network or a gesture model as .onnx, run by ONNX Runtime.
#pragma once

#include <onnxruntime_cxx_api.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

struct Input {
  const std::vector<float>& values;
  std::vector<int64_t> shape;
};

class Network {
 public:
  using Names = std::vector<std::string>;

  // Throws FolderError where the file is missing, damaged, or has other inputs and outputs.
  Network(const std::filesystem::path& file, const Names& inputs, const Names& outputs);

  // Runs it; the outputs stay valid until the next call.
  void operator()(const std::vector<Input>& inputs);

  // The numbers of an output of the last call.
  template <typename Number>
  const Number* output(size_t row) const {
    return outputs_[row].GetTensorData<Number>();
  }

  // What the file says about itself, where it does.
  std::optional<std::string> metadata(const std::string& key) const;

 private:
  Ort::Session session_{nullptr};
  std::vector<std::string> input_names_, output_names_;
  std::vector<Ort::Value> outputs_;
};
