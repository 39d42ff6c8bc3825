// What can be read in a quantity of one population that is coupled or observed.
#pragma once

#include "frontend/rules/network.h"

namespace bdc::rules {

/// Variables of one population, or of another in its place.
class QuantityScope : public Scope {
public:
  /// `verb`: what is done with the quantity, for messages. `instead`: the population whose variables are read under the names of another's.
  QuantityScope(Context &context, NetworkBuilder &network, std::string verb, std::vector<VariableRole> roles, int instead = -1);

  int population = -1; ///< that the quantity is made of

  Answer name(const syntax::Name &name) override { return network.name(name); }
  void candidates(std::vector<std::string_view> &names) const override { network.candidates(names); }
  Answer index(const syntax::IndexExpr &expr) override;
  Answer member(const syntax::MemberExpr &expr) override;

private:
  Answer element(int at, const syntax::Name &member, Range range);

  Context &context;
  NetworkBuilder &network;
  std::string verb;
  std::vector<VariableRole> roles;
  int instead;
};

} // namespace bdc::rules
