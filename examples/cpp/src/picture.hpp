// A picture, with copies of half its size, and of half of that, as they are needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct Image {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;
};

class Picture {
 public:
  explicit Picture(Image image);

  int width() const { return levels_[0].width; }
  int height() const { return levels_[0].height; }

  // The smallest copy that is still to be shrunk, or not enlarged, where a network's pixel covers
  // `shrink` pixels of the picture.
  const Image& level(double shrink);

 private:
  std::vector<Image> levels_;
};

// Reads JPEG (upright, as its EXIF orientation says), PNG, BMP and what else stb_image knows.
// Throws PictureError.
Picture read_picture(const std::string& path);
