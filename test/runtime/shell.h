/// Programs that tests run.
#pragma once

#include <cstdio>
#include <string>

namespace bdc::runtime::test {

/// What a command line prints on standard output.
inline std::string outputOf(const std::string &command) {
  FILE *pipe = popen(command.c_str(), "r");
  std::string out;
  char buffer[256];
  while (fgets(buffer, sizeof buffer, pipe))
    out += buffer;
  pclose(pipe);
  return out;
}

} // namespace bdc::runtime::test
