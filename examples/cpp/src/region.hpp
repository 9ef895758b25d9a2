// Rotated squares of an image: what the networks look at.
#pragma once

#include <array>
#include <vector>

struct Point {
  double x = 0, y = 0;
};

struct Region {
  Point centre;      // pixels of the image
  double side = 0;   // pixels of the image
  double angle = 0;  // radians, clockwise on the screen

  // A point of the square, its corners at 0 and 1, in pixels of the image.
  Point to_image(Point inside) const;

  // Moved by so many sides along the square's own axes, and scaled about its centre.
  Region moved(double across, double down, double scale) const;

  // Largest distance between corresponding corners, in sides of the other region.
  double shift(const Region& other) const;
};

// The 21 landmarks of a hand: pixels of the image; z in the same scale, relative to the wrist.
using Landmarks = std::array<std::array<double, 3>, 21>;

struct RegionRules;

// The region of the hand of a palm: its box (two corners), wrist and base of the middle finger.
Region palm_region(const RegionRules& rules, Point centre, double width, double height,
                   Point wrist, Point middle);

// The region that a hand with these landmarks fills.
Region hand_region(const RegionRules& rules, const Landmarks& landmarks);
