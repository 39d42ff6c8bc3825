// What can be read in a quantity of one population that is coupled or observed.
#pragma once

#include "frontend/rules/network.h"

namespace bdc::rules {

/// Variables of one population, or of another in its place.
class QuantityScope : public Scope {
public:
  /// `verb`: what is done with the quantity, for messages. `instead`: the population whose variables are read under the names of another's.
  QuantityScope(Context &context, NetworkBuilder &network, std::string verb, std::vector<VariableRole> roles, int instead = -1);

  bool takesParts = false; ///< slices, and rates of populations: in what is coupled

  int population = -1; ///< that the quantity is made of
  const syntax::IndexExpr *slice = nullptr; ///< of its elements; null: all
  const Expr *window = nullptr;             ///< of the rate that it reads; null: none

  Answer name(const syntax::Name &name) override { return network.name(name); }
  void candidates(std::vector<std::string_view> &names) const override { network.candidates(names); }
  std::string meantBy(std::string_view name) const override { return network.inPopulations(name); }
  Answer index(const syntax::IndexExpr &expr) override;
  Answer member(const syntax::MemberExpr &expr) override;
  Answer call(const syntax::CallExpr &expr) override;

private:
  Answer part(Range range);
  bool sameElements(int at, const syntax::IndexExpr *part, Range range);
  Answer element(int at, const syntax::Name &member, Range range);

  Context &context;
  NetworkBuilder &network;
  std::string verb;
  std::vector<VariableRole> roles;
  int instead;
};

} // namespace bdc::rules
