// Unit inference: linear algebra over the rationals on the exponents of units, with variables for what is not known.
#pragma once

#include "dialects/units/dimension.h"

#include <vector>

namespace bdc::rules {

/// A known dimension times powers of unit variables.
struct UnitTerm {
  struct Factor {
    int variable;
    units::Rational power;
  };

  units::Dimension known;
  std::vector<Factor> factors; ///< ordered by variable, no zero powers

  UnitTerm() = default;
  UnitTerm(const units::Dimension &dimension) : known(dimension) {}
  bool isKnown() const { return factors.empty(); }

  UnitTerm pow(units::Rational power) const;
  friend UnitTerm operator*(const UnitTerm &a, const UnitTerm &b);
  friend UnitTerm operator/(const UnitTerm &a, const UnitTerm &b) { return a * b.pow(-1); }
};

/// Unit variables and what has been learnt about them.
class UnitSolver {
public:
  /// A unit that is not known yet.
  UnitTerm fresh();
  /// The term with all that is known put in.
  UnitTerm resolve(const UnitTerm &term) const;
  /// Learns that two terms are one; false (and nothing is learnt) where they cannot be.
  bool unify(const UnitTerm &a, const UnitTerm &b);
  /// The dimension of a term; variables that nothing ever fixed count as pure numbers.
  units::Dimension dimension(const UnitTerm &term) const { return resolve(term).known; }

private:
  struct Solution {
    bool solved = false;
    UnitTerm value;
  };
  std::vector<Solution> solutions; ///< by variable
};

} // namespace bdc::rules
