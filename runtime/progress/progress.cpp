#include "runtime/progress/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace bdc::runtime {
namespace {

/// A run that is over sooner shows nothing on a terminal: a line that flashes up helps nobody.
constexpr double silentSeconds = 0.3;
constexpr double renewSeconds = 0.1;

std::string timeText(double ms) { return ms < 1000 ? fmt::format("{:.4g} ms", ms) : fmt::format("{:.4g} s", ms / 1000); }

std::string leftText(double seconds) {
  if (seconds < 60)
    return seconds < 9.95 ? fmt::format("{:.1f} s", seconds) : fmt::format("{:.0f} s", seconds);
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 3600)
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

double partDone(const Progress &p) { return p.part(); }

/// A fit often ends before its last step.
double partDone(const FitProgress &p) {
  return p.finished ? 1 : p.steps > 0 ? static_cast<double>(p.step) / static_cast<double>(p.steps) : 0;
}

std::string lossText(double loss) { return std::isfinite(loss) ? fmt::format("{:.4g}", loss) : "–"; }

std::string bar(double done, int width) {
  constexpr const char *eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int filled = static_cast<int>(done * width * 8);
  std::string out = "▕";
  for (int i = 0; i < filled / 8; ++i)
    out += "█";
  out += eighths[filled % 8];
  for (int i = filled / 8 + (filled % 8 != 0); i < width; ++i)
    out += ' ';
  return out + "▏";
}

} // namespace

ProgressStyle progressStyle(std::FILE *stream, bool quiet) {
  if (quiet)
    return ProgressStyle::quiet;
  return isatty(fileno(stream)) ? ProgressStyle::terminal : ProgressStyle::plain;
}

std::string progressText(const Progress &p, int barWidth) {
  const double part = partDone(p);
  std::string text = barWidth > 0 ? bar(part, barWidth) + " " : "";
  text += fmt::format("{:3.0f} %  ", std::min(100.0, part * 100));
  if (p.lanes > 0) {
    text += fmt::format("{} of {} lanes", p.lanesDone, p.lanes);
  } else {
    const double total = p.time_ms + static_cast<double>(p.steps - p.step) * p.dt_ms;
    const double simulated = static_cast<double>(p.step) * p.dt_ms;
    text += fmt::format("{} of {}", timeText(p.time_ms), timeText(total));
    if (simulated > 0)
      text += fmt::format("  {:.3g} × real time", p.wall_s * 1000 / simulated);
  }
  if (part > 0 && part < 1)
    text += fmt::format("  {} left", leftText(p.wall_s * (1 / part - 1)));
  return text;
}

std::string progressText(const FitProgress &p, int barWidth) {
  std::string text = barWidth > 0 && p.steps > 0 ? bar(std::min(1.0, partDone(p)), barWidth) + " " : "";
  text += p.steps > 0 ? fmt::format("step {} of {}", p.step, p.steps) : fmt::format("step {}", p.step);
  const std::string unit = p.unit.empty() ? "" : " " + p.unit;
  text += fmt::format("  loss {}{}  best {}{}", lossText(p.loss), unit, lossText(p.best), unit);
  if (!p.finished && p.step > p.stepsBefore && p.step < p.steps)
    text += fmt::format("  {} left",
                        leftText(p.wall_s * static_cast<double>(p.steps - p.step) / static_cast<double>(p.step - p.stepsBefore)));
  return text;
}

template <class P> void ProgressLine::showAny(const P &p) {
  if (style == ProgressStyle::quiet)
    return;
  if (style == ProgressStyle::plain) {
    const int now = static_cast<int>(partDone(p) * 10 + 1e-9);
    if (now > tenth)
      fmt::print(stream, "{}\n", progressText(p, 0));
    tenth = now == 10 ? 0 : std::max(tenth, now);
    std::fflush(stream);
    return;
  }
  if (p.finished)
    return clear();
  if (p.wall_s < silentSeconds || (visible && p.wall_s - shownAt < renewSeconds))
    return;
  winsize size{};
  const int columns = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  fmt::print(stream, "\r\x1b[K{}", progressText(p, std::clamp(columns - 66, 0, 30)));
  std::fflush(stream);
  visible = true;
  shownAt = p.wall_s;
}

template void ProgressLine::showAny(const Progress &progress);
template void ProgressLine::showAny(const FitProgress &progress);

void ProgressLine::clear() {
  if (!visible)
    return;
  fmt::print(stream, "\r\x1b[K");
  std::fflush(stream);
  visible = false;
  shownAt = -1;
}

} // namespace bdc::runtime
