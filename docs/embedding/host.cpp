// A host program: how the rate of a network follows its drive. See docs/embedding.md.
#include "compiler/api/bdc.h"

#include <cstdio>

int main(int argc, char **argv) {
  bdc::Result<bdc::Program> program = bdc::compileFile(argc > 1 ? argv[1] : "docs/examples/coba.bd");
  if (!program) {
    std::fputs(program.error().text().c_str(), stderr);
    return 1;
  }
  for (const bdc::Parameter &parameter : program->parameters())
    std::printf("%s = %g %s\n", parameter.name.c_str(), parameter.value, parameter.unit.c_str());

  auto simulation = program->simulate({.seed = 7, .threads = 2});
  if (!simulation || !(*simulation)->set("N", 2000) || !(*simulation)->set("E.tau", "25 ms"))
    return 1;
  for (int piece = 0; piece < 5; ++piece) {
    if (auto ran = (*simulation)->runFor(100); !ran) {
      std::fputs(ran.error().text().c_str(), stderr);
      return 1;
    }
    auto v = (*simulation)->state("E.v");
    double sum = 0;
    for (double value : v->as<double>()) // the simulation's own memory
      sum += value;
    std::printf("after %g ms: mean v of %zd neurons %.3f mV\n", (*simulation)->milliseconds(), size_t(v->size), sum / double(v->size));
  }
  return (*simulation)->finish() ? 0 : 1;
}
