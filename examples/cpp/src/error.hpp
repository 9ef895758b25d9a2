// What went wrong, in one line that says what to do. main() turns it into an exit code.
#pragma once

#include <stdexcept>
#include <string>

// An export folder that cannot be used: nothing can be recognised.
struct FolderError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A picture that cannot be read: the others still can.
struct PictureError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
