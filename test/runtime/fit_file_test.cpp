// The file of a fit: continued from there to the bit, read by h5py, and what is said where there is nothing to continue.
#include "runtime/optimise/fit_file.h"
#include "test/runtime/objectives.h"
#include "test/runtime/shell.h"

#include <unistd.h>

using namespace bdc::runtime;
using namespace bdc::runtime::optimise;
using namespace bdc::runtime::test;

namespace {

std::string temporary(const char *name) { return testing::TempDir() + "bdc_" + std::to_string(getpid()) + "_" + name; }

std::unique_ptr<Fit> fitBy(std::string_view name, int64_t steps, const std::vector<Setting> &settings = {}) {
  FitOptions options;
  options.method = method(name, settings);
  options.stop.steps = steps;
  options.starts = options.method.info().isLocal ? 2 : 1;
  Parameter a = vectorIn({0.3, -0.4}, -2, 2), b = vectorIn({0.5}, -2, 2);
  a.name = "area.a";
  a.display = {"mHz", 1000, 0};
  b.name = "G";
  return makeFit({a, b}, options);
}

/// Steps, with a write after every `every` of them.
void runInto(FitWriter &writer, h5::File &file, Fit &fit, int64_t steps, int64_t every) {
  for (int64_t i = 0; i < steps; ++i) {
    ASSERT_TRUE(fit.step(evaluating(rosenbrock)));
    if (i % every == every - 1 || i + 1 == steps) {
      ASSERT_TRUE(writer.write());
      ASSERT_TRUE(file.commit());
    }
  }
}

} // namespace

TEST(FitFile, EveryMethodGoesOnFromIt) {
  const std::string path = temporary("state.h5");
  for (const MethodInfo &info : methods()) {
    const std::vector<Setting> settings =
        info.name == std::string("grid") ? std::vector<Setting>{{"points", 5}} : std::vector<Setting>{};
    const int64_t steps = info.name == std::string("grid") ? 8 : 30;
    const auto whole = fitBy(info.name, steps, settings), first = fitBy(info.name, steps, settings),
               second = fitBy(info.name, steps, settings);
    ASSERT_TRUE(whole->run(evaluating(rosenbrock)));
    {
      auto file = h5::File::create(path);
      ASSERT_TRUE(file);
      FitWriter writer(**file, *first);
      ASSERT_TRUE((*file)->start());
      runInto(writer, **file, *first, 7, 3);
    }
    const auto state = readState(path);
    ASSERT_TRUE(state) << joined(state.error());
    EXPECT_EQ(state->labels, first->save().labels);
    const Status restored = second->restore(*state);
    ASSERT_TRUE(restored) << joined(restored.error());
    {
      auto file = h5::File::create(path); // the new file has the old steps too
      FitWriter writer(**file, *second);
      ASSERT_TRUE((*file)->start());
      runInto(writer, **file, *second, 2, 2);
    }
    EXPECT_TRUE(sameBits(*readState(path), second->save())) << info.name;
    ASSERT_TRUE(second->run(evaluating(rosenbrock)));
    EXPECT_EQ(second->history().values.values, whole->history().values.values) << info.name;
    EXPECT_EQ(second->history().best, whole->history().best) << info.name;
    EXPECT_EQ(second->best().values, whole->best().values) << info.name;
  }
  unlink(path.c_str());
}

TEST(FitFile, IsReadByOthers) {
  const std::string path = temporary("fit.h5");
  const auto fit = fitBy("adam", 5);
  {
    auto file = h5::File::create(path);
    ASSERT_TRUE(file);
    FitWriter writer(**file, *fit);
    ASSERT_TRUE((*file)->start());
    runInto(writer, **file, *fit, 5, 2);
    const Uncertainty u{{0.1, 0.2, 0.3}, {-1, -1, -1}, {1, 1, 1}, {}, {}};
    ASSERT_TRUE(writer.finish({Stop::steps, ""}, &u));
    ASSERT_TRUE((*file)->commit());
  }
  EXPECT_EQ(
      outputOf("/usr/bin/python3 -c '\nimport h5py, sys\nf = h5py.File(sys.argv[1], \"r\")[\"fit\"]\n"
               "print(sorted(f), f.attrs[\"method\"][:5], f.attrs[\"seed\"], f.attrs[\"steps\"], f.attrs[\"evaluations\"])\n"
               "h = f[\"history\"]\nprint(sorted(h), h[\"loss\"].shape, h[\"lanes\"].shape, h[\"time\"].attrs[\"units\"])\n"
               "v = f[\"values/area.a\"]\nprint(v.shape, v.attrs[\"units\"], (abs(v[0] - [300, -400]) < 1e-9).all())\n"
               "print(f.attrs[\"best_loss\"] == h[\"best\"][-1], f.attrs[\"first_loss\"] == h[\"lanes\"][0, 0])\n"
               "r = f[\"result/area.a\"]\nprint(sorted(r), r[\"standard_error\"][:].tolist(), r[\"low\"][:].tolist())\n"
               "names = h5py.check_dtype(enum=f.attrs.get_id(\"ended\").dtype)\n"
               "print([n for n, i in names.items() if i == f.attrs[\"ended\"]])' " +
               path + " 2>&1"),
      "['history', 'result', 'state', 'values'] adam( 1 5.0 10.0\n"
      "['best', 'gradient_norm', 'lanes', 'loss', 'time'] (5,) (5, 2) s\n"
      "(5, 2) mHz True\nTrue True\n"
      "['high', 'low', 'standard_error', 'value'] [100.0, 200.0] [-1000.0, -1000.0]\n['steps']\n");
  unlink(path.c_str());
}

TEST(FitFile, NothingToContinueIsAClearError) {
  EXPECT_EQ(readState("/nonexistent.h5").error().message, "/nonexistent.h5 is not there, is damaged, or is no HDF5 file");
  const std::string path = temporary("empty.h5");
  {
    auto file = h5::File::create(path);
    const auto fit = fitBy("adam", 5);
    FitWriter writer(**file, *fit);
    ASSERT_TRUE((*file)->start());
  }
  EXPECT_EQ(joined(readState(path).error()),
            "there is no fit in " + path + " that could be continued | name the output of a fit");
  unlink(path.c_str());
}
