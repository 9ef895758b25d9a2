#include "picture.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include <turbojpeg.h>

#include "error.hpp"

#define STB_IMAGE_IMPLEMENTATION
#define STBI_NO_HDR
#define STBI_NO_JPEG
#include <stb_image.h>

namespace {

// Of each new pixel along one axis: the first old one that it covers, and how much of each.
struct Cover {
  int first = 0;
  std::vector<double> weights;
};

std::vector<Cover> covers(int from, int to) {
  const double scale = double(from) / to;
  std::vector<Cover> all(to);
  for (int i = 0; i < to; i++) {
    const double start = i * scale, end = std::min((i + 1) * scale, double(from));
    all[i].first = int(start);
    for (int k = int(start); k < end - 1e-9; k++) {
      all[i].weights.push_back((std::min(end, k + 1.0) - std::max(start, double(k))) / scale);
    }
  }
  return all;
}

// The mean colour of the area that each new pixel covers.
Image halved(const Image& image) {
  Image small{std::max(1, image.width / 2), std::max(1, image.height / 2), {}};
  const auto across = covers(image.width, small.width), down = covers(image.height, small.height);
  small.rgb.reserve(size_t(small.width) * small.height * 3);
  for (const Cover& y : down) {
    for (const Cover& x : across) {
      double sum[3] = {0, 0, 0};
      for (size_t j = 0; j < y.weights.size(); j++) {
        const uint8_t* row = &image.rgb[(size_t(y.first + j) * image.width + x.first) * 3];
        for (size_t i = 0; i < x.weights.size() * 3; i++) {
          sum[i % 3] += row[i] * y.weights[j] * x.weights[i / 3];
        }
      }
      for (const double value : sum) small.rgb.push_back(uint8_t(std::lround(value)));
    }
  }
  return small;
}

// EXIF orientation, 1 to 8, of a JPEG file; 1 where it says nothing.
int orientation(const std::vector<uint8_t>& file) {
  const auto byte = [&](size_t at) { return at < file.size() ? file[at] : 0; };
  if (byte(0) != 0xFF || byte(1) != 0xD8) return 1;
  for (size_t at = 2; byte(at) == 0xFF && byte(at + 1) != 0xDA;) {
    const size_t length = byte(at + 2) * 256 + byte(at + 3), tiff = at + 10;
    if (byte(at + 1) == 0xE1 && byte(at + 4) == 'E' && byte(at + 5) == 'x') {
      const bool little = byte(tiff) == 'I';
      const auto number = [&](size_t where, int bytes) {
        uint32_t value = 0;
        for (int i = 0; i < bytes; i++) {
          value |= uint32_t(byte(tiff + where + i)) << 8 * (little ? i : bytes - 1 - i);
        }
        return value;
      };
      const uint32_t table = number(4, 4), rows = number(table, 2);
      for (uint32_t i = 0; i < std::min(rows, 100u); i++) {
        const uint32_t row = table + 2 + 12 * i, value = number(row + 8, 2);
        if (number(row, 2) == 0x0112) return value >= 1 && value <= 8 ? int(value) : 1;
      }
      return 1;
    }
    at += 2 + std::max<size_t>(length, 2);
  }
  return 1;
}

// As it is to be seen: orientations 5 to 8 swap the axes, and each may run backwards.
Image upright(Image image, int orientation) {
  if (orientation == 1) return image;
  const bool swapped = orientation >= 5;
  const bool left = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool up = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image turned{swapped ? image.height : image.width, swapped ? image.width : image.height, {}};
  turned.rgb.reserve(image.rgb.size());
  for (int y = 0; y < turned.height; y++) {
    for (int x = 0; x < turned.width; x++) {
      int i = swapped ? y : x, j = swapped ? x : y;
      if (left) i = image.width - 1 - i;
      if (up) j = image.height - 1 - j;
      const uint8_t* pixel = &image.rgb[(size_t(j) * image.width + i) * 3];
      turned.rgb.insert(turned.rgb.end(), pixel, pixel + 3);
    }
  }
  return turned;
}

// By the library that Python and browsers use: others differ by a grey level here and there, which
// moves landmarks by a pixel.
std::optional<Image> from_jpeg(const std::vector<uint8_t>& file) {
  const std::unique_ptr<void, int (*)(void*)> decoder(tjInitDecompress(), tjDestroy);
  Image image;
  int sampling = 0, colours = 0;
  if (tjDecompressHeader3(decoder.get(), file.data(), file.size(), &image.width, &image.height,
                          &sampling, &colours)) {
    return std::nullopt;
  }
  image.rgb.resize(size_t(image.width) * image.height * 3);
  const bool failed = tjDecompress2(decoder.get(), file.data(), file.size(), image.rgb.data(),
                                    image.width, 0, image.height, TJPF_RGB, 0);
  return failed ? std::nullopt : std::optional<Image>(std::move(image));
}

// PNG, BMP, and what else stb_image knows; what is transparent becomes white.
std::optional<Image> from_others(const std::vector<uint8_t>& file) {
  Image image;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(file.data(), int(file.size()), &image.width, &image.height, &channels,
                            4),
      stbi_image_free);
  if (!pixels) return std::nullopt;
  image.rgb.reserve(size_t(image.width) * image.height * 3);
  for (size_t at = 0; at < size_t(image.width) * image.height * 4; at++) {
    const int alpha = pixels.get()[at | 3];
    const int colour = (pixels.get()[at] * alpha + 255 * (255 - alpha)) / 255;
    if (at % 4 < 3) image.rgb.push_back(uint8_t(colour));
  }
  return image;
}

}  // namespace

Picture::Picture(Image image) { levels_.push_back(std::move(image)); }

const Image& Picture::level(double shrink) {
  const size_t number = size_t(std::log2(std::max(shrink, 1.0)));
  while (levels_.size() <= number) levels_.push_back(halved(levels_.back()));
  return levels_[number];
}

Picture read_picture(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw PictureError(path + ": cannot be opened");
  const std::vector<uint8_t> file{std::istreambuf_iterator<char>(stream), {}};
  const bool is_jpeg = file.size() > 2 && file[0] == 0xFF && file[1] == 0xD8;
  auto image = is_jpeg ? from_jpeg(file) : from_others(file);
  if (!image) throw PictureError(path + ": damaged, or not a picture that can be read");
  return Picture(is_jpeg ? upright(std::move(*image), orientation(file)) : std::move(*image));
}
