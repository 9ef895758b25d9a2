// Squares cut out of a picture, as the networks take them.
#pragma once

#include <vector>

#include "picture.hpp"
#include "region.hpp"

// RGB from 0 to 1, size * size * 3 numbers, rows first. Outside the picture its edge is repeated.
// Where it is enlarged (a pixel covers less than `cubic_below` of the picture's) the sampling is
// cubic, else linear.
std::vector<float> crop(Picture& picture, const Region& region, int size, double cubic_below);

// The same square seen in a mirror.
std::vector<float> mirrored(const std::vector<float>& square, int size);
