/// Drawings of data as SVG text: a frame with axes, and paths in it. Colours come from the page's style sheet, so that a
/// drawing fits light and dark pages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bdc::runtime::svg {

/// Numbers 1, 2 or 5 times a power of ten apart, within [low, high]; about `count` of them.
std::vector<double> niceTicks(double low, double high, int count);
/// A tick's text with as many digits as its neighbours need.
std::string tickText(double value, double step);
/// A number for people: four digits, counts in full with thin spaces, "–" where there is none.
std::string numberText(double value);
/// A name of more letters (of UTF-8) cut.
std::string shortened(const std::string &name, size_t most);
/// An axis' label that is longer than `width` pixels cut in front of its unit.
std::string fitted(const std::string &label, double width);
/// For text inside of markup.
std::string escape(std::string_view text);

constexpr int colours = 6;

/// A tick with words instead of a number.
struct NamedTick {
  double at;
  std::string name;
};

class Figure {
public:
  /// The data's range; a range without extent is widened.
  Figure(double height, double x0, double x1, double y0, double y1);

  double px(double x) const { return left + (x - x0) / (x1 - x0) * innerWidth; }
  double py(double y) const { return top + (y1 - y) / (y1 - y0) * innerHeight; }
  static constexpr double innerWidth = 840;
  double inner() const { return innerHeight; }

  void xAxis(const std::string &label, int ticks = 8);
  void yAxis(const std::string &label);
  /// The data are logarithms to base 10: ticks at powers of ten, in between where there are few.
  void xDecades(const std::string &label);
  void yDecades(const std::string &label);
  void yNames(const std::vector<NamedTick> &ticks);
  /// Path data as it comes; `kind` is a class of the style sheet: line (of one point: a dot), marks, fill.
  void path(const std::string &data, std::string_view kind, int colour, double strokeWidth = 0);
  /// In a colour of its own instead of one of the page's.
  void path(const std::string &data, std::string_view kind, const std::string &ink);
  struct Entry {
    std::string name;
    int colour = 0;
    std::string ink = {}; ///< empty: the page's
  };
  /// A row above the frame, where it hides nothing; names that have no room in it are cut.
  void legend(std::vector<Entry> entries);

  std::string finish() const;

private:
  void xTick(double at, const std::string &text);
  void yTick(double at, const std::string &text);
  void xLabel(const std::string &label);
  void yLabel(const std::string &label);

  static constexpr double left = 66, right = 20, top = 12, bottom = 42, legendHeight = 18, labelRoom = 18, letterWidth = 7.2;
  double innerHeight, x0, x1, y0, y1;
  double head = 0; ///< height of what stands above the frame
  double side = 0; ///< width of what does not fit left of it
  std::string grid, body, front;
};

/// Coordinates to a tenth of a pixel, in few letters.
void appendPoint(std::string &path, char command, double x, double y);

} // namespace bdc::runtime::svg
