#include "tools/src/bdc/progress.h"

#include "tools/src/bdc/terminal.h"

#include <cmath>
#include <cstdio>
#include <fmt/format.h>

namespace bdc::tool {

std::string durationText(double seconds) {
  if (seconds < 0.9995e-3)
    return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 0.9995)
    return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds < 100)
    return fmt::format("{:.3g} s", seconds);
  long whole = std::lround(seconds);
  if (whole < 3600)
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

namespace {

constexpr int barLength = 30;
constexpr auto betweenRedraws = std::chrono::milliseconds(100);
constexpr auto betweenLines = std::chrono::seconds(10);

std::string line(const runtime::Progress &progress) {
  double done = progress.steps > 0 ? static_cast<double>(progress.step) / static_cast<double>(progress.steps) : 1;
  double simulated = static_cast<double>(progress.step) * progress.dt_ms * 1e-3;
  std::string text = fmt::format("{:3.0f} %  {} simulated", std::floor(done * 100), durationText(progress.time_ms * 1e-3));
  if (simulated > 0)
    text += fmt::format(", real-time factor {:.3g}", progress.wall_s / simulated);
  if (done > 0 && done < 1)
    text += fmt::format(", {} left", durationText(progress.wall_s * (1 - done) / done));
  return text;
}

std::string bar(const runtime::Progress &progress) {
  int64_t filled = progress.steps > 0 ? barLength * progress.step / progress.steps : barLength;
  std::string text = "[";
  for (int64_t i = 0; i < barLength; ++i)
    text += i < filled ? "=" : " ";
  return text + "]";
}

} // namespace

ProgressLine::ProgressLine() : terminal(isTerminal(stderr)), last(Clock::now()) {}

void ProgressLine::show(const runtime::Progress &progress) {
  Clock::time_point now = Clock::now();
  if (progress.finished || now - last < (terminal ? Clock::duration(betweenRedraws) : Clock::duration(betweenLines)))
    return;
  last = now;
  if (terminal)
    fmt::print(stderr, "\r\033[K{} {}", bar(progress), line(progress));
  else
    fmt::print(stderr, "{}\n", line(progress));
  std::fflush(stderr);
  drawn = true;
}

void ProgressLine::clear() {
  if (terminal && drawn) {
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }
  drawn = false;
}

} // namespace bdc::tool
