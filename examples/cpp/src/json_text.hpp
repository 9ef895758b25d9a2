// Reading JSON of an export folder, with errors that name the file.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "error.hpp"

// Calls `use` with the JSON that a text holds. Throws FolderError: it is none, or lacks something.
template <typename Use>
auto with_json(const std::string& name, const std::string& text, Use use) {
  try {
    return use(nlohmann::json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw FolderError(name + ": damaged, or not from handpose export (" + error.what() + ")");
  }
}

inline void check_format(const std::string& name, int format) {
  if (format != 1) {
    throw FolderError(name + ": format " + std::to_string(format) +
                      ", but this program reads 1; use the example of the same handpose");
  }
}
