#include "runtime/record/write.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace bdc::runtime {

HeldFileSignal::HeldFileSignal() {
  sigemptyset(&set);
  sigaddset(&set, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &set, &before);
}

HeldFileSignal::~HeldFileSignal() {
  if (!sigismember(&before, SIGXFSZ)) {
    const timespec now{0, 0};
    while (sigtimedwait(&set, nullptr, &now) == SIGXFSZ) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

int writeAt(int file, const void *data, uint64_t size, uint64_t at) {
  const HeldFileSignal held;
  const char *from = static_cast<const char *>(data);
  while (size > 0) {
    const ssize_t written = pwrite(file, from, std::min<uint64_t>(size, 1u << 30), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return written < 0 ? errno : ENOSPC;
    from += written;
    at += static_cast<uint64_t>(written);
    size -= static_cast<uint64_t>(written);
  }
  return 0;
}

} // namespace bdc::runtime
