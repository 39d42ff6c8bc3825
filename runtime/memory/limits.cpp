#include "runtime/memory/limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>

namespace bdc::runtime {
namespace {

constexpr int64_t unlimited = std::numeric_limits<int64_t>::max();

int64_t systemAvailable() {
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  int64_t kilobytes = 0;
  while (file >> key >> kilobytes) {
    if (key == "MemAvailable:")
      return kilobytes * 1024;
    std::getline(file, unit);
  }
  return unlimited;
}

/// One number of a cgroup's file; `unlimited` where the file is missing or says "max".
int64_t readLimit(const std::string &path) {
  std::ifstream file(path);
  std::string word;
  if (!(file >> word) || word == "max")
    return unlimited;
  return std::strtoll(word.c_str(), nullptr, 10);
}

/// Of the process's group and the groups around it (version 2 of cgroups; version 1 mounts its limit at the top).
int64_t groupAvailable() {
  int64_t available = unlimited;
  auto look = [&](const std::string &limitFile, const std::string &usageFile) {
    const int64_t limit = readLimit(limitFile), used = readLimit(usageFile);
    if (limit != unlimited && used != unlimited)
      available = std::min(available, std::max<int64_t>(0, limit - used));
  };
  look("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes");
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("0::", 0) != 0)
      continue;
    std::string group = line.substr(3);
    for (;;) {
      const std::string folder = "/sys/fs/cgroup" + (group == "/" ? "" : group);
      look(folder + "/memory.max", folder + "/memory.current");
      const size_t slash = group.rfind('/');
      if (slash == std::string::npos || group.size() <= 1)
        break;
      group = slash == 0 ? "/" : group.substr(0, slash);
    }
  }
  return available;
}

} // namespace

int64_t availableMemory() { return std::min(systemAvailable(), groupAvailable()); }
int64_t memoryLimit(int64_t maxMemory) { return maxMemory > 0 ? maxMemory : availableMemory(); }

int64_t peakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
}

int64_t cacheLevel2() {
  static const long size = sysconf(_SC_LEVEL2_CACHE_SIZE);
  return size > 0 ? size : 1 << 20;
}

Status checkProcessor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2"))
    return inputError("this processor lacks AVX2, FMA or BMI2, which bdc's numerics are built on",
                      "use a processor of the level x86-64-v3 (Intel from Haswell, 2013; AMD from Excavator, 2015)");
#endif
  return {};
}

} // namespace bdc::runtime
