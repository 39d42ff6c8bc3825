#include "runtime/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime::svg {
namespace {

double tickStep(double low, double high, int count) {
  const double rough = (high - low) / std::max(1, count);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (double factor : {1.0, 2.0, 5.0})
    if (factor * power >= rough * 0.999)
      return factor * power;
  return 10 * power;
}

/// Cuts a name that is longer than the margin, between characters of UTF-8.
std::string shortened(const std::string &name, size_t most) {
  if (name.size() <= most)
    return name;
  size_t end = most - 1;
  while (end > 0 && (name[end] & 0xc0) == 0x80)
    --end;
  return name.substr(0, end) + "…";
}

} // namespace

std::vector<double> niceTicks(double low, double high, int count) {
  std::vector<double> ticks;
  const double step = tickStep(low, high, count);
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i)
    ticks.push_back(i * step);
  return ticks;
}

std::string tickText(double value, double step) {
  if (std::abs(value) < step * 1e-6)
    return "0";
  const double magnitude = std::max(std::abs(value), step);
  if (magnitude >= 1e6 || step < 1e-5) {
    const int digits = std::max(0, static_cast<int>(std::floor(std::log10(magnitude)) - std::floor(std::log10(step) + 1e-9)));
    return fmt::format("{:.{}e}", value, digits);
  }
  std::string text = fmt::format("{:.{}f}", value, std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9))));
  if (text[0] == '-')
    text.replace(0, 1, "−");
  return text;
}

std::string numberText(double value) {
  if (!std::isfinite(value))
    return "–";
  std::string text = fmt::format("{:.4g}", value);
  if (text[0] == '-')
    text.replace(0, 1, "−");
  return text;
}

std::string escape(std::string_view text) {
  std::string out;
  for (char c : text)
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += c;
    }
  return out;
}

void appendPoint(std::string &path, char command, double x, double y) {
  auto number = [](double v) {
    const auto tenths = static_cast<int64_t>(std::llround(v * 10));
    const int64_t size = std::abs(tenths);
    return size % 10 ? fmt::format("{}{}.{}", tenths < 0 ? "-" : "", size / 10, size % 10)
                     : fmt::format("{}{}", tenths < 0 ? "-" : "", size / 10);
  };
  path += command;
  path += number(x);
  path += ' ';
  path += number(y);
}

Figure::Figure(double height, double a, double b, double c, double d)
    : innerHeight(height - top - bottom),
      x0(a),
      x1(b),
      y0(c),
      y1(d) {
  auto widen = [](double &low, double &high) {
    if (high - low > 1e-12 * std::max(std::abs(low), std::abs(high)))
      return;
    const double by = low == 0 ? 1 : std::abs(low) * 0.05;
    low -= by;
    high += by;
  };
  widen(x0, x1);
  widen(y0, y1);
}

void Figure::xAxis(const std::string &label) {
  const std::vector<double> ticks = niceTicks(x0, x1, 8);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : x1 - x0, base = top + innerHeight;
  for (double tick : ticks) {
    grid += fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}v5\"/>", px(tick), base);
    front += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", px(tick), base + 18,
                         tickText(tick, step));
  }
  grid += fmt::format("<path class=\"axis\" d=\"M{} {:.1f}h{}\"/>", left, base, innerWidth);
  front += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", left + innerWidth / 2,
                       base + 36, escape(label));
}

void Figure::yAxis(const std::string &label) {
  const std::vector<double> ticks = niceTicks(y0, y1, std::max(3, static_cast<int>(innerHeight / 45)));
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : y1 - y0;
  for (double tick : ticks) {
    grid += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}h{}\"/>", left, py(tick), innerWidth);
    front += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, py(tick) + 4,
                         tickText(tick, step));
  }
  front += fmt::format("<text class=\"label\" transform=\"translate(14 {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                       top + innerHeight / 2, escape(label));
}

void Figure::yNames(const std::vector<NamedTick> &ticks) {
  for (const NamedTick &tick : ticks) {
    const std::string name = shortened(tick.name, 10);
    front +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, py(tick.at) + 4, escape(name));
  }
}

void Figure::path(const std::string &data, std::string_view kind, int colour, double strokeWidth) {
  if (data.empty())
    return;
  body += fmt::format("<path class=\"{} c{}\"{} d=\"{}\"/>", kind, colour % colours,
                      strokeWidth > 0 ? fmt::format(" stroke-width=\"{:.2f}\"", strokeWidth) : "", data);
}

void Figure::legend(const std::vector<Entry> &entries) {
  double x = left + innerWidth;
  std::string items;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const double width = 24 + 7.2 * static_cast<double>(entry->name.size());
    x -= width;
    items += fmt::format("<path class=\"line c{0}\" stroke-width=\"3\" d=\"M{1:.1f} {2:.1f}h12\"/>"
                         "<text x=\"{3:.1f}\" y=\"{4:.1f}\">{5}</text>",
                         entry->colour % colours, x, top + 8, x + 16, top + 12, escape(entry->name));
  }
  front += fmt::format("<rect class=\"legend\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"18\" rx=\"3\"/>", x - 6,
                       top - 1, left + innerWidth - x + 6);
  front += items;
}

std::string Figure::finish() const {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\">{}{}{}</svg>", left + innerWidth + right,
                     top + innerHeight + bottom, grid, body, front);
}

} // namespace bdc::runtime::svg
