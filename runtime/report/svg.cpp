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

/// A byte of UTF-8 that begins no letter.
bool isWithin(char c) { return (c & 0xc0) == 0x80; }

size_t letters(const std::string &text) { return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !isWithin(c); })); }

struct Decade {
  double at; ///< logarithm
  std::string text;
};

/// 0.01, 1, 200; from 10⁻⁴ down and 10⁵ up as powers.
std::string decadeText(int power, int factor) {
  if (power > -4 && power < 5)
    return fmt::format("{:g}", factor * std::pow(10, power));
  constexpr const char *digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string raised = power < 0 ? "⁻" : "";
  for (char digit : std::to_string(std::abs(power)))
    raised += digits[digit - '0'];
  return factor == 1 ? "10" + raised : fmt::format("{}·10{}", factor, raised);
}

std::vector<Decade> decades(double low, double high, int most) {
  std::vector<Decade> ticks;
  const int every = std::max(1, static_cast<int>(std::ceil((high - low) / most)));
  const bool few = high - low < 2.5;
  for (int power = static_cast<int>(std::floor(low)); power <= high; ++power)
    for (int factor : {1, 2, 5}) {
      const double at = power + std::log10(factor);
      if (at >= low - 1e-9 && at <= high + 1e-9 && (factor == 1 ? power % every == 0 : few))
        ticks.push_back({at, decadeText(power, factor)});
    }
  return ticks;
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
  // Counts in full, not as powers of ten.
  const double size = std::abs(value);
  const bool isCount = value == std::round(value) && size < 1e9, isLarge = size >= 1e4 && size < 1e7;
  std::string text = isCount || isLarge ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
  for (auto at = static_cast<int64_t>(text.size()) - 3; size >= 1e4 && (isCount || isLarge) && at > (value < 0 ? 1 : 0); at -= 3)
    text.insert(static_cast<size_t>(at), "\u202f");
  if (text[0] == '-')
    text.replace(0, 1, "−");
  return text;
}

std::string shortened(const std::string &name, size_t most) {
  if (letters(name) <= most)
    return name;
  size_t end = 0;
  for (size_t kept = 0; kept < most; ++end)
    kept += !isWithin(name[end]); // it ends one behind the first byte of the letter that the dots replace
  return name.substr(0, end - 1) + "…";
}

std::string fitted(const std::string &label, double width) {
  constexpr double letter = 7.6; // of a label
  const size_t at = label.ends_with(')') ? label.rfind(" (") : std::string::npos;
  const std::string unit = at == std::string::npos ? "" : label.substr(at);
  const auto most = static_cast<size_t>(std::max(2.0, width / letter - static_cast<double>(letters(unit))));
  return shortened(label.substr(0, at), most) + unit;
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

void Figure::xTick(double at, const std::string &text) {
  const double base = top + innerHeight;
  grid += fmt::format("<path class=\"tick\" d=\"M{:.1f} {:.1f}v5\"/>", px(at), base);
  front += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", px(at), base + 18, text);
}

void Figure::yTick(double at, const std::string &text) {
  side = std::max(side, labelRoom + letterWidth * static_cast<double>(letters(text)) + 8 - left); // beside the axis' label
  grid += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}h{}\"/>", left, py(at), innerWidth);
  front += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, py(at) + 4, text);
}

void Figure::xLabel(const std::string &label) {
  const double base = top + innerHeight;
  grid += fmt::format("<path class=\"axis\" d=\"M{} {:.1f}h{}\"/>", left, base, innerWidth);
  front += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", left + innerWidth / 2,
                       base + 36, escape(fitted(label, innerWidth + left + right)));
}

void Figure::yLabel(const std::string &label) {
  front +=
      fmt::format("<text class=\"label\" transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                  14 - side, top + innerHeight / 2, escape(fitted(label, innerHeight + top + bottom)));
}

void Figure::xAxis(const std::string &label, int count) {
  const std::vector<double> ticks = niceTicks(x0, x1, count);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : x1 - x0;
  for (double tick : ticks)
    xTick(tick, tickText(tick, step));
  xLabel(label);
}

void Figure::yAxis(const std::string &label) {
  const std::vector<double> ticks = niceTicks(y0, y1, std::max(3, static_cast<int>(innerHeight / 45)));
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : y1 - y0;
  for (double tick : ticks)
    yTick(tick, tickText(tick, step));
  yLabel(label);
}

void Figure::xDecades(const std::string &label) {
  for (const Decade &tick : decades(x0, x1, 10))
    xTick(tick.at, tick.text);
  xLabel(label);
}

void Figure::yDecades(const std::string &label) {
  for (const Decade &tick : decades(y0, y1, std::max(3, static_cast<int>(innerHeight / 30))))
    yTick(tick.at, tick.text);
  yLabel(label);
}

void Figure::yNames(const std::vector<NamedTick> &ticks) {
  for (const NamedTick &tick : ticks) {
    const std::string name = shortened(tick.name, 20);
    side = std::max(side, letterWidth * static_cast<double>(letters(name)) + 8 - left);
    front +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8, py(tick.at) + 4, escape(name));
  }
}

void Figure::path(const std::string &data, std::string_view kind, int colour, double strokeWidth) {
  if (data.empty())
    return;
  if (kind == "line" && data.find_first_of("ML", 1) == std::string::npos) { // one point: a line without length shows nothing
    path(data + "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0", "dots", colour);
    return;
  }
  body += fmt::format("<path class=\"{} c{}\"{} d=\"{}\"/>", kind, colour % colours,
                      strokeWidth > 0 ? fmt::format(" stroke-width=\"{:.2f}\"", strokeWidth) : "", data);
}

void Figure::path(const std::string &data, std::string_view kind, const std::string &ink) {
  if (!data.empty())
    body += fmt::format("<path class=\"{}\" style=\"stroke:{}\" d=\"{}\"/>", kind, ink, data);
}

void Figure::legend(std::vector<Entry> entries) {
  constexpr double key = 24;
  double x = left + innerWidth, wide = 0;
  for (const Entry &entry : entries)
    wide += key + letterWidth * static_cast<double>(letters(entry.name));
  if (wide > x) // each has the same part of the row
    for (Entry &entry : entries)
      entry.name = shortened(entry.name, static_cast<size_t>(std::max(2.0, (x / static_cast<double>(entries.size()) - key) / letterWidth)));
  std::string items;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const double width = key + letterWidth * static_cast<double>(letters(entry->name));
    x -= width;
    const std::string ink = entry->ink.empty() ? "" : fmt::format(" style=\"stroke:{}\"", entry->ink);
    items += fmt::format("<path class=\"line c{0}\"{6} stroke-width=\"3\" d=\"M{1:.1f} {2:.1f}h12\"/>"
                         "<text x=\"{3:.1f}\" y=\"{4:.1f}\">{5}</text>",
                         entry->colour % colours, x, top - 16, x + 16, top - 12, escape(entry->name), ink);
  }
  head = legendHeight;
  front += items;
}

std::string Figure::finish() const {
  return fmt::format("<svg viewBox=\"{:.0f} {:.0f} {:.0f} {:.0f}\" role=\"img\">{}{}{}</svg>", 0 - side, 0 - head,
                     side + left + innerWidth + right, head + top + innerHeight + bottom, grid, body, front);
}

} // namespace bdc::runtime::svg
