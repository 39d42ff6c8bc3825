/// The state of a fit as named arrays of numbers, which a file can hold. Continued from it, a fit goes on to the bit.
#pragma once

#include "runtime/error.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bdc::runtime::optimise {

struct StateArray {
  int64_t columns = 0; ///< 0: a list
  bool grows = false;  ///< rows are added to it and never changed: a file need not write the old ones again
  std::vector<double> values;

  bool operator==(const StateArray &) const = default;
};

struct State {
  std::map<std::string, StateArray> arrays;
  std::map<std::string, std::string> labels; ///< what must be the same to continue: method, seed, parameters

  bool operator==(const State &) const = default;
};

/// Goes through the members of something and writes them into a state, or reads them from one. One function of the owner serves
/// both directions, so that the two cannot differ.
class Exchange {
public:
  static Exchange saving(State &state) { return Exchange(&state, nullptr); }
  static Exchange restoring(const State &state) { return Exchange(nullptr, &state); }

  bool isSaving() const { return to; }
  void operator()(const std::string &name, std::vector<double> &values);
  void operator()(const std::string &name, double &value);
  void operator()(const std::string &name, int64_t &value);
  void operator()(const std::string &name, bool &value);
  /// Rows that are only ever added to.
  void log(const std::string &name, int64_t columns, std::vector<double> &values);
  /// Names of members inside begin with `part.`
  template <class F> void inside(const std::string &part, F &&members) {
    const std::string before = prefix;
    prefix += part + ".";
    members();
    prefix = before;
  }

  /// What was missing in the state; the members that come after it are left as they are.
  const Status &status() const { return failure; }
  void fail(Error error) {
    if (failure)
      failure = std::move(error);
  }

private:
  Exchange(State *to, const State *from) : to(to), from(from) {}
  void array(const std::string &name, int64_t columns, bool grows, std::vector<double> &values);

  State *to;
  const State *from;
  std::string prefix;
  Status failure;
};

} // namespace bdc::runtime::optimise
