// docs/images/checkpoints.svg is drawn from the schedule itself. BDC_WRITE_PICTURES=1 writes it anew.
#include "runtime/checkpoint/schedule.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace bdc::runtime::checkpoint;

namespace {

constexpr int64_t units = 10, slots = 3;
constexpr double left = 40, top = 74, unitWidth = 72, rowHeight = 30;

constexpr const char *style = R"(<style>
text { font: 13px system-ui, sans-serif; fill: #667085; }
.plain { stroke: #2563c9; stroke-width: 2; } .tape { stroke: #d9480f; stroke-width: 6; } .back { stroke: #2b8a3e; stroke-width: 2; }
.held { stroke: #98a2b3; stroke-width: 2; stroke-dasharray: 2 3; } .slot { fill: #1d2430; } .grid { stroke: #e4e7ec; }
path { fill: none; }
@media (prefers-color-scheme: dark) { text { fill: #98a2b3; } .plain { stroke: #6ea8fe; } .tape { stroke: #ff8f5e; } .back { stroke: #69c47f; }
  .slot { fill: #e6e9ef; } .grid { stroke: #2c323b; } }
</style>
)";

double x(int64_t unit) { return left + static_cast<double>(unit) * unitWidth; }
double y(int64_t row) { return top + static_cast<double>(row) * rowHeight; }

std::string path(const char *kind, double x0, double y0, double x1, double y1) {
  return fmt::format("<path class=\"{}\" d=\"M{:g} {:g}L{:g} {:g}\"/>\n", kind, x0, y0, x1, y1);
}

std::string legend() {
  std::string out;
  double at = left;
  for (const auto &[kind, name] : {std::pair{"plain", "forward"}, std::pair{"tape", "forward, on tape"},
                                   std::pair{"back", "backward"}, std::pair{"held", "a checkpoint is held"}}) {
    out += path(kind, at, 16, at + 28, 16) + fmt::format("<text x=\"{:g}\" y=\"20\">{}</text>\n", at + 36, name);
    at += 172;
  }
  return out;
}

/// A row for each time that a state is restored; segments run to the right, computing goes down.
std::string picture() {
  std::string lines, dots;
  std::vector<double> since(slots, -1); ///< the row in which a slot was written
  std::vector<int64_t> where(slots, 0);
  int64_t row = 0;
  Schedule schedule(units, slots);
  for (Action a = schedule.next(); a.act != Act::done; a = schedule.next())
    switch (a.act) {
    case Act::store:
      since[a.slot] = y(row);
      where[a.slot] = a.unit;
      dots += fmt::format("<circle class=\"slot\" cx=\"{:g}\" cy=\"{:g}\" r=\"4.5\"/>\n", x(a.unit), y(row));
      break;
    case Act::restore:
      lines += path("held", x(where[a.slot]), since[a.slot], x(where[a.slot]), y(row));
      since[a.slot] = y(row);
      break;
    case Act::advance: lines += path("plain", x(a.unit), y(row), x(a.end), y(row)); break;
    case Act::tape: lines += path("tape", x(a.unit), y(row), x(a.unit + 1), y(row)); break;
    case Act::reverse:
      lines += path("back", x(a.unit + 1), y(row) + 10, x(a.unit), y(row) + 10);
      lines += fmt::format("<path class=\"back\" d=\"M{:g} {:g}l6 -4m-6 4l6 4\"/>\n", x(a.unit), y(row) + 10);
      ++row;
      break;
    case Act::done: break;
    }
  std::string grid;
  for (int64_t unit = 0; unit <= units; ++unit) {
    grid += path("grid", x(unit), top - 14, x(unit), y(row) - 6);
    if (unit < units)
      grid +=
          fmt::format("<text x=\"{:g}\" y=\"{:g}\" text-anchor=\"middle\">{}</text>\n", x(unit) + unitWidth / 2, top - 22, unit);
  }
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:g} {:g}\">\n", x(units) + 40, y(row)) + style +
         legend() + grid + lines + dots + "</svg>\n";
}

} // namespace

TEST(CheckpointPicture, IsThatOfTheDocuments) {
  const std::string file = std::string(BDC_DOCS) + "/images/checkpoints.svg", drawn = picture();
  if (std::getenv("BDC_WRITE_PICTURES"))
    std::ofstream(file) << drawn;
  std::ostringstream there;
  there << std::ifstream(file).rdbuf();
  EXPECT_EQ(there.str(), drawn) << "run this test with BDC_WRITE_PICTURES=1";
}
