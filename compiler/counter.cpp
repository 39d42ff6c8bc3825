#include "compiler/counter.h"

namespace bdc::compiler {

static std::vector<Count> *collected = nullptr;

void collectCounts(std::vector<Count> *list) { collected = list; }

Counter::~Counter() {
  if (collected && value)
    collected->push_back({pass, name, description, value});
}

} // namespace bdc::compiler
