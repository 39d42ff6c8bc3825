#include "runtime/report/report.h"

#include "runtime/memory/plan.h"
#include "runtime/report/svg.h"

#include <fmt/format.h>

namespace bdc::runtime {
namespace {

constexpr const char *style = R"css(
:root { color-scheme: light dark;
  --page: #ffffff; --ink: #1d2430; --soft: #667085; --line: #e4e7ec; --card: #f7f8fa;
  --c0: #2563c9; --c1: #d9480f; --c2: #2b8a3e; --c3: #9c36b5; --c4: #b08900; --c5: #0b7285; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171c; --ink: #e6e9ef; --soft: #98a2b3; --line: #2c323b; --card: #1b2027;
  --c0: #6ea8fe; --c1: #ff8f5e; --c2: #69c47f; --c3: #d58be8; --c4: #e0bd4a; --c5: #5cc3d3; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 32px 20px 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0; }
h1 span { color: var(--soft); font-weight: 400; }
.command { color: var(--soft); font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; margin: 6px 0 22px; overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin-bottom: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.card b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.card b small { font-size: 14px; font-weight: 400; color: var(--soft); }
.card span { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin-bottom: 26px; }
td { border-top: 1px solid var(--line); padding: 5px 12px 5px 0; font-variant-numeric: tabular-nums; }
td:nth-child(odd) { color: var(--soft); width: 18%; } td:nth-child(even) { width: 32%; }
.warning { border-left: 3px solid var(--c4); padding: 4px 12px; margin: 8px 0; }
figure { margin: 0 0 26px; }
figure h2 { font-size: 16px; font-weight: 600; margin: 0 0 4px; }
figcaption { color: var(--soft); font-size: 13px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 12px; font-family: inherit; font-variant-numeric: tabular-nums; }
svg text.label { fill: var(--ink); font-size: 13px; }
.grid { stroke: var(--line); fill: none; } .axis, .tick { stroke: var(--soft); fill: none; }
.line { fill: none; stroke-width: 1.3; stroke-linejoin: round; } .marks { fill: none; } .fill { fill-opacity: .35; stroke-width: 1.2; } .band { fill-opacity: .2; } .band, .dots { stroke: none !important; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
.fill.c0, .band.c0, .dots.c0 { fill: var(--c0); } .fill.c1, .band.c1, .dots.c1 { fill: var(--c1); }
.fill.c2, .band.c2, .dots.c2 { fill: var(--c2); } .fill.c3, .band.c3, .dots.c3 { fill: var(--c3); }
.fill.c4, .band.c4, .dots.c4 { fill: var(--c4); } .fill.c5, .band.c5, .dots.c5 { fill: var(--c5); }
table.lanes { width: auto; } table.lanes th { text-align: right; font-weight: 500; color: var(--soft); padding: 2px 18px 2px 0; }
table.lanes td { text-align: right; width: auto; color: var(--ink); padding: 2px 18px 2px 0; }
)css";

using svg::escape;
using svg::numberText;

std::string seconds(double s) { return s < 1 ? fmt::format("{} ms", numberText(s * 1000)) : fmt::format("{} s", numberText(s)); }

/// 40000 as 40 000: thin spaces, as in print.
std::string grouped(int64_t value) {
  std::string text = std::to_string(value);
  for (int64_t at = static_cast<int64_t>(text.size()) - 3; at > 0 && value >= 10000; at -= 3)
    text.insert(static_cast<size_t>(at), "\u202f");
  return text;
}

std::string cards(const Results &r) {
  std::string out;
  for (const SummaryValue &s : r.summaries)
    out += fmt::format("<div class=\"card\"><b>{} <small>{}</small></b><span>{}</span></div>\n", numberText(s.value),
                       escape(s.unit), escape(s.name));
  return out.empty() ? out : "<div class=\"cards\">\n" + out + "</div>\n";
}

/// How a fit went, and its values.
std::string fitTable(const FitSummary &fit) {
  std::string out = fmt::format("<p>{}</p>\n<table>\n", escape(fit.lines().front()));
  for (const FittedValue &v : fit.values) {
    const std::string interval = intervalText(v);
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escape(v.name), escape(valueText(v)),
                       interval.empty() ? "" : "95 %", escape(interval));
  }
  out += "</table>\n";
  for (const std::string &note : fit.notes)
    out += fmt::format("<p class=\"warning\">{}</p>\n", escape(note));
  return out;
}

std::string facts(const Results &r, const ReportHead &head) {
  const std::pair<std::string, std::string> rows[] = {
      {"simulated",
       fmt::format("{} in {} steps of {} ms", seconds(r.simulated_ms / 1000), grouped(r.steps), numberText(r.dt_ms))},
      {"running", fmt::format("{} ({} × real time)", seconds(r.run_s), numberText(r.realTimeFactor()))},
      {"elements", grouped(r.neurons)},
      {"compiling", seconds(r.compile_s)},
      {"connections", grouped(r.edges)},
      {"building", seconds(r.build_s)},
      {"seed", std::to_string(r.seed)},
      {"memory", fmt::format("{} planned, {} at most", bytesText(r.planned_bytes), bytesText(r.peak_bytes))},
      {"precision", r.precision},
      {"threads", std::to_string(r.threads)},
      {"version", "bdc " + head.version},
      {"model", r.hash},
  };
  std::string out = "<table>\n";
  for (size_t i = 0; i < std::size(rows); i += 2)
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", rows[i].first, escape(rows[i].second),
                       rows[i + 1].first, escape(rows[i + 1].second));
  return out + "</table>\n";
}

} // namespace

std::string reportHtml(const Results &r, const ReportHead &head, const std::vector<ReportFigure> &figures) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n"
      "<title>{0} – {1}</title><style>{2}</style></head>\n<body><main>\n<h1>{0} <span>{1}</span></h1>\n<p "
      "class=\"command\">{3}</p>\n",
      escape(r.experiment), escape(r.network), style, escape(head.command));
  out += cards(r);
  if (r.interrupted)
    out += "<p class=\"warning\">The run was interrupted; this is what there was until then.</p>\n";
  for (const std::string &warning : r.warnings)
    out += fmt::format("<p class=\"warning\">{}</p>\n", escape(warning));
  if (r.fit)
    out += fitTable(*r.fit);
  out += facts(r, head);
  for (const ReportFigure &f : figures)
    out += fmt::format("<figure><h2>{}</h2>{}<figcaption>{}</figcaption></figure>\n", escape(f.title), f.svg, escape(f.caption));
  return out + "</main></body></html>\n";
}

} // namespace bdc::runtime
