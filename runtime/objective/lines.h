/// The lines of the table of functions. Used within this folder alone.
#pragma once

#include "runtime/objective/functions.h"
#include "runtime/objective/of_table.h"

namespace bdc::runtime::objective {

/// The functional F, whose static `check` says what it gives.
template <template <class> class F>
Function line(std::string_view name, std::vector<Operand::Kind> operands, UnitRule unit,
              std::vector<std::string_view> options = {}) {
  return {name,
          std::move(operands),
          std::move(options),
          unit,
          [](const Setup &setup) { return F<double>::check(setup); },
          [](const Setup &setup) -> std::unique_ptr<Functional<double>> { return std::make_unique<F<double>>(setup); },
          [](const Setup &setup) -> std::unique_ptr<Functional<Dual>> { return std::make_unique<F<Dual>>(setup); }};
}

/// F of a series and of a table in its place; `others`: further operands.
template <template <class> class F>
void addBoth(std::vector<Function> &table, std::string_view name, UnitRule unit, std::vector<std::string_view> options = {},
             std::vector<Operand::Kind> others = {}) {
  std::vector<Operand::Kind> operands{Operand::Kind::series};
  operands.insert(operands.end(), others.begin(), others.end());
  table.push_back(line<F>(name, operands, unit, options));
  operands[0] = Operand::Kind::table;
  table.push_back(line<OfTable<F>::template Of>(name, operands, unit, options));
}

void addReductions(std::vector<Function> &table);
void addCorrelation(std::vector<Function> &table);
void addFcd(std::vector<Function> &table);
void addSpectrum(std::vector<Function> &table);
void addSpectrumDistance(std::vector<Function> &table);
void addPhases(std::vector<Function> &table);
void addCrossEntropy(std::vector<Function> &table);
void addRate(std::vector<Function> &table);
void addVanRossum(std::vector<Function> &table);
void addTriangle(std::vector<Function> &table);
void addComparisons(std::vector<Function> &table);
void addSimilarity(std::vector<Function> &table);
void addDistances(std::vector<Function> &table);

} // namespace bdc::runtime::objective
