/// The parts of pictures in which colours are numbers.
#pragma once

#include "runtime/report/png.h"
#include "runtime/summarise/detail.h"

#include <string>
#include <vector>

namespace bdc::runtime::heat {

/// What the colours span.
struct Scale {
  double low = 0, high = 1;
  const png::Palette *palette = &png::sequential();
  uint8_t operator()(double value) const;
};

/// As far as the values go, rounded up to one digit, but not beyond `limit`; where there are negative ones, as far below 0 as
/// above.
Scale scaleOf(const std::vector<double> &values, double limit);

/// The finite entries above the diagonal.
std::vector<double> aboveDiagonal(const Table &matrix);

struct Place {
  double left, top, width, height;
};

/// A matrix in a frame. Of many entries neighbours become one pixel, their mean.
std::string image(const Table &matrix, const Scale &scale, const Place &place);
/// The same with a heading and the numbers of rows and columns.
std::string matrix(const Table &matrix, const std::string &heading, const Scale &scale, const Place &place);
/// The colours and their numbers, with ticks on the right.
std::string bar(const Scale &scale, const Place &place);

/// "#2563c9"
std::string hexOf(png::Colour colour);
/// The colour of one of many things in a row, `part` from 0 to 1; readable on light and on dark pages.
std::string rampColour(double part);

std::string text(double x, double y, const char *anchor, const std::string &words, const char *more = "");

} // namespace bdc::runtime::heat
