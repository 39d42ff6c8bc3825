// The HDF5 files, read back by h5py: contents and types, survival of kill -9 at any moment, full disks.
#include "runtime/record/h5_file.h"
#include "test/runtime/shell.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <numeric>

using namespace bdc::runtime;
using h5::File;
using h5::Number;

namespace {

std::string temporary(const char *name) { return testing::TempDir() + "bdc_" + std::to_string(getpid()) + "_" + name; }

/// Runs Python with h5py on a file; the script's output, or what it complained about.
std::string python(const std::string &script, const std::string &file) {
  const std::string command = "/usr/bin/python3 -c '\nimport h5py, os, sys, numpy as np\n"
                              "f = h5py.File(sys.argv[1], \"r\") if os.path.exists(sys.argv[1]) else None\n" +
                              script + "' " + file + " 2>&1";
  return test::outputOf(command);
}

std::unique_ptr<File> make(const std::string &path) {
  auto file = File::create(path);
  EXPECT_TRUE(file);
  return std::move(*file);
}

} // namespace

TEST(H5, TypesAndAttributes) {
  const std::string path = temporary("types.h5");
  auto f = make(path);
  f->attribute(0, "text", std::string("Größe µV"));
  f->attribute(0, "empty", std::string());
  f->attribute(0, "dt", 0.1);
  f->attribute(0, "seed", uint64_t(18446744073709551615u));
  f->attribute(0, "complete", {"FALSE", "TRUE"}, 0);
  const int group = f->group(0, "a group");
  f->attribute(group, "sorting", {"none", "by_id", "by_time"}, 2);
  const int a = f->dataset(group, "f32", Number::f32, 3, 2), b = f->dataset(group, "u8", Number::u8, 0, 5);
  const int c = f->dataset(group, "i32", Number::i32, 0, 5), d = f->dataset(group, "none", Number::f64, 0, 5);
  (void)d;
  ASSERT_TRUE(f->commit());
  const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const uint8_t y[] = {250, 251};
  const int32_t z[] = {-1, 2};
  ASSERT_TRUE(f->append(a, x, 3));
  ASSERT_TRUE(f->append(b, y, 2));
  ASSERT_TRUE(f->append(c, z, 2));
  f->attribute(0, "complete", {"FALSE", "TRUE"}, 1);
  ASSERT_TRUE(f->commit());
  EXPECT_EQ(python(R"(
g = f["a group"]
print(f.attrs["text"], repr(f.attrs["empty"]), f.attrs["dt"], f.attrs["seed"], f.attrs["complete"])
print(h5py.check_dtype(enum=g.attrs.get_id("sorting").dtype), g.attrs["sorting"])
print(g["f32"].dtype, g["f32"][:].tolist(), g["u8"].dtype, g["u8"][:].tolist(), g["i32"][:].tolist(), g["none"].shape)
print(sorted(g), g["f32"].chunks, g["f32"].maxshape)
)",
                   path),
            "Größe µV '' 0.1 18446744073709551615 True\n"
            "{'none': 0, 'by_id': 1, 'by_time': 2} 2\n"
            "float32 [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]] uint8 [250, 251] [-1, 2] (0,)\n"
            "['f32', 'i32', 'none', 'u8'] (2, 3) (None, 3)\n");
  unlink(path.c_str());
}

/// 1 to 3 levels of the chunk index, at and around the counts where nodes fill up, with a commit at each stage.
TEST(H5, ManyChunks) {
  const std::string path = temporary("chunks.h5");
  auto f = make(path);
  const int one = f->dataset(0, "one", Number::u32, 0, 1), two = f->dataset(0, "two", Number::f64, 2, 3);
  ASSERT_TRUE(f->commit());
  uint32_t written = 0;
  for (uint32_t count : {1u, 63u, 64u, 65u, 128u, 4095u, 4096u, 4097u, 4160u, 9000u}) {
    for (; written < count; ++written) {
      const double row[] = {static_cast<double>(written), -1.0};
      ASSERT_TRUE(f->append(one, &written, 1));
      ASSERT_TRUE(f->append(two, row, 1));
    }
    ASSERT_TRUE(f->commit());
    EXPECT_EQ(python(R"(
n = len(f["one"])
print(n, np.array_equal(f["one"][:], np.arange(n)), np.array_equal(f["two"][:, 0], np.arange(n)), (f["two"][:, 1] == -1).all())
print(f["one"].id.get_num_chunks() == n)
)",
                     path),
              std::to_string(count) + " True True True\nTrue\n");
  }
  EXPECT_EQ(std::system(("h5dump -H " + path + " >/dev/null 2>&1 || ! command -v h5dump >/dev/null").c_str()), 0);
  unlink(path.c_str());
}

namespace {

/// Writes and commits without pause; tells each commit through the pipe.
[[noreturn]] void writeForever(const std::string &path, int pipe) {
  auto f = make(path);
  f->attribute(0, "text", std::string("x"));
  const int a = f->dataset(0, "a", Number::u64, 0, 7), b = f->dataset(0, "b", Number::u64, 5, 3);
  if (!f->commit())
    _exit(1);
  for (uint64_t i = 0;; ++i) {
    const uint64_t row[] = {i, i, i, i, i};
    if (!f->append(a, &i, 1) || !f->append(b, row, 1))
      _exit(1);
    if (i % 5 == 4) {
      const uint64_t rows = i + 1;
      if (!f->commit() || write(pipe, &rows, sizeof rows) != sizeof rows)
        _exit(1);
    }
  }
}

/// Kills a writer some time after a number of commits; the rows whose commit it told.
uint64_t killWriter(const std::string &path, int round) {
  int pipes[2];
  EXPECT_EQ(pipe(pipes), 0);
  const pid_t child = fork();
  if (child == 0)
    writeForever(path, pipes[1]);
  close(pipes[1]);
  uint64_t committed = 0, rows = 0;
  const uint64_t until = 5 * static_cast<uint64_t>(1 + round * round % 2000);
  while (committed < until && read(pipes[0], &rows, sizeof rows) == sizeof rows)
    committed = rows;
  usleep(static_cast<useconds_t>(round * 37 % 500));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  while (read(pipes[0], &rows, sizeof rows) == sizeof rows)
    committed = rows;
  close(pipes[0]);
  return committed;
}

} // namespace

/// Many times over; what is found may be one commit ahead of what was told.
TEST(H5, SurvivesKillAtAnyMoment) {
  const std::string path = temporary("killed");
  constexpr int rounds = 100;
  std::string told;
  for (int round = 0; round < rounds; ++round)
    told += std::to_string(killWriter(path + std::to_string(round), round)) + ",";
  EXPECT_EQ(python(R"(
told = [)" + told + R"(]
for round, rows in enumerate(told):
    with h5py.File(sys.argv[1] + str(round), "r") as f:
        n = len(f["a"])
        assert n in (rows, rows + 5), (round, n, rows)
        assert np.array_equal(f["a"][:], np.arange(n)), round
        assert f["b"].shape == (n, 5) and (f["b"][:] == np.arange(n)[:, None]).all(), round
print("read", len(told))
)",
                   path),
            "read 100\n");
  for (int round = 0; round < rounds; ++round)
    unlink((path + std::to_string(round)).c_str());
}

TEST(H5, FullDiskKeepsWhatIsWritten) {
  const std::string path = temporary("full.h5");
  auto f = make(path);
  const int a = f->dataset(0, "a", Number::f64, 0, 1000);
  ASSERT_TRUE(f->commit());
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{200000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::vector<double> values(1000);
  int64_t committed = 0;
  Status status;
  for (int i = 0; i < 1000 && status; ++i) {
    std::iota(values.begin(), values.end(), 1000.0 * i);
    status = f->append(a, values.data(), 1000);
    if (status)
      status = f->commit();
    if (status)
      committed += 1000;
  }
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::output);
  EXPECT_NE(status.error().message.find("cannot write " + path), std::string::npos) << status.error().message;
  EXPECT_NE(status.error().help.find("can be read"), std::string::npos);
  EXPECT_GT(committed, 0);
  EXPECT_EQ(python("print(len(f[\"a\"]), (f[\"a\"][:] == np.arange(len(f[\"a\"]))).all())", path),
            std::to_string(committed) + " True\n");
  f.reset();
  unlink(path.c_str());
}

TEST(H5, OneRunWritesAFileAtATime) {
  const std::string path = temporary("twice.h5");
  auto first = make(path);
  first->attribute(0, "who", std::string("first"));
  ASSERT_TRUE(first->commit());
  auto second = File::create(path);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("is being written by another run"), std::string::npos) << second.error().message;
  ASSERT_TRUE(first->commit());
  EXPECT_EQ(python("print(f.attrs[\"who\"])", path), "first\n") << "and can be read meanwhile";
  first.reset();
  EXPECT_TRUE(File::create(path));
  std::remove(path.c_str());
}

TEST(H5, UnwritablePathIsAClearError) {
  const auto file = File::create("/nonexistent/folder/out.h5");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "cannot write /nonexistent/folder/out.h5: No such file or directory");
  EXPECT_EQ(file.error().help, "choose another place with -o");
}
