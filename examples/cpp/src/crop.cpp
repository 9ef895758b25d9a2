#include "crop.hpp"

#include <algorithm>
#include <cmath>

namespace {

// Weights of the pixels around a place, `at` between the second and the third of four.
void cubic_weights(double at, double (&weights)[4]) {
  const double a = -0.75;  // as OpenCV, which cuts the squares in Python
  const double t = at + 1, u = 1 - at;
  weights[0] = ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  weights[1] = ((a + 2) * at - (a + 3)) * at * at + 1;
  weights[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}

void linear_weights(double at, double (&weights)[4]) {
  weights[0] = weights[3] = 0;
  weights[1] = 1 - at;
  weights[2] = at;
}

// Rounded to a byte first, halves to even: half a grey level moves a landmark.
float byte_to_unit(double value) {
  return float(std::nearbyint(std::clamp(value, 0.0, 255.0))) / 255;
}

}  // namespace

std::vector<float> crop(Picture& picture, const Region& region, int size, double cubic_below) {
  const double shrink = region.side / size;
  const Image& image = picture.level(shrink);
  const double across = double(image.width) / picture.width();
  const double down = double(image.height) / picture.height();
  const double c = std::cos(region.angle) * shrink, s = std::sin(region.angle) * shrink;
  const double left = region.centre.x - (c - s) * size / 2;
  const double top = region.centre.y - (s + c) * size / 2;
  const bool cubic = shrink < cubic_below;
  const int first = cubic ? 0 : 1, last = cubic ? 3 : 2;

  std::vector<float> square;
  square.reserve(size_t(size) * size * 3);
  double wx[4], wy[4];
  for (int j = 0; j < size; j++) {
    for (int i = 0; i < size; i++) {
      const double x = (c * i - s * j + left) * across + (across - 1) / 2;
      const double y = (s * i + c * j + top) * down + (down - 1) / 2;
      const double column = std::floor(x), row = std::floor(y);
      (cubic ? cubic_weights : linear_weights)(x - column, wx);
      (cubic ? cubic_weights : linear_weights)(y - row, wy);
      double sum[3] = {0, 0, 0};
      for (int b = first; b <= last; b++) {
        const int v = int(std::clamp(row + b - 1, 0.0, image.height - 1.0));
        for (int a = first; a <= last; a++) {
          const int u = int(std::clamp(column + a - 1, 0.0, image.width - 1.0));
          const uint8_t* pixel = &image.rgb[(size_t(v) * image.width + u) * 3];
          for (int k = 0; k < 3; k++) sum[k] += pixel[k] * wx[a] * wy[b];
        }
      }
      for (const double value : sum) square.push_back(byte_to_unit(value));
    }
  }
  return square;
}

std::vector<float> mirrored(const std::vector<float>& square, int size) {
  std::vector<float> turned;
  turned.reserve(square.size());
  for (int j = 0; j < size; j++) {
    for (int i = size - 1; i >= 0; i--) {
      const float* pixel = &square[(size_t(j) * size + i) * 3];
      turned.insert(turned.end(), pixel, pixel + 3);
    }
  }
  return turned;
}
