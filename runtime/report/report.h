/// The report of a run: one HTML file that needs nothing else, light or dark as the reader's system is.
#pragma once

#include "runtime/simulate/results.h"

#include <string>
#include <vector>

namespace bdc::runtime {

struct ReportFigure {
  std::string title, svg, caption;
};

struct ReportHead {
  std::string command, version;
};

std::string reportHtml(const Results &results, const ReportHead &head, const std::vector<ReportFigure> &figures);

} // namespace bdc::runtime
