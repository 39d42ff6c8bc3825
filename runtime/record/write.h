/// Writing to files that may grow too large for their disk, or for the process.
#pragma once

#include <csignal>
#include <cstdint>

namespace bdc::runtime {

/// Writing beyond a process's file size limit raises SIGXFSZ, which would end the host: holds it back on this thread.
class HeldFileSignal {
public:
  HeldFileSignal();
  ~HeldFileSignal();
  HeldFileSignal(const HeldFileSignal &) = delete;
  HeldFileSignal &operator=(const HeldFileSignal &) = delete;

private:
  sigset_t set, before;
};

/// All bytes at a place of a file; 0, or the number of the error.
int writeAt(int file, const void *data, uint64_t size, uint64_t at);

} // namespace bdc::runtime
