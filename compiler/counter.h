/// What passes count. Debian's LLVM is built without the statistics of MLIR's passes, so bdc has its own; `bdc-opt --statistics` prints them.
#ifndef BDC_COMPILER_COUNTER_H
#define BDC_COMPILER_COUNTER_H

#include <string>
#include <vector>

namespace bdc::compiler {

/// One number of one pass, as in LLVM's own report.
struct Count {
  std::string pass, name, description;
  unsigned value;
};

/// A number that a pass adds up. When the pass goes, the number goes to the list of `collectCounts`, where there is one.
class Counter {
public:
  Counter(const char *pass, const char *name, const char *description) : pass(pass), name(name), description(description) {}
  /// A copy of a pass counts from 0.
  Counter(const Counter &other) : Counter(other.pass, other.name, other.description) {}
  ~Counter();
  void operator++() { ++value; }
  void operator+=(unsigned more) { value += more; }

private:
  const char *pass, *name, *description;
  unsigned value = 0;
};

/// From here on, counts go into `list`; null: nowhere. For programs that run passes on one thread.
void collectCounts(std::vector<Count> *list);

} // namespace bdc::compiler

#endif
